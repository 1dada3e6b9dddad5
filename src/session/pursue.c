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
	ONE_CPU_SLICE_NS = 60000000,	/* taking turns has to be measured first */
	MOST_SLICES = 64,		/* of a long cell; then they are longer */
	TUNE_NS = 10000000,	/* a slice of the tuner's */
	/* of what a cell may take tuning takes 1/3 at most; more where others profit, 2/3 */
	TUNE_SHARE = 3,
	FIRST_LOOKS = 2,
	ENOUGH_SHARE = 10,	/* of its time; then there is nothing to tune */
	GOOD_SHARE = 20,	/* ... and here to tune any further */
	FADED = 10,		/* one in so many of what was tuned for: other times, tune again */
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

uint64_t pursue_caught(const struct scenario *s, const struct finding *f)
{
	uint32_t set = s->require_torn ? OUTCOMES_TORN : 0;

	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		set |= (uint32_t)(s->expect[o] == EXPECT_REQUIRE) << o;
	return finding_distinct(f, set);
}

/* ---- the ladder, on the twin ---- */

/* What is found is for claims to run by: this one, or those that name this cell. */
static bool for_claims(const struct pursuit *p)
{
	return p->twin || p->scenario->is_control;
}

/* Would what was seen in that time be enough for this cell's question in 1/share of its own? */
static bool enough(const struct pursuit *p, uint64_t seen, uint64_t ns, unsigned share)
{
	const uint64_t strength = p->scenario->strength ? p->scenario->strength : 1;
	const uint64_t wanted = for_claims(p) ? strength * 3 : SEEN_ENOUGH;

	return seen && (double)seen * (double)p->most_ns >= (double)wanted * (double)ns * share;
}

struct subject {
	const struct pursuit *p;
	const struct scenario *scenario;	/* the twin, or what requires something by itself */
};

static uint64_t required_of(const void *subject, const struct finding *f)
{
	return pursue_required(((const struct subject *)subject)->scenario, f);
}

/* A few in one slice were luck, perhaps. */
static bool is_good(const void *subject, const struct tuner_arm *best)
{
	const struct pursuit *p = ((const struct subject *)subject)->p;

	return best->bad >= 2 * SEEN_ENOUGH && enough(p, best->bad, best->ns, for_claims(p) ? GOOD_SHARE : 1);
}

/* Of a cell that has run for so long. */
static uint64_t slice_ns(const struct runner *r, uint64_t ns)
{
	const uint64_t least = r->cpus->n == 1 ? ONE_CPU_SLICE_NS : SLICE_NS;

	return ns / MOST_SLICES > least ? ns / MOST_SLICES : least;
}

/* Tries it for two slices; what they show is what it was chosen for. */
static int climb_to(const struct pursuit *p, const struct scenario *subject, struct tuned *by)
{
	struct finding *f = malloc(sizeof(*f));
	struct cell c = subject->cell;
	unsigned i;
	int err = f ? 0 : -ENOMEM;

	by->bad = by->ns = 0;
	if (by->rung == RUNG_WIDENED)
		cell_into(&c, &widened_protocol);
	c.strategy = by->strategy;
	c.budget_ns = slice_ns(p->runner, 0);
	for (i = 0; i < FIRST_LOOKS && !err; i++) {
		err = runner_run(p->runner, &c, f);
		by->bad += err ? 0 : pursue_required(subject, f);
		by->ns += err ? 0 : f->ns;
	}
	free(f);
	return err;
}

static enum rung rung_of(const struct strategy *s)
{
	return s->id == STRATEGY_POKED || s->id == STRATEGY_STEPPED ? RUNG_INTERRUPTED : RUNG_TUNED;
}

static int tune_on(const struct pursuit *p, const struct scenario *subject, struct tuned *by)
{
	const struct subject s = { p, subject };
	const uint64_t until = now_ns() + p->most_ns / TUNE_SHARE * (p->scenario->is_control ? 2 : 1);
	struct tuner *t = malloc(sizeof(*t));
	struct cell c = subject->cell;
	const struct tuner_arm *best;
	int err = t ? 0 : -ENOMEM;

	c.budget_ns = p->runner->cpus->n == 1 ? ONE_CPU_SLICE_NS / 2 : TUNE_NS;
	if (!err)
		err = tune(t, p->runner, &c, required_of, is_good, &s, until);
	if (!err) {
		best = tuner_best(t);
		*by = (struct tuned){ .strategy = best->strategy, .bad = best->bad, .ns = best->ns,
				      .rung = best->strategy.id == STRATEGY_FREE ? RUNG_AS_GIVEN :
					      rung_of(&best->strategy) };
	}
	free(t);
	return err;
}

static int try_hints(const struct pursuit *p, const struct scenario *subject, struct tuned *by, bool *found)
{
	struct tuned hint;
	unsigned i;
	int err = 0;

	for (i = 0; i < p->nr_hints && !err && !*found; i++) {
		hint = (struct tuned){ .rung = rung_of(&p->hints[i]), .strategy = p->hints[i] };
		err = climb_to(p, subject, &hint);
		*found = !err && enough(p, hint.bad, hint.ns, ENOUGH_SHARE);
		if (*found)
			*by = hint;
	}
	return err;
}

