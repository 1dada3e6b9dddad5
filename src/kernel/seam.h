/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's own KCSAN instrumentation as the explorer's `mem`: the compiler announces
 * every access, and an access of a modelled cell becomes explore_access().
 *
 * A load is asked for before it happens: the answer is put into memory, where the
 * instruction then finds it. A store is announced before it happens, so what was stored is
 * only known at the next hook: it is told there (seam_settle). What inline asm stores
 * nobody announces: it is found by comparing the cells with what they were, at every
 * hook and before every locked instruction, and is one atomic step.
 *
 * Invariant: outside the hooks, a cell's memory is what this thread's accesses have made
 * of it; `view` is the same but for what is not told yet.
 */
#ifndef TORNWALK_SEAM_H
#define TORNWALK_SEAM_H

#include <stdbool.h>
#include <stdint.h>

enum { MAX_CELLS = 16 };	/* as many as the explorer has locations */

struct seam {
	unsigned n;
	struct seam_cell {
		void *at;
		unsigned size;		/* 8, or 4 */
		bool lock, held;	/* a lock; this thread holds it */
		bool unguarded;		/* a count: no lock is over it */
		void *guard;		/* the lock that a store is under; NULL: whichever */
		const char *name;
		bool number;		/* no entry: it is printed as short as it is */
		uint64_t first;		/* before anybody ran */
		uint64_t poison;	/* who reads this reads what was freed; 0: nobody frees it */
		unsigned long filled;	/* the frame of a table in which nobody without a lock finds 0 here; 0: no such table */
		uint64_t view;
	} cell[MAX_CELLS];
	/* one CPU, of which nobody else gets anything now: what a lock is there, which is no call */
	bool alone;
	/* 8 bytes: as the source allows, as one compiler may have made it, as this one made each of them (compiled.h) */
	enum { ORDER_EITHER, ORDER_LOW_FIRST, ORDER_HIGH_FIRST, ORDER_AS_COMPILED } order;
	/* a load from memory that is not modelled; NULL: nobody asks */
	void (*stray)(const void *p);
	/* what makes an answer void is noted here; never NULL while code runs */
	void (*note)(uint32_t notes);
};
extern struct seam seam;

/* Before each run: every cell is what it was first, nothing is pending. */
void seam_reset(void);

/* What was announced has happened by now, and whatever asm did without a word. */
void seam_settle(void);

/* A lock is taken, or let go. */
void seam_lock(void *lock, const void *who);
void seam_unlock(void *lock, const void *who);

/* Does this thread hold that lock; NULL: any lock at all? */
bool seam_holds(const void *lock);

/* A load of our own, as the oracles make it. */
uint64_t seam_load(void *p, unsigned size);

/* All that the seam remembers of a run, hashed. */
uint64_t seam_hash(void);

/* For hooks that are no accesses, of pages and sections, which have a value and no place. Returns the answer. */
uint64_t seam_ask(int kind, uint64_t value, const void *who);

#endif
