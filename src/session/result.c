/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints a result, field by field, without a JSON library.
 *
 * Invariant: the fields and their order are the contract of the results directory
 * (tornwalk(5)); new fields come at the end.
 */
#include "result.h"

#include "config/names.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

uint64_t torn_of(const uint64_t counts[NR_OUTCOMES])
{
	return counts[OUTCOME_TORN_READER] + counts[OUTCOME_TORN_WRITER];
}

uint64_t first_torn(const struct finding *f)
{
	uint64_t a = f->first_ns[OUTCOME_TORN_READER], b = f->first_ns[OUTCOME_TORN_WRITER];

	return !a || (b && b < a) ? b : a;
}

int result_witness(const struct scenario *s, const struct finding *f)
{
	uint32_t seen = 0, required = s->require_torn ? OUTCOMES_TORN : 0;

	for (unsigned o = 0; o < NR_OUTCOMES; o++) {
		seen |= (uint32_t)(f->outcomes[o] > 0) << o;
		required |= (uint32_t)(s->expect[o] == EXPECT_REQUIRE) << o;
	}
	return outcome_worst(seen, scenario_forbids(s), required);
}

/* A JSON string; whatever is not plain ASCII is escaped. */
static void string(FILE *f, const char *s)
{
	putc('"', f);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			fprintf(f, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(f, "\\u%04x", c);
		else
			putc(c, f);
	}
	putc('"', f);
}

static void key(FILE *f, const char *k)
{
	putc(',', f);
	string(f, k);
	putc(':', f);
}

static void text(FILE *f, const char *k, const char *v)
{
	key(f, k);
	string(f, v);
}

static void number(FILE *f, const char *k, uint64_t v)
{
	key(f, k);
	fprintf(f, "%" PRIu64, v);
}

/* Seconds as a decimal number, without floating point. */
static void seconds(FILE *f, const char *k, uint64_t ns)
{
	key(f, k);
	fprintf(f, "%" PRIu64 ".%03u", ns / 1000000000u, (unsigned)(ns / 1000000 % 1000));
}

static void by_name(FILE *f, const char *k, const char *const *names, const uint64_t *counts, unsigned n)
{
	key(f, k);
	for (unsigned i = 0; i < n; i++)
		fprintf(f, "%c\"%s\":%" PRIu64, i ? ',' : '{', names[i], counts[i]);
	putc('}', f);
}

/* By name; both kinds of torn under one. */
static void by_outcome(FILE *f, const char *k, const uint64_t *counts)
{
	bool first = true;
	unsigned i;

	key(f, k);
	putc('{', f);
	for (i = 0; i < NR_OUTCOMES; i++) {
		if (!outcome_result_names[i])
			continue;
		fprintf(f, "%s\"%s\":%" PRIu64, first ? "" : ",", outcome_result_names[i],
			i == OUTCOME_TORN ? torn_of(counts) : counts[i]);
		first = false;
	}
	putc('}', f);
}

static void first_seen(FILE *f, const struct finding *d)
{
	bool first = true;
	unsigned i;

	key(f, "first_ns");
	putc('{', f);
	for (i = 0; i < NR_OUTCOMES; i++) {
		uint64_t ns = i == OUTCOME_TORN ? first_torn(d) : d->first_ns[i];

		if (!ns || !outcome_result_names[i])
			continue;
		fprintf(f, "%s\"%s\":%" PRIu64, first ? "" : ",", outcome_result_names[i], ns);
		first = false;
	}
	putc('}', f);
}

static void per_interval(FILE *f, const struct finding *d)
{
	unsigned i;

	key(f, "per_interval");
	putc('[', f);
	for (i = 0; i < d->nr_intervals; i++)
		fprintf(f, "%s%" PRIu32, i ? "," : "", d->intervals[i]);
	putc(']', f);
}

static void calibration(FILE *f, const struct calibration *c)
{
	bool first = true;
	unsigned i;

	key(f, "calibration");
	if (!c) {
		fputs("null", f);
		return;
	}
	putc('{', f);
	for (i = 0; i < c->n; i++) {
		if (!c->of[i].usable)
			continue;
		fprintf(f, "%s\"%s\":{\"reads\":%" PRIu64 ",\"torn\":%" PRIu64 "}", first ? "" : ",",
			c->of[i].primitive->name, c->of[i].reads, c->of[i].torn);
		first = false;
	}
	putc('}', f);
}

