/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The 64-bit primitives of this machine, one by one, for calibration. */
#ifndef TORNWALK_PRIMITIVES_H
#define TORNWALK_PRIMITIVES_H

#include "protocol/entry.h"

struct primitive {
	const char *name, *summary;
	bool two_words;		/* torn by construction: shows that this executor can show it */
	bool (*usable)(void);	/* NULL: always */
	bool (*promised)(void);	/* does this CPU promise single-copy atomicity? NULL: no */
	/* Stores {k, ~k} for k = first ... first+n-1; returns the next k. */
	uint32_t (*store)(entry_t *p, uint32_t first, uint32_t n);
	/* Loads n times; returns how many had hi != ~lo. */
	uint32_t (*load)(const entry_t *p, uint32_t n);
};

extern const struct primitive primitives[];	/* ends with a NULL name */

/* Does this CPU promise it to be single-copy atomic? Unknown names: no. */
bool primitive_promised(const char *name);

/* Stores of this machine become visible in the order they were made (x86). */
extern const bool machine_stores_in_order;

#endif
