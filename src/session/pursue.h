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
#include "judge/stop.h"
#include "stress/runner.h"
#include "stress/tuner.h"

/* From the bottom: each is tried where the one below showed nothing, or too little. */
enum rung { RUNG_AS_GIVEN, RUNG_TUNED, RUNG_INTERRUPTED, RUNG_WIDENED, RUNG_SILENT };

struct pursuit {
	const struct runner *runner;
	const struct scenario *scenario;
	const struct scenario *twin;	/* its control; NULL: it has none */
	uint64_t most_ns;		/* all in: tuning, claim and twin */
	uint64_t strength;		/* wanted of a claim; 0: it takes the time it may */
	/* where the tuning of this twin is kept for the next claim that names it; NULL: nowhere */
	struct tuned *tuned;
};

struct tuned {
	bool known;
	enum rung rung;
	struct strategy strategy;
};

struct pursued {
	struct finding *finding, *twin;	/* the caller's; twin only where there is one */
	struct finding *unbiased;	/* of the cell: what rates are quoted from */
	struct tuned by;
	enum stop why;
	uint64_t strength;		/* of a claim; 0: the twin was not caught, or there is none */
};

/*
 * Fills in *out, whose findings the caller has made room for. As runner_run(). Never
 * longer than most_ns plus two slices.
 */
int pursue(const struct pursuit *p, struct pursued *out);

/* Of the outcomes a scenario requires, how often the one least seen was: distinct. */
uint64_t pursue_required(const struct scenario *s, const struct finding *f);

extern const char *const rung_names[];

#endif
