/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The walk's users: the four the RFC changes, and numa_maps, which makes the
 * walk split what it meets.
 *
 * Each is called through an indirect call with the value decided on and the
 * real pointer; that call is also what keeps a naive walker's dereferences
 * apart. What a consumer acts on it says through act() (act.h).
 */
#include "act.h"
#include "lists.h"

/* try_grab_folio on the leaf's frame; a reference is hashed by frame number. */
static enum action gup_entry(struct walk *w, enum level l, entry_t val, entry_t *ptr)
{
	(void)ptr;
	if (!w->layout->leaf(val))
		return ACTION_SUBTREE;
	mem_ref_add(&w->pt->refs[w->layout->pfn(val) & (w->pt->nrefs - 1)], 1);
	act(w, l, ACT_LEAF, val, val);
	mem_ref_add(&w->pt->refs[w->layout->pfn(val) & (w->pt->nrefs - 1)], -1u);
	return ACTION_CONTINUE;
}

/* Lock, compare memory with the snapshot, AGAIN if it changed. */
static enum action hmm_entry(struct walk *w, enum level l, entry_t val, entry_t *ptr)
{
	enum action action = ACTION_SUBTREE;
	struct ptl *ptl;

	if (l != w->pt->level)	/* not under test, and it has no lock here */
		return w->layout->leaf(val) ? ACTION_CONTINUE : ACTION_SUBTREE;
	ptl = ptl_of(w->pt, ptr);
	mem_lock(ptl);
	if (!entry_same(mem_load_plain(ptr), val)) {
		action = ACTION_AGAIN;
	} else if (w->layout->leaf(val)) {
		act(w, l, ACT_LEAF, val, val);
		action = ACTION_CONTINUE;
	}
	mem_unlock(ptl);
	return action;
}

/* wp_clean_pud_entry: WARN on a huge snapshot that is writable or dirty. */
static enum action dirty_entry(struct walk *w, enum level l, entry_t val, entry_t *ptr)
{
	(void)ptr;
	if (!w->layout->trans_huge(val))
		return ACTION_SUBTREE;
	act(w, l, ACT_LEAF, val, val);
	if (l == w->pt->level && w->layout->present(val))
		w->act.warned = w->layout->write(val) || w->layout->dirty(val);
	return ACTION_CONTINUE;
}

/* note_page() on the value as handed over. */
static enum action ptdump_entry(struct walk *w, enum level l, entry_t val, entry_t *ptr)
{
	(void)ptr;
	if (!w->layout->leaf(val))
		return ACTION_SUBTREE;
	act(w, l, ACT_LEAF, val, val);
	return ACTION_CONTINUE;
}

/* gather_stats has no pud_entry: leaves are split under the walk. */
static enum action numa_maps_entry(struct walk *w, enum level l, entry_t val, entry_t *ptr)
{
	(void)ptr;
	/* leaves of other levels are not under test, and stay */
	return l != w->pt->level && w->layout->leaf(val) ? ACTION_CONTINUE : ACTION_SUBTREE;
}

const struct walk_ops PROTOCOL_LIST(consumers)[] = {
	{ .name = "ptdump", .entry = ptdump_entry, .flags = CONSUME_PASSIVE,
	  .summary = "uses the value as handed over", .source = "ptdump_pud_entry" },
	{ .name = "gup", .entry = gup_entry,
	  .summary = "takes a reference on the leaf's frame", .source = "try_grab_folio" },
	{ .name = "hmm", .entry = hmm_entry, .flags = CONSUME_LOCKS,
	  .summary = "hmm-lock-compare: lock, compare memory with the snapshot, AGAIN if it changed",
	  .source = "hmm_vma_walk_pud as the RFC has it" },
	{ .name = "dirty", .entry = dirty_entry, .flags = CONSUME_WARNS,
	  .summary = "warns on a writable or dirty huge snapshot; leaves are installed clean",
	  .source = "wp_clean_pud_entry" },
	{ .name = "numa-maps", .entry = numa_maps_entry, .flags = CONSUME_SPLITS,
	  .summary = "has a vma and no entry callback: the walker splits leaves it meets",
	  .source = "show_numa_map; the walk of CVE-2026-31456" },
	{ .name = NULL },
};
