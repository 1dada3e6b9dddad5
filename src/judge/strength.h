/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much a clean claim proves: its busted twin ran beside it, slice by slice, by the
 * same strategy. Strength S says: a hole 1/S as wide as the twin's would have shown in
 * the time the claim was watched, with 95 %.
 *
 * Were tears independent, that would be the twin's tears divided by 3. They are not: a
 * busy machine shows thousands in one slice and none in the next ten. So what is
 * independent is a slice: a hole 1/S as wide shows nothing in one like slice i with a
 * probability of e^(-x_i/S), and nothing at all with the product of their mean. Slices
 * of which few show all the tears count for few. Within a slice tears may come in clumps;
 * x_i is a number of clumps.
 */
#ifndef TORNWALK_STRENGTH_H
#define TORNWALK_STRENGTH_H

#include <stdint.h>

#include "stress/cell.h"

enum { STRENGTH_SLICES = 256 };

struct strength {
	unsigned n;		/* slices; neighbours are joined where there are too many */
	unsigned joined;	/* pairs in one slice, a power of two; 0: none yet */
	unsigned open;		/* ... in the last one */
	double seen[STRENGTH_SLICES];	/* the twin's tears, as of the claim's time */
	double spread, bad;		/* within slices: the blocks' variance, times their number; their sum */
	uint64_t blocks;
};

/*
 * A slice in which the twin showed `bad` distinct bad outcomes in twin_ns, and its claim was
 * watched for claim_ns. c: how the twin's came.
 */
void strength_add(struct strength *s, uint64_t bad, const struct clumps *c, uint64_t twin_ns,
		  uint64_t claim_ns);

/*
 * How many come at once, at least 1: the variance of the blocks of a slice over their mean.
 * What differs from slice to slice is the slices' business.
 */
double strength_clump(const struct strength *s);

/* S; 0: nothing yet. Errs on the low side. */
uint64_t strength_of(const struct strength *s);

/*
 * That of a run in one piece in which `bad` distinct outcomes were seen: its intervals are
 * the slices. For a claim that was watched as long.
 */
uint64_t strength_of_run(const struct finding *f, uint64_t bad);

#endif
