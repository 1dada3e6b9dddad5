// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's side of gup: current, the struct pages, and one page that is pinned. */
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/highmem.h>

#include "glue.h"

extern struct mm_struct glue_mm;
static struct task_struct task;

#ifdef CONFIG_FLATMEM
struct page *mem_map;
#endif
#ifdef CONFIG_SPARSEMEM_VMEMMAP
extern unsigned long vmemmap_base;
#endif

/* Per-cpu, but its segment is flat: one for all; each version has another name for it. */
#ifdef CONFIG_X86
__asm__(".data\n.balign 8\n.globl current_task, const_current_task, pcpu_hot, const_pcpu_hot\n"
	"current_task:\nconst_current_task:\npcpu_hot:\nconst_pcpu_hot: .quad 0\n.skip 120\n.text");
extern struct task_struct *glue_current __asm__("current_task");
#else
struct task_struct *glue_current;	/* prelude.h reads it */
#endif

CROSSING unsigned long glue_pages_size(void) { return sizeof(struct page); }

CROSSING void glue_pages(void *pages)
{
#ifdef CONFIG_FLATMEM
	mem_map = pages;
#endif
#ifdef CONFIG_SPARSEMEM_VMEMMAP
	vmemmap_base = (unsigned long)pages;
#endif
	task.mm = &glue_mm;
	glue_current = &task;
}

/* An anonymous page that is mapped once; or the head of a huge one. */
CROSSING void glue_page(unsigned long pfn, int head)
{
	struct page *p = pfn_to_page(pfn);

	set_page_count(p, 1);
	p->mapping = (void *)1;
	if (head)
		__set_bit(PG_head, (unsigned long *)p);	/* flags come first */
}

#if defined(CONFIG_HAVE_FAST_GUP) || defined(CONFIG_HAVE_GUP_FAST)
CROSSING void gup_fast(void)
{
	struct page *page;

	if (get_user_pages_fast_only(GLUE_ADDRESS, 1, 0, &page) == 1)
		hook_pinned(page_to_pfn(page));
	else
		hook_nothing();
}
#endif
