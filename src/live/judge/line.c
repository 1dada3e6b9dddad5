/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cell of a running kernel as a result line, so that the desk's commands work on it.
 *
 * Invariant: an observation here is an episode: looks in which nothing changed are `reads`, in `live`.
 */
#include <inttypes.h>
#include <string.h>

#include "config/text.h"
#include "judged.h"
#include "kernel/judge/members.h"

/* Of the rules by which a value is somebody's: results of other rules answer another question. */
enum { RULES = 1 };

/* By the names that results have; both kinds of torn are one. */
static json_t *by_outcome(const uint64_t n[NR_OUTCOMES])
{
	json_t *o = json_object();

	for (unsigned i = 0; i < NR_OUTCOMES; i++)
		if (outcome_result_names[i])
			member_number(o, outcome_result_names[i], i == OUTCOME_TORN ? n[OUTCOME_TORN_READER] + n[OUTCOME_TORN_WRITER] : n[i]);
	return o;
}

static json_t *first_ns(const struct cell *c)
{
	json_t *o = json_object();

	for (unsigned i = 0; i < NR_OUTCOMES; i++) {
		uint64_t ns = c->first_ns[i];
		const uint64_t other = c->first_ns[OUTCOME_TORN_WRITER];

		if (i == OUTCOME_TORN && other && (!ns || other < ns))
			ns = other;
		if (ns && outcome_result_names[i])
			member_number(o, outcome_result_names[i], ns);
	}
	return o;
}

static json_t *by_name(const char *const *names, const uint64_t *n, unsigned nr)
{
	json_t *o = json_object();

	for (unsigned i = 0; i < nr; i++)
		member_number(o, names[i], n[i]);
	return o;
}

/* The stricter of both kinds of torn, and each where they differ. */
static json_t *expected(const struct cell *c)
{
	json_t *o = json_object();

	for (unsigned i = 0; i < NR_OUTCOMES; i++) {
		enum expect e = i == OUTCOME_REREAD && c->forbids_bad ? EXPECT_FORBID : EXPECT_ALLOW;

		if (i == OUTCOME_TORN)
			e = c->by_reader > c->by_writer ? c->by_reader : c->by_writer;
		if (outcome_result_names[i])
			member_text(o, outcome_result_names[i], expect_names[e]);
	}
	if (c->by_reader != c->by_writer) {
		member_text(o, outcome_kinds[OUTCOME_TORN_READER].name, expect_names[c->by_reader]);
		member_text(o, outcome_kinds[OUTCOME_TORN_WRITER].name, expect_names[c->by_writer]);
	}
	return o;
}

static void add_primitive(json_t *o, const char *name, const struct race *r)
{
	json_t *p;

	if (!r->reads)
		return;
	p = json_object();
	member_number(p, "reads", r->reads);
	member_number(p, "torn", race_torn(r));
	member_add(o, name, p);
}

/* Of the private entry, while the kernel's set ran. */
static json_t *calibration(const struct judged *j)
{
	json_t *o = json_object();

	add_primitive(o, reader_names[LIVE_READER_TRUTH], &j->race[LIVE_READER_TRUTH][LIVE_WRITER_SET]);
	add_primitive(o, "two-words", &j->race[LIVE_READER_LOW_GAP_HIGH][LIVE_WRITER_SET]);
	return o;
}

/* ---- live ---- */

static json_t *entry_text(uint64_t v)
{
	char text[20];

	snprintf(text, sizeof(text), "%08x:%08x", (unsigned)(v >> 32), (unsigned)v);
	return json_string(text);
}

static json_t *entry_said(const struct judged *j, enum live_level level, uint64_t v)
{
	char says[96];

	value_says(j, level, v, says);
	return json_string(says);
}

static json_t *witness(const struct judged *j, enum live_level level, const struct seen *s)
{
	json_t *o = json_object(), *around = json_array();

	member_text(o, "is", is_names[s->is]);
	member_add(o, "value", entry_text(s->value));
	member_add(o, "says", entry_said(j, level, s->value));
	member_number(o, "episodes", s->episodes);
	member_number(o, "first_ns", s->first_ns);
	for (unsigned k = 0; k < s->narounds; k++) {
		json_t *a = json_object();

		member_add(a, "before", entry_text(s->around[k].before));
		member_add(a, "before_says", entry_said(j, level, s->around[k].before));
		member_add(a, "after", entry_text(s->around[k].after));
		member_add(a, "after_says", entry_said(j, level, s->around[k].after));
		member_number(a, "times", s->around[k].times);
		json_array_append_new(around, a);
	}
	member_add(o, "around", around);
	return o;
}

static json_t *truth_of(const struct operation *op)
{
	json_t *o = json_object();

	member_number(o, "values", op->truth.look->n);
	member_number(o, "leaves", op->truth.leaves);
	member_number(o, "confirmed", op->truth.confirmed);
	member_number(o, "frames", op->nframes);
	member_number(o, "huge", op->huge);
	member_number(o, "looked", op->looked);
	return o;
}

static void add_looks(const struct judged *j, json_t *o, const struct cell *c)
{
	const struct seen *seen[SHOWN_WITNESSES];
	const unsigned n = cell_witnesses(c, seen);
	const struct look *l = c->look;
	json_t *witnesses = json_array();

	member_number(o, "reads", l->reads);
	member_number(o, "reads_per_second", l->ns ? (unsigned long long)((double)l->reads * 1e9 / (double)l->ns) : 0);
	member_number(o, "sections", l->sections);
	member_number(o, "holes", l->holes);
	member_number(o, "detached", l->detached);
	member_number(o, "lost", l->lost);
	member_number(o, "overflow", l->overflow);
	member_number(o, "values", l->n);
	member_add(o, "episodes", by_name(is_names, l->episodes, NR_IS));
	member_add(o, "truth", truth_of(c->op));
	member_number(o, "cycles", c->op->cycles);
	member_number(o, "errors", c->op->errors);
	for (unsigned i = 0; i < n; i++)
		json_array_append_new(witnesses, witness(j, c->op->level, seen[i]));
	member_add(o, "witnesses", witnesses);
}

