/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first half of comparing: which runs belong to which cell and side. */
#ifndef TORNREPORT_COMPARE_SIDES_H
#define TORNREPORT_COMPARE_SIDES_H

#include "compare.h"

/*
 * Fills c->of with every cell of either side. Where a side has one executor, cells
 * are matched by scenario alone, whatever the executors are: that is the comparison.
 * Where one has several, by target, executor and compiler too, without versions.
 * 0 or -ENOMEM.
 */
int compare_pair_up(struct comparisons *c);

/*
 * Over-dispersion of a side's bad observations, all runs in one row, so that what
 * changes from run to run is in it. No degrees of freedom: nothing is known.
 */
struct dispersion compare_dispersion(const struct side *s);

#endif
