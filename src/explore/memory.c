/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What memory holds, and under `weak` has held: the log of stores that became visible.
 *
 * Invariant: a thread's `floor` and `seen` are times in the log, never beyond its end; what
 * lies before every thread's floor is forgotten: only `base` still knows the last of it.
 */
#include "memory.h"

#include <string.h>

/* A store becomes visible to all. */
void memory_commit(const struct program *p, struct state *s, unsigned location, uint64_t value)
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

unsigned memory_versions(const struct state *s, const struct thread_state *t, const struct op *op,
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

void memory_seen(struct thread_state *t, unsigned location, unsigned half, unsigned at)
{
	if (half & HALF_LO)
		t->seen[location][0] = (uint8_t)at;
	if (half & HALF_HI)
		t->seen[location][1] = (uint8_t)at;
}

void memory_order_loads(struct thread_state *t)
{
	unsigned i, j;

	for (i = 0; i < MAX_LOCATIONS; i++)
		for (j = 0; j < 2; j++)
			if (t->seen[i][j] > t->floor)
				t->floor = t->seen[i][j];
}

void memory_barrier_for_all(const struct program *p, struct state *s)
{
	unsigned t;

	for (t = 0; t < p->nthreads; t++)
		s->t[t].floor = s->now;
}

void memory_depend(struct thread_state *t, unsigned location)
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

uint64_t memory_modify(const struct program *p, struct state *s, struct thread_state *t,
		       const struct op *op)
{
	uint64_t old = 0, new;

	if (op->location != NO_LOCATION) {
		old = extract(s->mem[op->location], op->half);
		new = op->f ? op->f((uint32_t)old) : op->value;
		memory_commit(p, s, op->location, insert(s->mem[op->location], op->half, new));
	}
	t->floor = s->now;
	return old;
}

void memory_forget(const struct program *p, struct state *s)
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
