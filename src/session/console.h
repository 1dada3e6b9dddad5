/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person sees of a run: the table, the live line, KTAP. */
#ifndef TORNWALK_CONSOLE_H
#define TORNWALK_CONSOLE_H

#include <stdio.h>

#include "result.h"
#include "stress/runner.h"

void console_head(FILE *f, const struct executor *x);
void console_row(FILE *f, const struct result *r);

/* One KTAP line, after a diagnostic one if it failed. Names are unique: scenarios' are. */
void ktap_row(FILE *f, unsigned number, const struct result *r);

#endif
