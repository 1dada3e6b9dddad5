/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86, 32 and 64 bits: the instructions the protocols and their reference use.
 *
 * Any one aligned 8-byte instruction is single-copy atomic since the Pentium;
 * two movl never are. Loads are not reordered with loads, nor stores with
 * stores, so rmb and wmb are compiler barriers, as in the kernel.
 */
#ifndef TORNWALK_ARCH_H
#define TORNWALK_ARCH_H

#include <cpuid.h>

#include "protocol/entry.h"

#define ARCH_NAME "x86"
#define ARCH_STORES_IN_ORDER true

static __always_inline void arch_rmb(void) { __asm__ volatile("" ::: "memory"); }
static __always_inline void arch_wmb(void) { __asm__ volatile("" ::: "memory"); }
static __always_inline void arch_lock_wait(void) { __asm__ volatile("pause"); }

static __always_inline uint32_t arch_xchg32(uint32_t *p, uint32_t v)
{
	__asm__ volatile("xchgl %0, %1" : "+r"(v), "+m"(*p) : : "memory");
	return v;
}

/* Compares with 0:0 and replaces by 0:0: a load, but of a writable line. */
static __always_inline entry_t arch_load64_cmpxchg8b(const entry_t *p)
{
	uint32_t lo = 0, hi = 0;

	__asm__ volatile("lock; cmpxchg8b %2"
			 : "+a"(lo), "+d"(hi), "+m"(*(entry_t *)p)
			 : "b"(0), "c"(0)
			 : "memory", "cc");
	return entry(lo, hi);
}

/* set_64bit() */
static __always_inline void arch_store64_cmpxchg8b(entry_t *p, entry_t v)
{
	entry_t old = *p;

	__asm__ volatile("1: lock; cmpxchg8b %2\n\tjnz 1b"
			 : "+a"(old.lo), "+d"(old.hi), "+m"(*p)
			 : "b"(v.lo), "c"(v.hi)
			 : "memory", "cc");
}

#ifdef __SSE2__
#define ARCH_CLOBBER_XMM0 , "xmm0"
#else
#define ARCH_CLOBBER_XMM0	/* the compiler does not use it: -mno-sse */
#endif

static __always_inline entry_t arch_load64_movq(const entry_t *p)
{
	entry_t v;

	__asm__ volatile("movq %1, %%xmm0\n\tmovq %%xmm0, %0"
			 : "=m"(v) : "m"(*p) : "memory" ARCH_CLOBBER_XMM0);
	return v;
}

static __always_inline void arch_store64_movq(entry_t *p, entry_t v)
{
	__asm__ volatile("movq %1, %%xmm0\n\tmovq %%xmm0, %0"
			 : "=m"(*p) : "m"(v) : "memory" ARCH_CLOBBER_XMM0);
}

static __always_inline entry_t arch_load64_fild(const entry_t *p)
{
	entry_t v;

	__asm__ volatile("fildll %1\n\tfistpll %0" : "=m"(v) : "m"(*p) : "memory", "st");
	return v;
}

static __always_inline void arch_store64_fild(entry_t *p, entry_t v)
{
	__asm__ volatile("fildll %1\n\tfistpll %0" : "=m"(*p) : "m"(v) : "memory", "st");
}

static inline bool arch_has_movq(void)
{
	unsigned a, b, c, d;

	return __get_cpuid(1, &a, &b, &c, &d) && (d & bit_SSE2);
}

static inline bool arch_has_cmpxchg8b(void)
{
	unsigned a, b, c, d;

	return __get_cpuid(1, &a, &b, &c, &d) && (d & bit_CMPXCHG8B);
}

static inline bool arch_has_fild(void) { return true; }

static inline bool arch_promises_cmpxchg8b(void) { return true; }
static inline bool arch_promises_movq(void) { return true; }
static inline bool arch_promises_fild(void) { return true; }

/* X(id, name, what it is): 8-byte mechanisms, the preferred one first */
#define ARCH_ATOMIC64(X)                                                        \
	X(cmpxchg8b, "cmpxchg8b", "lock cmpxchg8b: the kernel's set_64bit")       \
	X(movq, "movq", "movq through an SSE2 register")                          \
	X(fild, "fild", "fild/fistp: the kernel's atomic64_read on i586")

/* X(id, name, what it is): 8 bytes by an instruction that promises nothing */
#define ARCH_UNPROMISED64(X)

#define arch_load64 arch_load64_cmpxchg8b
#define arch_store64 arch_store64_cmpxchg8b
#define arch_has_load64 arch_has_cmpxchg8b

/* No strd here; one 8-byte store stands in for it. */
#define arch_store_strd arch_store64_cmpxchg8b
#define ARCH_LOAD64_NAME "cmpxchg8b"
#define ARCH_STRD_NAME "cmpxchg8b"

/*
 * A cheap clock for guards, of no particular rate. Not before the loads above it are done:
 * a locked load may wait for its line for microseconds, and rdtsc alone does not wait with
 * it. A CPU without lfence is too old to run that far ahead.
 */
static __always_inline uint64_t arch_ticks(void)
{
	uint32_t lo, hi;

#ifndef __x86_64__
	if (__builtin_cpu_supports("sse2"))
#endif
		__asm__ volatile("lfence" ::: "memory");
	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (uint64_t)hi << 32 | lo;
}

#endif
