/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any machine the compiler knows: __atomic for 8 bytes, its fences for order.
 */
#ifndef TORNWALK_ARCH_H
#define TORNWALK_ARCH_H

#include <time.h>

#include "protocol/entry.h"

#define ARCH_NAME "generic"
#define ARCH_STORES_IN_ORDER false

static __always_inline void arch_rmb(void) { __atomic_thread_fence(__ATOMIC_ACQUIRE); }
static __always_inline void arch_wmb(void) { __atomic_thread_fence(__ATOMIC_RELEASE); }
static __always_inline void arch_lock_wait(void) { __asm__ volatile("" ::: "memory"); }

static __always_inline uint32_t arch_xchg32(uint32_t *p, uint32_t v)
{
	return __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST);
}

static __always_inline entry_t arch_load64_atomic(const entry_t *p)
{
	entry_t v;

	__atomic_load(p, &v, __ATOMIC_RELAXED);
	return v;
}

static __always_inline void arch_store64_atomic(entry_t *p, entry_t v)
{
	__atomic_store(p, &v, __ATOMIC_RELAXED);
}

static inline bool arch_has_atomic(void) { return true; }
static inline bool arch_promises_atomic(void) { return true; }

#define ARCH_ATOMIC64(X) X(atomic, "__atomic", "__atomic_load/__atomic_store of 8 bytes")
#define ARCH_UNPROMISED64(X)

#define arch_load64 arch_load64_atomic
#define arch_store64 arch_store64_atomic
#define arch_has_load64 arch_has_atomic
#define arch_store_strd arch_store64_atomic
#define ARCH_LOAD64_NAME "__atomic"
#define ARCH_STRD_NAME "__atomic"

static __always_inline uint64_t arch_ticks(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

#endif
