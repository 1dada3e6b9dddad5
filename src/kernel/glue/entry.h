/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's side of the lines of primitives.h, which stand below this, as far as they are in this tree. */
#include <linux/mm.h>
#include <linux/kcsan-checks.h>
#include <linux/pgtable.h>
#include <linux/huge_mm.h>
#include <linux/spinlock.h>
#include <asm/pgalloc.h>

#include "glue.h"

extern struct mm_struct glue_mm;
extern struct vm_area_struct glue_vma;
u64 glue_leaf(unsigned n);

static inline void *glue_pte(void) { return glue_table(); }
static inline spinlock_t *lock_of_pte(void) { return glue_table_lock(0); }
static inline spinlock_t *lock_of_pmd(void) { return glue_pmd_lock(); }
static inline spinlock_t *lock_of_pud(void) { return glue_lock(); }

/* Does this tree announce its fences (5.17)? */
CROSSING int entry_fences(void)
{
#ifdef __KCSAN_BARRIER_TO_SIGNAL_FENCE
	return 1;
#else
	return 0;
#endif
}

static inline u64 words_low_high(u32 *p)
{
	u32 low = READ_ONCE(p[0]);

	return (u64)READ_ONCE(p[1]) << 32 | low;
}

static inline u64 words_high_low(u32 *p)
{
	u32 high = READ_ONCE(p[1]);

	return (u64)high << 32 | READ_ONCE(p[0]);
}

/* A reader begins when what it needs is there; whoever comes too early, or too late, saw nothing. */
#define READER(name, level, kind, expression)                                \
	CROSSING void read_##name(void);                                      \
	CROSSING void read_##name(void)                                       \
	{                                                                     \
		level##_t *p = glue_##level(), v;                             \
		int none = 0;                                                 \
                                                                              \
		if (hook_from_leaf()) {                                       \
			spin_lock(lock_of_##level());                         \
			none = level##_none(*p);                              \
			spin_unlock(lock_of_##level());                       \
		}                                                             \
		if (none) {                                                   \
			hook_nothing();                                       \
			return;                                               \
		}                                                             \
		v = (expression);                                             \
		hook_value(level##_val(v), level##_none(v));                  \
	}

/* `wrote` is after each of the values that the entry holds as a whole. */
#define WRITER(name, level, from_leaf, statement)                            \
	CROSSING void write_##name(void);                                     \
	CROSSING void write_##name(void)                                      \
	{                                                                     \
		level##_t *p = glue_##level();                                \
                                                                              \
		if ((from_leaf) && hook_from_leaf()) {                                         \
			spin_lock(lock_of_##level());                         \
			set_##level##_at(&glue_mm, GLUE_ADDRESS, p, __##level(glue_leaf(2))); \
			hook_wrote();                                         \
			spin_unlock(lock_of_##level());                       \
		}                                                             \
		spin_lock(lock_of_##level());                                 \
		statement;                                                    \
		hook_wrote();                                                 \
		spin_unlock(lock_of_##level());                               \
	}
