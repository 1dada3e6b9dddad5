/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mutant: the protocol sources with one patch of src/mutants/patches, compiled into
 * worlds of their own. What it is stands above the patch's diff.
 */
#ifndef TORNWALK_MUTANTS_H
#define TORNWALK_MUTANTS_H

#include "protocol/walk.h"

struct mutant {
	const char *name;	/* the patch's, without .patch */
	const char *what;	/* Subject: the edit, in one line */
	const char *cell;	/* Cell: "reader lo-hi writer pae-pte ...", where it has to show */
	/*
	 * By: the instruments, and no others, that can tell it from the original; "nothing";
	 * or both, where it depends on the target. Why: the others cannot. "": any will do.
	 */
	const char *by, *why;
	const struct protocol *native, *widened, *explored;
};

/* Ends with a NULL name. */
extern const struct mutant mutants[];

/* NULL: there is none. */
const struct mutant *mutant_find(const char *name);

/* All names as " a b", for a line that says what is valid. Returns buf. */
const char *mutant_names(char *buf, size_t len);

#endif
