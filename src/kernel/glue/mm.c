// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's side: an mm with one vma, page tables for one huge page, who walks them and
 * who changes them. Compiled as mm/pagewalk.c is compiled in the tree under test, with
 * nothing but generic names of the kernel's, so that every version says itself what they mean.
 */
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/pagewalk.h>
#include <linux/huge_mm.h>
#include <linux/spinlock.h>
#include <linux/version.h>
#include <asm/pgalloc.h>

#include "glue.h"
#include "notified.h"

#ifdef CONFIG_X86
#define PTE_TABLE_BITS _PAGE_TABLE
#define PUD_TABLE_BITS (IS_ENABLED(CONFIG_X86_64) ? _PAGE_TABLE : _PAGE_PRESENT)
#define LEAF_BITS 0xe7		/* present, writable, user, accessed, dirty, huge */
#define HIGH_BITS 0x80000000ull	/* no execution */
#else
#define PTE_TABLE_BITS PMD_TYPE_TABLE
#define PUD_TABLE_BITS PMD_TYPE_TABLE
#define LEAF_BITS 0x725		/* section, valid; AP, AF, SH */
#define HIGH_BITS 0ull
#endif

struct mm_struct glue_mm;
struct vm_area_struct glue_vma;
void glue_tree_split(struct vm_area_struct *, pmd_t *, unsigned long);	/* huge.c */
static pmd_t *pmd;
#ifdef CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD
static pud_t *pud;
#endif

CROSSING unsigned long glue_base(void)
{
#ifdef CONFIG_X86_64
	return 0x100000000000;
#else
	return PAGE_OFFSET;
#endif
}

void glue_subscribe(void);	/* hmm.c */

CROSSING void glue_init(void *phys)
{
	u64 *pgd = phys + PHYS_PGD, *puds = phys + PHYS_PUDS;

	spin_lock_init(&glue_mm.page_table_lock);
	atomic_long_set(&glue_mm.mmap_lock.count, 0x100);	/* one reader */
	glue_mm.pgd = (pgd_t *)pgd;
	glue_vma.vm_mm = &glue_mm;
	*(unsigned long *)&glue_vma.vm_flags = VM_READ | VM_WRITE;	/* a constant, in later trees */
	glue_vma.vm_page_prot = __pgprot(0x25);
	glue_vma.vm_start = GLUE_ADDRESS;
	glue_vma.vm_end = GLUE_END;
	pmd = phys + PHYS_PMDS;
#ifdef CONFIG_X86_64
	pgd[pgd_index(GLUE_ADDRESS)] = PHYS_PUDS | PUD_TABLE_BITS;
	puds[pud_index(GLUE_ADDRESS)] = PHYS_PMDS | PUD_TABLE_BITS;
	pud = (pud_t *)&puds[pud_index(GLUE_ADDRESS)];
#else
	(void)puds;
	pgd[pgd_index(GLUE_ADDRESS)] = PHYS_PMDS | PUD_TABLE_BITS;
#endif
	pmd += pmd_index(GLUE_ADDRESS);
	glue_subscribe();
}

CROSSING void *glue_pmd(void) { return pmd; }
CROSSING void *glue_lock(void) { return &glue_mm.page_table_lock; }
/* Where a lock is too large for a struct page, because it is debugged, that has a pointer. */
CROSSING void glue_table_page(unsigned long pfn)
{
#if ALLOC_SPLIT_PTLOCKS && (defined(CONFIG_SPLIT_PTE_PTLOCKS) || USE_SPLIT_PTE_PTLOCKS)
	static spinlock_t locks[NR_TABLES + 1];
	static unsigned n;

#ifdef HAS_PAGE_PTDESC
	page_ptdesc(pfn_to_page(pfn))->ptl = &locks[n];
#else
	pfn_to_page(pfn)->ptl = &locks[n];
#endif
	spin_lock_init(&locks[n++]);
#endif
}

CROSSING int glue_one_cpu(void) { return !IS_ENABLED(CONFIG_SMP); }
CROSSING void *glue_pmd_lock(void) { return pmd_lockptr(&glue_mm, pmd); }

CROSSING void *glue_table_lock(unsigned n)
{
	pmd_t entry = __pmd((PHYS_TABLES + n * PAGE_SIZE) | PTE_TABLE_BITS);

	return pte_lockptr(&glue_mm, &entry);
}

