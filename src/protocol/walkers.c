/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's page-table walkers, PUD -> PMD -> PTE: the loops around the steps
 * (steps.h).
 *
 * Each step is a symbol WORLD_walk_NAME_step, which reads through walk->reader; where
 * the compiler must be as free as it is in the kernel (plain-reread), reader and
 * layout are inlined in WORLD_walk_NAME_LAYOUT_plain_step: a test then loads no more
 * words than the kernel's does.
 *
 * A torn pointer is looked up, never dereferenced. The walk runs inside a read
 * section: the stand-in for mmap_lock (table pages stay) or for IRQs off
 * (gup-fast).
 */
#include "lists.h"
#include "steps.h"

#include "layout_lpae.h"
#include "layout_pae.h"

static __always_inline uint64_t end_of(enum level l, uint64_t addr, uint64_t end)
{
	uint64_t next = ((addr >> level_shift(l)) + 1) << level_shift(l);

	return next < end ? next : end;
}

static __always_inline unsigned index_of(enum level l, uint64_t addr)
{
	return addr >> level_shift(l) & (TABLE_ENTRIES - 1);
}

WORLD_INLINE void pte_range(struct walk *w, read_fn *read, const struct arrival *a,
			    enum level under, uint64_t addr, uint64_t end)
{
	for (; addr < end; addr += 1u << PTE_SHIFT) {
		entry_t *ptep = &a->table[index_of(LEVEL_PTE, addr)];
		entry_t pte = READ(ptep);

		if (w->ops->pte)
			w->ops->pte(w, pte, ptep);
		if (under == w->pt->level && w->pt->poisoned(pte))
			w->act.freed = true;
	}
}

/*
 * The table page behind `used`. False: no page has that frame, which for a
 * whole table entry means that it was reclaimed.
 */
WORLD_INLINE bool arrive(struct walk *w, enum level l, const struct step *s, struct arrival *a)
{
	bool found = w->pt->lookup(w->pt, w->layout->pfn(s->used), a);

	if (l == w->pt->level) {
		act(w, l, ACT_TABLE, s->decided, s->used);
		w->act.child = found;
		w->act.freed = !found;
	}
	return found;
}

WORLD_INLINE void leave(struct walk *w, enum level l, const struct arrival *a)
{
	mem_rmb();
	if (l == w->pt->level && !w->pt->still_there(a))
		w->act.freed = true;
}

/* One entry, looked at until it yields a decision or the retries are used up. */
WORLD_INLINE struct step decide(struct walk *w, read_fn *read, step_fn *step, enum level l, entry_t *ptr)
{
	for (;;) {
		struct step s = step(w, l, ptr);

		if (s.what != STEP_AGAIN)
			return s;
		if (!walk_retry(w)) {
			entry_t v = READ(ptr);

			act(w, l, ACT_GAVE_UP, v, v);
			return STOP;
		}
		if (w->ops->retry)
			w->ops->retry(w, l);
	}
}

/* READ_HOLDS_LOCK: read and use happen under the lock of the entry under test. */
WORLD_INLINE struct ptl *hold(struct walk *w, enum level l, entry_t *ptr)
{
	struct ptl *ptl = NULL;

	if (l == w->pt->level && (w->reader->flags & READ_HOLDS_LOCK)) {
		ptl = ptl_of(w->pt, ptr);
		mem_lock(ptl);
	}
	return ptl;
}

static __always_inline void release(struct ptl *ptl)
{
	if (ptl)
		mem_unlock(ptl);
}

WORLD_INLINE bool pmd_range(struct walk *w, read_fn *read, step_fn *step, entry_t *table,
		      uint64_t addr, uint64_t end)
{
	for (; addr < end; addr = end_of(LEVEL_PMD, addr, end)) {
		entry_t *ptr = &table[index_of(LEVEL_PMD, addr)];
		struct ptl *ptl = hold(w, LEVEL_PMD, ptr);
		struct step s = decide(w, read, step, LEVEL_PMD, ptr);
		struct arrival a;

		if (s.what == STEP_DOWN && arrive(w, LEVEL_PMD, &s, &a)) {
			pte_range(w, read, &a, LEVEL_PMD, addr, end_of(LEVEL_PMD, addr, end));
			leave(w, LEVEL_PMD, &a);
		}
		release(s.held);
		release(ptl);
		if (s.what == STEP_STOP)
			return false;
	}
	return true;
}

