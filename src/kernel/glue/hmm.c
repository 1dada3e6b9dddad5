// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who mirrors page tables, as a driver does by mm/hmm.c: it reads entries without their lock, and what it has read is
 * worth something if mmu_interval_read_retry() says so under the driver's own lock. Notifiers are the tree's own.
 */
#include <linux/mm.h>
#include <linux/hmm.h>
#include <linux/huge_mm.h>
#include <linux/mmu_notifier.h>
#include <linux/pgtable.h>
#include <linux/spinlock.h>
#include <generated/tornwalk-subscriptions.h>	/* mm/mmu_notifier.c keeps that struct to itself (objects.sh) */

#include "glue.h"

extern struct mm_struct glue_mm;
static struct mmu_notifier_subscriptions *subscriptions;
static struct mmu_interval_notifier mirror;
static DEFINE_SPINLOCK(mirrors_lock);

/* The driver's: what it mirrors is given up before the entry may change. */
static bool invalidate(struct mmu_interval_notifier *m, const struct mmu_notifier_range *range, unsigned long seq)
{
	spin_lock(&mirrors_lock);
	mmu_interval_set_seq(m, seq);
	spin_unlock(&mirrors_lock);
	return true;
}

static const struct mmu_interval_notifier_ops mirror_ops = { .invalidate = invalidate };

/* Only the cells that somebody mirrors in have a subscription: others are spared all steps of it. */
void glue_subscribe(void);
void glue_subscribe(void)
{
	const long was = atomic_long_read(&glue_mm.mmap_lock.count);

	atomic_set(&glue_mm.mm_users, 1);
	atomic_long_set(&glue_mm.mmap_lock.count, 1);	/* one writer */
	if (mmu_interval_notifier_insert_locked(&mirror, &glue_mm, GLUE_ADDRESS, GLUE_END - GLUE_ADDRESS, &mirror_ops))
		hook_missing("mmu_interval_notifier_insert_locked");
	atomic_long_set(&glue_mm.mmap_lock.count, was);
	subscriptions = glue_mm.notifier_subscriptions;
	glue_mm.notifier_subscriptions = NULL;
}

CROSSING void glue_mirrored(int is)
{
	glue_mm.notifier_subscriptions = is ? subscriptions : NULL;
}

CROSSING void *glue_mirror(enum glue_mirror what)
{
	switch (what) {
	case MIRROR_LOCK: return &mirrors_lock;
	case MIRROR_SEQ: return &mirror.invalidate_seq;
	case MIRRORS_LOCK: return &subscriptions->lock;
	case MIRRORS_SEQ: return &subscriptions->invalidate_seq;
	default: return &subscriptions->active_invalidate_ranges;
	}
}

/* kmalloc() of the struct, once, whichever name that version's has; whoever else wants memory is named. */
static char memory[512] __aligned(8);
static bool given;

static void *give(const char *name)
{
	if (given || sizeof(struct mmu_notifier_subscriptions) > sizeof(memory))
		hook_missing(name);
	given = true;
	return memory;
}

#define GIVES(f, symbol) void *f(void) __asm__(#symbol); void *f(void) { return give(#symbol); }
GIVES(glue_alloc, kmem_cache_alloc)
GIVES(glue_alloc_trace, kmalloc_trace)
GIVES(glue_alloc_noprof, __kmalloc_cache_noprof)
char glue_caches[4096] __asm__("kmalloc_caches");

/* Who waits for an invalidation to end goes on as one who begins then, which is another execution. */
void glue_wait(void) __asm__("prepare_to_wait_event");
void glue_wait(void) { hook_waits(); }

/* Nothing here is mapped that has no struct page. */
struct page *glue_normal_page(struct vm_area_struct *, unsigned long, pte_t) __asm__("vm_normal_page");
struct page *glue_normal_page(struct vm_area_struct *v, unsigned long addr, pte_t pte) { return pfn_to_page(pte_pfn(pte)); }

/* ---- what was read, and accepted ---- */

/* Of two words an entry's low one is here: whether the whole frame is anybody's, hook_pinned() says. */
static bool gives(unsigned long got, bool present, unsigned long pfn, bool writable)
{
	return present && !((got ^ pfn) << PAGE_SHIFT) && (writable || !(got & HMM_PFN_WRITE));
}

/* Does the entry map that now, as a leaf or by a table? */
static bool is_mapped(unsigned long got)
{
	pmd_t pmd = __pmd(hook_low(NULL));
	const unsigned long table = pmd_pfn(pmd) - (PHYS_TABLES >> PAGE_SHIFT);
	pte_t pte;

	if (hmm_pfn_to_map_order(got))
		return gives(got, pmd_present(pmd) && pmd_trans_huge(pmd), pmd_pfn(pmd), pmd_write(pmd));
	if (!pmd_present(pmd) || pmd_trans_huge(pmd) || table >= NR_TABLES)
		return false;
	pte = __pte(hook_low(__va(PHYS_TABLES) + table * PAGE_SIZE));
	return gives(got, pte_present(pte), pte_pfn(pte), pte_write(pte));
}

static void accepted(unsigned long got)
{
	if (!got)
		hook_nothing();
	else if (!(got & HMM_PFN_VALID) || !is_mapped(got))
		hook_stale();
	if (got & HMM_PFN_VALID)
		hook_pinned(got & ~HMM_PFN_FLAGS);
}

/* What is mapped here lies above 4 GiB where an entry is two words. Since HIGHMEM64G went (6.15), i386 has nothing there. */
CROSSING int frames_are_there(void) { return !IS_ENABLED(CONFIG_X86_32) || IS_ENABLED(CONFIG_HIGHMEM64G); }

/* Drivers take mmap_lock once they have begun, by Documentation/mm/hmm.rst; its atomic orders what they have seen till then. */
static void __maybe_unused mirror_one(bool held_before)
{
	unsigned long got = 0;
	struct hmm_range range = { .notifier = &mirror, .start = GLUE_ADDRESS, .end = GLUE_ADDRESS + PAGE_SIZE, .hmm_pfns = &got };

	range.notifier_seq = mmu_interval_read_begin(&mirror);
	if (!held_before)
		smp_mb();
	if (hmm_range_fault(&range)) {
		hook_nothing();
		return;
	}
	spin_lock(&mirrors_lock);
	if (mmu_interval_read_retry(&mirror, range.notifier_seq))	/* to begin again is another execution */
		hook_nothing();
	else
		accepted(got);
	spin_unlock(&mirrors_lock);
}

#ifndef CONFIG_ARM	/* millions of states */
CROSSING void mirror_page(void) { mirror_one(false); }
/* as amdgpu has it */
CROSSING void mirror_locked(void) { mirror_one(true); }
#endif
