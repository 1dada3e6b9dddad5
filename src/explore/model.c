/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The states, and who can move. What a move does is in memory.c, buffers.c and pages.c; what
 * it touches in footprint.c.
 *
 * Invariant: a state is plain bytes, and all that decides how it goes on is hashed.
 */
#include "model.h"

#include <errno.h>
#include <string.h>

#include "buffers.h"
#include "pages.h"

const char *const model_names[NR_MODELS + 1] = { "sc", "tso", "weak", NULL };

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
	for (t = 0; t < p->npages; t++)
		if (p->page_pfn[t])
			s->page[t] = (struct page_model){ .life = PAGE_LIVE, .pfn = p->page_pfn[t] };
	for (t = 0; t < p->nthreads; t++)
		note_end(p, s, t);
}

uint32_t state_noted(const struct program *p, const struct state *s)
{
	uint32_t notes = 0;
	unsigned t;

	for (t = 0; t < p->nthreads; t++)
		notes |= next_op(p, s, t)->notes;
	return notes;
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
		       (uint64_t)t->in_section << 1 | t->syncing);	/* what it syncs with is its node's */
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

/* ---- what can move ---- */

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

/* Is somebody else between the halves of a read-modify-write of this location? */
static bool reserved(const struct program *p, const struct state *s, unsigned i, unsigned location)
{
	unsigned t;

	for (t = 0; t < p->nthreads; t++)
		if (t != i && location != NO_LOCATION && next_op(p, s, t)->kind == ACCESS_FINISH &&
		    next_op(p, s, t)->location == location)
			return true;
	return false;
}

static bool waits_for_reserved(const struct program *p, const struct state *s, unsigned i)
{
	unsigned n;

	for (n = 0; n < s->t[i].nwaiting; n++)
		if (reserved(p, s, i, s->t[i].waiting[n].location))
			return true;
	return false;
}

static uint8_t section_of(const struct op *op)
{
	return op->value ? (uint8_t)op->value : 1;
}

/* Has somebody else the only CPU? What nobody can see is done all the same. */
static bool waits_for_cpu(const struct program *p, const struct state *s, unsigned i)
{
	unsigned t;

	for (t = 0; t < p->nthreads; t++)
		if (t != i && s->t[t].in_section & SECTION_ALONE)
			return !agent_is_local(p, s, i);
	return false;
}

static unsigned thread_moves(const struct program *p, const struct state *s, unsigned i)
{
	const struct thread_state *t = &s->t[i];
	const struct op *op = next_op(p, s, i);

	if (reserved(p, s, i, op->location) || waits_for_cpu(p, s, i))
		return 0;
	switch (op->kind) {
	case ACCESS_END:
		return 0;
	case ACCESS_CHOOSE:
		return shapes(p, (unsigned)op->value);
	case ACCESS_LOAD:
		return buffer_load_ways(p, s, t, op);
	case ACCESS_RMW:
	case ACCESS_RESERVE:
	case ACCESS_FINISH:
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
		return op->value & FREE_AT_ONCE || buffers_empty(p, s);
	default:
		return 1;
	}
}

unsigned agent_moves(const struct program *p, const struct state *s, unsigned a)
{
	if (agent_is_thread(a))
		return a < p->nthreads ? thread_moves(p, s, a) : 0;
	if (agent_is_flush(a))
		return waits_for_reserved(p, s, a - MAX_PARTIES) ? 0 : buffer_ways(p, &s->t[a - MAX_PARTIES]);
	a -= 2 * MAX_PARTIES;
	return s->page[a].life == PAGE_LIMBO && !s->page[a].waits_for && buffers_empty(p, s);
}

/* ---- moves ---- */

static uint64_t move_thread(const struct program *p, struct state *s, unsigned i, unsigned alt,
			    bool *stays)
{
	struct thread_state *t = &s->t[i];
	const struct op *op = next_op(p, s, i);
	unsigned got;

	switch (op->kind) {
	case ACCESS_LOAD:
		return buffer_load(p, s, t, op, alt);
	case ACCESS_STORE:
	case ACCESS_FILL:
	case ACCESS_UNLOCK:
		buffer_store(p, s, t, op);
		break;
	case ACCESS_LOCK:
	case ACCESS_RMW:
	case ACCESS_FINISH:
		return memory_modify(p, s, t, op);
	case ACCESS_RESERVE:
		t->floor = s->now;
		return extract(s->mem[op->location], op->half);
	case ACCESS_RMB:
		memory_order_loads(t);
		break;
	case ACCESS_WMB:
		t->epoch++;
		break;
	case ACCESS_CHOOSE:
		return alt;
	case ACCESS_ENTER:
		t->in_section |= section_of(op);
		break;
	case ACCESS_EXIT:
		pages_leave_section(p, s, i, section_of(op));
		break;
	case ACCESS_SYNC:
		memory_barrier_for_all(p, s);
		if (!t->syncing)
			t->waits_for = pages_sections(p, s, i, section_of(op));
		t->syncs = section_of(op);
		t->syncing = *stays = t->waits_for != 0;
		break;
	case ACCESS_ALLOC:
		return pages_alloc(p, s, i, op->value);
	case ACCESS_FREE:
		pages_free(p, s, (unsigned)op->value & (FREE_AT_ONCE - 1), p->at_once || op->value & FREE_AT_ONCE);
		break;
	case ACCESS_LOOKUP:
		got = pages_find(p, s, op->value);
		if (got && p->page_location[got - 1] != NO_LOCATION)
			memory_depend(t, p->page_location[got - 1]);
		return got;
	case ACCESS_STILL:
		return pages_find(p, s, op->value) != 0;
	}
	return 0;
}

int agent_move(struct program *p, struct state *s, unsigned a, unsigned alt, uint64_t *got)
{
	bool stays = false;

	*got = 0;
	/* sections that nobody waits for commute with everything: an execution would be missed */
	if (agent_is_thread(a) && !p->reclaims &&
	    (next_op(p, s, a)->kind == ACCESS_SYNC || next_op(p, s, a)->kind == ACCESS_FREE))
		return -EINVAL;
	if (agent_is_flush(a)) {
		buffer_flush(p, s, a - MAX_PARTIES, alt);
	} else if (!agent_is_thread(a)) {
		pages_reclaim(p, s, a - 2 * MAX_PARTIES);
		memory_barrier_for_all(p, s);
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
	memory_forget(p, s);
	return 0;
}