static void expectations(FILE *f, const struct scenario *s)
{
	const enum expect reader = scenario_grade(s, OUTCOME_TORN_READER);
	const enum expect writer = scenario_grade(s, OUTCOME_TORN_WRITER);
	unsigned i;

	key(f, "expect");
	fprintf(f, "{\"torn\":\"%s\"", s->require_torn ? "require" :
		expect_names[reader > writer ? reader : writer]);
	if (reader != writer)
		fprintf(f, ",\"torn-by-reader\":\"%s\",\"torn-by-writer\":\"%s\"",
			expect_names[reader], expect_names[writer]);
	for (i = 0; i < NR_OUTCOMES; i++)
		if (!(OUTCOMES_TORN & 1u << i))
			fprintf(f, ",\"%s\":\"%s\"", outcome_kinds[i].name,
				expect_names[scenario_grade(s, i)]);
	putc('}', f);
}

/* By name, both kinds of torn under one; null: not known. */
static void predicted(FILE *f, const struct prediction *p)
{
	unsigned i;

	key(f, "predicted");
	if (!p || !p->known) {
		fputs("null", f);
		return;
	}
	for (i = 0; i < NR_OUTCOMES; i++)
		if (outcome_result_names[i])
			fprintf(f, "%c\"%s\":\"%spossible\"", i ? ',' : '{', outcome_result_names[i],
				p->possible & outcome_in_results(i) ? "" : "im");
	putc('}', f);
}

/* high:low, as everything that prints an entry has it */
static void entry_field(FILE *f, const char *k, entry_t e)
{
	key(f, k);
	fprintf(f, "\"%08" PRIx32 ":%08" PRIx32 "\"", e.hi, e.lo);
}

static void half_field(FILE *f, const char *k, enum half from, unsigned store)
{
	key(f, k);
	fprintf(f, "{\"from\":\"%s\"", half_origins[from]);
	if (from == HALF_STAMPED || from == HALF_INVERTED)
		number(f, "store", store);
	putc('}', f);
}

static void witness(FILE *f, const struct witness *w, enum outcome o)
{
	char sentence[WITNESS_LEN];

	witness_text(w, o, sentence, sizeof(sentence));
	fprintf(f, "{\"outcome\":\"%s\"", outcome_kinds[o].name);
	entry_field(f, "used", w->used);
	entry_field(f, "decided", w->decided);
	half_field(f, "low", w->low.from, w->low.number);
	half_field(f, "high", w->high.from, w->high.number);
	number(f, "apart", w->apart);
	number(f, "modulo", w->modulo);
	if (w->direction_known)
		text(f, "newer", w->newer == LOW_NEWER ? "low" : "high");
	if (w->perhaps_held) {
		key(f, "perhaps_held");
		fputs("true", f);
	}
	number(f, "slot", w->slot);
	number(f, "reader", w->reader);
	key(f, "cpu");
	fprintf(f, "%d", w->cpu);
	number(f, "ns", w->ns);
	number(f, "seed", w->seed);
	text(f, "text", sentence);
	putc('}', f);
}

static void cell_fields(FILE *f, const struct cell *c)
{
	text(f, "layout", c->layout->name);
	text(f, "level", c->level == LEVEL_PUD ? "pud" : "pmd");
	text(f, "walker", c->walker->name);
	text(f, "reader", c->reader->name);
	text(f, "writer", c->writer->name);
	text(f, "transition", c->transition->name);
	text(f, "consumer", c->consumer->name);
	text(f, "reclaim", c->reclaim->name);
	text(f, "world", c->protocol->world);
	key(f, "alias");
	fputs(c->alias ? "true" : "false", f);
}

static void cpu_list(FILE *f, const struct cpus *c)
{
	unsigned i;

	key(f, "cpus");
	putc('[', f);
	for (i = 0; i < c->n; i++)
		fprintf(f, "%s%d", i ? "," : "", c->id[i]);
	putc(']', f);
}

static void executor_fields(FILE *f, const struct executor *x)
{
	text(f, "target", x->target);
	text(f, "executor", x->kind);
	text(f, "cpu", x->cpu);
	cpu_list(f, x->cpus);
	text(f, "kernel", x->kernel);
	text(f, "compiler", x->compiler);
	text(f, "flags", x->flags);
	text(f, "git", x->git);
}

/* Distinct torn by the delay between the halves, where it was swept. */
static void delays(FILE *f, const struct finding *d)
{
	unsigned i;

	key(f, "delays");
	for (i = 0; i < NR_DELAYS; i++) {
		fprintf(f, "%c{\"ns\":%" PRIu64 ",\"torn\":%" PRIu64, i ? ',' : '[', d->delay_ns[i],
			d->delay_torn[i]);
		seconds(f, "seconds", d->delay_spent[i]);
		putc('}', f);
	}
	putc(']', f);
}

