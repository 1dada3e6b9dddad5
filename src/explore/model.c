/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model.h"

#include <errno.h>
#include <string.h>

const char *const model_names[NR_MODELS + 1] = { "sc", "tso", "weak", NULL };

static uint64_t half_mask(unsigned half)
{
	return (half & HALF_LO ? 0xffffffffu : 0) | (half & HALF_HI ? 0xffffffff00000000u : 0);
}

/* A word in bits 0..31, whichever it is; both words as they are. */
static uint64_t extract(uint64_t both, unsigned half)
{
	return half == BOTH ? both : half == HALF_HI ? both >> 32 : both & 0xffffffffu;
}

static uint64_t insert(uint64_t into, unsigned half, uint64_t v)
{
	if (half == HALF_HI)
		v <<= 32;
	return (into & ~half_mask(half)) | (v & half_mask(half));
}

static const struct op *next_op(const struct program *p, const struct state *s, unsigned t)
{
	return behaviour_op(&p->b[t], s->t[t].node);
}

/* ---- the states ---- */

void state_copy(struct state *to, const struct state *from)
{
	memcpy(to, from, offsetof(struct state, log) + from->now * sizeof(from->log[0]));
}

static void note_end(const struct program *p, struct state *s, unsigned t)
{
	if (next_op(p, s, t)->kind != ACCESS_END)
		return;
	s->ended |= (uint8_t)(1u << t);
	s->t[t].floor = 0;	/* it reads no more */
	memset(s->t[t].seen, 0, sizeof(s->t[t].seen));
}

void state_first(const struct program *p, struct state *s)
{
	unsigned t;

	memset(s, 0, sizeof(*s));
	memcpy(s->mem, p->initial, sizeof(s->mem));
	memcpy(s->base, p->initial, sizeof(s->base));
	for (t = 0; t < p->nthreads; t++)
		note_end(p, s, t);
}

uint32_t state_notes(const struct program *p, const struct state *s)
{
	uint32_t notes = 0;
	unsigned t;

	for (t = 0; t < p->nthreads; t++)
		if (s->ended & p->watched & 1u << t)
			notes |= next_op(p, s, t)->notes;
	return notes;
}

static void mix(struct hash128 *h, uint64_t v)
{
	h->a = (h->a ^ v) * 0x9e3779b97f4a7c15u;
	h->a ^= h->a >> 29;
	h->b = (h->b + v) * 0xc2b2ae3d27d4eb4fu;
	h->b ^= h->b >> 31;
}

static void mix_thread(struct hash128 *h, const struct program *p, const struct thread_state *t)
{
	unsigned i;

	mix(h, (uint64_t)t->node << 32 | (uint64_t)t->nwaiting << 24 | (uint64_t)t->waits_for << 16 |
		       (uint64_t)t->in_section << 1 | t->syncing);
	for (i = 0; i < t->nwaiting; i++) {
		mix(h, (uint64_t)t->waiting[i].location << 16 | (uint64_t)t->waiting[i].half << 8 |
			       (uint8_t)(t->epoch - t->waiting[i].epoch));
		mix(h, (uint64_t)t->waiting[i].hi << 32 | t->waiting[i].lo);
	}
	if (p->model != MODEL_WEAK)
		return;
	mix(h, t->floor);
	for (i = 0; i < p->locations.n; i++)	/* below the floor says nothing */
		mix(h, (uint64_t)(t->seen[i][0] > t->floor ? t->seen[i][0] : 0) << 8 |
			       (t->seen[i][1] > t->floor ? t->seen[i][1] : 0));
}

struct hash128 state_hash(const struct program *p, const struct state *s, unsigned salt)
{
	struct hash128 h = { salt + 1, 0x5bd1e995u };
	unsigned i;

