/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of JSON into one struct result. */
#ifndef TORNREPORT_LINE_H
#define TORNREPORT_LINE_H

#include "load.h"

enum { WHY_LEN = 160 };

/* jansson's memory: everything of a line goes at once. Call first. */
void line_setup(void);

/*
 * Parses `text`; strings go to rs->pool. false: `why` says what is wrong with it,
 * in printable ASCII whatever the line held.
 */
bool line_parse(struct results *rs, const char *text, size_t len, struct result *r,
		char why[WHY_LEN]);

/* The shared struct machine equal to `m`, made if it is new. */
const struct machine *results_machine(struct results *rs, const struct machine *m);

#endif
