/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Classification: which of the vocabulary's words an observation is.
 */
#include "observe.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include "arch.h"
#include "protocol/stamp.h"

/* How much faster than alone a writer might be in the race; see observe.h. */
enum { MARGIN = 4 };

/* Guards this short never hold, so the clock is not worth reading. */
enum { MIN_GUARD = 1000, NEVER = 1 << 30 };

int observer_init(struct observer *o, const struct cell *c, const struct oracle *oracle,
		  const uint8_t *owners, unsigned thread, uint64_t ticks_per_round)
{
	const unsigned age_mod = c->alias ? c->layout->hi_gens : LO_GENS;

	*o = (struct observer){ .cell = c, .oracle = oracle, .owners = owners, .thread = thread };
	/* a round makes at most two stamped stores */
	o->stale_guard = ticks_per_round * (age_mod / 2) / 2 / MARGIN / 1024;
	o->direction_guard = ticks_per_round * (c->layout->delta_mod / 2) / 2 / MARGIN / 1024;
	o->last = calloc(c->slots, sizeof(*o->last));
	return o->last ? 0 : -ENOMEM;
}

void observer_destroy(struct observer *o)
{
	free(o->last);
	o->last = NULL;
}

struct act act_of_value(const struct cell *c, entry_t v)
{
	const struct layout *L = c->layout;

	return (struct act){ .decided = v, .used = v,
			     .kind = L->none(c->level, v) ? ACT_HOLE :
				     L->leaf(v) || !L->present(v) ? ACT_LEAF : ACT_TABLE };
}

static unsigned colour_of(const struct cell *c, uint32_t slot)
{
	return stamp_first(slot, c->layout->hi_gens).hi;
}

/* The order of a torn value's halves, if this observation makes it certain. */
static bool direction_of(const struct observer *o, const struct last *l, entry_t v,
			 const struct signature *s, uint64_t age, enum direction *d)
{
	const unsigned mod = o->cell->layout->delta_mod;
	int held = oracle_held(o->oracle, s);

	if (held >= 0 && o->oracle->held_newer[held] == 1 << LOW_NEWER) {
		*d = LOW_NEWER;
		return true;
	}
	if (held >= 0 && o->oracle->held_newer[held] == 1 << HIGH_NEWER) {
		*d = HIGH_NEWER;
		return true;
	}
	if (age > o->direction_guard || l->meta == 0)
		return false;
	if (s->delta) {
		*d = s->delta > mod / 2 ? LOW_NEWER : HIGH_NEWER;
		return true;
	}
	/* {low, 0}: had this low word been seen before, the clear is the newer one */
	if (s->hi_what == HALF_ZERO && l->used.lo == v.lo) {
		*d = HIGH_NEWER;
		return true;
	}
	return false;
}

static enum harm harm_of(const struct observer *o, uint32_t slot, const struct signature *s)
{
	if (s->lo_what != HALF_STAMPED || s->hi_what != HALF_STAMPED)
		return HARM_WILD;
	if (!s->delta)
		return HARM_MASKED;
	return o->owners[(s->delta + colour_of(o->cell, slot)) % o->cell->layout->delta_mod] ?
		       HARM_ALIAS : HARM_WILD;
}

/* Is this whole entry older than one seen in the same slot before? */
static bool is_stale(const struct observer *o, struct last *l, entry_t v, uint64_t ticks)
{
	const struct layout *L = o->cell->layout;
	const unsigned mod = o->cell->alias ? L->hi_gens : LO_GENS;
	unsigned gen = o->cell->alias ? L->half_hi(v.hi).gen : L->half_lo(v.lo).gen;
	bool back = l->gen_known && (gen + mod - l->gen) % mod > mod / 2;

	if (back && ticks - l->not_before <= o->stale_guard)
		return true;
	l->gen = (uint16_t)gen;
	l->gen_known = true;
	l->not_before = o->ticks;
	return false;
}

static bool torn_by_writer(const struct observer *o, const struct signature *s)
{
	const int held = oracle_held(o->oracle, s);

	return held >= 0 &&
	       (!o->oracle->held_perhaps[held] || (o->cell->reader->flags & READ_ATOMIC));
}

static enum outcome outcome_of(const struct observer *o, const struct act *a, struct last *l,
			       const struct signature *s, uint64_t ticks)
{
	const struct layout *L = o->cell->layout;
	const entry_t v = a->used;

	if (a->kind == ACT_GAVE_UP || a->kind == ACT_NONE)
		return OUTCOME_GAVE_UP;
	if (L->none(o->cell->level, v))
		return entry_same(a->decided, v) ? OUTCOME_HOLE : OUTCOME_REREAD;
	if (v.lo == 0)
		return OUTCOME_PHANTOM;
	if (!oracle_whole(o->oracle, s)) {
		if (!L->valid(v))
			return OUTCOME_INVALID_MIX;
		return torn_by_writer(o, s) ? OUTCOME_TORN_WRITER : OUTCOME_TORN_READER;
	}
	if (a->kind == ACT_TABLE && L->leaf(v))
		return OUTCOME_CONFUSED;
	if (!entry_same(a->decided, v))
		return OUTCOME_REREAD;
	if (a->freed)
		return OUTCOME_FREED;
	if (is_stale(o, l, v, ticks))
		return OUTCOME_STALE;
	return a->kind == ACT_TABLE ? OUTCOME_TABLE : OUTCOME_LEAF;
}

static void first_time(struct observer *o, enum outcome k, uint32_t slot, const struct act *a)
{
	struct witness *w = &o->witness[k];

	o->first_ns[k] = now_ns() - o->start_ns + 1;
	*w = (struct witness){ .decided = a->decided, .used = a->used, .slot = slot,
			       .ns = o->first_ns[k], .cpu = sched_getcpu(), .seen = true };
}

static void count_clump(struct observer *o)
{
	const uint64_t bad = o->bad - o->bad_before;

	o->clumps.blocks++;
	o->clumps.bad += bad;
	o->clumps.squares += bad * bad;
	o->bad_before = o->bad;
	o->looks = 0;
}

void observe_change(struct observer *o, uint32_t slot, const struct act *a, uint32_t meta)
{
	struct last *l = &o->last[slot];
	const uint64_t ticks = o->stale_guard > MIN_GUARD ? arch_ticks() : o->ticks + NEVER;
	const struct signature s = oracle_signature(o->oracle, a->used, colour_of(o->cell, slot));
	const enum outcome k = outcome_of(o, a, l, &s, ticks);
	const unsigned class = k * 2u + o->cell->layout->valid(a->used);
	enum direction d;

	o->seen[class]++;
	o->distinct[class]++;
	if (OUTCOMES_COUNTED & 1u << k)
		o->bad++;
	if (class % 2 && ++o->looks == CLUMP_LOOKS)
		count_clump(o);
	if (!o->first_ns[k])
		first_time(o, k, slot, a);
	if (OUTCOMES_TORN & 1u << k) {
		o->harm[harm_of(o, slot, &s)]++;
		if (a->warned)
			o->harm[HARM_WARNED]++;
		if (direction_of(o, l, a->used, &s, ticks - o->ticks, &d)) {
			o->direction[d]++;
			if (o->seen[class] == 1) {
				o->witness[k].direction_known = true;
				o->witness[k].newer = d;
			}
		}
	}
	l->used = a->used;
	l->meta = meta;
	l->class = (uint8_t)class;
	o->ticks = ticks;
}
