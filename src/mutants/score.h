/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a mutant caught? It is where it shows something bad that the original cannot.
 *
 * The judge is not mutated: which values are whole is learnt from the original's
 * writer, and what the original can show is the explorer's word.
 */
#ifndef TORNWALK_SCORE_H
#define TORNWALK_SCORE_H

#include "predict/predict.h"
#include "mutants.h"
#include "stress/pin.h"

/* Beyond the notes of a bounded program (NOTE_*). */
enum { SHOWS_DEADLOCK = NR_NOTES, SHOWS_ENDLESS, SHOWS_HANG, SHOWS_CRASH, NR_SHOWS };

/* A mutant and its cell. */
struct subject {
	const struct mutant *mutant;
	struct cell original;	/* in the native world */
	struct bounds bounds;
};

/* -EINVAL and one line in err; -EOPNOTSUPP: this CPU cannot run the cell, which is filled in. */
int subject_init(struct subject *s, const struct mutant *m, char *err, size_t len);

/*
 * Both through every execution. *shown: what is bad and only the mutant has; *possible:
 * all that the original has. 0; -errno: as predict(), or -E2BIG where a search was cut short.
 */
int subject_explore(const struct subject *s, enum memory_model model, unsigned tears, uint32_t *shown,
		    uint32_t *possible);

struct race {
	const struct cpus *cpus;
	const volatile sig_atomic_t *interrupted;
	uint64_t ns;		/* to try for; ends with the first catch */
	uint32_t seed;
	uint32_t possible;	/* of the original, as subject_explore() has it */
};

/*
 * Races the mutant in `world` (native, widened) in a process of its own: it may hang.
 * What was bad, is impossible for the original, and did not show when that was raced
 * the same way. 0 or -errno.
 */
int subject_race(const struct subject *s, bool widened, const struct race *r, uint32_t *shown);

/*
 * Races the mutant, or the original, natively for r->ns in this very process, and
 * judges nothing: that is for whoever watches it (ThreadSanitizer). 0 or -errno.
 */
int subject_watch(const struct subject *s, bool original, const struct race *r);

/* The worst of `shown` in one word; NULL: nothing. */
const char *shown_word(uint32_t shown);

#endif
