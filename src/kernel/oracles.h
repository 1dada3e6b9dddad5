/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel's code hands to its callbacks, pins, falls over or reports, as notes: the
 * same for every instrument that runs it.
 */
#ifndef TORNWALK_KERNEL_ORACLES_H
#define TORNWALK_KERNEL_ORACLES_H

#include <stdbool.h>
#include <stdint.h>

struct oracles {
	void (*note)(uint32_t notes);	/* of the thread that calls */
	uintptr_t (*low)(void *p);	/* an entry's low word, as that thread sees it; NULL: of the one that is raced over */
	bool (*still_owned)(unsigned long pfn);	/* is the frame still who's it was mapped for? NULL: nobody can say */
	bool (*holds)(const void *lock);	/* does that thread? */
	bool over_pmds;			/* the entry that is raced over is a PMD */
	const char *missing;		/* the last symbol that nobody serves and somebody reached */
};
extern struct oracles oracles;

/* A lock is about to be taken. false: it is nobody's, a word of a struct page that is no table's. */
bool oracles_lock(const void *lock);

/* A mirror reads entries without a callback: did it read this one in a page? */
void oracles_read(const void *p);

/* For world_run(). */
void oracles_fallen(int sig, uintptr_t at, uintptr_t wanted);

#endif
