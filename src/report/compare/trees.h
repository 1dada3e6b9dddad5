/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comparing: cells of two kernel trees, which are judged by what every execution shows, not by rates. */
#ifndef TORNREPORT_COMPARE_TREES_H
#define TORNREPORT_COMPARE_TREES_H

#include "compare.h"

#define COMPARE_TREES                                                                             \
	"A kernel tree's cell is judged by what some execution of its own code shows under its "   \
	"machine's memory model. Regressed: NEW shows what is forbidden, and BASE, searched to "   \
	"its end, does not. Improved: the other way round. A pass has a busted twin that was "   \
	"caught: of the same tree, or the tree before it. outside: the tree's contract does not have it, and it shows why."

/* Sets change and why: "fail (confused) => pass (clean)". Both sides are trees' cells of one hash. */
void compare_trees(struct comparison *c);

/* The schedule of what got worse or was closed, and whose it is; NULL: there is none. */
const struct source_witness *compare_witness(const struct comparison *c, unsigned *side);

#endif
