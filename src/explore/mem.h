/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The `mem` seam in the world of every interleaving: each shared access calls
 * the watcher (hooks.h), which may run other parties meanwhile, or make the access
 * itself. One access is one step. 64-bit accesses are whole
 * unless the executor that is modelled tears them.
 *
 * A plain access is what the compiler makes of it: low first, high first or one
 * access of 8 bytes. Re-fetching is in the protocols' own source (each use is
 * another READ); a fused pair of reads is one of the interleavings of two.
 */
#ifndef TORNWALK_MEM_H
#define TORNWALK_MEM_H

#include "protocol/walk.h"

#include "arch.h"	/* only for the list of 8-byte mechanisms */
#include "explore/hooks.h"

/* One copy a file: where a scheduler rules, size counts and speed does not. */
#define explored_access __attribute__((noinline, unused))

#define PROTOCOL_LIST(x) explored_##x
#define WORLD_NAME "explored"
#define WORLD_SEED NULL
#define WORLD_INLINE static
#define WORLD_REMAPS_INLINED 0

static explored_access uint64_t explored_access_of(enum access_kind k, const void *p, unsigned size,
						   uint64_t v)
{
	struct access a = { .kind = k, .p = p, .size = size, .value = v };

	return explore_access(&a);
}

static explored_access uint32_t mem_load32(const uint32_t *p)
{
	return (uint32_t)explored_access_of(ACCESS_LOAD, p, 4, 0);
}

static explored_access void mem_store32(uint32_t *p, uint32_t v)
{
	explored_access_of(ACCESS_STORE, p, 4, v);
}

static explored_access entry_t explored_load_whole(const entry_t *p)
{
	uint64_t v = explored_access_of(ACCESS_LOAD, p, 8, 0);

	return entry((uint32_t)v, (uint32_t)(v >> 32));
}

enum explored_shape { LOW_FIRST, HIGH_FIRST, WHOLE, NR_SHAPES };

static explored_access entry_t explored_load_as(enum explored_shape shape, enum access_kind k,
						const entry_t *p)
{
	uint32_t hi, lo;

	if (shape == WHOLE)
		return explored_load_whole(p);
	if (shape == LOW_FIRST) {
		lo = (uint32_t)explored_access_of(k, &p->lo, 4, 0);
		return entry(lo, (uint32_t)explored_access_of(k, &p->hi, 4, 0));
	}
	hi = (uint32_t)explored_access_of(k, &p->hi, 4, 0);
	return entry((uint32_t)explored_access_of(k, &p->lo, 4, 0), hi);
}

static explored_access void explored_store_as(enum explored_shape shape, enum access_kind k,
					      entry_t *p, entry_t v)
{
	if (shape == WHOLE) {
		explored_access_of(ACCESS_STORE, p, 8, entry_u64(v));
		return;
	}
	explored_access_of(k, shape == LOW_FIRST ? &p->lo : &p->hi, 4, shape == LOW_FIRST ? v.lo : v.hi);
	explored_access_of(k, shape == LOW_FIRST ? &p->hi : &p->lo, 4, shape == LOW_FIRST ? v.hi : v.lo);
}

/* The compiler owes nobody an order: the two words have no access of their own in the source. */
static explored_access entry_t mem_load_plain(const entry_t *p)
{
	return explored_load_as(explore_choose(NR_SHAPES, p), ACCESS_LOAD_PLAIN, p);
}

static explored_access void mem_store_plain(entry_t *p, entry_t v)
{
	explored_store_as(explore_choose(NR_SHAPES, p), ACCESS_STORE_PLAIN, p, v);
}

static explored_access entry_t mem_load_once(const entry_t *p)
{
	return explored_load_as(HIGH_FIRST, ACCESS_LOAD, p);
}

static explored_access entry_t mem_load64(const entry_t *p)
{
	return explored_load_as(explore_tears(TEARS_LOAD64) ? explore_choose(WHOLE, p) : WHOLE,
				ACCESS_LOAD, p);
}

#define MEM_LOAD64_VIA(id, p) mem_load64(p)

static explored_access void mem_store64(entry_t *p, entry_t v)
{
	explored_store_as(explore_tears(TEARS_STORE64) ? explore_choose(WHOLE, p) : WHOLE,
			  ACCESS_STORE, p, v);
}

static explored_access void mem_store_strd(entry_t *p, entry_t v)
{
	explored_store_as(explore_tears(TEARS_STRD) ? explore_choose(WHOLE, p) : WHOLE,
			  ACCESS_STORE, p, v);
}

/* Into a table page that nobody else can reach yet. */
static explored_access void mem_fill(entry_t *p, entry_t v)
{
	explored_access_of(ACCESS_FILL, p, 8, entry_u64(v));
}

static explored_access uint32_t mem_xchg32(uint32_t *p, uint32_t v)
{
	return (uint32_t)explored_access_of(ACCESS_RMW, p, 4, v);
}

static explored_access void mem_update32(uint32_t *p, uint32_t (*f)(uint32_t))
{
	struct access a = { .kind = ACCESS_RMW, .p = p, .size = 4, .f = f };

	explore_access(&a);
}

/* How often a frame is referenced decides nothing: it is a full barrier. */
static explored_access void mem_ref_add(uint32_t *p, uint32_t n)
{
	explored_access_of(ACCESS_RMW, p, 4, *p + n);
}

static explored_access void mem_rmb(void) { explored_access_of(ACCESS_RMB, NULL, 0, 0); }
static explored_access void mem_wmb(void) { explored_access_of(ACCESS_WMB, NULL, 0, 0); }
static explored_access void mem_barrier(void) { __asm__ volatile("" ::: "memory"); }
static explored_access void mem_lock(struct ptl *l) { explored_access_of(ACCESS_LOCK, &l->word, 4, 1); }
static explored_access void mem_unlock(struct ptl *l) { explored_access_of(ACCESS_UNLOCK, &l->word, 4, 0); }

#endif
