/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person sees of a run: the table. */
#ifndef TORNWALK_CONSOLE_H
#define TORNWALK_CONSOLE_H

#include <stdio.h>

#include "result.h"
#include "stress/runner.h"

void console_head(FILE *f, const struct executor *x);
void console_row(FILE *f, const struct result *r);

#endif
