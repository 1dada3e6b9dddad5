/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The `mem` seam in the world of every interleaving: each shared access first
 * asks whoever is watching (hooks.h), which may run other parties meanwhile,
 * and tells it afterwards. One access is one step; 64-bit accesses are whole,
 * plain ones are two words in both orders' worst case: low first here.
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

static explored_access uint32_t mem_load32(const uint32_t *p)
{
	uint32_t v;

	explore_before(ACCESS_LOAD, p, 4);
	v = *p;
	explore_after(ACCESS_LOAD, p, 4);
	return v;
}

static explored_access void mem_store32(uint32_t *p, uint32_t v)
{
	explore_before(ACCESS_STORE, p, 4);
	*p = v;
	explore_after(ACCESS_STORE, p, 4);
}

static explored_access entry_t mem_load_plain(const entry_t *p)
{
	uint32_t lo = mem_load32(&p->lo);

	return entry(lo, mem_load32(&p->hi));
}

/* The compiler owes nobody an order: the two stores have no name of their own. */
static explored_access void mem_store_plain(entry_t *p, entry_t v)
{
	explore_before(ACCESS_STORE_PLAIN, p, 4);
	p->lo = v.lo;
	explore_after(ACCESS_STORE_PLAIN, p, 4);
	explore_before(ACCESS_STORE_PLAIN, &p->hi, 4);
	p->hi = v.hi;
	explore_after(ACCESS_STORE_PLAIN, &p->hi, 4);
}

static explored_access entry_t mem_load_once(const entry_t *p)
{
	uint32_t hi = mem_load32(&p->hi);

	return entry(mem_load32(&p->lo), hi);
}

static explored_access entry_t mem_load64(const entry_t *p)
{
	entry_t v;

	explore_before(ACCESS_LOAD, p, 8);
	v = *p;
	explore_after(ACCESS_LOAD, p, 8);
	return v;
}

#define MEM_LOAD64_VIA(id, p) mem_load64(p)

static explored_access void mem_store64(entry_t *p, entry_t v)
{
	explore_before(ACCESS_STORE, p, 8);
	*p = v;
	explore_after(ACCESS_STORE, p, 8);
}

static explored_access void mem_store_strd(entry_t *p, entry_t v)
{
	mem_store64(p, v);
}

static explored_access uint32_t mem_xchg32(uint32_t *p, uint32_t v)
{
	uint32_t old;

	explore_before(ACCESS_RMW, p, 4);
	old = *p;
	*p = v;
	explore_after(ACCESS_RMW, p, 4);
	return old;
}

static explored_access void mem_update32(uint32_t *p, uint32_t (*f)(uint32_t))
{
	explore_before(ACCESS_RMW, p, 4);
	*p = f(*p);
	explore_after(ACCESS_RMW, p, 4);
}

static explored_access void mem_ref_add(uint32_t *p, uint32_t n)
{
	explore_before(ACCESS_RMW, p, 4);
	*p += n;
	explore_after(ACCESS_RMW, p, 4);
}

static explored_access void mem_rmb(void) { explore_after(ACCESS_RMB, NULL, 0); }
static explored_access void mem_wmb(void) { explore_after(ACCESS_WMB, NULL, 0); }
static explored_access void mem_barrier(void) { __asm__ volatile("" ::: "memory"); }

static explored_access void mem_lock(struct ptl *l)
{
	do
		explore_before(ACCESS_LOCK, &l->word, 4);
	while (l->word);
	l->word = 1;
	explore_after(ACCESS_LOCK, &l->word, 4);
}

static explored_access void mem_unlock(struct ptl *l)
{
	explore_before(ACCESS_UNLOCK, &l->word, 4);
	l->word = 0;
	explore_after(ACCESS_UNLOCK, &l->word, 4);
}

#endif
