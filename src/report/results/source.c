/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel tree's cell as src/kernel/judge/line.c writes it.
 *
 * Invariant: equal trees are one struct tree, so that pointers compare; a line that does not
 * say what was explored, or has no witnesses, is no result.
 */
#include "source.h"

#include <stdio.h>
#include <string.h>

#include "pool.h"

static bool get_models(const struct parse *p, const json_t *v, struct source *s)
{
	struct explored *m = pool_alloc(p->rs->pool, json_object_size(v) * sizeof(*m));
	const char *key;
	json_t *x;

	s->models = m;
	json_object_foreach((json_t *)v, key, x) {
		const json_int_t unknown = json_integer_value(json_object_get(x, "unknown"));

		*m = (struct explored){ .model = pool_string(p->rs->pool, key),
					.complete = json_is_true(json_object_get(x, "complete")),
					.unknown = unknown > 0 && unknown < 1000000 ? (unsigned)unknown : 0 };
		if (!parse_string(p, json_object_get(x, "bad"), &m++->bad))
			return false;
		s->nr_models++;
	}
	return json_is_object(v);
}

static bool get_steps(const struct parse *p, const json_t *v, struct source_witness *w)
{
	struct source_step *s = pool_alloc(p->rs->pool, json_array_size(v) * sizeof(*s));
	size_t i;
	json_t *x;

	w->steps = s;
	w->n = (unsigned)json_array_size(v);
	json_array_foreach(v, i, x) {
		const json_t *code = json_object_get(x, "code");

		s[i].code = NULL;
		if (!parse_string(p, json_object_get(x, "who"), &s[i].who) ||
		    !parse_string(p, json_object_get(x, "where"), &s[i].where) ||
		    !parse_string(p, json_object_get(x, "what"), &s[i].what) ||
		    (code && !parse_string(p, code, &s[i].code)))
			return false;
	}
	return json_is_array(v);
}

static bool get_witnesses(const struct parse *p, const json_t *v, struct source *s)
{
	struct source_witness *w = pool_alloc(p->rs->pool, json_array_size(v) * sizeof(*w));
	size_t i;
	json_t *x;

	s->witnesses = w;
	s->nr_witnesses = (unsigned)json_array_size(v);
	json_array_foreach(v, i, x)
		if (!parse_string(p, json_object_get(x, "note"), &w[i].note) ||
		    !parse_string(p, json_object_get(x, "meaning"), &w[i].meaning) ||
		    !parse_string(p, json_object_get(x, "model"), &w[i].model) ||
		    !get_steps(p, json_object_get(x, "steps"), &w[i]))
			return false;
	return json_is_array(v);
}

bool source_parse(struct parse *p, const json_t *v)
{
	struct source *s = pool_alloc(p->rs->pool, sizeof(*s));
	const json_t *contract = json_object_get(v, "contract"), *rev = json_object_get(v, "rev");
	const json_t *bad_rounds = json_object_get(v, "bad_rounds");
	struct tree t;

	memset(&t, 0, sizeof(t));	/* padding too: it is compared as bytes */
	if (!parse_string(p, json_object_get(v, "name"), &t.name) ||
	    !parse_string(p, json_object_get(v, "version"), &t.version) ||
	    !parse_string(p, json_object_get(v, "describe"), &t.describe) ||
	    !parse_string(p, json_object_get(v, "hash"), &t.hash) ||
	    !parse_string(p, json_object_get(v, "arch"), &t.arch) ||
	    !parse_string(p, json_object_get(v, "config"), &t.config) ||
	    !parse_string(p, json_object_get(v, "patch"), &t.patch))
		return false;
	t.rev = pool_string(p->rs->pool, json_is_string(rev) ? json_string_value(rev) : "-");
	p->machine.tree = pool_unique(p->rs->pool, &t, sizeof(t));
	if (!json_is_string(contract))
		return false;
	*s = (struct source){ .outside = !strcmp(json_string_value(contract), "outside") };
	if (json_integer_value(bad_rounds) > 0)
		s->bad_rounds = (uint64_t)json_integer_value(bad_rounds);
	p->r->source = s;
	return get_models(p, json_object_get(v, "explored"), s) && get_witnesses(p, json_object_get(v, "witnesses"), s);
}

const char *tree_label(char buf[TREE_LABEL], const struct tree *t)
{
	const bool rev = strcmp(t->rev, "-"), patch = strcmp(t->patch, "-");

	snprintf(buf, TREE_LABEL, "%.60s%s%.30s%s%.40s, %.12s", t->name, rev ? " " : "", rev ? t->rev : "",
		 patch ? " + " : "", patch ? t->patch : "", t->arch);
	return buf;
}

char *source_schedule(const struct result *r)
{
	const struct source_witness *w;
	char *text = NULL;
	size_t size;
	FILE *f;

	if (!r->source || r->verdict != VERDICT_FAIL || !r->source->nr_witnesses)
		return NULL;
	w = &r->source->witnesses[0];
	f = open_memstream(&text, &size);
	if (!f)
		return NULL;
	for (unsigned i = 0; i < w->n; i++) {
		const struct source_step *s = &w->steps[i];

		fprintf(f, "%3u %-6s %-34s %s%s%s\n", i + 1, s->who, s->where, s->what, s->code ? " | " : "", s->code ? s->code : "");
	}
	fclose(f);
	return text;
}

const char *result_shows(const struct result *r)
{
	for (unsigned i = 0; r->source && r->model && i < r->source->nr_models; i++)
		if (!strcmp(r->source->models[i].model, r->model))
			return r->source->models[i].bad;
	return "";
}
