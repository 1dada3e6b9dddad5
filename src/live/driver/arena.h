/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory that is raced over, and what is written into it.
 *
 *	region 0 | its hole | region 1 | its hole | small		2 MiB each
 *
 * A hole is where `move` takes its region to. `small` has pages of 4 KiB only, and its page table
 * stays, because its last page does. Behind the arena, outside of what the module may read, lies
 * the keeper: a page in the same GiB, so that the table of pmds stays while all regions are unmapped.
 *
 * A marker is one 32-bit word, which no user code can tear: region, page, generation. A page holds
 * 0 or a marker of its own place.
 */
#ifndef TORNWALK_LIVE_ARENA_H
#define TORNWALK_LIVE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PAGE = 4096, HUGE = 2 << 20, PAGES = HUGE / PAGE,
	REGIONS = 2,
	SMALL = REGIONS,	/* as a region's number: the one of small pages */
	MARKED = 7,		/* pages of a region that are written and looked at */
	SMALL_SLOTS = 4,	/* pages of `small` that are operated on */
	GENERATION_BITS = 18,
};

struct arena {
	char *base, *keeper;
	size_t length;
	uint32_t generation[REGIONS + 1];	/* the last one that may have been written */
};

/* 0, or -errno where no place is free; then arena_unmap() does nothing. */
int arena_map(struct arena *a);
/* As it was after arena_map(): nothing is in it but the last page of `small`. -errno. */
int arena_fresh(struct arena *a);
void arena_unmap(struct arena *a);

static inline char *region(const struct arena *a, unsigned r) { return a->base + (size_t)r * 2 * HUGE; }

/* The k-th page of a region that is written and looked at. */
static inline unsigned marked_page(unsigned r, unsigned k) { return r == SMALL ? k % SMALL_SLOTS : k % MARKED * 73; }

/* A new generation of a region; what is written next has it. */
uint32_t arena_next(struct arena *a, unsigned r);
void mark(const struct arena *a, unsigned r, unsigned page, uint32_t generation);
/* Was this ever written there? Ask after it was read. */
bool marker_possible(const struct arena *a, unsigned r, unsigned page, uint32_t value);

#endif
