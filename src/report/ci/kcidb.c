/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results as KCIDB's I/O schema, version 5.0: what any v5 reader takes.
 *
 * An inconclusive cell is SKIP: nothing is known of what was tested. A test's id is
 * made of what was measured, so that sending a result twice is one test run. No
 * start time is given because a result has none.
 */
#include "formats.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "report/results/target.h"
#include "tests.h"

enum { ID_LEN = 96, ORIGIN_LEN = 40, EXCERPT_LEN = 16384 };

struct sender {
	FILE *f;
	const char *origin, *build;
	json_t *sent;		/* ids, per kind of object, that are out already */
	const char *comma;
};

static const char *const statuses[NR_VERDICTS] = {
	[VERDICT_PASS] = "PASS", [VERDICT_FAIL] = "FAIL", [VERDICT_INCONCLUSIVE] = "SKIP",
};

bool kcidb_is_origin(const char *s)
{
	return *s && strlen(s) <= ORIGIN_LEN && !s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_")];
}

bool kcidb_is_id(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return n && s[n] == ':' && !strpbrk(s, "\n\r");
}

/* ---- ids ---- */

static uint64_t mix(uint64_t h, const void *p, size_t len)
{
	const unsigned char *s = p;

	while (len--)
		h = (h ^ *s++) * UINT64_C(0x100000001b3);
	return h;
}

static uint64_t mix_text(uint64_t h, const char *s)
{
	return mix(h, s, strlen(s) + 1);
}

static uint64_t mix_tree(uint64_t h, const struct tree *t)
{
	h = mix_text(mix_text(mix_text(h, t->name), t->rev), t->version);
	return mix_text(mix_text(mix_text(h, t->describe), t->patch), t->hash);
}

static uint64_t mix_machine(uint64_t h, const struct machine *m)
{
	if (m->tree)
		h = mix_text(mix_text(mix_tree(h, m->tree), m->tree->arch), m->tree->config);
	h = mix_text(mix_text(h, m->target), m->compiler);
	return mix_text(mix_text(h, m->flags), m->git);
}

static const uint64_t empty = UINT64_C(0xcbf29ce484222325);

static void checkout_id(const struct sender *s, const struct machine *m, char id[ID_LEN])
{
	snprintf(id, ID_LEN, "%s:tornwalk-%016" PRIx64, s->origin,
		 m->tree ? mix_tree(empty, m->tree) : mix_text(empty, m->git));
}

static void build_id(const struct sender *s, const struct machine *m, char id[ID_LEN])
{
	snprintf(id, ID_LEN, "%s:tornwalk-%016" PRIx64, s->origin, mix_machine(empty, m));
}

static void test_id(const struct sender *s, const struct result *r, char id[ID_LEN])
{
	const struct machine *m = r->machine;
	uint64_t h = mix_machine(empty, m);

	h = mix_text(mix_text(mix_text(mix_text(h, m->executor), m->cpu), m->cpus), m->kernel);
	h = mix_text(mix_text(mix_text(h, r->scenario), r->hash), r->reason);
	h = mix(h, &r->seed, sizeof(r->seed));
	h = mix(h, &r->seconds, sizeof(r->seconds));
	h = mix(h, r->outcomes, sizeof(r->outcomes));
	h = mix(h, r->distinct, sizeof(r->distinct));
	h = mix(h, r->first_ns, sizeof(r->first_ns));
	h = mix(h, &r->rounds, sizeof(r->rounds));
	snprintf(id, ID_LEN, "%s:tornwalk-%016" PRIx64, s->origin, h);
}

/* ---- objects ---- */

static int text(json_t *o, const char *key, const char *value)
{
	return json_object_set_new(o, key, json_string(value));
}

static int number(json_t *o, const char *key, uint64_t n)
{
	return json_object_set_new(o, key, json_integer((json_int_t)n));
}

static int send(struct sender *s, json_t *o, const char *id)
{
	int err = 0;

	if (json_object_get(s->sent, id))
		goto out;
	fprintf(s->f, "%s\n  ", s->comma);
	s->comma = ",";
	err = json_dumpf(o, s->f, JSON_COMPACT | JSON_REAL_PRECISION(9)) ? -EIO : 0;
	if (!err && json_object_set_new(s->sent, id, json_true()))
		err = -ENOMEM;
out:
	json_decref(o);
	return err;
}

static json_t *object(const struct sender *s, const char *id)
{
	json_t *o = json_object();

	text(o, "id", id);
	text(o, "origin", s->origin);
	return o;
}

static int checkout(struct sender *s, const struct machine *m)
{
	char id[ID_LEN], comment[160];
	json_t *o;

	checkout_id(s, m, id);
	o = object(s, id);
	if (m->tree) {
		text(o, "tree_name", m->tree->name);
		text(o, "git_commit_name", m->tree->describe);
		snprintf(comment, sizeof(comment), "%.60s%s%.60s, its own page-table code", m->tree->version,
			 strcmp(m->tree->patch, "-") ? " + " : "", strcmp(m->tree->patch, "-") ? m->tree->patch : "");
		text(o, "comment", comment);
	} else {
		text(o, "tree_name", "tornwalk");
		text(o, "git_commit_name", m->git);
		text(o, "comment", "tornwalk, the tester; not a kernel");
	}
	return send(s, o, id);
}

