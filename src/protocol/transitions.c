/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happens to a slot in one round, in terms of a writer's primitives.
 *
 * Rules (8d3c106e19e8): leaf and none entries may change at any time under the
 * page-table lock, even into a table; a table entry may go away only with
 * deferred free. Each round starts and ends at none (remap: at huge), so table
 * pages are only held by rounds in flight and by frees not yet due.
 *
 * The lock is elided while nobody else could take it (mutator->lock): that
 * makes the writer's order weaker, never stronger.
 */
#include "lists.h"
#include "stamp.h"

static __always_inline void lock(struct mutator *m, entry_t *p)
{
	if (m->lock)
		mem_lock(ptl_of(m->pt, p));
}

static __always_inline void unlock(struct mutator *m, entry_t *p)
{
	if (m->lock)
		mem_unlock(ptl_of(m->pt, p));
}

/* pmdp_get_lockless_sync(): nobody who saw the old value is still at it. */
static void sync_all(struct mutator *m)
{
	if (m->sync && !(m->writer->flags & WRITE_NO_SYNC))
		m->pt->reclaim->synchronize();
}

static void sync(struct mutator *m)
{
	if (!m->sync_later)
		sync_all(m);
}

static void at_rest(struct mutator *m, bool present)
{
	if (m->pause)
		m->pause(m, present);
}

static struct stamp next_stamp(struct mutator *m, uint32_t slot)
{
	stamp_next(&m->stamps[slot], m->layout->hi_gens, m->alias);
	return m->stamps[slot];
}

static entry_t next_huge(struct mutator *m, uint32_t slot)
{
	struct stamp s = next_stamp(m, slot);

	return m->clean ? m->layout->mk_clean(s) : m->layout->mk_huge(s);
}

/* create_huge_pmd/_pud: a fault installs a leaf. */
static entry_t fault_huge(struct mutator *m, uint32_t slot, entry_t *p)
{
	entry_t v = next_huge(m, slot);

	lock(m, p);
	m->writer->set(p, v);
	m->writer->touch(m->layout, p);
	unlock(m, p);
	at_rest(m, true);
	return v;
}

/* zap_huge_pmd/_pud, pmdp_huge_clear_flush */
static void zap(struct mutator *m, entry_t *p)
{
	lock(m, p);
	m->writer->clear(p);
	unlock(m, p);
	sync(m);
	at_rest(m, false);
}

/* A table page of which `filled` entries are set. */
static struct arrival new_table(struct mutator *m, uint32_t slot, uint32_t filled, entry_t *v)
{
	struct stamp s = next_stamp(m, slot);
	unsigned id, i;
	struct arrival a = m->pt->alloc(m, s, &id);

	for (i = 0; i < filled; i++)
		mem_fill(&a.table[i], m->pt->level == LEVEL_PUD ? m->layout->mk_huge(s) :
								  m->layout->mk_pte(s, i));
	mem_wmb();	/* filled before published; pairs with the walk's dependency */
	*v = m->layout->mk_table(s, id);
	return a;
}

/* pmd_populate, pud_populate */
static void populate(struct mutator *m, entry_t *p, entry_t v)
{
	lock(m, p);
	m->writer->set(p, v);
	unlock(m, p);
	at_rest(m, true);
}

static void fault_zap(struct mutator *m, uint32_t slot, unsigned rounds)
{
	entry_t *p = &m->pt->slots[slot];

	while (rounds--) {
		fault_huge(m, slot, p);
		zap(m, p);
	}
}

/* The refill after the split is a leaf again, or one page in a new table. */
static void split_clear(struct mutator *m, uint32_t slot, unsigned rounds)
{
	entry_t *p = &m->pt->slots[slot];

	while (rounds--) {
		fault_huge(m, slot, p);
		zap(m, p);	/* __split_huge_pud_locked: it only clears */
		if (m->stamps[slot].hi & 2) {
			fault_huge(m, slot, p);
			zap(m, p);
		} else {
			entry_t v;
			struct arrival a = new_table(m, slot, 1, &v);

			populate(m, p, v);
			zap(m, p);
			m->pt->free(m, &a);
		}
	}
}

/* __split_huge_pmd_locked: invalidate, fill the deposited table, populate. */
static void split_anon(struct mutator *m, uint32_t slot, unsigned rounds)
{
	entry_t *p = &m->pt->slots[slot];

	while (rounds--) {
		entry_t huge = fault_huge(m, slot, p), v;
		struct arrival a;

		lock(m, p);
		m->writer->invalidate(p, m->layout->mk_invalid(huge));
		a = new_table(m, slot, m->pt->fill, &v);
		m->writer->set(p, v);
		unlock(m, p);
		at_rest(m, true);
		zap(m, p);
		m->pt->free(m, &a);
	}
}

static void split_direct(struct mutator *m, uint32_t slot, unsigned rounds)
{
	entry_t *p = &m->pt->slots[slot];

	while (rounds--) {
		entry_t v;
		struct arrival a;

		fault_huge(m, slot, p);
		a = new_table(m, slot, m->pt->fill, &v);
		populate(m, p, v);
		zap(m, p);
		m->pt->free(m, &a);
	}
}

/* collapse_huge_page: pmdp_collapse_flush, copy, set; the old table is freed. */
static void collapse(struct mutator *m, uint32_t slot, unsigned rounds)
{
	entry_t *p = &m->pt->slots[slot];

	while (rounds--) {
		entry_t v;
		struct arrival a = new_table(m, slot, 1, &v);

		populate(m, p, v);
		zap(m, p);	/* the flush; then pmdp_get_lockless_sync */
		fault_huge(m, slot, p);
		m->pt->free(m, &a);
		zap(m, p);
	}
}

static void remap(struct mutator *m, uint32_t slot, unsigned rounds)
{
	entry_t *p = &m->pt->slots[slot];

	while (rounds--)
		fault_huge(m, slot, p);
}

const struct transition PROTOCOL_LIST(transitions)[] = {
	{ .name = "fault-zap", .rounds = fault_zap, .end_pass = sync_all, .clears = true,
	  .inlined = INLINED_FAULT_ZAP,
	  .summary = "none -> huge -> none: a fault installs a leaf, MADV_DONTNEED zaps it",
	  .source = "create_huge_pmd, insert_pfn_pud; zap_huge_pmd" },
	{ .name = "split-clear", .rounds = split_clear, .clears = true, .makes_tables = true,
	  .summary = "huge -> none, as the PUD and file-PMD split does; then refilled: huge, or a table",
	  .source = "__split_huge_pud_locked; CVE-2026-31456 (3b89863c3fa4)" },
	{ .name = "split-anon", .rounds = split_anon, .clears = true, .invalidates = true,
	  .makes_tables = true,
	  .summary = "huge -> invalidated (PFN inverted on PAE) -> table of 512 -> none",
	  .source = "__split_huge_pmd_locked, pmdp_invalidate" },
	{ .name = "split-direct", .rounds = split_direct, .clears = true, .makes_tables = true,
	  .summary = "huge -> table by one set, nothing between: the two-word split",
	  .source = "the seed's question (RFC of 2020-09-03)" },
	{ .name = "collapse", .rounds = collapse, .clears = true, .makes_tables = true,
	  .summary = "table -> none -> huge -> none; the old table is freed after a grace period",
	  .source = "collapse_huge_page, khugepaged.c" },
	{ .name = "remap", .rounds = remap, .inlined = INLINED_REMAP,
	  .summary = "huge A -> huge B directly, present over present",
	  .source = "none: the kernel clears first" },
	{ .name = NULL },
};
