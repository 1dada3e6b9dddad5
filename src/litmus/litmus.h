/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cell as a litmus test for herd7, litmus7 and klitmus7: the threads' own accesses
 * (tree.h), and a condition that is true where a reader's path ends as wanted.
 */
#ifndef TORNWALK_LITMUS_H
#define TORNWALK_LITMUS_H

#include <stdio.h>

#include "predict/cell_program.h"

enum litmus_arch { LITMUS_C, LITMUS_ARM, LITMUS_X86, NR_LITMUS_ARCHS };
extern const char *const litmus_arch_names[NR_LITMUS_ARCHS + 1];	/* ends with NULL */

struct litmus_test {
	enum litmus_arch arch;
	const char *name;
	const struct cell *cell;
	struct bounds bounds;
	enum memory_model model;	/* under which the observer judges */
	unsigned tears;			/* TEARS_* */
	uint32_t notes;			/* ends as wanted: one of these outcomes */
	const char *predicted;		/* what the explorer says, for the comment */
};

/*
 * 0; -EINVAL: one line in why that says what this kind of test has no words for;
 * -ENOMEM, -E2BIG, -EFAULT: see cell_program_new(). Writes nothing unless all is well;
 * f NULL: only says whether it is.
 */
int litmus_write(FILE *f, const struct litmus_test *t, char *why, unsigned len);

#endif
