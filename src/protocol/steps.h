/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The walkers' decisions: what each does with one entry of a table.
 *
 * A *step* ends in "next entry", "again", or "down through this value". READ() is
 * the reader. A walker that re-reads calls it at every use; one that takes a
 * snapshot calls it once. To add a walker: write its step here, and what that claims to be
 * compiled to, and give it a row in WALKERS.
 */
#ifndef TORNWALK_STEPS_H
#define TORNWALK_STEPS_H

#include "act.h"
#include "plain.h"

enum step_what { STEP_NEXT, STEP_AGAIN, STEP_DOWN, STEP_STOP };

struct step {
	enum step_what what;
	entry_t decided, used;	/* STEP_DOWN */
	struct ptl *held;	/* until the walk below is done */
};

typedef entry_t read_fn(struct walk *w, const entry_t *p);
typedef struct step step_fn(struct walk *w, enum level l, entry_t *ptr);

#define NEXT  ((struct step){ .what = STEP_NEXT })
#define AGAIN ((struct step){ .what = STEP_AGAIN })
#define STOP  ((struct step){ .what = STEP_STOP })
#define DOWN(d, u) ((struct step){ .what = STEP_DOWN, .decided = (d), .used = (u) })
#define READ(p) read(w, p)

WORLD_INLINE void hole(struct walk *w, enum level l, entry_t v)
{
	act(w, l, ACT_HOLE, v, v);
	if (w->ops->hole)
		w->ops->hole(w, l, v);
}

/* Not none, not a leaf, not a table: rubbish the kernel allows, and skips. */
WORLD_INLINE struct step skip(struct walk *w, enum level l, entry_t v)
{
	act(w, l, ACT_LEAF, v, v);
	return NEXT;
}

/* A hole, or the walk's user has the last word: *s is the answer. False: go on down. */
WORLD_INLINE bool settled(struct walk *w, const struct layout *L, enum level l, entry_t *ptr,
			  entry_t v, struct step *s)
{
	enum action action;

	if (L->none(l, v)) {
		hole(w, l, v);
		*s = NEXT;
		return true;
	}
	action = w->ops->entry(w, l, v, ptr);
	*s = action == ACTION_AGAIN ? AGAIN : NEXT;
	return action != ACTION_SUBTREE;
}

WORLD_INLINE void split_leaf(struct walk *w, const struct layout *L, enum level l,
				     entry_t *ptr, entry_t seen)
{
	if (L->trans_huge(seen))
		w->split(w, l, ptr);
}

/*
 * walk_pud_range/walk_pmd_range, 4.11 to 6.12: *ptr again and again. The use is
 * in the callee, walk_pmd_range(pud_t *), which dereferences for itself: that
 * last read is an opaque call here.
 */
WORLD_INLINE struct step pagewalk_step(struct walk *w, const struct layout *L,
					       read_fn *read, enum level l, entry_t *ptr)
{
	entry_t v = READ(ptr);
	struct step s;

	if (settled(w, L, l, ptr, v, &s))
		return s;
	if (!(w->ops->flags & CONSUME_SPLITS)) {
		v = READ(ptr);
		if (L->leaf(v) || !L->present(v))
			return skip(w, l, v);
		if (L->none(l, READ(ptr)))
			return AGAIN;
	} else {
		split_leaf(w, L, l, ptr, READ(ptr));
		v = READ(ptr);
		/* pmd_trans_unstable() guards the PMD level, nothing the PUD's */
		if (l == LEVEL_PMD && (L->trans_huge(v) || L->bad(v)))
			return AGAIN;
		if (L->none(l, v))
			return AGAIN;
	}
	return DOWN(v, w->reader->read(w, ptr));
}

/* The RFC of 2020-09-03: one snapshot, re-read only after the split. */
WORLD_INLINE struct step pagewalk_rfc_step(struct walk *w, const struct layout *L,
						   read_fn *read, enum level l, entry_t *ptr)
{
	entry_t v = READ(ptr);
	struct step s;

	if (settled(w, L, l, ptr, v, &s))
		return s;
	if (!(w->ops->flags & CONSUME_SPLITS)) {
		if (L->leaf(v) || !L->present(v))
			return skip(w, l, v);
	} else {
		split_leaf(w, L, l, ptr, READ(ptr));
		v = READ(ptr);
		if (L->none(l, v))
			return AGAIN;
	}
	return DOWN(v, v);
}