	for (i = 0; i < p->nthreads; i++)
		mix_thread(&h, p, &s->t[i]);
	for (i = 0; i < p->npages; i++)
		mix(&h, s->page[i].pfn << 16 | (uint64_t)s->page[i].waits_for << 8 | s->page[i].life);
	for (i = 0; i < p->locations.n; i++)
		mix(&h, s->mem[i]);
	if (p->model == MODEL_WEAK) {
		for (i = 0; i < p->locations.n; i++)
			mix(&h, s->base[i]);
		for (i = 0; i < s->now; i++) {
			mix(&h, s->log[i].location);
			mix(&h, s->log[i].value);
		}
	}
	return h;
}

/* ---- memory ---- */

/* A store becomes visible to all. */
static void commit(const struct program *p, struct state *s, unsigned location, uint64_t value)
{
	s->mem[location] = value;
	if (p->model != MODEL_WEAK)
		return;
	if (s->now == MAX_LOG) {
		s->overflow = true;
		return;
	}
	s->log[s->now++] = (struct version){ .location = (uint8_t)location, .value = value };
}

static bool buffers(const struct program *p)
{
	return p->model != MODEL_SC;
}

/* The newest waiting store with a word of this access; *whole: it has them all. */
static const struct waiting_store *forwarder(const struct thread_state *t, const struct op *op, bool *whole)
{
	unsigned i;

	for (i = t->nwaiting; i > 0; i--) {
		const struct waiting_store *w = &t->waiting[i - 1];

		if (w->location != op->location || !(w->half & op->half))
			continue;
		*whole = (w->half & op->half) == op->half;
		return w;
	}
	return NULL;
}

/* weak: the time before which a load of these words cannot have been satisfied. */
static unsigned earliest(const struct thread_state *t, const struct op *op)
{
	unsigned at = t->floor;

	if ((op->half & HALF_LO) && t->seen[op->location][0] > at)
		at = t->seen[op->location][0];
	if ((op->half & HALF_HI) && t->seen[op->location][1] > at)
		at = t->seen[op->location][1];
	return at;
}

/*
 * weak: the versions a load may read, each at its earliest time: a later time
 * with the same value would only forbid more. Returns how many; version `alt`
 * goes into *value and *at.
 */
static unsigned versions(const struct state *s, const struct thread_state *t, const struct op *op,
			 unsigned alt, uint64_t *value, unsigned *at)
{
	unsigned from = earliest(t, op), n = 1, i;
	uint64_t v = s->base[op->location];

	for (i = 0; i < from; i++)
		if (s->log[i].location == op->location)
			v = s->log[i].value;
	v = extract(v, op->half);
	if (alt == 0) {
		*value = v;
		*at = from;
	}
	for (; i < s->now; i++) {
		if (s->log[i].location != op->location || extract(s->log[i].value, op->half) == v)
			continue;
		v = extract(s->log[i].value, op->half);
		if (alt == n) {
			*value = v;
			*at = i + 1;
		}
		n++;
	}
	return n;
}

static void has_seen(struct thread_state *t, unsigned location, unsigned half, unsigned at)
{
	if (half & HALF_LO)
		t->seen[location][0] = (uint8_t)at;
	if (half & HALF_HI)
		t->seen[location][1] = (uint8_t)at;
}

/* rmb: what comes is no earlier than anything that was read. */
static void order_loads(struct thread_state *t)
{
	unsigned i, j;

	for (i = 0; i < MAX_LOCATIONS; i++)
		for (j = 0; j < 2; j++)
			if (t->seen[i][j] > t->floor)
				t->floor = t->seen[i][j];
}

/* Everybody: sys_membarrier, the flush IPI. */
static void barrier_for_all(const struct program *p, struct state *s)
{
	unsigned t;

	for (t = 0; t < p->nthreads; t++)
		s->t[t].floor = s->now;
}