CROSSING void *glue_pud(void)
{
#ifdef CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD
	return pud;
#else
	return NULL;
#endif
}

/* ---- walkers ---- */

/* What a walk has told of so far: of each address once, in their order, and of a PTE after its PMD. */
struct told {
	unsigned long upto, end;
	int pmd;
};

static void tell_pmd(struct mm_walk *walk, unsigned long addr)
{
	struct told *told = walk->private;

	if (addr != told->upto)
		hook_order();
	told->pmd = 1;
}

static void tell(struct mm_walk *walk, unsigned long addr, unsigned long next)
{
	struct told *told = walk->private;

	if (addr != told->upto || next <= addr || next > told->end)
		hook_order();
	told->upto = next;
	told->pmd = 0;
}

static int at_pte(pte_t *pte, unsigned long addr, unsigned long next, struct mm_walk *walk)
{
	if (!((struct told *)walk->private)->pmd)
		hook_order();
	tell(walk, addr, next);
	hook_pte(pte, pte_val(*pte));
	return 0;
}

static int before_ptes(pmd_t *p, unsigned long addr, unsigned long next, struct mm_walk *walk)
{
	tell_pmd(walk, addr);
	return 0;
}

static int at_pmd(pmd_t *p, unsigned long addr, unsigned long next, struct mm_walk *walk)
{
	tell(walk, addr, next);
	hook_pmd(p, 0);
	return 0;
}

static int at_hole(unsigned long addr, unsigned long next, int depth, struct mm_walk *walk)
{
	tell(walk, addr, next);
	hook_nothing();
	return 0;
}

static const struct mm_walk_ops pte_ops = { .pmd_entry = before_ptes, .pte_entry = at_pte, .pte_hole = at_hole };
static const struct mm_walk_ops pmd_ops = { .pmd_entry = at_pmd, .pte_hole = at_hole };

static void walk_one(const struct mm_walk_ops *ops)
{
	struct told told = { .upto = GLUE_ADDRESS, .end = GLUE_ADDRESS + PAGE_SIZE };

	walk_page_range(&glue_mm, told.upto, told.end, ops, &told);
	if (told.upto != told.end)
		hook_order();
}

CROSSING void walk_pte(void) { walk_one(&pte_ops); }
CROSSING void walk_pmd(void) { walk_one(&pmd_ops); }

/* ---- what a fault, a split, a zap and khugepaged do to an entry, with the tree's own primitives ---- */

static u64 leaf(unsigned n)
{
	return HIGH_BITS << 32 | (u64)glue_leaf_pfn(n) << PAGE_SHIFT | LEAF_BITS;
}

u64 glue_leaf(unsigned n);
u64 glue_leaf(unsigned n) { return leaf(n); }	/* for entry.h */

static void fault(unsigned n)
{
	spinlock_t *ptl = pmd_lock(&glue_mm, pmd);

	if (pmd_none(*pmd))
		set_pmd_at(&glue_mm, GLUE_ADDRESS, pmd, __pmd(leaf(n)));
	spin_unlock(ptl);
}

/* MADV_DONTNEED of a huge page: a table stays */
static void zap(void)
{
	struct mmu_notifier_range range;
	spinlock_t *ptl;

	will_change(&range);
	ptl = pmd_lock(&glue_mm, pmd);
	if (pmd_trans_huge(*pmd))
		pmdp_huge_get_and_clear(&glue_mm, GLUE_ADDRESS, pmd);
	spin_unlock(ptl);
	has_changed(&range);
}

/* as __split_huge_pmd_locked() of an anonymous page */
static void split(void)
{
	struct mmu_notifier_range range;
	spinlock_t *ptl;

	will_change(&range);
	ptl = pmd_lock(&glue_mm, pmd);
	if (pmd_trans_huge(*pmd)) {
		pmdp_invalidate(&glue_vma, GLUE_ADDRESS, pmd);
		smp_wmb();
		pmd_populate(&glue_mm, pmd, pfn_to_page(hook_table() >> PAGE_SHIFT));
	}
	spin_unlock(ptl);
	has_changed(&range);
}

