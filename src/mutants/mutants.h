/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mutant: the protocol sources with one edit, compiled into worlds of their own.
 * The list is src/mutants/list; mutate.sh makes sources and this table of it.
 */
#ifndef TORNWALK_MUTANTS_H
#define TORNWALK_MUTANTS_H

#include "protocol/walk.h"

struct mutant {
	const char *name, *file, *function;
	const char *what;	/* the edit, in one line */
	const char *cell;	/* "reader lo-hi writer pae-pte ...": where it has to show */
	/*
	 * The instruments, and no others, that can tell it from the original, or
	 * "nothing", and why; "": any will do.
	 */
	const char *by, *why;
	const struct protocol *native, *widened, *explored;
};

/* Ends with a NULL name; in tornwalk-mutants only. */
extern const struct mutant mutants[];

#endif