/* Versions that nobody can read any more are not part of the state. */
static void forget(const struct program *p, struct state *s)
{
	unsigned n = s->now, t, i, j;

	if (p->model != MODEL_WEAK)
		return;
	for (t = 0; t < p->nthreads; t++)
		if (!(s->ended & 1u << t) && s->t[t].floor < n)
			n = s->t[t].floor;
	if (!n)
		return;
	for (i = 0; i < n; i++)
		s->base[s->log[i].location] = s->log[i].value;
	memmove(s->log, s->log + n, (s->now - n) * sizeof(s->log[0]));
	s->now -= (uint8_t)n;
	for (t = 0; t < p->nthreads; t++) {
		struct thread_state *x = &s->t[t];

		x->floor = x->floor > n ? (uint8_t)(x->floor - n) : 0;
		for (i = 0; i < MAX_LOCATIONS; i++)
			for (j = 0; j < 2; j++)
				x->seen[i][j] = x->seen[i][j] > n ? (uint8_t)(x->seen[i][j] - n) : 0;
	}
}

/* ---- what can move ---- */

/* weak: may waiting store i leave before those that wait longer? */
static bool may_leave(const struct program *p, const struct thread_state *t, unsigned i)
{
	unsigned j;

	if (p->model == MODEL_TSO)
		return i == 0;
	for (j = 0; j < i; j++)
		if (t->waiting[j].epoch != t->waiting[i].epoch ||
		    (t->waiting[j].location == t->waiting[i].location &&
		     (t->waiting[j].half & t->waiting[i].half)))
			return false;
	return true;
}

/* The alt'th store that may leave; -1: there is none. */
static int leaving(const struct program *p, const struct thread_state *t, unsigned alt)
{
	unsigned i;

	for (i = 0; i < t->nwaiting; i++)
		if (may_leave(p, t, i) && alt-- == 0)
			return (int)i;
	return -1;
}

const struct waiting_store *flushed_store(const struct program *p, const struct state *s, unsigned a,
					  unsigned alt)
{
	const struct thread_state *t = &s->t[a - MAX_PARTIES];
	int i = leaving(p, t, alt);

	return i < 0 ? NULL : &t->waiting[i];
}

static bool buffers_empty(const struct program *p, const struct state *s)
{
	unsigned t;

	for (t = 0; t < p->nthreads; t++)
		if (s->t[t].nwaiting)
			return false;
	return true;
}

static unsigned loads(const struct program *p, const struct state *s, const struct thread_state *t,
		      const struct op *op)
{
	const struct waiting_store *w;
	bool whole = true;
	uint64_t v;
	unsigned at;

	w = forwarder(t, op, &whole);
	if (w)
		return whole;
	return p->model == MODEL_WEAK ? versions(s, t, op, ~0u, &v, &at) : 1;
}

/*
 * Of the ways to make an access of 8 bytes (low first, high first, whole): whole
 * is what two words are when nothing comes between; weak has no order of two
 * words anyway.
 */
static unsigned shapes(const struct program *p, unsigned n)
{
	const unsigned enough = p->shapes == SHAPES_FIRST || p->model == MODEL_WEAK ? 1 : 2;

	return p->shapes == SHAPES_ALL || n < enough ? n : enough;
}

static unsigned thread_moves(const struct program *p, const struct state *s, unsigned i)
{
	const struct thread_state *t = &s->t[i];
	const struct op *op = next_op(p, s, i);

	switch (op->kind) {
	case ACCESS_END:
		return 0;
	case ACCESS_CHOOSE:
		return shapes(p, (unsigned)op->value);
	case ACCESS_LOAD:
		return loads(p, s, t, op);
	case ACCESS_RMW:
		return !t->nwaiting;
	case ACCESS_LOCK:
		return !t->nwaiting && !s->mem[op->location];
	case ACCESS_STORE:
	case ACCESS_FILL:
	case ACCESS_UNLOCK:
		return t->nwaiting < MAX_WAITING;
	case ACCESS_SYNC:
		return t->syncing ? !t->waits_for : buffers_empty(p, s);
	case ACCESS_FREE:
		return buffers_empty(p, s);
	default:
		return 1;
	}
}

