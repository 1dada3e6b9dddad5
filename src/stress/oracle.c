/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The writer's primitives are wrapped, so that what lies in memory when one
 * returns is known to be at rest; inside one, every store is looked at.
 */
#include "oracle.h"

#include <errno.h>
#include <string.h>

#include "explore/hooks.h"
#include "machine/reclaim.h"
#include "machine/tables.h"
#include "protocol/stamp.h"

/* n < 2^13: by subtraction of shifted multiples, a fraction of a division's time. */
static uint16_t modulo(unsigned n, unsigned m)
{
	int i;

	for (i = 5; i >= 0; i--)
		if (n >= m << i)
			n -= m << i;
	return (uint16_t)n;
}

struct signature oracle_signature(const struct oracle *o, entry_t e, unsigned colour)
{
	const struct layout *L = o->layout;
	struct half_lo lo = L->half_lo(e.lo);
	struct half_hi hi = L->half_hi(e.hi);
	struct signature s = {
		.lo_flags = lo.flags, .hi_flags = hi.flags,
		.lo_what = (uint8_t)lo.what, .hi_what = (uint8_t)hi.what,
	};

	if (o->alias || lo.what == HALF_ZERO || lo.what == HALF_RUBBISH ||
	    hi.what == HALF_ZERO || hi.what == HALF_RUBBISH)
		return s;
	s.delta = modulo(hi.gen + L->hi_gens - colour + LO_GENS - lo.gen, L->delta_mod);
	return s;
}

static bool same(const struct signature *a, const struct signature *b)
{
	return a->lo_flags == b->lo_flags && a->hi_flags == b->hi_flags &&
	       a->lo_what == b->lo_what && a->hi_what == b->hi_what && a->delta == b->delta;
}

static int find(const struct signature *list, unsigned n, const struct signature *s)
{
	unsigned i;

	for (i = 0; i < n; i++)
		if (same(&list[i], s))
			return (int)i;
	return -1;
}

bool oracle_whole(const struct oracle *o, const struct signature *s)
{
	return find(o->whole, o->nr_whole, s) >= 0;
}

int oracle_held(const struct oracle *o, const struct signature *s)
{
	return find(o->held, o->nr_held, s);
}

/* ---- learning ---- */

struct lesson {
	struct oracle *o;
	const entry_t *slot;
	const struct writer *real;	/* behind the wrapper */
	bool in_order, full;
	bool tears;			/* an 8-byte store is two words, in either order */
	entry_t before, before_last;	/* memory before this store, and before the one before it */
	int last_word;			/* -1: nothing that could still be overtaken */
};

/* The wrapper has no argument to carry the lesson; learning is single-threaded. */
static __thread struct lesson *lesson;

static void note_whole(entry_t e)
{
	struct oracle *o = lesson->o;
	struct signature s = oracle_signature(o, e, 0);

	if (oracle_whole(o, &s))
		return;
	if (o->nr_whole == MAX_SIGNATURES)
		lesson->full = true;
	else
		o->whole[o->nr_whole++] = s;
}

static void note_held(entry_t e, int newer_word, bool perhaps)
{
	struct oracle *o = lesson->o;
	struct signature s = oracle_signature(o, e, 0);
	int i = oracle_held(o, &s);

	if (i < 0 && o->nr_held == MAX_SIGNATURES) {
		lesson->full = true;
		return;
	}
	if (i < 0) {
		i = (int)o->nr_held++;
		o->held[i] = s;
		o->held_perhaps[i] = true;
	}
	o->held_perhaps[i] &= perhaps;
	o->held_newer[i] |= (uint8_t)(1u << (newer_word == 0 ? LOW_NEWER : HIGH_NEWER));
}

