// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What fork, mprotect, reclaim and a split do to a huge page: by the tree's own out-of-line
 * functions (mm/huge_memory.c, arch's pgtable.c), or as its huge_memory.c calls them.
 */
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/huge_mm.h>
#include <linux/spinlock.h>
#include <asm/pgalloc.h>

#include "glue.h"
#include "notified.h"

extern struct vm_area_struct glue_vma;
u64 glue_leaf(unsigned n);
void glue_tree_split(struct vm_area_struct *, pmd_t *, unsigned long);

/* A table of no entries, as whoever maps a huge page puts aside for its split. */
static void deposit(pmd_t *pmd)
{
	pgtable_t table = pfn_to_page(hook_table() >> PAGE_SHIFT);
	u64 *entry = __va((unsigned long)page_to_pfn(table) << PAGE_SHIFT);
	unsigned i;

	for (i = 0; i < PTRS_PER_PTE; i++)
		WRITE_ONCE(entry[i], 0);
	pmd_huge_pte(&glue_mm, pmd) = NULL;	/* a round of the race before may have left one */
	pgtable_trans_huge_deposit(&glue_mm, pmd, table);
}

static void fault(bool for_split)
{
	pmd_t *pmd = glue_pmd();
	spinlock_t *ptl = pmd_lock(&glue_mm, pmd);

	if (pmd_none(*pmd)) {
		if (for_split)
			deposit(pmd);
		set_pmd_at(&glue_mm, GLUE_ADDRESS, pmd, __pmd(glue_leaf(0)));
	}
	spin_unlock(ptl);
}

/* Its arguments after these are the same for all who are under test. */
void tree_split_huge_pmd(struct vm_area_struct *, pmd_t *, unsigned long, bool, void *) __asm__("__real___split_huge_pmd");

void glue_tree_split(struct vm_area_struct *v, pmd_t *p, unsigned long addr)
{
	spinlock_t *ptl;

	hook_walker_changes();
	ptl = pmd_lock(&glue_mm, p);
	if (!pmd_huge_pte(&glue_mm, p))	/* what the writer put aside is in its own replay */
		deposit(p);
	spin_unlock(ptl);
	tree_split_huge_pmd(v, p, addr, false, NULL);
}

/* the tree's own __split_huge_pmd(), of an anonymous page */
CROSSING void do_tree_split(void)
{
	fault(true);
	split_huge_pmd(&glue_vma, (pmd_t *)glue_pmd(), GLUE_ADDRESS);
}

/*
 * The same, of the huge zero page: __split_huge_zero_page_pmd() fills the table before it is seen. Nobody reads an
 * entry of it as it was before: the wmb before the last pmd_populate() sees to that, and a reader's way through the
 * PMD, on which the address of the entry depends.
 */
CROSSING void do_zero_split(void)
{
	pmd_t *pmd = glue_pmd();
	spinlock_t *ptl;

	huge_zero_pfn = glue_leaf_pfn(0);
	hook_take(PHYS_TABLES >> PAGE_SHIFT, 0);
	ptl = pmd_lock(&glue_mm, pmd);
	pmd_huge_pte(&glue_mm, pmd) = NULL;
	pgtable_trans_huge_deposit(&glue_mm, pmd, pfn_to_page(PHYS_TABLES >> PAGE_SHIFT));
	set_pmd_at(&glue_mm, GLUE_ADDRESS, pmd, __pmd(glue_leaf(0)));
	spin_unlock(ptl);
	tree_split_huge_pmd(&glue_vma, pmd, GLUE_ADDRESS, false, NULL);
}

/* copy_huge_pmd(), of the parent's */
CROSSING void do_wrprotect(void)
{
	pmd_t *pmd = glue_pmd();
	struct mmu_notifier_range range;
	spinlock_t *ptl;

	fault(false);
	will_change(&range);
	ptl = pmd_lock(&glue_mm, pmd);
	if (pmd_trans_huge(*pmd))
		pmdp_set_wrprotect(&glue_mm, GLUE_ADDRESS, pmd);
	spin_unlock(ptl);
	has_changed(&range);
}

/* change_huge_pmd() */
CROSSING void do_mprotect(void)
{
	pmd_t *pmd = glue_pmd(), was;
	struct mmu_notifier_range range;
	spinlock_t *ptl;

	fault(false);
	will_change(&range);
	ptl = pmd_lock(&glue_mm, pmd);
	if (pmd_trans_huge(*pmd)) {
#ifdef HAS_PMDP_INVALIDATE_AD
		was = pmdp_invalidate_ad(&glue_vma, GLUE_ADDRESS, pmd);
#else
		was = pmdp_invalidate(&glue_vma, GLUE_ADDRESS, pmd);
#endif
		set_pmd_at(&glue_mm, GLUE_ADDRESS, pmd, pmd_modify(was, PAGE_READONLY));
	}
	spin_unlock(ptl);
	has_changed(&range);
}

/* page_idle, reclaim: without a lock of their own over the walk, under the table's */
CROSSING void do_young(void)
{
	pmd_t *pmd = glue_pmd();
	spinlock_t *ptl;

	fault(false);
	ptl = pmd_lock(&glue_mm, pmd);
	if (pmd_trans_huge(*pmd))
		pmdp_test_and_clear_young(&glue_vma, GLUE_ADDRESS, pmd);
	spin_unlock(ptl);
}
