/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pursue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"
#include "judge/strength.h"
#include "stress/observe.h"
#include "stress/slices.h"
#include "stress/tune.h"

enum {
	SLICE_NS = 20000000,
	TUNE_NS = 10000000,	/* a slice of the tuner's */
	/* of what a cell may take tuning takes 1/3 at most; more where others profit, 2/3 */
	TUNE_SHARE = 3,
	FIRST_LOOKS = 2,
};

const char *const rung_names[] = {
	[RUNG_AS_GIVEN] = "as given", [RUNG_TUNED] = "tuned", [RUNG_INTERRUPTED] = "interrupted",
	[RUNG_WIDENED] = "widened", [RUNG_SILENT] = "silent",
};

uint64_t pursue_required(const struct scenario *s, const struct finding *f)
{
	uint64_t least = UINT64_MAX;
	unsigned o;

	if (s->require_torn)
		least = f->distinct[OUTCOME_TORN_READER] + f->distinct[OUTCOME_TORN_WRITER];
	for (o = 0; o < NR_OUTCOMES; o++)
		if (s->expect[o] == EXPECT_REQUIRE && f->distinct[o] < least)
			least = f->distinct[o];
	return least == UINT64_MAX ? 0 : least;
}

static uint64_t forbidden(const struct scenario *s, const struct finding *f)
{
	uint64_t n = 0;
	unsigned o;

	for (o = 0; o < NR_OUTCOMES; o++)
		if (scenario_grade(s, o) == EXPECT_FORBID)
			n += f->distinct[o];
	return n;
}

/* ---- the ladder, on the twin ---- */

static uint64_t required_of(const void *scenario, const struct finding *f)
{
	return pursue_required(scenario, f);
}

/* What is found is for claims to run by: this one, or those that name this cell. */
static bool for_claims(const struct pursuit *p)
{
	return p->twin || p->scenario->is_control;
}

/* Would what a slice showed be enough for this cell's question in a tenth of its time? It was luck, perhaps. */
static bool enough(const struct pursuit *p, uint64_t seen, uint64_t ns)
{
	const uint64_t wanted = for_claims(p) ? (p->strength ? p->strength : 1) * 3 : SEEN_ENOUGH;

	return seen && (double)seen * (double)p->most_ns / 10 >= (double)wanted * (double)ns;
}

static int try_strategy(const struct pursuit *p, const struct scenario *subject, const struct tuned *by,
			uint64_t *seen, uint64_t *ns)
{
	struct finding *f = malloc(sizeof(*f));
	struct cell c = subject->cell;
	unsigned i;
	int err = f ? 0 : -ENOMEM;

	*seen = *ns = 0;
	if (by->rung == RUNG_WIDENED)
		cell_into(&c, &widened_protocol);
	c.strategy = by->strategy;
	c.budget_ns = SLICE_NS;
	for (i = 0; i < FIRST_LOOKS && !err; i++) {
		err = runner_run(p->runner, &c, f);
		*seen += err ? 0 : pursue_required(subject, f);
		*ns += err ? 0 : f->ns;
	}
	free(f);
	return err;
}

static enum rung rung_of(const struct strategy *s)
{
	return s->id == STRATEGY_POKED || s->id == STRATEGY_STEPPED ? RUNG_INTERRUPTED : RUNG_TUNED;
}

/* The strategy by which this twin is caught best, or RUNG_SILENT. */
static int climb(const struct pursuit *p, const struct scenario *subject, struct tuned *by)
{
	const struct strategy given = subject->cell.strategy;
	struct tuner *t = malloc(sizeof(*t));
	struct cell c = subject->cell;
	struct tuned first = { .rung = RUNG_AS_GIVEN, .strategy = given };
	uint64_t seen, ns, until;
	int err;

	*by = first;
	if (!t)
		return -ENOMEM;
	err = try_strategy(p, subject, by, &seen, &ns);
	if (err || enough(p, seen, ns) || given.id != STRATEGY_FREE)
		goto out;
	c.budget_ns = TUNE_NS;
	until = now_ns() + p->most_ns / TUNE_SHARE * (p->scenario->is_control ? 2 : 1);
	err = tune(t, p->runner, &c, required_of, subject, until);
	if (err)
		goto out;
	by->strategy = tuner_best(t)->strategy;
	by->rung = by->strategy.id == STRATEGY_FREE ? RUNG_AS_GIVEN : rung_of(&by->strategy);
	if (tuner_best(t)->bad || seen || c.protocol->seed)
		goto out;
	first.rung = RUNG_WIDENED;
	err = try_strategy(p, subject, &first, &seen, &ns);
	if (!err && seen)
		*by = first;
	else
		by->rung = RUNG_SILENT;
out:
	by->known = !err;
	free(t);
	return err;
}

/* ---- in turns ---- */

struct watch {
	const struct pursuit *p;
	struct pursued *out;
	struct strength strength;
	struct progress_of_cell progress;
	uint64_t began_ns;
};

static bool go_on(void *arg, const struct finding *claim, const struct finding *twin)
{
	struct watch *w = arg;
	struct progress_of_cell *g = &w->progress;

	if (w->out->unbiased->ns < stop_unbiased_ns(g))
		finding_add(w->out->unbiased, claim);
	if (twin) {
		strength_add(&w->strength, pursue_required(w->p->twin, twin), &twin->clumps, twin->ns, claim->ns);
		w->out->strength = g->strength = strength_of(&w->strength);
	}
	g->ns = now_ns() - w->began_ns;
	g->required = pursue_required(w->p->scenario, w->out->finding);
	g->forbidden = forbidden(w->p->scenario, w->out->finding);
	w->out->why = stop_now(g);
	return w->out->why == STOP_NOT_YET;
}

static int take_turns(const struct pursuit *p, struct pursued *out, uint64_t began_ns)
{
	struct watch *w = calloc(1, sizeof(*w));
	struct cell claim = p->scenario->cell, twin;
	struct pair_of_cells pair = { .claim = &claim, .slice_ns = SLICE_NS, .go_on = go_on, .arg = w };
	int err;

	if (!w)
		return -ENOMEM;
	*w = (struct watch){ .p = p, .out = out, .began_ns = now_ns() };
	w->progress = (struct progress_of_cell){
		.requires = scenario_requires(p->scenario), .wanted = p->strength,
		.most_ns = p->most_ns > w->began_ns - began_ns ? p->most_ns - (w->began_ns - began_ns) : 0,
	};
	claim.strategy = out->by.strategy;
	if (p->twin) {
		twin = p->twin->cell;
		twin.strategy = out->by.strategy;
		pair.twin = &twin;
	}
	if (out->by.rung == RUNG_WIDENED) {
		cell_into(&claim, &widened_protocol);
		if (p->twin)
			cell_into(&twin, &widened_protocol);
	}
	memset(out->unbiased, 0, sizeof(*out->unbiased));
	err = slices_run(p->runner, &pair, out->finding, out->twin);
	if (out->finding->interrupted)
		out->why = STOP_TIME;
	free(w);
	return err;
}

int pursue(const struct pursuit *p, struct pursued *out)
{
	const struct scenario *subject = p->twin ? p->twin : p->scenario;
	const uint64_t began = now_ns();
	int err = 0;

	out->why = STOP_NOT_YET;
	out->strength = 0;
	out->by = (struct tuned){ .known = true, .strategy = p->scenario->cell.strategy };
	if (p->tuned && p->tuned->known)
		out->by = *p->tuned;
	else if (scenario_requires(subject))
		err = climb(p, subject, &out->by);
	if (!err && p->tuned)
		*p->tuned = out->by;
	return err ? err : take_turns(p, out, began);
}
