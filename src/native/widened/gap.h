/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The widened world: a seeded delay after each single-word access of an entry,
 * on either side. One access in 8 waits, up to `spins` turns of an empty loop,
 * or gives the CPU away where threads outnumber CPUs.
 *
 * A plain access is two words here by construction; whether it is in the tight
 * world is the compiler's affair.
 */
#ifndef TORNWALK_GAP_H
#define TORNWALK_GAP_H

#include "widen.h"

#define PROTOCOL_LIST(x) widened_##x
#define WORLD_NAME "widened"
#define WORLD_SEED widen_seed
#define WORLD_INLINE static
#define WORLD_REMAPS_INLINED 0

static __always_inline void mem_gap(void)
{
	widen_delay();
}

static __always_inline entry_t gap_load_plain(const entry_t *p)
{
	uint32_t lo = p->lo;

	widen_delay();
	return entry(lo, p->hi);
}

static __always_inline void gap_store_plain(entry_t *p, entry_t v)
{
	p->lo = v.lo;
	widen_delay();
	p->hi = v.hi;
	widen_delay();
}

#endif
