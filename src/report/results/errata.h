/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * results/ERRATA: bugs of the tester that void old results. Lines of four columns,
 * with a tab between them; any other line without a tab is prose:
 *
 *   DATE	REVISIONS	CELLS	WHY
 *
 * REVISIONS are words of `git rev-list` (A..B, A^!; one alone means it and all
 * before it), in the repository that holds the file. CELLS are shell patterns
 * of scenario names, or `*`. A result of a -dirty build counts as its commit's.
 */
#ifndef TORNREPORT_ERRATA_H
#define TORNREPORT_ERRATA_H

#include "load.h"

/*
 * Marks what the file voids: the result becomes inconclusive and its reason says
 * why. Returns how many, or -EINVAL after one line on stderr: the file cannot be
 * read, or git does not know a revision, so nobody can tell what is void.
 */
int errata_apply(struct results *rs, const char *path);

#endif
