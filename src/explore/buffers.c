/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stores that wait, and the loads that look there first.
 *
 * Invariant: a buffer is in program order; what leaves it out of order (weak) has no word in
 * common with, and no wmb between it and, what waits longer.
 */
#include "buffers.h"

#include <string.h>

/* The newest waiting store with a word of this access; *whole: it has them all. */
static const struct waiting_store *forwarder(const struct thread_state *t, const struct op *op,
					     bool *whole)
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

bool buffer_may_leave(const struct program *p, const struct thread_state *t, unsigned i)
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
		if (buffer_may_leave(p, t, i) && alt-- == 0)
			return (int)i;
	return -1;
}

unsigned buffer_ways(const struct program *p, const struct thread_state *t)
{
	unsigned n = 0;

	while (t->nwaiting && leaving(p, t, n) >= 0)
		n++;
	return n;
}

const struct waiting_store *flushed_store(const struct program *p, const struct state *s, unsigned a,
					  unsigned alt)
{
	const struct thread_state *t = &s->t[a - MAX_PARTIES];
	int i = leaving(p, t, alt);

	return i < 0 ? NULL : &t->waiting[i];
}

bool buffers_empty(const struct program *p, const struct state *s)
{
	unsigned t;

	for (t = 0; t < p->nthreads; t++)
		if (s->t[t].nwaiting)
			return false;
	return true;
}

unsigned buffer_load_ways(const struct program *p, const struct state *s,
			  const struct thread_state *t, const struct op *op)
{
	const struct waiting_store *w;
	bool whole = true;
	uint64_t v;
	unsigned at;

	w = forwarder(t, op, &whole);
	if (w)
		return whole;
	return p->model == MODEL_WEAK ? memory_versions(s, t, op, ~0u, &v, &at) : 1;
}

uint64_t buffer_load(const struct program *p, struct state *s, struct thread_state *t,
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
	memory_versions(s, t, op, alt, &v, &at);
	memory_seen(t, op->location, op->half, at);
	return v;
}

void buffer_store(const struct program *p, struct state *s, struct thread_state *t,
		  const struct op *op)
{
	struct waiting_store *w;

	if (!model_buffers(p)) {
		memory_commit(p, s, op->location, insert(s->mem[op->location], op->half, op->value));
		return;
	}
	if (op->kind == ACCESS_UNLOCK)	/* a release */
		t->epoch++;
	w = &t->waiting[t->nwaiting++];
	*w = (struct waiting_store){ .location = op->location, .half = op->half, .epoch = t->epoch };
	w->lo = op->half & HALF_LO ? (uint32_t)op->value : 0;
	w->hi = (uint32_t)extract(insert(0, op->half, op->value), HALF_HI);
}

void buffer_flush(const struct program *p, struct state *s, unsigned i, unsigned alt)
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
	memory_commit(p, s, w.location, v);
	memory_seen(t, w.location, w.half, s->now);
}