static void saw(void *arg, enum access_kind k, const void *p, unsigned size)
{
	struct lesson *l = arg;
	const bool stores = k == ACCESS_STORE || k == ACCESS_STORE_PLAIN || k == ACCESS_RMW;
	int word;

	if (k == ACCESS_WMB || k == ACCESS_LOCK || k == ACCESS_UNLOCK || k == ACCESS_RMW || size == 8)
		l->last_word = -1;
	if (!stores || ((const void *)&l->slot->lo != p && (const void *)&l->slot->hi != p))
		return;
	word = p == (const void *)&l->slot->hi;
	if (size == 4) {
		note_held(*l->slot, word, k == ACCESS_STORE_PLAIN);
		/* the store before this one may not be visible yet */
		if (l->last_word == !word && (!l->in_order || k == ACCESS_STORE_PLAIN))
			note_held(word ? entry(l->before_last.lo, l->slot->hi) :
					 entry(l->slot->lo, l->before_last.hi), word,
				  k == ACCESS_STORE_PLAIN);
	}
	if (size == 8 && l->tears) {
		note_held(entry(l->slot->lo, l->before.hi), 0, true);
		note_held(entry(l->before.lo, l->slot->hi), 1, true);
	}
	l->last_word = k == ACCESS_RMW || size == 8 ? -1 : word;
}

static void about_to(void *arg, enum access_kind k, const void *p, unsigned size)
{
	struct lesson *l = arg;

	(void)size;
	if (access_loads(k) || ((const void *)&l->slot->lo != p && (const void *)&l->slot->hi != p))
		return;
	l->before_last = l->before;
	l->before = *l->slot;
}

static void at_rest(entry_t *p)
{
	if (p == lesson->slot)
		note_whole(*p);
}

static void set(entry_t *p, entry_t v)
{
	lesson->real->set(p, v);
	at_rest(p);
}

static void clear(entry_t *p)
{
	lesson->real->clear(p);
	at_rest(p);
}

static void invalidate(entry_t *p, entry_t v)
{
	lesson->real->invalidate(p, v);
	at_rest(p);
}

static void touch(const struct layout *L, entry_t *p)
{
	lesson->real->touch(L, p);
	at_rest(p);
}

static const struct writer *explored_writer(const char *name)
{
	const struct writer *w = explored_protocol.writers;

	while (w->name && strcmp(w->name, name))
		w++;
	return w;
}

static const struct transition *explored_transition(const char *name)
{
	const struct transition *t = explored_protocol.transitions;

	while (t->name && strcmp(t->name, name))
		t++;
	return t;
}

/* A value that is at rest too is whole, wherever else it turned up. */
static void drop_whole_from_held(struct oracle *o)
{
	unsigned i, n = 0;

	for (i = 0; i < o->nr_held; i++) {
		if (oracle_whole(o, &o->held[i]))
			continue;
		o->held[n] = o->held[i];
		o->held_perhaps[n] = o->held_perhaps[i];
		o->held_newer[n++] = o->held_newer[i];
	}
	o->nr_held = n;
}

int oracle_learn(struct oracle *o, const struct cell *c, bool stores_in_order)
{
	enum { ROUNDS = 16 };	/* more than any transition's period */
	struct tables_config tc = {
		.level = c->level, .layout = c->layout, .reclaim = &reclaim_alone, .slots = 1,
		.mutators = 1, .tables = c->transition->makes_tables, .fill = 1,
	};
	struct page_tables *pt = tables_new(&tc);
	struct stamp stamp = stamp_first(0, c->layout->hi_gens);
	struct lesson l = { .o = o, .in_order = stores_in_order, .last_word = -1,
			    .tears = c->writer_tears };
	struct writer wrapper;
	struct mutator m = { .alias = c->alias, .stamps = &stamp, .writer = &wrapper };
	struct explore_hooks hooks = { .before = about_to, .after = saw, .arg = &l };
	const struct explore_hooks *old;
	int err = -ENOMEM;

	*o = (struct oracle){ .layout = c->layout, .alias = c->alias };
	if (!pt || tables_join(pt, &m, 0))
		goto out;
	l.slot = pt->slots;
	l.real = explored_writer(c->writer->name);
	wrapper = *l.real;
	wrapper.set = set;
	wrapper.clear = clear;
	wrapper.invalidate = invalidate;
	wrapper.touch = touch;
	m.transition = explored_transition(c->transition->name);
	m.clean = cell_installs_clean(c);

	lesson = &l;
	if (!c->transition->clears)
		pt->slots[0] = m.clean ? c->layout->mk_clean(stamp) : c->layout->mk_huge(stamp);
	note_whole(pt->slots[0]);
	old = explore_watch(&hooks);
	m.transition->rounds(&m, 0, ROUNDS);
	explore_watch(old);
	drop_whole_from_held(o);
	lesson = NULL;
	err = l.full ? -E2BIG : 0;
out:
	if (pt)
		tables_part(&m);
	tables_free(pt);
	return err;
}
