/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The `mem` seam in the world of real CPUs: every shared access a protocol
 * makes. In the tight world each of these is the bare instruction and nothing
 * else (look at the disassembly after touching it); in the widened world
 * gap.h puts a seeded delay where one word has been accessed and the other has
 * not. -I chooses the world (tight/ or widened/) and the machine (x86/, arm/,
 * generic/).
 *
 * Invariant: this directory is the only home of volatile, asm and fences.
 */
#ifndef TORNWALK_MEM_H
#define TORNWALK_MEM_H

#include <sched.h>

#include "protocol/walk.h"

#include "arch.h"
#include "gap.h"

/* One word, as READ_ONCE/WRITE_ONCE of a u32 compiles. */
static __always_inline uint32_t mem_load32(const uint32_t *p)
{
	uint32_t v = *(const volatile uint32_t *)p;

	mem_gap();
	return v;
}

static __always_inline void mem_store32(uint32_t *p, uint32_t v)
{
	*(volatile uint32_t *)p = v;
	mem_gap();
}

/* *p in plain C: whatever the compiler makes of a two-word struct. */
static __always_inline entry_t mem_load_plain(const entry_t *p)
{
	return gap_load_plain(p);
}

/* *p = v in plain C. */
static __always_inline void mem_store_plain(entry_t *p, entry_t v)
{
	gap_store_plain(p, v);
}

/* An entry of a table page that nobody else can reach yet. */
static __always_inline void mem_fill(entry_t *p, entry_t v)
{
	*p = v;
}

/*
 * READ_ONCE of an 8-byte entry on a 32-bit machine: two volatile loads, the
 * high word first, as gcc 12 compiles it on i386 (kernel: "two movl, HIGH
 * first"). Spelled out, so that it is the same on x86_64 and under clang.
 */
static __always_inline entry_t mem_load_once(const entry_t *p)
{
	uint32_t hi = mem_load32(&p->hi);

	return entry(mem_load32(&p->lo), hi);
}

/* 8 bytes by a named mechanism of this machine (ARCH_ATOMIC64, ARCH_UNPROMISED64). */
#define MEM_LOAD64_VIA(id, p) arch_load64_##id(p)

/* 8 bytes at once, by the machine's preferred mechanism. */
static __always_inline entry_t mem_load64(const entry_t *p)
{
	return arch_load64(p);
}

static __always_inline void mem_store64(entry_t *p, entry_t v)
{
	arch_store64(p, v);
}

/* The 8-byte store of LPAE (strd); elsewhere the nearest single instruction. */
static __always_inline void mem_store_strd(entry_t *p, entry_t v)
{
	arch_store_strd(p, v);
}

static __always_inline uint32_t mem_xchg32(uint32_t *p, uint32_t v)
{
	v = arch_xchg32(p, v);
	mem_gap();
	return v;
}

/* Locked read-modify-write of one word. */
static __always_inline void mem_update32(uint32_t *p, uint32_t (*f)(uint32_t))
{
	uint32_t old = __atomic_load_n(p, __ATOMIC_RELAXED);

	while (!__atomic_compare_exchange_n(p, &old, f(old), false, __ATOMIC_SEQ_CST,
					    __ATOMIC_RELAXED))
		;
}

static __always_inline void mem_rmb(void)
{
	arch_rmb();
}

static __always_inline void mem_wmb(void)
{
	arch_wmb();
}

/* Compiler only. */
static __always_inline void mem_barrier(void)
{
	__asm__ volatile("" ::: "memory");
}

/* try_grab_folio() and its undoing: a full barrier where the kernel has one. */
static __always_inline void mem_ref_add(uint32_t *p, uint32_t n)
{
	__atomic_fetch_add(p, n, __ATOMIC_SEQ_CST);
}

/* The value as it is here and now: what is made of it cannot have been made before. */
static __always_inline uint32_t mem_made_now(uint32_t v)
{
	__asm__ volatile("" : "+r"(v));
	return v;
}

/* A spinlock; where threads outnumber CPUs, its holder needs one to let go. */
static __always_inline void mem_lock(struct ptl *l)
{
	unsigned spins = 0;

	while (__atomic_exchange_n(&l->word, 1, __ATOMIC_ACQUIRE))
		while (__atomic_load_n(&l->word, __ATOMIC_RELAXED))
			if (++spins % 1024)
				arch_lock_wait();
			else
				sched_yield();
}

static __always_inline void mem_unlock(struct ptl *l)
{
	__atomic_store_n(&l->word, 0, __ATOMIC_RELEASE);
}

#endif