/* 3b89863c3fa4: the callee reads once more; not a table -> ACTION_AGAIN. */
WORLD_INLINE struct step pagewalk_2026_step(struct walk *w, const struct layout *L,
						    read_fn *read, enum level l, entry_t *ptr)
{
	entry_t v = READ(ptr);
	struct step s;

	if (settled(w, L, l, ptr, v, &s))
		return s;
	if (!(w->ops->flags & CONSUME_SPLITS)) {
		v = READ(ptr);
		if (L->leaf(v) || !L->present(v))
			return skip(w, l, v);
	} else {
		split_leaf(w, L, l, ptr, READ(ptr));
	}
	v = READ(ptr);
	if (!L->present(v) || L->leaf(v))
		return AGAIN;
	return DOWN(v, v);
}

/*
 * pmd_none_or_trans_huge_or_clear_bad() on a copy, 3.4 to 6.4; once it calls the
 * entry stable, the caller dereferences *ptr again.
 */
WORLD_INLINE struct step trans_unstable_step(struct walk *w, const struct layout *L,
						     read_fn *read, enum level l, entry_t *ptr)
{
	entry_t v = READ(ptr);

	mem_barrier();
	if (L->none(l, v)) {
		hole(w, l, v);
		return NEXT;
	}
	if (L->trans_huge(v) || !L->present(v))
		return w->ops->entry(w, l, v, ptr) == ACTION_CONTINUE ? NEXT : AGAIN;
	if (L->bad(v))
		return AGAIN;
	return DOWN(v, mem_load_plain(ptr));
}

/* 0d940a9b270b (6.5): map the copy, lock, compare; mismatch -> unlock, again. */
WORLD_INLINE struct step offset_map_lock_step(struct walk *w, const struct layout *L,
						      read_fn *read, enum level l, entry_t *ptr)
{
	entry_t v = READ(ptr);
	struct step s;

	if (L->none(l, v)) {
		hole(w, l, v);
		return NEXT;
	}
	if (L->trans_huge(v) || !L->present(v) || L->bad(v)) {
		switch (w->ops->entry(w, l, v, ptr)) {
		case ACTION_AGAIN:
			return AGAIN;
		case ACTION_CONTINUE:
			return NEXT;
		case ACTION_SUBTREE:
			break;
		}
		return skip(w, l, v);
	}
	if (l != w->pt->level)
		return DOWN(v, v);
	/* pte_lockptr() looks the copied value's page up before any recheck */
	act(w, l, ACT_TABLE, v, v);
	s = DOWN(v, v);
	s.held = ptl_of(w->pt, ptr);
	mem_lock(s.held);
	if (entry_same(v, READ(ptr)))
		return s;
	mem_unlock(s.held);
	return AGAIN;
}

/*
 * gup_pmd_range: snapshot; a leaf's frame is grabbed, then the entry rechecked
 * by a plain read (70cbc3cc78a9 does so for tables, see gup_pte). What was not
 * the same is dropped, and the slow path has to do it.
 */
WORLD_INLINE struct step gup_fast_step(struct walk *w, const struct layout *L,
					       read_fn *read, enum level l, entry_t *ptr)
{
	entry_t v = READ(ptr);
	enum action action;
	uint32_t *ref;

	if (L->none(l, v) || !L->present(v)) {
		hole(w, l, v);
		return NEXT;
	}
	if (!L->trans_huge(v))
		return DOWN(v, v);
	ref = &w->pt->refs[L->pfn(v) & (w->pt->nrefs - 1)];
	mem_ref_add(ref, 1);
	if (!entry_same(v, mem_load_plain(ptr)))
		action = ACTION_AGAIN;
	else
		action = w->ops->entry(w, l, v, ptr);
	if (action == ACTION_AGAIN)	/* dropped, here or by the user */
		act(w, l, ACT_GAVE_UP, v, v);
	else if (action == ACTION_SUBTREE)
		act(w, l, ACT_LEAF, v, v);
	mem_ref_add(ref, -1u);
	return STOP;
}

