/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tunes on a cell: runs what the tuner asks for. */
#ifndef TORNWALK_TUNE_H
#define TORNWALK_TUNE_H

#include "runner.h"
#include "tuner.h"

/* How many bad ones there were, distinct: what is being tuned for. */
typedef uint64_t count_fn(const void *arg, const struct finding *f);

/* Is that good enough, so that no better one is looked for? */
typedef bool good_fn(const void *arg, const struct tuner_arm *best);

/*
 * A slice is as long as c->budget_ns. *t is what was found, also if it was interrupted, or
 * until_ns came (of now_ns(); 0: whenever it is done). good may be NULL. As runner_run(), or 0.
 */
int tune(struct tuner *t, const struct runner *r, const struct cell *c, count_fn *count, good_fn *good,
	 const void *arg, uint64_t until_ns);

/* Distinct observations of any of these outcomes. */
uint64_t finding_distinct(const struct finding *f, uint32_t outcomes);

#endif
