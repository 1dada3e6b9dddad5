/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which strategy shows most on this machine: the decisions, and nothing that runs.
 *
 * A race first: all arms get a slice, the better half gets two, and so on. Then a
 * climb: from the best arm to its neighbours, a key at a time, while that helps.
 * Slices of all arms take turns, so that what else the machine does hits all alike.
 *
 * Key invariant: it ends after a bounded number of slices, whatever it is fed. Where
 * nothing shows at all it looks a few times more, all arms alike, and settles for the
 * one under which the reader saw most.
 */
#ifndef TORNWALK_TUNER_H
#define TORNWALK_TUNER_H

#include "strategy.h"

enum { TUNER_ARMS = 40 };

struct tuner_arm {
	struct strategy strategy;
	uint64_t bad, fresh, ns;	/* fed so far */
	bool out;
};

struct tuner {
	struct tuner_arm arm[TUNER_ARMS];
	unsigned nr;
	struct tuner_arm of[NR_STRATEGIES];	/* the best of each so far; ns 0: none was run */
	unsigned order[TUNER_ARMS], live, at;	/* this pass */
	unsigned passes;		/* left in this round */
	unsigned shy, climbs, slices;
	uint32_t random;
	enum { TUNER_RACES, TUNER_CLIMBS, TUNER_DONE } stage;
};

/* At most TUNER_ARMS; the same seed and the same answers: the same questions. */
void tuner_init(struct tuner *t, const struct strategy *arms, unsigned n, uint32_t seed);

/* What to run for a slice, or NULL: it has decided. */
const struct strategy *tuner_next(struct tuner *t);

/* How that slice went: bad outcomes and present observations, both distinct. */
void tuner_tell(struct tuner *t, uint64_t bad, uint64_t fresh, uint64_t ns);

/* The best so far: most bad ones a second; where none has any, most fresh ones. */
const struct tuner_arm *tuner_best(const struct tuner *t);

/* The arms every tuning begins with, but for those that this machine lacks; how many. */
unsigned tuner_presets(struct strategy arms[TUNER_ARMS], const struct cpus *cpus);

#endif
