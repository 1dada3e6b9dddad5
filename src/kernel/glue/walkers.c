// SPDX-License-Identifier: GPL-2.0-or-later
/* Those who walk otherwise than mm.c's: with a PMD callback, without a vma, straight into one table. */
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/pagewalk.h>
#include <linux/huge_mm.h>
#include <linux/spinlock.h>

#include "glue.h"

extern struct mm_struct glue_mm;
struct mm_struct init_mm;	/* whose lock is asserted, too, where there is no vma */

/* A table under its lock, as callers of pte_offset_map_lock() look at it. */
static void look_at_table(pmd_t *pmd, unsigned long addr)
{
	spinlock_t *ptl;
	pte_t *pte;

#ifdef HAS_PMD_TRANS_UNSTABLE	/* whoever maps has to ask before; later trees' pte_offset_map_lock() does */
	if (pmd_trans_unstable(pmd)) {
		hook_nothing();
		return;
	}
#endif
	pte = pte_offset_map_lock(&glue_mm, pmd, addr, &ptl);
	if (!pte) {
		hook_nothing();
		return;
	}
	hook_pte(pte, pte_val(*pte));
	pte_unmap_unlock(pte, ptl);
}

CROSSING void look_straight(void) { look_at_table(glue_pmd(), GLUE_ADDRESS); }

/* as mempolicy's: with that lock, it is a huge page's entry */
static int at_any_pmd(pmd_t *p, unsigned long addr, unsigned long next, struct mm_walk *walk)
{
	spinlock_t *ptl = pmd_trans_huge_lock(p, walk->vma);

	if (!ptl) {
		look_at_table(p, addr);
		return 0;
	}
	hook_pinned(pmd_pfn(*p));
	spin_unlock(ptl);
	return 0;
}

static int at_hole(unsigned long addr, unsigned long next, int depth, struct mm_walk *walk)
{
	hook_nothing();
	return 0;
}

static const struct mm_walk_ops huge_ops = { .pmd_entry = at_any_pmd, .pte_hole = at_hole };

CROSSING void walk_huge(void)
{
	walk_page_range(&glue_mm, GLUE_ADDRESS, GLUE_ADDRESS + PAGE_SIZE, &huge_ops, NULL);
}

/* ---- without a vma: no lock of the table's, but mmap_lock for writing ---- */

#if defined(HAS_WALK_PAGE_RANGE_DEBUG)
int walk_page_range_debug(struct mm_struct *, unsigned long, unsigned long, const struct mm_walk_ops *, pgd_t *, void *);
#define walk_without_vma walk_page_range_debug
#elif defined(HAS_WALK_PAGE_RANGE_NOVMA)
#define walk_without_vma walk_page_range_novma
#endif

#ifdef walk_without_vma
/* It is looked at only: nobody promises that the entry still leads there. */
static int at_pte(pte_t *pte, unsigned long addr, unsigned long next, struct mm_walk *walk)
{
	hook_pmd(pte, pte_val(*pte));
	return 0;
}

static const struct mm_walk_ops novma_ops = { .pte_entry = at_pte, .pte_hole = at_hole };

CROSSING void walk_novma(void)
{
	atomic_long_set(&init_mm.mmap_lock.count, 1);	/* one writer */
	atomic_long_set(&glue_mm.mmap_lock.count, 1);
	walk_without_vma(&glue_mm, GLUE_ADDRESS, GLUE_ADDRESS + PAGE_SIZE, &novma_ops, NULL, NULL);
	atomic_long_set(&glue_mm.mmap_lock.count, 0x100);
}
#endif

/* Who holds mmap_lock for writing has faults beside him only where a vma has a lock of its own (6.4). */
CROSSING int vmas_have_locks(void)
{
#ifdef HAS_LOCK_VMA_UNDER_RCU
	return IS_ENABLED(CONFIG_PER_VMA_LOCK);
#else
	return 0;
#endif
}
