/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is asked of a tree: who walks, what changes under him, and what nobody may see then.
 * A row needs its function in glue/; a function that a tree does not have is no cell of it.
 */
#ifndef TORNWALK_KERNEL_CELLS_H
#define TORNWALK_KERNEL_CELLS_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/notes.h"

enum level { LEVEL_PMD, LEVEL_PUD, LEVEL_PTE };

/* Of whom a transition is asked: all walkers; those that ask whether a leaf is writable; those of which nothing is spared. */
enum asked { ASKED_OF_ALL, ASKED_OF_RIGHTS, ASKED_OF_FEW };

/*
 * X(function of glue/, name in results, over PMDs, over PUDs, asked, contract, meaning). ASKED_OF_ALL: it walks as
 * another one does, and only transitions of all walkers are asked of it; over neither: only those of PTEs. Its
 * contract: does what it holds let anybody fault beside it; are there such frames?
 */
#define WALKERS(X)                                                                                \
	X(walk_pte, "walk_page_range.pte", 1, 1, ASKED_OF_FEW, NULL, "walk_page_range() with a vma and a pte callback") \
	X(walk_pmd, "walk_page_range.pmd", 0, 1, ASKED_OF_ALL, NULL, "walk_page_range() with a vma and a pmd callback") \
	X(walk_huge, "walk_page_range.huge", 1, 0, ASKED_OF_ALL, NULL, "walk_page_range() with a pmd callback of pmd_trans_huge_lock()") \
	X(walk_novma, "walk_page_range.novma", 1, 1, ASKED_OF_ALL, k_vmas_have_locks, "walk_page_range_novma(), or _debug(), with a pte callback") \
	X(look_straight, "pte_offset_map_lock", 1, 0, ASKED_OF_ALL, NULL, "pte_offset_map_lock() of one address") \
	X(gup_fast, "gup_fast", 1, 0, ASKED_OF_FEW, NULL, "get_user_pages_fast_only() of one page")              \
	X(mirror_page, "hmm_range_fault", 1, 1, ASKED_OF_RIGHTS, k_frames_are_there, "hmm_range_fault() of one page, and mmu_interval_read_retry()") \
	X(mirror_locked, "hmm_range_fault.locked", 0, 0, ASKED_OF_ALL, k_frames_are_there, "the same under mmap_lock from the start; of PTEs")

/*
 * X(function of glue/, name, level, asked, contract, meaning). A contract asks the tree whether it
 * allows this while somebody walks; NULL: every tree does.
 */
#define TRANSITIONS(X)                                                                            \
	X(do_pud_split_refault, "pud-split-refault", LEVEL_PUD, ASKED_OF_ALL, NULL, "a huge PUD is split, and faulted in again") \
	X(do_fault_zap, "fault-zap", LEVEL_PMD, ASKED_OF_ALL, NULL, "a huge page is zapped by one, another faulted in by somebody else") \
	X(do_fault_split, "fault-split", LEVEL_PMD, ASKED_OF_ALL, NULL, "a huge page is faulted in and split") \
	X(do_tree_split, "split-huge-pmd", LEVEL_PMD, ASKED_OF_ALL, NULL, "the same by the tree's own __split_huge_pmd()") \
	X(do_wrprotect, "wrprotect", LEVEL_PMD, ASKED_OF_RIGHTS, NULL, "a huge page is faulted in and write-protected, as fork does") \
	X(do_mprotect, "mprotect", LEVEL_PMD, ASKED_OF_RIGHTS, NULL, "a huge page is faulted in, invalidated and entered again, as mprotect does") \
	X(do_young, "young", LEVEL_PMD, ASKED_OF_FEW, NULL, "a huge page is faulted in, and found to have been accessed") \
	X(do_split_retract, "split-retract", LEVEL_PMD, ASKED_OF_FEW, k_tables_may_go, "split, its table taken away, faulted in again") \
	X(do_split_clear, "split-clear-retract", LEVEL_PMD, ASKED_OF_FEW, k_tables_may_go, "split by clearing, its table taken away, faulted in again")