/* The strategy by which this twin is caught best, or RUNG_SILENT. */
static int climb(const struct pursuit *p, const struct scenario *subject, struct tuned *by)
{
	struct tuned given = { .rung = RUNG_AS_GIVEN, .strategy = subject->cell.strategy }, widened;
	bool found = false;
	int err = climb_to(p, subject, &given);

	*by = given;
	if (err || enough(p, given.bad, given.ns, ENOUGH_SHARE))
		goto out;
	err = try_hints(p, subject, by, &found);
	if (err || found)
		goto out;
	err = tune_on(p, subject, by);
	if (!by->bad && given.bad)
		*by = given;
	if (err || by->bad)
		goto out;
	by->rung = RUNG_SILENT;
	widened = (struct tuned){ .rung = RUNG_WIDENED, .strategy = subject->cell.strategy };
	if (!subject->cell.protocol->seed)
		err = climb_to(p, subject, &widened);
	if (!err && widened.bad)
		*by = widened;
out:
	by->known = !err;
	return err;
}

/* Does the twin still show what it was tuned for? A machine that is busy now wants another strategy. */
static int has_faded(const struct pursuit *p, const struct tuned *by, bool *faded)
{
	struct tuned now = *by;
	int err = by->bad ? climb_to(p, p->twin ? p->twin : p->scenario, &now) : 0;

	*faded = !err && (double)now.bad * (double)by->ns * FADED < (double)by->bad * (double)now.ns;
	return err;
}

/* ---- in turns ---- */

struct watch {
	const struct pursuit *p;
	struct pursued *out;
	struct pair_of_cells *pair;
	struct strength strength;
	struct progress_of_cell progress;
	uint64_t began_ns;
};

static bool go_on(void *arg, const struct finding *claim, const struct finding *twin)
{
	struct watch *w = arg;
	struct progress_of_cell *g = &w->progress;
	const struct finding *f = twin ? twin : claim;
	const uint64_t bad = twin ? pursue_caught(w->p->twin, twin) : pursue_required(w->p->scenario, claim);

	/* those that would have been run whatever was seen before */
	if (!w->out->unbiased->ns || g->ns < stop_unbiased_ns(g))
		finding_add(w->out->unbiased, claim);
	if (twin || g->requires) {
		strength_add(&w->strength, bad, &f->clumps, f->ns, claim->ns);
		w->out->power.strength = g->strength = strength_of(&w->strength);
	}
	g->ns = now_ns() - w->began_ns;
	g->required = pursue_required(w->p->scenario, w->out->finding);
	g->forbidden = finding_distinct(w->out->finding, scenario_forbids(w->p->scenario));
	w->pair->slice_ns = slice_ns(w->p->runner, g->ns);
	w->out->power.stop = stop_now(g);
	return w->out->power.stop == STOP_NOT_YET;
}

static int take_turns(const struct pursuit *p, struct pursued *out, uint64_t began_ns)
{
	struct watch *w = calloc(1, sizeof(*w));
	struct cell claim = p->scenario->cell, twin;
	struct pair_of_cells pair = { .claim = &claim, .slice_ns = slice_ns(p->runner, 0), .go_on = go_on,
				      .arg = w };
	uint64_t spent;
	int err;

	if (!w)
		return -ENOMEM;
	*w = (struct watch){ .p = p, .out = out, .pair = &pair, .began_ns = now_ns() };
	spent = w->began_ns - began_ns;
	w->progress = (struct progress_of_cell){
		.requires = scenario_requires(p->scenario), .wanted = p->twin && !p->sought ? p->scenario->strength : 0,
		.most_ns = p->most_ns > spent ? p->most_ns - spent : 0, .extra_ns = p->extra_ns,
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
		out->power.stop = STOP_TIME;
	free(w);
	return err;
}

/* A strategy that was given: `widened` is a world, and runs by none. */
static struct tuned as_given(const struct strategy *s)
{
	return (struct tuned){ .known = true, .rung = s->id == STRATEGY_WIDENED ? RUNG_WIDENED : RUNG_AS_GIVEN,
			       .strategy = s->id == STRATEGY_WIDENED ? (struct strategy){ 0 } : *s };
}

static int find_strategy(const struct pursuit *p, const struct scenario *subject, struct tuned *by)
{
	bool again = false;
	int err = 0;

	*by = as_given(&p->scenario->cell.strategy);
	if (p->scenario->strategy_given || !scenario_requires(subject))
		return 0;
	if (p->tuned && p->tuned->known) {
		*by = *p->tuned;
		err = has_faded(p, by, &again);
	}
	if (!err && (again || !p->tuned || !p->tuned->known))
		err = climb(p, subject, by);
	if (!err && p->tuned)
		*p->tuned = *by;
	return err;
}

int pursue(const struct pursuit *p, struct pursued *out)
{
	const struct scenario *subject = p->twin ? p->twin : p->scenario;
	const uint64_t began = now_ns();
	struct power *power = &out->power;
	int err = find_strategy(p, subject, &out->by);

	*power = (struct power){ .stop = STOP_NOT_YET, .given = p->scenario->strategy_given, .in_turns = p->twin };
	power->strategy = out->by.rung == RUNG_WIDENED ? strategy_of(STRATEGY_WIDENED) :
			  cell_strategy(&p->scenario->cell, &out->by.strategy);
	if (!err)
		err = take_turns(p, out, began);
	if (err)
		return err;
	power->rung = out->by.rung;
	if (p->twin) {
		power->twin_ns = out->twin->ns;
		power->twin_distinct = pursue_caught(p->twin, out->twin);
	}
	/* all was silent while it was tuned, and not in the turns */
	if (power->rung == RUNG_SILENT && pursue_required(subject, p->twin ? out->twin : out->finding))
		power->rung = power->strategy.id == STRATEGY_FREE ? RUNG_AS_GIVEN : rung_of(&power->strategy);
	return 0;
}
