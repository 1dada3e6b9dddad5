/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An operation in a thread of its own, and beside it, on another CPU, one of the kernel's own readers, or none. */
#ifndef TORNWALK_LIVE_RACE_H
#define TORNWALK_LIVE_RACE_H

#include <stdint.h>

#include "operations.h"
#include "users.h"

struct meeting;

/* One of the two. */
struct racer {
	const struct operation *op;		/* who operates */
	struct work work;
	const struct user_reader *reader;	/* who reads */
	struct user user;
	int cpu;
	uint64_t ns;				/* filled in: how long it was at work */
	struct meeting *meeting;		/* race()'s own */
};

/*
 * Runs them for so long, from when both are at work; less where a signal came (`interrupted`).
 * `reader` is NULL: there is none. -errno where there is no thread to be had.
 */
int race(struct racer *writer, struct racer *reader, uint64_t ns);

#endif
