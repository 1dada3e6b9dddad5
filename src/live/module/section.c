// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The readers. Each is a loop of its own over one entry, so that nothing stands between two reads
 * but the comparison with the last one, and objdump shows it alone.
 *
 * Key invariant: nothing here writes to memory but to the caller's section.
 */
#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/string.h>

#include "module.h"

enum { MAX_TURNS = 1000 };

static __always_inline void note(struct section *s, u64 v, u32 at)
{
	if (s->n < MAX_CHANGES)
		s->change[s->n++] = (struct change){ .value = v, .at = at };
	else
		s->lost++;
}

/* 8 bytes in one instruction that stores nothing: every i686 has fild, and it is exact. */
static __always_inline u64 load_truth(const void *p)
{
#ifdef CONFIG_X86_32
	u64 v;

	asm volatile("fildll %1\n\tfistpll %0" : "=m" (v) : "m" (*(const u64 *)p));
	return v;
#else
	return atomic64_read((const atomic64_t *)p);
#endif
}

#define WORD(p, i) READ_ONCE(((const u32 *)(p))[i])
#define BOTH(lo, hi) ((u64)(hi) << 32 | (lo))

static __always_inline u64 load_low_high(const void *p)
{
	const u32 lo = WORD(p, 0);

	smp_rmb();	/* the low word first */
	return BOTH(lo, WORD(p, 1));
}

static __always_inline u64 load_high_low(const void *p)
{
	const u32 hi = WORD(p, 1);

	smp_rmb();	/* the high word first */
	return BOTH(WORD(p, 0), hi);
}

static __always_inline u64 load_gap(const void *p, u32 gap, u64 *random)
{
	const u32 delay = gap ? (u32)(xorshift(random) >> 33) % (gap + 1) : 0, lo = WORD(p, 0);

	spin(delay);
	smp_rmb();	/* the low word first */
	return BOTH(lo, WORD(p, 1));
}

static __always_inline u64 load_low_high_low(const void *p, struct section *s)
{
	u32 lo, hi, turns = 0;

	do {
		s->retries += turns > 0;
		lo = WORD(p, 0);
		smp_rmb();	/* as ptep_get_lockless(): low, */
		hi = WORD(p, 1);
		smp_rmb();	/* high, and low again */
	} while (unlikely(lo != WORD(p, 0)) && ++turns < MAX_TURNS);
	return BOTH(lo, hi);
}

#define SECTION(name, type, load)						\
static noinline void name(const void *entry, u32 batch, u32 gap, u64 *random,	\
			  struct section *s)					\
{										\
	type *const p = (type *)entry;						\
	u64 last = 0;								\
	u32 i;									\
										\
	BUILD_BUG_ON(sizeof(type) != sizeof(u64));				\
	s->n = 0;								\
	s->lost = 0;								\
	for (i = 0; i < batch; i++) {						\
		u64 v;								\
										\
		barrier();							\
		v = load;							\
		if (v != last || !i) {						\
			note(s, v, i);						\
			last = v;						\
		}								\
	}									\
}

SECTION(pmd_truth, pmd_t, load_truth(p))
SECTION(pmd_plain, pmd_t, pmd_val(*p))
SECTION(pmd_once, pmd_t, pmd_val(READ_ONCE(*p)))
SECTION(pmd_low_high, pmd_t, load_low_high(p))
SECTION(pmd_high_low, pmd_t, load_high_low(p))
SECTION(pmd_low_gap_high, pmd_t, load_gap(p, gap, random))
SECTION(pmd_low_high_low, pmd_t, load_low_high_low(p, s))
#if defined(HAS_PMDP_GET_LOCKLESS)
#define KERNEL_PMD "pmdp_get_lockless"
SECTION(pmd_kernel, pmd_t, pmd_val(pmdp_get_lockless(p)))
#elif defined(HAS_PMD_READ_ATOMIC)
#define KERNEL_PMD "pmd_read_atomic"
SECTION(pmd_kernel, pmd_t, pmd_val(pmd_read_atomic(p)))
#else
#define KERNEL_PMD ""
#define pmd_kernel NULL
#endif

SECTION(pte_truth, pte_t, load_truth(p))
SECTION(pte_plain, pte_t, pte_val(*p))
SECTION(pte_once, pte_t, pte_val(READ_ONCE(*p)))
SECTION(pte_low_high, pte_t, load_low_high(p))
SECTION(pte_high_low, pte_t, load_high_low(p))
SECTION(pte_low_gap_high, pte_t, load_gap(p, gap, random))
SECTION(pte_low_high_low, pte_t, load_low_high_low(p, s))
#ifdef HAS_PTEP_GET_LOCKLESS
#define KERNEL_PTE "ptep_get_lockless"
SECTION(pte_kernel, pte_t, pte_val(ptep_get_lockless(p)))
#else
#define KERNEL_PTE ""
#define pte_kernel NULL
#endif

#define OF(level)                                                                            \
	{                                                                                    \
		[LIVE_READER_TRUTH] = level##_truth, [LIVE_READER_PLAIN] = level##_plain,    \
		[LIVE_READER_ONCE] = level##_once, [LIVE_READER_KERNEL] = level##_kernel,    \
		[LIVE_READER_LOW_HIGH] = level##_low_high,                                   \
		[LIVE_READER_HIGH_LOW] = level##_high_low,                                   \
		[LIVE_READER_LOW_GAP_HIGH] = level##_low_gap_high,                           \
		[LIVE_READER_LOW_HIGH_LOW] = level##_low_high_low,                           \
	}

section_fn *const section_of[2][NR_LIVE_READERS] = { [LIVE_PMD] = OF(pmd), [LIVE_PTE] = OF(pte) };

const char *const kernel_reader[2] = { [LIVE_PMD] = KERNEL_PMD, [LIVE_PTE] = KERNEL_PTE };
