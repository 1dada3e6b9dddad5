/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's own page-table readers, as far as a program can make them run: each is a system call
 * over a place that is being operated on, and a look at whether its answer can be.
 *
 * What cannot be: a marker that was never written there, a frame beyond the RAM, half a huge page.
 */
#ifndef TORNWALK_LIVE_USERS_H
#define TORNWALK_LIVE_USERS_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"

struct user {
	const struct arena *arena;
	unsigned regions, first;	/* those that are operated on: from the first-th on */
	uint64_t frames;		/* frame numbers end here; 0: unknown */
	uint64_t random;
	int fd[2];
	uint64_t walks, bad;
	char witness[192];		/* of the first bad answer; "" */
};

struct user_reader {
	const char *name, *summary;
	bool pins;	/* holds references to pages: these cannot be collapsed or migrated meanwhile */
	/* 0 or -errno; what is open afterwards is in fd[], and is closed by user_close() */
	int (*open)(struct user *u);
	void (*walk)(struct user *u, unsigned r, unsigned page);
};

extern const struct user_reader user_readers[];	/* ends with a NULL name */

int user_open(struct user *u, const struct user_reader *reader);
/* One walk of a place that is picked at random. */
void user_walk(struct user *u, const struct user_reader *reader);
void user_close(struct user *u);

#endif
