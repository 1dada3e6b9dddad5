/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One reader thread's observer: classifies what each walk acted upon, counts.
 *
 * Key invariant: private to its thread until the join, and it touches no memory
 * that a protocol touches. The common observation, the same as the last one of
 * that slot, costs a compare and an increment; only a change is classified, and
 * only a change is `distinct`.
 *
 * stale and direction compare counters that wrap. They are only judged where it
 * is certain that no writer has gone half way round in between: a reader may be
 * preempted at any instruction, so a read is only known to be younger than the
 * clock taken before it. Beyond the guard an entry is not called stale, and a
 * tear's direction is not counted.
 */
#ifndef TORNWALK_OBSERVE_H
#define TORNWALK_OBSERVE_H

#include "clock.h"
#include "cell.h"
#include "oracle.h"

/* What was seen last in a slot. */
struct last {
	entry_t used;
	uint32_t meta;		/* kind, freed, warned; META_NEVER: not looked at yet */
	uint8_t class;		/* outcome * 2 + present */
	bool gen_known;
	uint16_t gen;		/* newest whole store seen, low counter (alias: high) */
	uint64_t not_before;	/* ticks; `gen` was read later than this */
};

struct observer {
	const struct cell *cell;
	const struct oracle *oracle;
	unsigned thread;
	uint64_t start_ns;		/* CLOCK_MONOTONIC at the start signal */
	uint64_t stale_guard, direction_guard;	/* ticks */
	uint64_t ticks;			/* at the last change, in any slot */
	const uint8_t *owners;		/* [delta_mod] is some slot's colour this? */

	struct last *last;		/* [slots] */
	uint64_t seen[NR_OUTCOMES * 2];	/* by class */
	uint64_t distinct[NR_OUTCOMES * 2];
	uint64_t direction[NR_DIRECTIONS];
	uint64_t harm[NR_HARMS];
	uint64_t bad;			/* distinct ones of OUTCOMES_COUNTED */
	struct clumps clumps;
	uint64_t bad_before;		/* ... before this block */
	unsigned looks;			/* in this block */
	uint64_t first_ns[NR_OUTCOMES];
	struct witness witness[NR_OUTCOMES];	/* halves and thread are found after the join */
};

/* ticks_per_round: of a writer that has its slot to itself, in 1/1024 ticks */
int observer_init(struct observer *o, const struct cell *c, const struct oracle *oracle,
		  const uint8_t *owners, unsigned thread, uint64_t ticks_per_round);
void observer_destroy(struct observer *o);

/* Classifies act `a` of slot `slot`, which differs from what was seen there last. */
void observe_change(struct observer *o, uint32_t slot, const struct act *a, uint32_t meta);

/* What an act of a kind looks like without a walk: the entry walker's scan. */
struct act act_of_value(const struct cell *c, entry_t v);

/* What there is to know of the first observation of outcome `k`; after the join. */
struct witness witness_of(const struct observer *o, enum outcome k);

static inline uint32_t act_meta(const struct act *a)
{
	return a->kind | (uint32_t)a->freed << 8 | (uint32_t)a->warned << 9 |
	       (uint32_t)!entry_same(a->decided, a->used) << 10 | 1u << 31;
}

enum { META_MIXED = 1 << 10 };

/* One observation. */
static inline void observe(struct observer *o, uint32_t slot, const struct act *a)
{
	const struct last *l = &o->last[slot];
	const uint32_t meta = act_meta(a);

	if (__builtin_expect(l->meta == meta && entry_same(l->used, a->used) &&
			     !(meta & META_MIXED), 1))
		o->seen[l->class]++;
	else
		observe_change(o, slot, a, meta);
}

/* `n` observations of a slot, all as the last one. */
static inline void observe_same(struct observer *o, uint32_t slot, uint64_t n)
{
	o->seen[o->last[slot].class] += n;
}

#endif
