/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tornwalk explore --litmus: cells as files for herd7. */
#ifndef TORNWALK_LITMUS_FILES_H
#define TORNWALK_LITMUS_FILES_H

#include "litmus.h"
#include "predict/predict.h"

struct export {
	enum litmus_arch arch;
	const char *dir;	/* NULL: stdout */
	uint32_t outcomes;	/* this one; 0: the bad ones that are possible, torn if none is */
	int model;		/* that says what is possible; -1: any */
	unsigned tears;
	uint64_t limit;
	unsigned files, refused;	/* out */
};

/* "C". Zero, or an exit code plus one: said. */
int export_arch(struct export *e, const char *word);
/* "torn-by-reader", or "torn" for either. The same. */
int export_outcome(struct export *e, const char *word);

/* An exit code. What cannot be a litmus test has been said, and is no error of its own. */
int export_cell(struct export *e, const struct scenario *s, const struct bounds *b);

#endif
