/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line a person watches while a cell runs. */
#ifndef TORNWALK_LIVE_H
#define TORNWALK_LIVE_H

#include "config/scenario.h"
#include "stress/runner.h"

struct live {
	const struct scenario *now;
	unsigned number, of;	/* the cell that runs, of so many */
	const struct finding *so_far;	/* of its slices before the one that runs */
	uint64_t began_ns, most_ns, extra_ns;	/* extra: of what others left over */
	uint64_t after_ns;	/* budgets of the cells behind this one */
	bool terminal, shown;
	uint64_t next_ns;	/* of this cell's time: no line before */
};

/* A cell begins. */
void live_begin(struct live *l, const struct scenario *s, unsigned number, const struct finding *so_far);

/*
 * For struct runner's `show`; arg is a struct live. Prints on standard error: on a
 * terminal one line that changes, elsewhere a plain line every ten seconds.
 */
void live_show(void *arg, const struct progress *p);

/* Removes the line, so that something else can be printed. */
void live_wipe(struct live *l);

#endif
