/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs one cell: threads pinned, started together, stopped in time.
 */
#ifndef TORNWALK_RUNNER_H
#define TORNWALK_RUNNER_H

#include <signal.h>

#include "cell.h"
#include "pin.h"

/* What a live line shows while the cell runs. */
struct progress {
	uint64_t elapsed_ns, budget_ns;
	uint64_t bad;		/* distinct bad observations so far, about */
};

struct runner {
	const struct cpus *cpus;
	const volatile sig_atomic_t *interrupted;	/* NULL: nobody will */
	void (*show)(void *arg, const struct progress *p);	/* every 250 ms; may be NULL */
	void *arg;
	bool sweep;		/* widened cells: go through all delays, see sweep.h */
	uint64_t interval_ns;	/* width of the finding's intervals; 0: 100 ms; more for long cells */
	bool unwatched;		/* bench: walk, but classify and count nothing */
};

/*
 * Fills in *f. -ENOMEM; -EAGAIN: threads could not be started; -E2BIG from
 * oracle_learn(). Never runs longer than the budget plus one visit of a slot.
 */
int runner_run(const struct runner *r, const struct cell *c, struct finding *f);

/* Bytes the cell needs, threads' stacks aside. */
uint64_t runner_bytes(const struct cell *c);

#endif
