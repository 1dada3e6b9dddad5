/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person sees of a run: the table, the live line, KTAP. */
#ifndef TORNWALK_CONSOLE_H
#define TORNWALK_CONSOLE_H

#include <stdio.h>

#include "result.h"
#include "stress/runner.h"

/* Three digits and a suffix: 0, 12, 1.23k, 45.6M; never more than 6 characters. */
void format_count(char buf[16], uint64_t n);
/* 12us, 3.4ms, 1.2s, "-" for 0 */
void format_ns(char buf[16], uint64_t ns);

void console_head(FILE *f, const struct executor *x);
void console_row(FILE *f, const struct result *r);

/* One KTAP line, after a diagnostic one if it failed. Names are unique: scenarios' are. */
void ktap_row(FILE *f, unsigned number, const struct result *r);

#endif
