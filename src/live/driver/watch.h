/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The driver is two processes. One operates on its memory, and may be killed for it by a kernel that
 * trips over what it finds; the other has no part in that: it follows the kernel's log, waits, says
 * how the first one ended, and puts back what was set.
 */
#ifndef TORNWALK_LIVE_WATCH_H
#define TORNWALK_LIVE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/* Shared by the two. */
struct watch {
	uint64_t until_ns;	/* when the first one will have said something again; 0: it has not begun */
};

/* "I shall be through with what I do now in so many ns." */
void watch_expect(struct watch *w, uint64_t ns);

/*
 * Runs `work` in a process of its own and returns its exit code, or 1 after a line about how else it
 * ended. `restore` is called in whichever of the two lives on.
 */
int watch(int (*work)(void *arg, struct watch *w), void *arg, void (*restore)(void));

/* Is this line of the kernel's log one that tells of trouble? */
bool log_is_trouble(const char *text);

#endif
