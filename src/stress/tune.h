/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tunes on a cell: runs what the tuner asks for. */
#ifndef TORNWALK_TUNE_H
#define TORNWALK_TUNE_H

#include "runner.h"
#include "tuner.h"

/*
 * `outcomes`: bits of enum outcome that count as bad. A slice is as long as c->budget_ns.
 * *t is what was found, also if interrupted. As runner_run(), or 0.
 */
int tune(struct tuner *t, const struct runner *r, const struct cell *c, uint32_t outcomes);

/* Distinct observations of any of these outcomes. */
uint64_t finding_distinct(const struct finding *f, uint32_t outcomes);

#endif
