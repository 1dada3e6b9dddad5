// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writers whose frames and tables have an owner: what was unmapped is freed, and becomes
 * somebody else's. Whoever has no business there any more is found out by it.
 *
 * Invariant: a frame's count is stored to after the frame was taken, and the frame is given
 * back by whoever brought the count to 0.
 */
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/spinlock.h>
#include <asm/pgalloc.h>
#include <asm/tlb.h>

#include "glue.h"
#include "notified.h"

extern struct vm_area_struct glue_vma;
spinlock_t *glue_lock_to_retract(spinlock_t **of_pmd);	/* mm.c */
void glue_unlock_retracted(spinlock_t *of_pmd, spinlock_t *ptl);

#ifdef CONFIG_X86
#define TABLE_BITS _PAGE_TABLE
#define PAGE_BITS 0x67		/* present, writable, user, accessed, dirty */
#define HUGE_BITS (PAGE_BITS | _PAGE_PSE)
#define HIGH_BITS 0x80000000ull	/* no execution */
#else
#define TABLE_BITS PMD_TYPE_TABLE
#define PAGE_BITS 0x75f
#define HUGE_BITS 0x725
#define HIGH_BITS 0ull
#endif

static u64 page_of(unsigned n, u64 bits)
{
	return HIGH_BITS << 32 | (u64)glue_leaf_pfn(n) << PAGE_SHIFT | bits;
}

CROSSING void *glue_count(unsigned n) { return &pfn_to_page(glue_leaf_pfn(n))->_refcount; }
CROSSING void *glue_table(void) { return __va(PHYS_TABLES); }
CROSSING glue_u64 glue_table_entry(void) { return PHYS_TABLES | TABLE_BITS; }
CROSSING glue_u64 glue_page_entry(void) { return page_of(0, PAGE_BITS); }

/* ---- frames ---- */

static void take(unsigned n, int for_others)
{
	hook_take(glue_leaf_pfn(n), for_others);
	set_page_count(pfn_to_page(glue_leaf_pfn(n)), 1);
}

/* as a zap drops it; whoever wants memory next gets that frame */
static void drop(unsigned n)
{
	if (!put_page_testzero(pfn_to_page(glue_leaf_pfn(n))))
		return;
	hook_give(glue_leaf_pfn(n));
	take(n, 1);
}

/* gup drops the last reference to a page that was zapped meanwhile */
void glue_last_put(struct page *) __asm__("__folio_put");
void glue_last_put(struct page *page) { hook_give(page_to_pfn(page)); }
void glue_last_put_old(struct page *) __asm__("__put_page");
void glue_last_put_old(struct page *page) { hook_give(page_to_pfn(page)); }

CROSSING void do_zap_reuse(void)
{
	struct mmu_notifier_range range;
	pmd_t *pmd = glue_pmd();
	spinlock_t *ptl;
	int zapped;

	take(0, 0);
	ptl = pmd_lock(&glue_mm, pmd);
	set_pmd_at(&glue_mm, GLUE_ADDRESS, pmd, __pmd(page_of(0, HUGE_BITS)));
	spin_unlock(ptl);
	will_change(&range);
	ptl = pmd_lock(&glue_mm, pmd);
	zapped = pmd_trans_huge(*pmd);	/* or a walker has split it */
	if (zapped)
		pmdp_huge_get_and_clear(&glue_mm, GLUE_ADDRESS, pmd);
	spin_unlock(ptl);
	has_changed(&range);
	if (zapped)
		drop(0);
}

/*
 * As a split that will move the page: once the entry is invalid, a page that nobody else holds may be shared, as
 * folio_try_share_anon_rmap_pmd() finds ("invalidate PMD first"); here it is somebody else's at once. Who came before
 * is in the count, which a pin is in, too; who comes later sees the entry.
 */
CROSSING void do_split_share(void)
{
	struct mmu_notifier_range range;
	pmd_t *pmd = glue_pmd();
	spinlock_t *ptl;

	take(0, 0);
	ptl = pmd_lock(&glue_mm, pmd);
	set_pmd_at(&glue_mm, GLUE_ADDRESS, pmd, __pmd(page_of(0, HUGE_BITS)));
	spin_unlock(ptl);
	will_change(&range);
	ptl = pmd_lock(&glue_mm, pmd);
	if (pmd_trans_huge(*pmd)) {	/* or a walker has split it */
		pmdp_invalidate(&glue_vma, GLUE_ADDRESS, pmd);
		smp_mb();
		if (page_ref_count(pfn_to_page(glue_leaf_pfn(0))) == 1) {
			hook_give(glue_leaf_pfn(0));
			hook_take(glue_leaf_pfn(0), 1);
		}
		smp_wmb();
		pmd_populate(&glue_mm, pmd, pfn_to_page(hook_table() >> PAGE_SHIFT));
	}
	spin_unlock(ptl);
	has_changed(&range);
}

