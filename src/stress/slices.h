/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A claim and its busted twin, slice by slice in turn: whatever else this machine does
 * hits both alike, in the same minute. Nothing here decides: the caller does, after each
 * pair of slices.
 */
#ifndef TORNWALK_SLICES_H
#define TORNWALK_SLICES_H

#include "runner.h"

enum { SLICE_INTERVAL_NS = 1000000 };	/* of a slice's own counts */

/* Sums: what `part` measured came after all that *total has. Rates of both are as of their ns. */
void finding_add(struct finding *total, const struct finding *part);

struct pair_of_cells {
	const struct cell *claim, *twin;	/* twin: NULL for a cell that has none */
	uint64_t slice_ns;
	/* Once more? The findings are those of the last slices; twin's may be NULL. */
	bool (*go_on)(void *arg, const struct finding *claim, const struct finding *twin);
	void *arg;
};

/*
 * *claim and *twin are the sums. As runner_run(); what was measured before an error is
 * kept. Ends with a whole pair, unless it was interrupted.
 */
int slices_run(const struct runner *r, const struct pair_of_cells *p, struct finding *claim,
	       struct finding *twin);

#endif