/* What options made of the scenario's own cell, by the names of its keys. */
static void overridden(FILE *f, uint32_t keys)
{
	bool first = true;
	unsigned k;

	key(f, "overridden");
	putc('[', f);
	for (k = 0; k < NR_CELL_KEYS; k++) {
		if (!(keys & 1u << k))
			continue;
		fprintf(f, "%s\"%s\"", first ? "" : ",", cell_key_name(k));
		first = false;
	}
	putc(']', f);
}

static void torn_by(FILE *f, const struct finding *d)
{
	key(f, "torn_by");
	fprintf(f, "{\"reader\":%" PRIu64 ",\"writer\":%" PRIu64 "}", d->distinct[OUTCOME_TORN_READER],
		d->distinct[OUTCOME_TORN_WRITER]);
}

/*
 * How it was run: by what, what ended it, and how much that proves. Where its own counts
 * ended it, those of the first slices, which would have been run whatever they showed.
 */
static void power(FILE *f, const struct result *r)
{
	const struct power *p = r->power;
	const struct finding *u = r->unbiased;
	struct cell run = r->scenario->cell;
	struct parts parts;
	char strategy[STRATEGY_LEN];

	run.strategy = p->strategy;
	parts = cell_parts(&run);

	strategy_print(&p->strategy, strategy, sizeof(strategy));
	text(f, "strategy", strategy);
	/* which functions that makes of the cell's: see protocol/symbols.h */
	if (parts.tight)
		fprintf(f, ",\"tight\":true");
	if (parts.pauses)
		fprintf(f, ",\"pauses\":true");
	text(f, "rung", rung_names[p->rung]);
	text(f, "stop", stop_names[p->stop]);
	seconds(f, "most", r->scenario->cell.budget_ns);
	number(f, "strength", p->strength);
	if (p->in_turns) {
		key(f, "twin");
		putc('{', f);
		string(f, "name");	/* `scenario` is a word that scripts look for */
		putc(':', f);
		string(f, r->scenario->control);
		number(f, "distinct", p->twin_distinct);
		seconds(f, "seconds", p->twin_ns);
		putc('}', f);
	}
	if (!u)
		return;
	key(f, "unbiased");
	fprintf(f, "{\"walks\":%" PRIu64, u->walks);
	number(f, "rounds", u->rounds);
	number(f, "present", u->present);
	seconds(f, "seconds", u->ns);
	by_outcome(f, "distinct", u->distinct);
	torn_by(f, u);
	putc('}', f);
}

int result_print(FILE *f, const struct result *r)
{
	const struct finding *d = r->finding;
	const struct cell *c = &r->scenario->cell;
	int worst = result_witness(r->scenario, d);

	errno = 0;
	fprintf(f, "{\"schema\":%d", RESULT_SCHEMA);
	text(f, "scenario", r->scenario->name);
	key(f, "hash");
	fprintf(f, "\"%016" PRIx64 "\"", r->hash);
	cell_fields(f, c);
	executor_fields(f, r->executor);
	number(f, "seed", c->seed);
	number(f, "readers", c->readers);
	number(f, "writers", c->writers);
	number(f, "slots", c->slots);
	seconds(f, "seconds", d->ns);
	number(f, "walks", d->walks);
	number(f, "rounds", d->rounds);
	number(f, "present", d->present);
	by_outcome(f, "outcomes", d->outcomes);
	by_outcome(f, "distinct", d->distinct);
	by_name(f, "direction", direction_names, d->direction, NR_DIRECTIONS);
	by_name(f, "harm", harm_names, d->harm, NR_HARMS);
	first_seen(f, d);
	number(f, "retries", d->retries);
	per_interval(f, d);
	calibration(f, r->executor->calibration);
	predicted(f, r->prediction);
	expectations(f, r->scenario);
	text(f, "verdict", verdict_names[r->judgement.verdict]);
	text(f, "cause", cause_names[r->judgement.cause]);
	text(f, "reason", r->reason);
	key(f, "witness");
	if (worst >= 0)
		witness(f, &d->witness[worst], (enum outcome)worst);
	else
		fputs("null", f);
	/* later additions: by whom it was torn, and the width of an interval */
	torn_by(f, d);
	number(f, "interval_ns", d->interval_ns);
	if (r->primitive)
		text(f, "primitive", r->primitive);
	/* which memory model `predicted` is of */
	if (r->prediction && r->prediction->known)
		text(f, "model", model_names[r->prediction->model]);
	if (r->schedule)
		text(f, "schedule", r->schedule);
	if (d->swept)
		delays(f, d);
	if (r->scenario->overridden)
		overridden(f, r->scenario->overridden);
	if (r->power)
		power(f, r);
	fputs("}\n", f);
	return !ferror(f) ? 0 : errno ? -errno : -EIO;
}
