/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tornwalk explore --litmus: cells as files for herd7. */
#ifndef TORNWALK_FILES_H
#define TORNWALK_FILES_H

#include "config/scenario.h"
#include "litmus.h"

struct export {
	enum litmus_arch arch;
	const char *dir;	/* NULL: stdout */
	uint32_t outcomes;	/* this one; 0: the bad ones that are possible, torn if none is */
	int model;		/* that says what is possible; -1: any */
	unsigned tears;		/* TEARS_* */
	uint64_t limit;		/* states, for each question to a model */
	unsigned files, refused;	/* out: files written; cells of which there is none */
	char text[1024];	/* out: an error, or what cannot be a test and why: a line each */
};

/* "C"; NULL is the first kind there is. 0, or -EINVAL. */
int export_arch(struct export *e, const char *word);
/* "torn-by-reader", or "torn" for either. 0, or -EINVAL. */
int export_outcome(struct export *e, const char *word);

/*
 * Writes the cell's files. 0 also where some of them, or all, cannot be a litmus test;
 * -errno where something went wrong. e->text is about this cell only.
 */
int export_cell(struct export *e, const struct scenario *s, const struct bounds *b);

#endif