unsigned agent_moves(const struct program *p, const struct state *s, unsigned a)
{
	unsigned n = 0;

	if (agent_is_thread(a))
		return a < p->nthreads ? thread_moves(p, s, a) : 0;
	if (agent_is_flush(a)) {
		const struct thread_state *t = &s->t[a - MAX_PARTIES];

		while (t->nwaiting && leaving(p, t, n) >= 0)
			n++;
		return n;
	}
	a -= 2 * MAX_PARTIES;
	return s->page[a].life == PAGE_LIMBO && !s->page[a].waits_for && buffers_empty(p, s);
}

/* ---- moves ---- */

static uint8_t sections(const struct program *p, const struct state *s, unsigned but)
{
	uint8_t mask = 0;
	unsigned t;

	for (t = 0; t < p->nthreads; t++)
		if (t != but && s->t[t].in_section)
			mask |= (uint8_t)(1u << t);
	return mask;
}

static void leave_section(const struct program *p, struct state *s, unsigned i)
{
	const uint8_t bit = (uint8_t)(1u << i);
	unsigned n;

	s->t[i].in_section = false;
	for (n = 0; n < p->nthreads; n++)
		s->t[n].waits_for &= (uint8_t)~bit;
	for (n = 0; n < p->npages; n++)
		s->page[n].waits_for &= (uint8_t)~bit;
}

static void reclaim_page(const struct program *p, struct state *s, unsigned page)
{
	s->page[page].life = PAGE_RECLAIMED;
	s->page[page].pfn = 0;
	commit(p, s, p->page_location[page], p->poison);
	if (!p->at_once)
		barrier_for_all(p, s);
}

static void store(const struct program *p, struct state *s, struct thread_state *t, const struct op *op)
{
	struct waiting_store *w;

	if (!buffers(p)) {
		commit(p, s, op->location, insert(s->mem[op->location], op->half, op->value));
		return;
	}
	if (op->kind == ACCESS_UNLOCK)	/* a release */
		t->epoch++;
	w = &t->waiting[t->nwaiting++];
	*w = (struct waiting_store){ .location = op->location, .half = op->half, .epoch = t->epoch };
	w->lo = op->half & HALF_LO ? (uint32_t)op->value : 0;
	w->hi = (uint32_t)extract(insert(0, op->half, op->value), HALF_HI);
}

static uint64_t load(const struct program *p, struct state *s, struct thread_state *t,
		     const struct op *op, unsigned alt)
{
	bool whole;
	const struct waiting_store *w = forwarder(t, op, &whole);
	uint64_t v = 0;
	unsigned at = 0;

	if (w)
		return extract((uint64_t)w->hi << 32 | w->lo, op->half);
	if (p->model != MODEL_WEAK)
		return extract(s->mem[op->location], op->half);
	versions(s, t, op, alt, &v, &at);
	has_seen(t, op->location, op->half, at);
	return v;
}

/* A full barrier, too. */
static uint64_t read_modify_write(const struct program *p, struct state *s, struct thread_state *t,
				  const struct op *op)
{
	uint64_t old = 0, new;

	if (op->location != NO_LOCATION) {
		old = extract(s->mem[op->location], op->half);
		new = op->f ? op->f((uint32_t)old) : op->value;
		commit(p, s, op->location, insert(s->mem[op->location], op->half, new));
	}
	t->floor = s->now;
	return old;
}

/* The entry behind the frame number was read: what lies there is younger (address dependency). */
static void depend(struct thread_state *t, unsigned location)
{
	unsigned i, j, at = 0;

	for (i = 0; i < MAX_LOCATIONS; i++)
		for (j = 0; j < 2; j++)
			if (t->seen[i][j] > at)
				at = t->seen[i][j];
	if (at > t->seen[location][0])
		t->seen[location][0] = (uint8_t)at;
	if (at > t->seen[location][1])
		t->seen[location][1] = (uint8_t)at;
}

/* The page that has this frame now, plus one; 0: none has. */
static unsigned page_of(const struct program *p, const struct state *s, uint64_t pfn)
{
	unsigned i;

	for (i = 0; i < p->npages; i++)
		if ((s->page[i].life == PAGE_LIVE || s->page[i].life == PAGE_LIMBO) &&
		    s->page[i].pfn == pfn)
			return i + 1;
	return 0;
}

