/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the next move of an agent touches, so that moves that commute are tried in one order.
 *
 * Invariant: a footprint is never too small. Too large costs time and nothing else.
 */
#include "buffers.h"

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
		if (model_buffers(p))
			f.reads = bit(OBJECT_BUFFERS + i);
		else
			f.writes |= commits(p, op->location, op->half);
		break;
	case ACCESS_LOCK:
	case ACCESS_RMW:
	case ACCESS_RESERVE:
	case ACCESS_FINISH:
		f.writes |= commits(p, op->location, op->half);
		f.reads = bit(OBJECT_BUFFERS + i);
		break;
	case ACCESS_ENTER:
	case ACCESS_EXIT:	/* with the only CPU it decides who can move at all */
		f.writes |= op->value & SECTION_ALONE ? everything : bit(OBJECT_RCU);
		break;
	case ACCESS_FREE:
		if (op->value & FREE_AT_ONCE) {
			const unsigned page = (unsigned)op->value & (FREE_AT_ONCE - 1);

			f.writes |= all_of(OBJECT_PAGES, MAX_PAGES) | commits(p, p->page_location[page], BOTH);
			break;
		}
		/* fall through */
	case ACCESS_SYNC:
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
		if (buffer_may_leave(p, t, i))
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
	case ACCESS_FINISH:	/* whoever wants that location waits for it */
		return true;
	case ACCESS_STORE:
	case ACCESS_FILL:
	case ACCESS_UNLOCK:
		return model_buffers(p) && s->t[a].nwaiting < MAX_WAITING;
	case ACCESS_ENTER:
	case ACCESS_EXIT:
		return !p->reclaims;
	default:
		return false;
	}
}