static json_t *live_of(const struct judged *j, const struct cell *c)
{
	const bool kernel = !c->user && !c->probed && !c->is_log && !strcmp(c->reader, reader_names[LIVE_READER_KERNEL]);
	json_t *o = json_object();

	member_text(o, "of", c->op ? "operation" : c->user ? "user" : c->probed ? "probe" : c->is_log ? "log" : "private");
	member_text(o, "source", kernel ? j->kernel_reader[c->op ? c->op->level : LIVE_PMD] : c->reader);
	member_number(o, "words", j->words);
	if (c->look)
		add_looks(j, o, c);
	if (c->user)
		member_text(o, "witness", c->user->witness);
	if (c->is_log || (c->op && c->op->log))
		member_text(o, "log", c->op ? c->op->log : j->log[0]);
	return o;
}

/* ---- the line ---- */

/* What the board says where the command does not. */
static void add_fact(json_t *o, const struct judged *j, const char *key)
{
	member_text(o, key, judged_fact(j, key));
}

static void add_cpus(json_t *o, const struct judged *j)
{
	char cpus[512] = "";

	for (unsigned i = 0; i < j->cpus; i++)
		text_append(cpus, sizeof(cpus), "%s%u", i ? "," : "", i);
	/* the board's own fact of that name is a sentence */
	member_cpus(o, *judged_fact(j, "cpus") >= '0' && *judged_fact(j, "cpus") <= '9' ? judged_fact(j, "cpus") : cpus);
}

/* What may never be, and of which machine: neither the kernel nor how long. */
static void add_hash(json_t *o, const struct judged *j, const struct cell *c)
{
	char text[512] = "", hash[20];

	text_append(text, sizeof(text), "%s layout=%s words=%u abi=%d rules=%d", c->name, j->layout_name, j->words, LIVE_ABI, RULES);
	snprintf(hash, sizeof(hash), "%016" PRIx64, text_hash(text));
	member_text(o, "hash", hash);
}

static void add_power(json_t *o, const struct cell *c)
{
	json_t *twin;

	member_text(o, "strategy", "free");
	member_text(o, "rung", rung_names[RUNG_AS_GIVEN]);
	member_text(o, "stop", stop_names[STOP_TIME]);
	member_number(o, "strength", c->strength);
	if (!*c->twin || !c->twin_ns)
		return;
	twin = json_object();
	member_text(twin, "name", c->twin);
	member_number(twin, "distinct", c->twin_distinct);
	member_add(twin, "seconds", json_real((double)c->twin_ns / 1e9));
	member_add(o, "twin", twin);
}

/* The members of the contract are in its order. */
void judged_line(FILE *f, const struct judged *j, const struct cell *c)
{
	static const char *const one[] = { "readers", "writers", "slots" };
	json_t *o = json_object(), *by = json_object();

	member_number(o, "schema", 2);
	member_text(o, "scenario", c->name);
	add_hash(o, j, c);
	member_text(o, "layout", *j->layout_name ? j->layout_name : "-");
	member_text(o, "level", c->level);
	member_text(o, "walker", c->user || c->probed || c->is_log ? "kernel" : "entry");
	member_text(o, "reader", c->reader);
	member_text(o, "writer", "kernel");
	member_text(o, "transition", c->transition);
	member_text(o, "consumer", "none");
	member_text(o, "reclaim", "kernel");
	member_text(o, "world", "live");
	member_add(o, "alias", json_false());
	add_fact(o, j, "target");
	add_fact(o, j, "executor");
	add_fact(o, j, "cpu");
	add_cpus(o, j);
	add_fact(o, j, "kernel");
	add_fact(o, j, "compiler");
	add_fact(o, j, "flags");
	add_fact(o, j, "git");
	member_number(o, "seed", 0);
	for (unsigned i = 0; i < sizeof(one) / sizeof(one[0]); i++)
		member_number(o, one[i], 1);
	member_add(o, "seconds", json_real((double)c->ns / 1e9));
	member_number(o, "walks", c->walks);
	member_number(o, "rounds", c->rounds);
	member_number(o, "present", c->present);
	member_add(o, "outcomes", by_outcome(c->outcomes));
	member_add(o, "distinct", by_outcome(c->distinct));
	member_add(o, "direction", by_name(direction_names, c->direction, NR_DIRECTIONS));
	member_add(o, "harm", by_name(harm_names, c->harm, NR_HARMS));
	member_add(o, "first_ns", first_ns(c));
	member_number(o, "retries", c->retries);
	member_add(o, "per_interval", json_array());
	member_add(o, "calibration", calibration(j));
	member_add(o, "predicted", json_null());
	member_add(o, "expect", expected(c));
	member_text(o, "verdict", verdict_names[cause_kinds[c->cause].verdict]);
	member_text(o, "cause", cause_names[c->cause]);
	member_text(o, "reason", c->reason);
	member_add(o, "witness", json_null());
	member_number(by, "reader", c->distinct[OUTCOME_TORN_READER]);
	member_number(by, "writer", c->distinct[OUTCOME_TORN_WRITER]);
	member_add(o, "torn_by", by);
	if (c->ns)
		add_power(o, c);
	member_add(o, "live", live_of(j, c));
	json_dumpf(o, f, JSON_COMPACT | JSON_ENSURE_ASCII);
	putc('\n', f);
	json_decref(o);
}
