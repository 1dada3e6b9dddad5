/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ARMv7, 32 bits: ldr/str, ldrd/strd, ldrexd/strexd, dmb.
 *
 * ldrexd with strexd is single-copy atomic on every ARMv7. ldrd/strd are only
 * with LPAE (HWCAP_LPAE, AT_HWCAP bit 20) and in AArch32 on ARMv8; ldm/stm and
 * vldr/vstr promise nothing. Stores may become visible in either order
 * without dmb.
 */
#ifndef TORNWALK_ARCH_H
#define TORNWALK_ARCH_H

#include <sys/auxv.h>
#include <time.h>

#include "protocol/entry.h"

#define ARCH_NAME "arm"
#define ARCH_STORES_IN_ORDER false

static __always_inline void arch_rmb(void) { __asm__ volatile("dmb ish" ::: "memory"); }
static __always_inline void arch_wmb(void) { __asm__ volatile("dmb ishst" ::: "memory"); }
static __always_inline void arch_lock_wait(void) { __asm__ volatile("yield" ::: "memory"); }

static __always_inline uint32_t arch_xchg32(uint32_t *p, uint32_t v)
{
	return __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST);
}

static __always_inline entry_t arch_load64_ldrd(const entry_t *p)
{
	uint64_t v;

	__asm__ volatile("ldrd %0, %H0, [%1]" : "=r"(v) : "r"(p) : "memory");
	return entry((uint32_t)v, (uint32_t)(v >> 32));
}

static __always_inline void arch_store64_ldrd(entry_t *p, entry_t e)
{
	uint64_t v = entry_u64(e);

	__asm__ volatile("strd %0, %H0, [%1]" : : "r"(v), "r"(p) : "memory");
}

static __always_inline entry_t arch_load64_ldrexd(const entry_t *p)
{
	uint64_t v;

	__asm__ volatile("ldrexd %0, %H0, [%1]\n\tclrex" : "=r"(v) : "r"(p) : "memory");
	return entry((uint32_t)v, (uint32_t)(v >> 32));
}

static __always_inline void arch_store64_ldrexd(entry_t *p, entry_t e)
{
	uint64_t v = entry_u64(e), old;
	uint32_t failed;

	__asm__ volatile("1: ldrexd %0, %H0, [%3]\n\t"
			 "strexd %1, %2, %H2, [%3]\n\t"
			 "teq %1, #0\n\tbne 1b"
			 : "=&r"(old), "=&r"(failed) : "r"(v), "r"(p) : "memory", "cc");
}

static __always_inline entry_t arch_load64_vldr(const entry_t *p)
{
	uint64_t v;

	__asm__ volatile("vldr d0, [%1]\n\tvmov %0, %H0, d0"
			 : "=r"(v) : "r"(p) : "memory", "d0");
	return entry((uint32_t)v, (uint32_t)(v >> 32));
}

static __always_inline void arch_store64_vldr(entry_t *p, entry_t e)
{
	uint64_t v = entry_u64(e);

	__asm__ volatile("vmov d0, %0, %H0\n\tvstr d0, [%1]"
			 : : "r"(v), "r"(p) : "memory", "d0");
}

static __always_inline entry_t arch_load64_ldm(const entry_t *p)
{
	register uint32_t lo __asm__("r4");
	register uint32_t hi __asm__("r5");

	__asm__ volatile("ldm %2, {r4, r5}" : "=r"(lo), "=r"(hi) : "r"(p) : "memory");
	return entry(lo, hi);
}

static __always_inline void arch_store64_ldm(entry_t *p, entry_t e)
{
	register uint32_t lo __asm__("r4") = e.lo;
	register uint32_t hi __asm__("r5") = e.hi;

	__asm__ volatile("stm %2, {r4, r5}" : : "r"(lo), "r"(hi), "r"(p) : "memory");
}

static inline bool arch_promises_ldrexd(void) { return true; }
static inline bool arch_promises_ldrd(void) { return getauxval(AT_HWCAP) & 1 << 20; }

static inline bool arch_has_ldrexd(void) { return true; }
static inline bool arch_has_ldrd(void) { return true; }
static inline bool arch_has_vldr(void) { return getauxval(AT_HWCAP) & 1 << 6; }
static inline bool arch_has_ldm(void) { return true; }

#define ARCH_ATOMIC64(X)                                                        \
	X(ldrexd, "ldrexd", "ldrexd with a strexd loop: atomic on every ARMv7")   \
	X(ldrd, "ldrd", "ldrd/strd: atomic with LPAE only")

#define ARCH_UNPROMISED64(X)                                                    \
	X(vldr, "vldr", "vldr/vstr of a d register: promises nothing")            \
	X(ldm, "ldm", "ldm/stm of two registers: promises nothing")

#define arch_load64 arch_load64_ldrexd
#define arch_store64 arch_store64_ldrexd
#define arch_has_load64 arch_has_ldrexd
#define arch_store_strd arch_store64_ldrd
#define ARCH_LOAD64_NAME "ldrexd"
#define ARCH_STRD_NAME "ldrd"

static __always_inline uint64_t arch_ticks(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

#endif
