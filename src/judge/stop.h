/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When a cell's question is answered. Evidence ends it, not the clock: asked after each
 * slice.
 *
 * What stops early is biased: a rate taken when enough was seen is too high. So the
 * first slices, up to a time that is fixed before the cell begins, are run to their end
 * whatever they show, and a rate is quoted from them alone.
 */
#ifndef TORNWALK_STOP_H
#define TORNWALK_STOP_H

#include <stdbool.h>
#include <stdint.h>

#include "words.h"

enum {
	SEEN_ENOUGH = 30,	/* distinct observations of each required outcome */
	CONFIRMED = 3,		/* distinct observations of something forbidden */
	UNBIASED_SHARE = 10,	/* of the time a cell may take, one in so many... */
	UNBIASED_MOST_NS = 1000000000,	/* ...and this is enough for a rate */
};

struct progress_of_cell {
	uint64_t ns, most_ns;		/* watched so far; the most it may take */
	uint64_t extra_ns;		/* ... beyond that, which others have left over */
	bool exact;			/* --exact-time: only the clock counts */
	bool requires;
	uint64_t required;		/* distinct, of the required outcome least seen */
	uint64_t forbidden;		/* distinct */
	uint64_t strength, wanted;	/* a claim's; wanted 0: nothing was asked for */
};

enum stop stop_now(const struct progress_of_cell *p);

/* How much of a cell is run whatever it shows, and what its rates are quoted from. */
uint64_t stop_unbiased_ns(const struct progress_of_cell *p);

#endif
