// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A split by a function of the tree's own that fills a table before it is seen: __split_huge_zero_page_pmd(), as it
 * stands in mm/huge_memory.c and alone (objects.sh takes it out), since all of that file needs all of mm.
 *
 * Invariant: nobody reads an entry of the table as it was before it was filled. The wmb before the last
 * pmd_populate() sees to that, and a reader's way through the PMD, on which the address of the entry depends.
 */
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/huge_mm.h>
#include <linux/spinlock.h>
#include <asm/pgalloc.h>

#include "glue.h"

extern struct mm_struct glue_mm;
extern struct vm_area_struct glue_vma;
u64 glue_leaf(unsigned n);

/* the table that was put aside for it, and the zero page */
#define pgtable_trans_huge_withdraw(mm, pmd) pfn_to_page(PHYS_TABLES >> PAGE_SHIFT)
#undef my_zero_pfn
#define my_zero_pfn(addr) (PHYS_PAGES >> PAGE_SHIFT)
#define zero_pfn(addr) (PHYS_PAGES >> PAGE_SHIFT)

#ifdef CONFIG_X86	/* ARM's set_pte_at() ends in assembler that is not linked */
#include "taken.h"
#endif

#ifdef HAS_SPLIT_HUGE_ZERO_PAGE_PMD
CROSSING void do_zero_split(void)
{
	pmd_t *pmd = glue_pmd();
	spinlock_t *ptl;

	hook_take(PHYS_TABLES >> PAGE_SHIFT, 0);
	ptl = pmd_lock(&glue_mm, pmd);
	set_pmd_at(&glue_mm, GLUE_ADDRESS, pmd, __pmd(glue_leaf(0)));
	spin_unlock(ptl);
	ptl = pmd_lock(&glue_mm, pmd);
	if (pmd_trans_huge(*pmd))	/* or a walker has split it */
		__split_huge_zero_page_pmd(&glue_vma, GLUE_ADDRESS, pmd);
	spin_unlock(ptl);
}
#endif
