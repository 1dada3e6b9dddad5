/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makes the kernel write page-table entries: each operation is a loop over a few system calls,
 * and what they do to one entry is its summary. All of it is on anonymous memory of our own.
 */
#ifndef TORNWALK_LIVE_OPERATIONS_H
#define TORNWALK_LIVE_OPERATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "live/live.h"
#include "looks.h"

/* One thread's work with one operation. */
struct work {
	struct arena *arena;
	struct looks *looks;
	uint64_t cycles, errors;	/* errors: calls that failed */
	int failed;			/* errno of the last of them */
	bool broken;			/* there is no memory to go on with */
};

struct operation {
	const char *name;
	enum live_level level;
	const char *summary;
	unsigned first, regions;	/* what it operates on */
	bool pinless;	/* a reader that pins pages spoils it */
	/* Why it cannot be had here, of an arena that is fresh; NULL: it can. */
	const char *(*missing)(struct arena *a);
	void (*cycle)(struct work *w);
};

extern const struct operation operations[];	/* ends with a NULL name */
extern const char *const level_names[];		/* of enum live_level; ends with NULL */

#endif