/* One entry under test, no descent: the sharpest look at a reader. */
WORLD_INLINE struct step entry_step(struct walk *w, const struct layout *L, read_fn *read,
					    enum level l, entry_t *ptr)
{
	entry_t v = READ(ptr), used;

	if (L->none(l, v)) {
		hole(w, l, v);
		return NEXT;
	}
	if (w->ops->entry(w, l, v, ptr) == ACTION_AGAIN)
		return AGAIN;
	used = w->reader->flags & READ_REREADS ? READ(ptr) : v;
	act(w, l, L->leaf(used) || !L->present(used) ? ACT_LEAF : ACT_TABLE, v, used);
	return NEXT;
}

/*
 * ---- what each claims to be compiled to ----
 *
 * A step reads through walk->reader, whose claim that is; a lock's barriers may show.
 * plain_step: with a reader that re-reads inlined, WORLD_walk_NAME_LAYOUT_plain_step.
 */
#define NO_ACCESS_OF_ITS_OWN EXACTLY("{lock}", "none of its own")
#define CLAIM_plain_step PLAIN_C("plain *p, again and again")
#define CLAIM_pagewalk_step NO_ACCESS_OF_ITS_OWN
#define CLAIM_pagewalk_rfc_step NO_ACCESS_OF_ITS_OWN
#define CLAIM_pagewalk_2026_step NO_ACCESS_OF_ITS_OWN
#define CLAIM_trans_unstable_step PLAIN_C("plain *p once more")
#define CLAIM_offset_map_lock_step NO_ACCESS_OF_ITS_OWN
#define CLAIM_gup_fast_step PLAIN_C("plain *p once more")
#define CLAIM_entry_step NO_ACCESS_OF_ITS_OWN

/*
 * X(id, name, step, loop, flags, meaning, kernel source); R: a walker that
 * re-reads, and so has plain-reread inlined in a symbol of its own.
 */
#define WALKERS(X, R)                                                            \
	R(entry, "entry", entry_step, look, WALK_NO_DESCENT,                      \
	  "one entry, no descent: the sharpest look at a reader", "none: a probe") \
	R(pagewalk, "pagewalk", pagewalk_step, descend, WALK_SPLITS | WALK_REREADS, \
	  "before the RFC: every test and the descent read the entry again",      \
	  "walk_pud_range, 4.11 to 6.12")                                         \
	X(pagewalk_rfc, "pagewalk-rfc", pagewalk_rfc_step, descend,            \
	  WALK_SNAPSHOT | WALK_SPLITS,                                            \
	  "one snapshot by value, re-read only after the split",                  \
	  "RFC mm/pagewalk: use READ_ONCE when reading the PUD entry unlocked, 2020-09-03") \
	X(pagewalk_2026, "pagewalk-2026", pagewalk_2026_step, descend,         \
	  WALK_SNAPSHOT | WALK_SPLITS,                                            \
	  "reads once more for the descent; not present or leaf -> again",        \
	  "3b89863c3fa4, the fix of CVE-2026-31456")                              \
	X(trans_unstable, "trans-unstable", trans_unstable_step, descend, WALK_SNAPSHOT, \
	  "none, huge, not present or bad on a copy -> again; else *p once more", \
	  "pmd_trans_unstable (1a5a9906d4e8), 3.4 to 6.4")                        \
	X(offset_map_lock, "offset-map-lock", offset_map_lock_step, descend,      \
	  WALK_SNAPSHOT | WALK_LOCKS,                                             \
	  "map the copy, lock, recheck; mismatch -> unlock, again",               \
	  "pte_offset_map_lock since 6.5 (0d940a9b270b)")                         \
	X(gup_fast, "gup-fast", gup_fast_step, descend, WALK_SNAPSHOT,            \
	  "snapshot, grab a reference, recheck by a plain read; mismatch -> drop", \
	  "gup_pmd_range, gup_huge_pmd (70cbc3cc78a9)")

#endif