/* Each mutator has pages of its own, and uses each once. */
static uint64_t alloc(const struct program *p, struct state *s, unsigned thread, uint64_t pfn)
{
	const unsigned first = thread * p->page_share, end = first + p->page_share;
	unsigned i = first;

	while (i < end && s->page[i].life != PAGE_UNUSED)
		i++;
	if (i >= end || i >= p->npages) {
		s->overflow = true;
		return 0;
	}
	s->page[i].life = PAGE_LIVE;
	s->page[i].pfn = pfn;
	return i;
}

static void free_page(const struct program *p, struct state *s, unsigned page)
{
	s->page[page].life = PAGE_LIMBO;
	s->page[page].waits_for = sections(p, s, ~0u);
	if (p->at_once)
		reclaim_page(p, s, page);
	else
		barrier_for_all(p, s);	/* the grace period begins */
}

static uint64_t move_thread(const struct program *p, struct state *s, unsigned i, unsigned alt, bool *stays)
{
	struct thread_state *t = &s->t[i];
	const struct op *op = next_op(p, s, i);
	unsigned got;

	switch (op->kind) {
	case ACCESS_LOAD:
		return load(p, s, t, op, alt);
	case ACCESS_STORE:
	case ACCESS_FILL:
	case ACCESS_UNLOCK:
		store(p, s, t, op);
		break;
	case ACCESS_LOCK:
	case ACCESS_RMW:
		return read_modify_write(p, s, t, op);
	case ACCESS_RMB:
		order_loads(t);
		break;
	case ACCESS_WMB:
		t->epoch++;
		break;
	case ACCESS_CHOOSE:
		return alt;
	case ACCESS_ENTER:
		t->in_section = true;
		break;
	case ACCESS_EXIT:
		leave_section(p, s, i);
		break;
	case ACCESS_SYNC:
		barrier_for_all(p, s);
		if (!t->syncing)
			t->waits_for = sections(p, s, i);
		t->syncing = *stays = t->waits_for != 0;
		break;
	case ACCESS_ALLOC:
		return alloc(p, s, i, op->value);
	case ACCESS_FREE:
		free_page(p, s, (unsigned)op->value);
		break;
	case ACCESS_LOOKUP:
		got = page_of(p, s, op->value);
		if (got)
			depend(t, p->page_location[got - 1]);
		return got;
	case ACCESS_STILL:
		return page_of(p, s, op->value) != 0;
	}
	return 0;
}

static void flush(const struct program *p, struct state *s, unsigned i, unsigned alt)
{
	struct thread_state *t = &s->t[i];
	int n = leaving(p, t, alt);
	struct waiting_store w = t->waiting[n];
	uint64_t v = s->mem[w.location];

	if (w.half & HALF_LO)
		v = insert(v, HALF_LO, w.lo);
	if (w.half & HALF_HI)
		v = insert(v, HALF_HI, w.hi);
	t->nwaiting--;
	memmove(&t->waiting[n], &t->waiting[n + 1], (unsigned)(t->nwaiting - n) * sizeof(w));
	commit(p, s, w.location, v);
	has_seen(t, w.location, w.half, s->now);
}

int agent_move(struct program *p, struct state *s, unsigned a, unsigned alt, uint64_t *got)
{
	bool stays = false;

	*got = 0;
	if (agent_is_flush(a)) {
		flush(p, s, a - MAX_PARTIES, alt);
	} else if (!agent_is_thread(a)) {
		reclaim_page(p, s, a - 2 * MAX_PARTIES);
	} else {
		*got = move_thread(p, s, a, alt, &stays);
		if (!stays) {
			s->t[a].node = behaviour_next(&p->b[a], s->t[a].node, *got);
			if (s->t[a].node == NO_NODE)
				return p->b[a].endless ? -ELOOP :
				       p->b[a].foreign || p->b[a].wild ? -EFAULT : -ENOMEM;
			note_end(p, s, a);
		}
	}
	forget(p, s);
	return 0;
}

