/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the two worlds meet: the kernel's objects, compiled by the tree's own build, and a
 * process that is all the machine they have. Both sides include this, so it has C's own types only.
 *
 * Every symbol of the kernel's side gets the prefix k_ when it is linked (objects.sh), so
 * that no memcpy of the one is taken for the other's: AT(name) is what this side calls it.
 */
#ifndef TORNWALK_GLUE_H
#define TORNWALK_GLUE_H

#ifdef __KERNEL__
#define AT(name) name
#else
#define AT(name) k_##name
#endif

/* i386 kernels pass arguments in registers, and no kernel keeps the stack as libc wants it. */
#if defined(__i386__)
#define CROSSING __attribute__((regparm(0)))
#define CALLED_BY_KERNEL __attribute__((regparm(0), force_align_arg_pointer))
#elif defined(__x86_64__) && !defined(__KERNEL__)
#define CROSSING
#define CALLED_BY_KERNEL __attribute__((force_align_arg_pointer))
#else
#define CROSSING
#define CALLED_BY_KERNEL
#endif

typedef unsigned long long glue_u64;

/* What is mapped. */
#define GLUE_ADDRESS 0x40000000ul
#define GLUE_END 0x80000000ul

/* Physical memory, and what lies where in it. */
enum {
	PHYS_PGD = 0x00300000, PHYS_PUDS = 0x00301000, PHYS_PMDS = 0x00302000,
	PHYS_TABLES = 0x00400000, NR_TABLES = 16,	/* tables of PTEs, filled */
	PHYS_FAKE = 0x00800000,				/* where a leaf leads that is walked as a table */
	PHYS_FAKE_TABLE = 0x00a00000,			/* likewise one of 1 GiB; this frame has a struct page */
	PHYS_PAGES = 0x18000000,			/* what table n's entries map begins at the n'th */
	PHYS_LEAVES = 0x10000000, NR_LEAVES = 4,	/* huge pages of 2 MiB */
	PHYS_GIANT = 0x40000000,			/* one of 1 GiB, where the level has such */
};

/* Leaf n: its frame is in the low word and, where an entry is two words, in the high one too. */
static inline unsigned long glue_leaf_pfn(unsigned n)
{
	return (sizeof(long) == 4 ? (n + 1ul) << 20 : 0) | (PHYS_LEAVES + n * 0x200000ul) >> 12;
}

/* ---- the process calls ---- */

/* Where the tree has physical address 0, or is told so by k_page_offset_base. */
CROSSING unsigned long AT(glue_base)(void);
/* Empty page tables over phys, which is there. */
CROSSING void AT(glue_init)(void *phys);
CROSSING void *AT(glue_pmd)(void);	/* the entry that is raced over, at its level */
CROSSING void *AT(glue_pud)(void);	/* NULL: PUDs have no leaves here */
CROSSING void *AT(glue_lock)(void);	/* the mm's */
/* That of the table of PMDs, and of the n'th of PTEs: the mm's, or one of its own. */
CROSSING void *AT(glue_pmd_lock)(void);
CROSSING void *AT(glue_table_lock)(unsigned n);
CROSSING void AT(glue_table_page)(unsigned long pfn);	/* that frame is a table's: it gets its lock */
CROSSING int AT(glue_one_cpu)(void);	/* is the tree compiled for one? Then no lock is a call */

/* The struct page of frame 0 is at `pages`; a frame's, where it exists, is to be filled. */
CROSSING void AT(glue_pages)(void *pages);
CROSSING unsigned long AT(glue_pages_size)(void);
CROSSING void AT(glue_page)(unsigned long pfn, int head);

/* Where a frame's references are counted; the first entry of the first table, what leads there, what it maps. */
CROSSING void *AT(glue_count)(unsigned n);
CROSSING void *AT(glue_table)(void);
CROSSING glue_u64 AT(glue_table_entry)(void);
CROSSING glue_u64 AT(glue_page_entry)(void);

/* Does anybody mirror the page tables? Where what decides then is (hmm.c). */
enum glue_mirror { MIRROR_LOCK, MIRROR_SEQ, MIRRORS_LOCK, MIRRORS_SEQ, MIRRORS_ACTIVE };
CROSSING void AT(glue_mirrored)(int is);
CROSSING void *AT(glue_mirror)(enum glue_mirror what);

/* With the lines of primitives.h only: does the tree say where its fences are? */
CROSSING int AT(entry_fences)(void) __attribute__((weak));

/* ---- the kernel calls ---- */

/* A callback of the walk was handed this entry of a table, and read this value from it. */
CALLED_BY_KERNEL void AT(hook_pte)(void *pte, glue_u64 value);
CALLED_BY_KERNEL void AT(hook_pmd)(void *pmd, glue_u64 value);
/* gup pinned this page frame, or a callback found it mapped, under the lock. */
CALLED_BY_KERNEL void AT(hook_pinned)(unsigned long pfn);
CALLED_BY_KERNEL void AT(hook_nothing)(void);
/* What a mirror may go by is not what the entry maps; an entry's low word, NULL: of the one that is raced over. */
CALLED_BY_KERNEL void AT(hook_stale)(void);
CALLED_BY_KERNEL unsigned long AT(hook_low)(void *entry);
/* It would wait, and go on as one who begins later. Does not return. */
CALLED_BY_KERNEL void AT(hook_waits)(void);
/* A walk left an address out, told of one twice, or of a PTE before its PMD. */
CALLED_BY_KERNEL void AT(hook_order)(void);
/* The walker is about to change the entry itself. */
CALLED_BY_KERNEL void AT(hook_walker_changes)(void);
/* Is it by the tree's own __split_huge_pmd() that this cell splits? */
extern int AT(hook_tree_splits);
/* pmd_clear_bad() and friends found what they call bad. */
CALLED_BY_KERNEL void AT(hook_bad)(void);
CALLED_BY_KERNEL void AT(hook_lock)(void *lock, const void *who);
CALLED_BY_KERNEL void AT(hook_unlock)(void *lock, const void *who);
CALLED_BY_KERNEL void AT(hook_irqs)(int off);
CALLED_BY_KERNEL void AT(hook_preempt)(int by);	/* with one CPU: what preempt_count() changes by */
CALLED_BY_KERNEL int AT(hook_irqs_are_off)(void);
CALLED_BY_KERNEL void AT(hook_rcu)(int by);	/* 1: another section, -1: one less */
CALLED_BY_KERNEL void AT(hook_sync)(void);	/* waits for everybody's IRQs-off sections */
/* A frame gets an owner; it has none any more; it will have none when all sections have ended. */
CALLED_BY_KERNEL void AT(hook_take)(unsigned long pfn, int for_others);
CALLED_BY_KERNEL void AT(hook_give)(unsigned long pfn);
CALLED_BY_KERNEL void AT(hook_give_later)(unsigned long pfn);
/* The physical address of a table of PTEs that nobody uses. */
CALLED_BY_KERNEL unsigned AT(hook_table)(void);
/* A function that no stub serves was reached. Does not return. */
CALLED_BY_KERNEL void AT(hook_missing)(const char *name);
/* A BUG or an assertion of the kernel's. Does not return. */
CALLED_BY_KERNEL void AT(hook_bug)(void);
/* One entry (entry.c): is a leaf put there first; a value is whole now; a reader returned one, which may be none. */
CALLED_BY_KERNEL int AT(hook_from_leaf)(void);
CALLED_BY_KERNEL void AT(hook_wrote)(void);
CALLED_BY_KERNEL void AT(hook_value)(glue_u64 value, int none);

#endif
