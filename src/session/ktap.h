/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a test harness sees of a run. */
#ifndef TORNWALK_KTAP_H
#define TORNWALK_KTAP_H

#include "result.h"

void ktap_head(FILE *f, unsigned cells);

/* One KTAP line, after a diagnostic one if it failed. Names are unique: scenarios' are. */
void ktap_row(FILE *f, unsigned number, const struct result *r);

#endif
