/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comparing: cells of two running kernels, which are judged by who tore, not by rates. */
#ifndef TORNREPORT_COMPARE_KERNELS_H
#define TORNREPORT_COMPARE_KERNELS_H

#include "compare.h"

#define COMPARE_KERNELS                                                                           \
	"A running kernel's cell is judged by whether halves of two of its own entries were seen, " \
	"and whose doing that was. Regressed: NEW fails and BASE passed, or BASE's reader "         \
	"was never torn, which NEW's may be, and is. Improved: the other way round. What both "     \
	"kernels allow is the same, however often it was seen."

/* Sets change and why: "pass (pmd_read_atomic, torn 24 times) => pass (pmdp_get_lockless, never torn)". */
void compare_kernels(struct comparison *c);

#endif
