/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A running kernel's cell as src/live/judge/line.c writes it.
 *
 * Invariant: a line of an operation that does not say what its values were, or has no witnesses,
 * is no result.
 */
#include "live.h"

#include <stdio.h>
#include <string.h>

#include "pool.h"

static bool get_number(const json_t *o, const char *key, uint64_t *out)
{
	const json_t *v = json_object_get(o, key);

	*out = (uint64_t)json_integer_value(v);
	return json_is_integer(v) && json_integer_value(v) >= 0;
}

static bool get_text(const struct parse *p, const json_t *o, const char *key, const char **out)
{
	return parse_string(p, json_object_get(o, key), out);
}

static bool get_kinds(const struct parse *p, const json_t *v, struct live *l)
{
	struct live_kind *k = pool_alloc(p->rs->pool, json_object_size(v) * sizeof(*k));
	const char *key;
	json_t *x;

	l->kinds = k;
	json_object_foreach((json_t *)v, key, x) {
		*k = (struct live_kind){ .name = pool_string(p->rs->pool, key) };
		if (!get_number(v, key, &k++->episodes))
			return false;
		l->nr_kinds++;
	}
	return json_is_object(v);
}

static bool get_around(const struct parse *p, const json_t *v, struct live_witness *w)
{
	struct live_around *a = pool_alloc(p->rs->pool, json_array_size(v) * sizeof(*a));
	size_t i;
	json_t *x;

	w->around = a;
	w->n = (unsigned)json_array_size(v);
	json_array_foreach(v, i, x)
		if (!get_text(p, x, "before", &a[i].before) || !get_text(p, x, "before_says", &a[i].before_says) ||
		    !get_text(p, x, "after", &a[i].after) || !get_text(p, x, "after_says", &a[i].after_says) ||
		    !get_number(x, "times", &a[i].times))
			return false;
	return json_is_array(v);
}

static bool get_witnesses(const struct parse *p, const json_t *v, struct live *l)
{
	struct live_witness *w = pool_alloc(p->rs->pool, json_array_size(v) * sizeof(*w));
	size_t i;
	json_t *x;

	l->witnesses = w;
	l->nr_witnesses = (unsigned)json_array_size(v);
	json_array_foreach(v, i, x)
		if (!get_text(p, x, "is", &w[i].is) || !get_text(p, x, "value", &w[i].value) || !get_text(p, x, "says", &w[i].says) ||
		    !get_number(x, "episodes", &w[i].episodes) || !get_number(x, "first_ns", &w[i].first_ns) ||
		    !get_around(p, json_object_get(x, "around"), &w[i]))
			return false;
	return json_is_array(v);
}

static bool get_truth(const json_t *v, struct live *l)
{
	return get_number(v, "values", &l->truth.values) && get_number(v, "leaves", &l->truth.leaves) &&
	       get_number(v, "confirmed", &l->truth.confirmed) && get_number(v, "huge", &l->truth.huge) &&
	       get_number(v, "looked", &l->truth.looked);
}

static bool get_operation(const struct parse *p, const json_t *v, struct live *l)
{
	l->operation = true;
	return get_number(v, "reads", &l->reads) && get_number(v, "reads_per_second", &l->reads_per_second) &&
	       get_number(v, "lost", &l->lost) && get_number(v, "overflow", &l->overflow) && get_number(v, "detached", &l->detached) &&
	       get_number(v, "cycles", &l->cycles) && get_kinds(p, json_object_get(v, "episodes"), l) &&
	       get_truth(json_object_get(v, "truth"), l) && get_witnesses(p, json_object_get(v, "witnesses"), l);
}

bool live_parse(struct parse *p, const json_t *v)
{
	struct live *l = pool_alloc(p->rs->pool, sizeof(*l));
	const json_t *log = json_object_get(v, "log"), *witness = json_object_get(v, "witness");

	*l = (struct live){ 0 };
	p->r->live = l;
	return get_text(p, v, "of", &l->of) && get_text(p, v, "source", &l->source) && get_number(v, "words", &l->words) &&
	       (!log || parse_string(p, log, &l->log)) && (!witness || parse_string(p, witness, &l->witness)) &&
	       (strcmp(l->of, "operation") || get_operation(p, v, l));
}

uint64_t live_episodes(const struct result *r, const char *kind)
{
	for (unsigned i = 0; r->live && i < r->live->nr_kinds; i++)
		if (!strcmp(r->live->kinds[i].name, kind))
			return r->live->kinds[i].episodes;
	return 0;
}

bool live_is_torn(const struct live_witness *w)
{
	return !strncmp(w->is, "torn-by-", 8);
}

char *live_story(const struct result *r)
{
	const struct live_witness *w;
	char *text = NULL;
	size_t size;
	FILE *f;

	if (!r->live || r->verdict != VERDICT_FAIL)
		return NULL;
	w = r->live->nr_witnesses && live_is_torn(&r->live->witnesses[0]) ? &r->live->witnesses[0] : NULL;
	if (!w && !r->live->log)
		return NULL;
	f = open_memstream(&text, &size);
	if (!f)
		return NULL;
	if (w)
		fprintf(f, "%s %s: %s, %llu times\n", w->value, w->says, w->is, (unsigned long long)w->episodes);
	if (w && w->n)
		fprintf(f, "  before %s %s\n  after  %s %s\n", w->around[0].before, w->around[0].before_says, w->around[0].after,
			w->around[0].after_says);
	if (r->live->log)
		fprintf(f, "%s\n", r->live->log);
	fclose(f);
	return text;
}
