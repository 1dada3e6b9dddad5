/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One cell, until its question is answered: by a strategy under which its busted twin is
 * caught, beside that twin, in turns.
 *
 * Key invariant: nothing is tuned on a claim. What is tuned on is the twin, or the cell
 * itself where something is required of it, and both then run by the same strategy on
 * the same rung.
 */
#ifndef TORNWALK_PURSUE_H
#define TORNWALK_PURSUE_H

#include "config/scenario.h"
#include "judge/judge.h"
#include "judge/stop.h"
#include "stress/runner.h"
#include "stress/tuner.h"

/* What was found on a twin, for the next claim that names it. */
struct tuned {
	bool known;
	enum rung rung;
	struct strategy strategy;
	uint64_t bad, ns;	/* what it showed there, at what it was tuned for */
};

struct pursuit {
	const struct runner *runner;
	const struct scenario *scenario;
	const struct scenario *twin;	/* its control; NULL: it has none */
	uint64_t most_ns;		/* all in: tuning, claim and twin */
	uint64_t extra_ns;		/* beyond that, only where it is still short then */
	bool sought;			/* what is forbidden is possible: no claim is strong enough then */
	struct tuned *tuned;		/* NULL: nobody shares what is found */
	const struct strategy *hints;	/* found for other cells: tried before anything is tuned */
	unsigned nr_hints;
};

struct pursued {
	struct finding *finding, *twin;	/* the caller's; twin only where there is one */
	struct finding *unbiased;	/* of the cell: what rates are quoted from */
	struct power power;
	struct tuned by;
};

/*
 * Fills in *out, whose findings the caller has made room for. As runner_run(). Never
 * longer than most_ns, extra_ns and two slices.
 */
int pursue(const struct pursuit *p, struct pursued *out);

/* Of the outcomes a scenario requires, how often the one least seen was: distinct. */
uint64_t pursue_required(const struct scenario *s, const struct finding *f);

/* How often any of them was: each would have been a failure of its claim. */
uint64_t pursue_caught(const struct scenario *s, const struct finding *f);

#endif