/* as of a file's page: the entry is cleared and the next fault fills it again */
static void split_clear(void)
{
	struct mmu_notifier_range range;
	spinlock_t *ptl;

	will_change(&range);
	ptl = pmd_lock(&glue_mm, pmd);
	if (pmd_trans_huge(*pmd)) {
		pmdp_huge_clear_flush(&glue_vma, GLUE_ADDRESS, pmd);
		pmd_populate(&glue_mm, pmd, pfn_to_page(hook_table() >> PAGE_SHIFT));
	}
	spin_unlock(ptl);
	has_changed(&range);
}

/*
 * khugepaged's retract_page_tables() of that tree: since somebody may walk meanwhile, a table goes under its own lock,
 * too, so that whoever takes that one and then looks at the PMD knows.
 */
spinlock_t *glue_lock_to_retract(spinlock_t **of_pmd);
spinlock_t *glue_lock_to_retract(spinlock_t **of_pmd)
{
	spinlock_t *pml = pmd_lock(&glue_mm, pmd), *ptl = pml;

#ifdef HAS_PTE_FREE_DEFER
	ptl = pte_lockptr(&glue_mm, pmd);
	if (ptl != pml)
		spin_lock_nested(ptl, SINGLE_DEPTH_NESTING);
#endif
	*of_pmd = pml;
	return ptl;
}

void glue_unlock_retracted(spinlock_t *of_pmd, spinlock_t *ptl);
void glue_unlock_retracted(spinlock_t *of_pmd, spinlock_t *ptl)
{
	if (ptl != of_pmd)
		spin_unlock(ptl);
	spin_unlock(of_pmd);
}

static void retract(void)
{
	struct mmu_notifier_range range;
	spinlock_t *pml, *ptl;

	will_change(&range);
	ptl = glue_lock_to_retract(&pml);
	pmdp_huge_get_and_clear(&glue_mm, GLUE_ADDRESS, pmd);
	glue_unlock_retracted(pml, ptl);
	has_changed(&range);
}

CROSSING void do_fault_zap(void) { fault(0); zap(); fault(1); zap(); }
CROSSING void do_fault_split(void) { fault(0); split(); }
CROSSING void do_split_retract(void) { fault(0); split(); retract(); fault(1); split(); retract(); }
CROSSING void do_split_clear(void) { fault(0); split_clear(); retract(); fault(1); split_clear(); retract(); }

/* pte_free_defer() is declared where the contract is; asked of the header, not of the version */
CROSSING int tables_may_go(void)
{
#ifdef HAS_PTE_FREE_DEFER
	return 1;
#else
	return 0;
#endif
}

/*
 * Whoever has to split comes here (objects.sh wraps it): to few steps, or to the tree's own where a cell is about that.
 * Not instrumented: what it would keep on the stack is part of the state.
 */
void glue_split_huge_pmd(struct vm_area_struct *, pmd_t *, unsigned long) __asm__("__wrap___split_huge_pmd");
void __no_kcsan glue_split_huge_pmd(struct vm_area_struct *v, pmd_t *p, unsigned long addr)
{
	if (hook_tree_splits) {
		glue_tree_split(v, p, addr);
		return;
	}
	hook_walker_changes();
	split();
}

#ifdef CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD
static void pud_fault(void)
{
	spin_lock(&glue_mm.page_table_lock);
	if (pud_none(*pud))
		set_pud_at(&glue_mm, GLUE_ADDRESS, pud, __pud(HIGH_BITS << 32 | PHYS_GIANT | LEAF_BITS));
	spin_unlock(&glue_mm.page_table_lock);
}

/* as __split_huge_pud_locked(): the entry is cleared, the next fault fills it */
static void pud_split(void)
{
	struct mmu_notifier_range range;

	will_change(&range);
	spin_lock(&glue_mm.page_table_lock);
	if (pud_trans_huge(*pud))
		pudp_huge_get_and_clear(&glue_mm, GLUE_ADDRESS, pud);
	spin_unlock(&glue_mm.page_table_lock);
	has_changed(&range);
}

CROSSING void do_pud_split_refault(void) { pud_fault(); pud_split(); pud_fault(); }

void glue_split_huge_pud(struct vm_area_struct *, pud_t *, unsigned long) __asm__("__wrap___split_huge_pud");
void glue_split_huge_pud(struct vm_area_struct *v, pud_t *p, unsigned long addr)
{
	hook_walker_changes();
	pud_split();
}
#endif