WORLD_INLINE void pud_range(struct walk *w, read_fn *read, step_fn *step, uint64_t addr, uint64_t end)
{
	entry_t *top = w->pt->level == LEVEL_PUD ? w->pt->slots : w->pt->top;

	for (; addr < end; addr = end_of(LEVEL_PUD, addr, end)) {
		entry_t *ptr = &top[addr >> PUD_SHIFT];
		struct ptl *ptl = hold(w, LEVEL_PUD, ptr);
		struct step s = decide(w, read, step, LEVEL_PUD, ptr);
		bool on = s.what != STEP_STOP;
		struct arrival a;

		if (s.what == STEP_DOWN && arrive(w, LEVEL_PUD, &s, &a)) {
			on = pmd_range(w, read, step, a.table, addr,
				       end_of(LEVEL_PUD, addr, end));
			leave(w, LEVEL_PUD, &a);
		}
		release(s.held);
		release(ptl);
		if (!on)
			return;
	}
}

static __always_inline void begin(struct walk *w)
{
	w->retries_left = w->max_retries;
	w->act = (struct act){ .kind = ACT_NONE };
}

static audited void descend(struct walk *w, read_fn *read, step_fn *step, uint64_t addr, uint64_t end)
{
	begin(w);
	w->pt->reclaim->enter();
	pud_range(w, read, step, addr, end);
	w->pt->reclaim->exit();
}

static audited void look(struct walk *w, read_fn *read, step_fn *step, uint64_t addr, uint64_t end)
{
	const bool section = w->reader->flags & READ_IN_SECTION;
	const enum level l = w->pt->level;

	begin(w);
	for (; addr < end; addr = end_of(l, addr, end)) {
		entry_t *ptr = &w->pt->slots[addr >> level_shift(l)];
		struct ptl *ptl = hold(w, l, ptr);

		if (section)
			w->pt->reclaim->enter();
		decide(w, read, step, l, ptr);
		if (section)
			w->pt->reclaim->exit();
		release(ptl);
	}
}

/* ---- the symbols ---- */

/* L: walk->layout, or a layout known here. */
#define WALK_SYMBOL(symbol, body, loop, L, read)                                 \
	static audited struct step PROTOCOL_LIST(symbol##_step)(struct walk *w, enum level l, \
								entry_t *ptr)     \
	{                                                                         \
		return body(w, L, read, l, ptr);                                  \
	}                                                                         \
	static audited void symbol(struct walk *w, uint64_t addr, uint64_t end)   \
	{                                                                         \
		loop(w, read, PROTOCOL_LIST(symbol##_step), addr, end);           \
	}

static entry_t rd_by_call(struct walk *w, const entry_t *p)
{
	return w->reader->read(w, p);
}

#define X(id, nm, body, loop, fl, text, src)                                     \
	WALK_SYMBOL(walk_##id, body, loop, w->layout, rd_by_call)
#define R(id, nm, body, loop, fl, text, src)                                     \
	X(id, nm, body, loop, fl, text, src)                                      \
	WALK_SYMBOL(walk_##id##_pae_plain, body, loop, &layout_pae, rd_plain_reread) \
	WALK_SYMBOL(walk_##id##_lpae_plain, body, loop, &layout_lpae, rd_plain_reread)
WALKERS(X, R)
#undef X
#undef R

const struct walker PROTOCOL_LIST(walkers)[] = {
#define X(id, nm, body, loop, fl, text, src)                                     \
	{ .name = nm, .summary = text, .source = src, .flags = fl, .walk = walk_##id },
#define R(id, nm, body, loop, fl, text, src)                                     \
	{ .name = nm, .summary = text, .source = src, .flags = fl, .walk = walk_##id, \
	  .walk_plain = { [LAYOUT_PAE] = walk_##id##_pae_plain,                   \
			  [LAYOUT_LPAE] = walk_##id##_lpae_plain } },
	WALKERS(X, R)
#undef X
#undef R
	{ .name = NULL },
};

/* __split_huge_pud: under the lock, if it is still a leaf, clear it. */
void PROTOCOL_LIST(split)(struct walk *w, enum level l, entry_t *ptr)
{
	struct ptl *ptl;

	if (l != w->pt->level)
		return;
	ptl = ptl_of(w->pt, ptr);
	mem_lock(ptl);
	if (w->layout->trans_huge(mem_load_plain(ptr)))
		w->writer->clear(ptr);
	mem_unlock(ptl);
}