/*
 * X(function of glue/owned.c or taken.c, name, level, owned, contract, meaning): frames and tables are
 * freed, and are somebody else's then, or are new. `owned` says which are modelled. Who walks without
 * any lock has to be served by every tree, whatever the contract is.
 */
enum { OWNED_FRAME = 1, OWNED_TABLE = 2, OWNED_TABLE_FREED = 4, OWNED_TABLE_NEW = 8, OWNED_IF_PINNED = 16 };
#define OWNED(X)                                                                                  \
	X(do_zap_reuse, "zap-reuse", LEVEL_PMD, OWNED_FRAME, NULL, "a huge page is zapped and freed, its frame is somebody else's") \
	X(do_split_share, "split-share", LEVEL_PMD, OWNED_FRAME | OWNED_IF_PINNED, NULL, "a huge page is split, and shared if nobody holds it by then") \
	X(do_zero_split, "zero-split", LEVEL_PMD, OWNED_TABLE_NEW, NULL, "the huge zero page is split by __split_huge_zero_page_pmd(), which fills a new table") \
	X(do_pte_zap_reuse, "pte-zap-reuse", LEVEL_PTE, OWNED_FRAME | OWNED_TABLE, NULL, "a page is mapped by a table, zapped and freed, its frame is somebody else's") \
	X(do_pte_clear, "pte-clear", LEVEL_PTE, OWNED_FRAME | OWNED_TABLE, NULL, "a page is mapped by a table, pte_clear()ed and freed, its frame is somebody else's") \
	X(do_retract_free, "retract-free", LEVEL_PMD, OWNED_TABLE | OWNED_TABLE_FREED, k_tables_may_go, "a table is taken away and freed, as that tree does") \
	X(do_collapse_zap, "collapse-zap", LEVEL_PMD, OWNED_TABLE | OWNED_TABLE_FREED, k_walks_beside_collapse, "a table becomes a huge page, which is zapped and its table freed")

#define X(function, name, at_pmd, at_pud, asked, contract, text) extern void k_##function(void) __attribute__((weak));
WALKERS(X)
#undef X
#define X(function, name, level, asked, contract, text) extern void k_##function(void) __attribute__((weak));
TRANSITIONS(X)
#undef X
#define X(function, name, level, owned, contract, text) extern void k_##function(void) __attribute__((weak));
OWNED(X)
#undef X
/* Is a table that was taken away freed after a grace period only, so that walkers may be in it (6.5)? */
extern int k_tables_may_go(void);
extern int k_vmas_have_locks(void);
extern int k_frames_are_there(void);
extern int k_walks_beside_collapse(void);

struct walker {
	const char *name, *meaning;
	void (*run)(void);
	int (*contract)(void);
	bool puds_only, pmds_only;
	enum asked asked;
};

struct transition {
	const char *name, *meaning;
	enum level level;
	enum asked asked;
	void (*run)(void);
	int (*contract)(void);
	unsigned owned;		/* OWNED_* */
};

enum {
#define X(...) +1
	NR_WALKERS = 0 WALKERS(X), NR_TRANSITIONS = 0 TRANSITIONS(X) OWNED(X),
#undef X
	CELL_NAME_LEN = 96,
};

extern const struct walker walkers[NR_WALKERS];
extern const struct transition transitions[NR_TRANSITIONS];

/* Is this pair a cell of the tree that is linked? Its name, then. After world_init(). */
bool cell_name(char *name, size_t size, unsigned walker, unsigned transition);

/* Is it told of what changes, by notifiers? */
bool walker_mirrors(const struct walker *w);

/* There is a contract, and this tree has none: nothing is promised to who walks with a lock. */
bool cell_is_outside(const struct walker *w, const struct transition *t);

#endif