static void pte_fault(unsigned n)
{
	spinlock_t *ptl = glue_table_lock(0);

	take(n, 0);
	spin_lock(ptl);
	set_pte_at(&glue_mm, GLUE_ADDRESS, glue_table(), __pte(page_of(n, PAGE_BITS)));
	spin_unlock(ptl);
}

CROSSING void do_pte_zap_reuse(void)
{
	struct mmu_notifier_range range;
	spinlock_t *ptl = glue_table_lock(0);

	pte_fault(0);
	will_change(&range);
	spin_lock(ptl);
	ptep_get_and_clear(&glue_mm, GLUE_ADDRESS, glue_table());
	spin_unlock(ptl);
	has_changed(&range);
	drop(0);
}

CROSSING void do_pte_clear(void)
{
	struct mmu_notifier_range range;
	spinlock_t *ptl = glue_table_lock(0);

	pte_fault(0);
	will_change(&range);
	spin_lock(ptl);
	pte_clear(&glue_mm, GLUE_ADDRESS, (pte_t *)glue_table());
	spin_unlock(ptl);
	has_changed(&range);
	drop(0);
}

/* ---- tables ---- */

/* a table goes as khugepaged's retract_page_tables() of that tree takes it */
CROSSING void do_retract_free(void)
{
	struct mmu_notifier_range range;
	pmd_t *pmd = glue_pmd(), was;
	spinlock_t *pml, *ptl;

	will_change(&range);
	ptl = glue_lock_to_retract(&pml);
	was = pmdp_collapse_flush(&glue_vma, GLUE_ADDRESS, pmd);
#ifdef HAS_PMDP_GET_LOCKLESS_SYNC
	pmdp_get_lockless_sync();
#endif
	glue_unlock_retracted(pml, ptl);
	has_changed(&range);
#ifdef HAS_PTE_FREE_DEFER
	pte_free_defer(&glue_mm, pmd_pgtable(was));
#else
	tlb_remove_table_sync_one();
	hook_give(page_to_pfn(pmd_pgtable(was)));
#endif
}

/*
 * as collapse_huge_page(): what the table maps becomes a huge page. The table is put aside for a split, and who zaps
 * that page frees it at once (zap_deposited_table()).
 */
CROSSING void do_collapse_zap(void)
{
	pmd_t *pmd = glue_pmd(), was;
	struct mmu_notifier_range range;
	pgtable_t table = NULL;
	spinlock_t *ptl;

	will_change(&range);
	ptl = pmd_lock(&glue_mm, pmd);
	was = pmdp_collapse_flush(&glue_vma, GLUE_ADDRESS, pmd);
	spin_unlock(ptl);
	has_changed(&range);
	tlb_remove_table_sync_one();
	/* __collapse_huge_page_isolate() and _copy() are under it */
	ptl = pte_lockptr(&glue_mm, &was);
	spin_lock(ptl);
	spin_unlock(ptl);
	ptl = pmd_lock(&glue_mm, pmd);
	pgtable_trans_huge_deposit(&glue_mm, pmd, pmd_pgtable(was));
	set_pmd_at(&glue_mm, GLUE_ADDRESS, pmd, __pmd(page_of(0, HUGE_BITS)));
	spin_unlock(ptl);
	will_change(&range);
	ptl = pmd_lock(&glue_mm, pmd);
	if (pmd_trans_huge(*pmd)) {	/* or a walker has split it */
		pmdp_huge_get_and_clear(&glue_mm, GLUE_ADDRESS, pmd);
		table = pgtable_trans_huge_withdraw(&glue_mm, pmd);
	}
	spin_unlock(ptl);
	has_changed(&range);
	if (table)
		hook_give(page_to_pfn(table));
}

/* khugepaged holds mmap_lock for writing, and the anon_vma's: who takes no lock is beside it, nobody else */
CROSSING int walks_beside_collapse(void) { return 0; }

static unsigned long pfn_around(void *in)
{
	return ((char *)in - (char *)pfn_to_page(0)) / sizeof(struct page);
}

/* pte_free_defer()'s: the struct page is around its rcu_head */
void glue_call_rcu(void *, void *) __asm__("call_rcu");
void glue_call_rcu(void *head, void *f) { hook_give_later(pfn_around(head)); }

/* a table that is freed at once */
void glue_free_pages(struct page *, unsigned) __asm__("__free_pages");
void glue_free_pages(struct page *page, unsigned order) { hook_give(page_to_pfn(page)); }
