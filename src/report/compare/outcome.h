/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comparing: which outcome of a cell is judged, and how often each side saw it. */
#ifndef TORNREPORT_COMPARE_OUTCOME_H
#define TORNREPORT_COMPARE_OUTCOME_H

#include "compare.h"

/*
 * Sets grade, outcome, fails_now, the sides' counts, and `guessed` where the outcome
 * is not one the per-interval counts are of. Both sides have runs of one hash.
 */
void compare_take_outcome(struct comparison *c);

/* That outcome's count in one run. */
double compare_count(const struct comparison *c, const struct result *r);

#endif