/* ---- what it touches ---- */

enum { OBJECT_PAGES = 2 * MAX_LOCATIONS, OBJECT_RCU = OBJECT_PAGES + MAX_PAGES, OBJECT_LOG,
       OBJECT_BUFFERS, OBJECT_THREADS = OBJECT_BUFFERS + MAX_PARTIES };

static uint64_t bit(unsigned n)
{
	return (uint64_t)1 << n;
}

static uint64_t location_bits(unsigned location, unsigned half)
{
	return location == NO_LOCATION ? 0 : (uint64_t)half << 2 * location;
}

static uint64_t all_of(unsigned first, unsigned n)
{
	return (bit(n) - 1) << first;
}

/* A store becomes visible; weak: and there is an order of all that do. */
static uint64_t commits(const struct program *p, unsigned location, unsigned half)
{
	return location_bits(location, half) | (p->model == MODEL_WEAK ? bit(OBJECT_LOG) : 0);
}

static struct footprint thread_footprint(const struct program *p, const struct state *s, unsigned i)
{
	const uint64_t everything = bit(OBJECT_THREADS) - 1;
	const struct op *op = next_op(p, s, i);
	struct footprint f = { 0, bit(OBJECT_THREADS + i) };

	switch (op->kind) {
	case ACCESS_LOAD:
		f.reads = location_bits(op->location, op->half) | bit(OBJECT_BUFFERS + i);
		break;
	case ACCESS_STORE:
	case ACCESS_FILL:
	case ACCESS_UNLOCK:
		if (buffers(p))
			f.reads = bit(OBJECT_BUFFERS + i);
		else
			f.writes |= commits(p, op->location, op->half);
		break;
	case ACCESS_LOCK:
	case ACCESS_RMW:
		f.writes |= commits(p, op->location, op->half);
		f.reads = bit(OBJECT_BUFFERS + i);
		break;
	case ACCESS_ENTER:
	case ACCESS_EXIT:
		f.writes |= bit(OBJECT_RCU);
		break;
	case ACCESS_SYNC:
	case ACCESS_FREE:
		f.writes |= everything;
		break;
	case ACCESS_ALLOC:
		f.writes |= all_of(OBJECT_PAGES, MAX_PAGES);
		break;
	case ACCESS_LOOKUP:
	case ACCESS_STILL:
		f.reads = all_of(OBJECT_PAGES, MAX_PAGES);
		break;
	}
	return f;
}

struct footprint agent_footprint(const struct program *p, const struct state *s, unsigned a)
{
	struct footprint f = { 0, 0 };
	const struct thread_state *t;
	unsigned i;

	if (agent_is_thread(a))
		return thread_footprint(p, s, a);
	if (!agent_is_flush(a)) {
		f.writes = bit(OBJECT_THREADS) - 1;
		return f;
	}
	t = &s->t[a - MAX_PARTIES];
	f.writes = bit(OBJECT_BUFFERS + a - MAX_PARTIES);
	for (i = 0; i < t->nwaiting; i++)
		if (may_leave(p, t, i))
			f.writes |= commits(p, t->waiting[i].location, t->waiting[i].half);
	return f;
}

bool agent_is_local(const struct program *p, const struct state *s, unsigned a)
{
	if (!agent_is_thread(a) || a >= p->nthreads)
		return false;
	switch (next_op(p, s, a)->kind) {
	case ACCESS_RMB:
	case ACCESS_WMB:
	case ACCESS_CHOOSE:
		return true;
	case ACCESS_STORE:
	case ACCESS_FILL:
	case ACCESS_UNLOCK:
		return buffers(p) && s->t[a].nwaiting < MAX_WAITING;
	case ACCESS_ENTER:
	case ACCESS_EXIT:
		return !p->reclaims;
	default:
		return false;
	}
}
