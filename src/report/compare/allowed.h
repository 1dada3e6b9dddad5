/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comparing: do the two sides of a cell answer the same question at all? */
#ifndef TORNREPORT_COMPARE_ALLOWED_H
#define TORNREPORT_COMPARE_ALLOWED_H

#include "compare.h"

/* false: the comparison is `not comparable`, and says why. */
bool compare_allowed(struct comparison *c);

/* Makes it `not comparable`, with that reason; false. */
__attribute__((format(printf, 2, 3)))
bool compare_no(struct comparison *c, const char *fmt, ...);

#endif
