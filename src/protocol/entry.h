/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One page-table entry: 64 bits on a machine whose words are 32 bits.
 *
 * Invariant: an entry in memory is 8-byte aligned and is only ever touched
 * through the `mem` seam (mem.h of the world). A value that has been loaded is
 * an entry_t too; taking it apart costs nothing and races with nobody.
 *
 * i386 aligns 64-bit struct members to 4 bytes; an entry that straddles a cache
 * line would tear under every instruction, so the alignment is asserted.
 */
#ifndef TORNWALK_ENTRY_H
#define TORNWALK_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/cdefs.h>	/* __always_inline */

typedef struct {
	_Alignas(8) uint32_t lo;
	uint32_t hi;
} entry_t;

_Static_assert(sizeof(entry_t) == 8 && _Alignof(entry_t) == 8,
	       "an entry must not straddle a cache line");

/* A symbol of its own, so that the audit can disassemble what was measured. */
#define audited __attribute__((noinline))
#define cacheline_aligned __attribute__((aligned(128)))

static __always_inline entry_t entry(uint32_t lo, uint32_t hi)
{
	return (entry_t){ .lo = lo, .hi = hi };
}

static __always_inline bool entry_same(entry_t a, entry_t b)
{
	return a.lo == b.lo && a.hi == b.hi;
}

static __always_inline uint64_t entry_u64(entry_t e)
{
	return (uint64_t)e.hi << 32 | e.lo;
}

/* The two levels under test and the one below; the PUD is a model on 32-bit. */
enum level { LEVEL_PUD, LEVEL_PMD, LEVEL_PTE };

enum {
	TABLE_ENTRIES = 512,
	PTE_SHIFT = 12,
	PMD_SHIFT = 21,
	PUD_SHIFT = 30,
};

static inline unsigned level_shift(enum level l)
{
	return l == LEVEL_PUD ? PUD_SHIFT : l == LEVEL_PMD ? PMD_SHIFT : PTE_SHIFT;
}

#endif
