/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accesses of words become accesses of entries: which two belong together, in which order
 * they are, and what that promises.
 */
#ifndef TORNWALK_KERNEL_IMAGE_ROWS_H
#define TORNWALK_KERNEL_IMAGE_ROWS_H

#include "flow.h"
#include "kernel/audit/promise.h"

enum { PARTS = 3 };

struct row {
	unsigned func;
	char how;			/* as in struct access */
	uint8_t levels, nparts, arg;
	uint32_t addr[PARTS];		/* of its instructions, in the order of the code */
	bool high[PARTS];		/* which word each touches, if it is a word */
	enum promise promise;
	const char *order, *note;	/* note: "" or a remark; of what is UNKNOWN, why it is */
};

struct rows { struct row *row; unsigned n; };

/* All of them, by address. 0 or -ENOMEM */
int rows_make(const struct whole *w, struct rows *out);

#endif