static int build(struct sender *s, const struct machine *m)
{
	char id[ID_LEN], from[ID_LEN];
	json_t *o;

	checkout_id(s, m, from);
	build_id(s, m, id);
	o = object(s, id);
	text(o, "checkout_id", from);
	if (target_kcidb(m->target))
		text(o, "architecture", target_kcidb(m->target));
	text(o, "compiler", m->compiler);
	text(o, "config_name", m->tree ? m->tree->config : m->target);
	text(o, "comment", m->flags);
	text(o, "status", "PASS");
	return send(s, o, id);
}

static json_t *environment(const struct result *r)
{
	const struct machine *m = r->machine;
	json_t *misc = json_object(), *calibration = json_object(), *o = json_object();
	unsigned i;

	for (i = 0; r->calibration && i < r->calibration->n; i++)
		json_object_set_new(calibration, r->calibration->of[i].name,
				    json_pack("{s:I,s:I}", "reads", (json_int_t)r->calibration->of[i].reads,
					      "torn", (json_int_t)r->calibration->of[i].torn));
	text(misc, "target", m->target);
	text(misc, "executor", m->executor);
	text(misc, "cpu", m->cpu);
	text(misc, "cpus", m->cpus);
	text(misc, "kernel", m->kernel);
	json_object_set_new(misc, "calibration", calibration);
	text(o, "comment", m->executor);
	json_object_set_new(o, "misc", misc);
	return o;
}

static json_t *distinct(const struct result *r)
{
	json_t *o = json_object();
	unsigned i;

	for (i = 0; i < NR_OUTCOMES; i++)
		if (outcome_result_names[i])
			number(o, outcome_result_names[i], r->distinct[i]);
	return o;
}

static json_t *misc_of(const struct result *r)
{
	json_t *o = json_object();

	text(o, "scenario", r->scenario);
	text(o, "hash", r->hash);
	text(o, "cause", cause_names[r->cause]);
	number(o, "seed", r->seed);
	number(o, "walks", r->walks);
	number(o, "rounds", r->rounds);
	number(o, "present", r->present);
	json_object_set_new(o, "distinct", distinct(r));
	if (r->source) {
		number(o, "bad_rounds", r->source->bad_rounds);
		text(o, "shows", result_shows(r));
		text(o, "contract", r->source->outside ? "outside" : "in");
	}
	if (r->live)
		text(o, "source", r->live->source);
	return o;
}

static int test(struct sender *s, const struct result *r)
{
	char id[ID_LEN], of[ID_LEN], *path = test_name(r), *steps = result_story(r);
	json_t *o;

	if (!path) {
		free(steps);
		return -ENOMEM;
	}
	test_id(s, r, id);
	build_id(s, r->machine, of);
	o = object(s, id);
	text(o, "build_id", s->build ? s->build : of);
	text(o, "path", path);
	free(path);
	text(o, "status", statuses[r->verdict]);
	json_object_set_new(o, "duration", json_real(r->seconds));
	if (*r->reason)
		text(o, "comment", r->reason);
	if (r->witness && strlen(r->witness->text) <= EXCERPT_LEN)
		text(o, "log_excerpt", r->witness->text);
	if (steps && strlen(steps) <= EXCERPT_LEN)
		text(o, "log_excerpt", steps);
	free(steps);
	if (!r->source && r->rated.seconds > 0)	/* of a tree it is what is so, not how often */
		json_object_set_new(o, "number", json_pack("{s:f,s:s}", "value",
				    (double)r->rated.distinct[OUTCOME_TORN] / r->rated.seconds, "unit", "torn/s"));
	json_object_set_new(o, "environment", environment(r));
	json_object_set_new(o, "misc", misc_of(r));
	return send(s, o, id);
}

/* ---- the list of each kind ---- */

static void begin(struct sender *s, const char *kind)
{
	json_object_clear(s->sent);
	s->comma = "";
	fprintf(s->f, ",\n\"%s\": [", kind);
}

int kcidb(FILE *f, const struct results *rs, const char *origin, const char *build_of_kernel)
{
	struct sender s = { .f = f, .origin = origin, .build = build_of_kernel,
			    .sent = json_object() };
	int err = s.sent ? 0 : -ENOMEM;
	size_t i;

	fputs("{\"version\": {\"major\": 5, \"minor\": 0}", f);
	if (!s.build) {
		begin(&s, "checkouts");
		for (i = 0; !err && i < rs->nr_machines; i++)
			err = checkout(&s, rs->machines[i]);
		fputs("]", f);
		begin(&s, "builds");
		for (i = 0; !err && i < rs->nr_machines; i++)
			err = build(&s, rs->machines[i]);
		fputs("]", f);
	}
	begin(&s, "tests");
	for (i = 0; !err && i < rs->n; i++)
		err = test(&s, &rs->r[i]);
	fputs("]}\n", f);
	json_decref(s.sent);
	return err;
}
