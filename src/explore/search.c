/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Depth first over the states of a bounded program: no state comes back, for
 * every move goes down some thread's tree or takes a store out of a buffer.
 *
 * Sleep sets (Godefroid): once all moves of agent a have been tried in a state,
 * a sleeps in what is explored next from there, until something that depends on
 * its move happens. A state met again with a smaller sleep set is explored again
 * for the difference. A move that touches nothing shared is made at once: it
 * alone is enough.
 */
#include "search.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "visited.h"

struct frame {
	uint32_t sleep, todo, done;
	uint8_t agent, alt, nalts;
	struct state s;
};

static uint32_t can_move(const struct program *p, const struct state *s)
{
	uint32_t mask = 0;
	unsigned a;

	for (a = 0; a < NR_AGENTS; a++)
		if (agent_moves(p, s, a))
			mask |= 1u << a;
	return mask;
}

static bool watched_have_ended(const struct program *p, const struct state *s)
{
	return (s->ended & p->watched) == p->watched;
}

static int local_agent(const struct program *p, const struct state *s)
{
	unsigned a;

	for (a = 0; a < p->nthreads; a++)
		if (!(s->ended & 1u << a) && agent_is_local(p, s, a))
			return (int)a;
	return -1;
}

/* Which agents have to be tried in a new frame; 0: it is a leaf, or known. */
static int enter(struct search *x, const struct program *p, struct visited *v, struct frame *f)
{
	const uint32_t so_far = state_noted(p, &f->s);
	uint32_t able, *asleep;
	int local, known;

	f->todo = f->done = 0;
	f->agent = f->alt = f->nalts = 0;
	x->notes |= state_notes(p, &f->s);
	x->sound |= so_far & x->voids ? 0 : so_far;
	if (f->s.overflow) {
		x->complete = false;
		x->why = "more stores than the model has room for";
		return 0;
	}
	if (watched_have_ended(p, &f->s)) {
		x->executions++;
		return 0;
	}
	able = can_move(p, &f->s);
	if (!able) {
		x->deadlock = true;
		x->executions++;
		return 0;
	}
	if (x->how == SEARCH_BRUTE) {
		f->todo = able;
		return 0;
	}
	local = local_agent(p, &f->s);
	f->todo = local >= 0 ? 1u << local : able & ~f->sleep;
	if (x->how == SEARCH_SLEEP)
		return 0;
	known = visited_add(v, state_hash(p, &f->s, 0), f->sleep, &asleep);
	if (known < 0)
		return known;
	x->states += !known;
	if (!known)
		return 0;
	/* been here: what slept then and is awake now was left out */
	if (local < 0)
		f->todo &= *asleep;
	else if (!(*asleep & ~f->sleep))
		f->todo = 0;
	*asleep &= f->sleep;
	return 0;
}

static uint32_t still_asleep(const struct program *p, const struct frame *f, unsigned a)
{
	const struct footprint moved = agent_footprint(p, &f->s, a);
	uint32_t sleep = (f->sleep | f->done) & ~(1u << a), mask = 0;
	unsigned b;

	for (b = 0; sleep && b < NR_AGENTS; b++)
		if ((sleep & 1u << b) && independent(moved, agent_footprint(p, &f->s, b)))
			mask |= 1u << b;
	return mask;
}

/* The next move of the frame into `to`; false: it has no more. */
static bool advance(struct search *x, struct program *p, struct frame *f, struct frame *to, int *err)
{
	uint64_t got;

	while (f->alt == f->nalts) {
		if (f->nalts) {
			f->done |= 1u << f->agent;
			f->nalts = f->alt = 0;
		}
		if (!f->todo)
			return false;
		f->agent = (uint8_t)__builtin_ctz(f->todo);
		f->todo &= f->todo - 1;
		f->alt = 0;
		f->nalts = (uint8_t)agent_moves(p, &f->s, f->agent);
	}
	state_copy(&to->s, &f->s);
	to->sleep = x->how == SEARCH_BRUTE ? 0 : still_asleep(p, f, f->agent);
	*err = agent_move(p, &to->s, f->agent, f->alt++, &got);
	x->moves++;
	return true;
}

static bool out_of_bounds(struct search *x)
{
	const uint64_t n = x->how == SEARCH_REDUCED ? x->states : x->moves;

	if (x->max_states && n >= x->max_states) {
		x->why = "too many states";
		return true;
	}
	if (x->moves % 4096 == 4095 && x->stop && x->stop(x->arg)) {
		x->why = "stopped";
		return true;
	}
	return false;
}

static struct frame *push(struct frame **stack, unsigned *size, unsigned depth)
{
	struct frame *more;

	if (depth < *size)
		return *stack;
	more = realloc(*stack, (*size + 64) * sizeof(*more));
	if (!more)
		return NULL;
	*size += 64;
	return *stack = more;
}

int search_all(struct search *x, struct program *p)
{
	struct visited v = { 0 };
	struct frame *stack = NULL;
	unsigned size = 0, depth = 0;
	int err = push(&stack, &size, 1) ? 0 : -ENOMEM;

	x->executions = x->states = x->moves = 0;
	x->notes = x->sound = 0;
	x->complete = true;
	x->deadlock = false;
	x->why = NULL;
	if (!err) {
		state_first(p, &stack[0].s);
		stack[0].sleep = 0;
		err = enter(x, p, &v, &stack[0]);
		depth = 1;
	}
	while (!err && depth) {
		if (!push(&stack, &size, depth + 1)) {
			err = -ENOMEM;
		} else if (!advance(x, p, &stack[depth - 1], &stack[depth], &err)) {
			depth--;
		} else if (!err) {
			err = enter(x, p, &v, &stack[depth]);
			depth++;
		}
		if (!err && out_of_bounds(x)) {
			x->complete = false;
			break;
		}
	}
	free(stack);
	visited_free(&v);
	return err;
}

/* ---- the shortest way ---- */

struct trail {
	uint32_t from;
	uint8_t agent, alt;
	uint16_t changes;	/* of thread, on the way here */
};

struct level {
	struct state **list;	/* allocated as long as they are */
	uint32_t *index;
	unsigned n, size;
};

struct hunt {
	struct program *p;
	struct visited seen;
	struct trail *trail;
	uint32_t n, size;
	uint64_t max;
};

static int level_add(struct level *l, const struct state *s, uint32_t index)
{
	const size_t len = offsetof(struct state, log) + s->now * sizeof(s->log[0]);
	struct state *copy = malloc(len);

	if (l->n == l->size) {
		unsigned size = l->size ? 2 * l->size : 64;
		struct state **list = realloc(l->list, size * sizeof(*list));
		uint32_t *more;

		if (list)
			l->list = list;
		more = list ? realloc(l->index, size * sizeof(*more)) : NULL;
		if (more)
			l->index = more;
		if (!more) {
			free(copy);
			return -ENOMEM;
		}
		l->size = size;
	}
	if (!copy)
		return -ENOMEM;
	memcpy(copy, s, len);
	l->list[l->n] = copy;
	l->index[l->n++] = index;
	return 0;
}

static void level_empty(struct level *l)
{
	while (l->n)
		free(l->list[--l->n]);
}

static void level_free(struct level *l)
{
	level_empty(l);
	free(l->list);
	free(l->index);
}

static unsigned thread_of(unsigned agent)
{
	return agent_is_flush(agent) ? agent - MAX_PARTIES : agent;
}

/* A state of the next level, if it is new; if not, perhaps a better way to it. */
static int arrive(struct hunt *h, const struct state *s, struct trail t, uint32_t level_begin,
		  struct level *next)
{
	uint32_t *at;
	int known = visited_add(&h->seen, state_hash(h->p, s, 1 + thread_of(t.agent)), h->n, &at);

	if (known < 0)
		return known;
	if (known) {
		if (*at >= level_begin && t.changes < h->trail[*at].changes)
			h->trail[*at] = t;
		return 0;
	}
	if (h->max && h->n >= h->max)
		return -E2BIG;
	if (h->n == h->size) {
		uint32_t size = h->size ? 2 * h->size : 256;
		struct trail *more = realloc(h->trail, size * sizeof(*more));

		if (!more)
			return -ENOMEM;
		h->trail = more;
		h->size = size;
	}
	h->trail[h->n] = t;
	return level_add(next, s, h->n++);
}

/* All moves out of one state; also those that could wait. 1: one of them is it, and is the last of the trail. */
static int expand(struct hunt *h, const struct state *s, uint32_t index, uint32_t notes,
		  uint32_t level_begin, struct level *next)
{
	struct state *to = malloc(sizeof(*to));
	unsigned a, alt, n;
	uint64_t got;
	int err = to ? 0 : -ENOMEM;

	for (a = 0; !err && a < NR_AGENTS; a++) {
		n = agent_moves(h->p, s, a);
		for (alt = 0; !err && alt < n; alt++) {
			struct trail t = { index, (uint8_t)a, (uint8_t)alt, h->trail[index].changes };

			state_copy(to, s);
			err = agent_move(h->p, to, a, alt, &got);
			t.changes += index == 0 || thread_of(h->trail[index].agent) != thread_of(a);
			if (!err)
				err = arrive(h, to, t, level_begin, next);
			if (!err && (state_notes(h->p, to) & notes))
				err = 1;
		}
	}
	free(to);
	return err;
}

static int tell(const struct hunt *h, struct schedule *out)
{
	uint32_t i;
	unsigned n = 0;

	for (i = h->n - 1; i; i = h->trail[i].from)
		n++;
	out->n = n;
	if (n > sizeof(out->move) / sizeof(out->move[0]))
		return -E2BIG;
	for (i = h->n - 1; i; i = h->trail[i].from) {
		n--;
		out->move[n].agent = h->trail[i].agent;
		out->move[n].alt = h->trail[i].alt;
	}
	return 0;
}

int search_witness(struct program *p, uint32_t notes, uint64_t max_states, struct schedule *out)
{
	struct hunt h = { .p = p, .max = max_states };
	struct level levels[2] = { { 0 } }, *now = &levels[0], *next = &levels[1], *swap;
	struct state *s = calloc(1, sizeof(*s));
	struct trail none = { .agent = 0 };
	unsigned i;
	int err = s ? 0 : -ENOMEM;

	if (!err) {
		state_first(p, s);
		err = arrive(&h, s, none, 0, now);
	}
	while (!err && now->n) {
		const uint32_t begin = h.n;

		for (i = 0; !err && i < now->n; i++)
			err = expand(&h, now->list[i], now->index[i], notes, begin, next);
		level_empty(now);
		swap = now;
		now = next;
		next = swap;
	}
	err = err == 1 ? tell(&h, out) : err ? err : -ENOENT;
	level_free(&levels[0]);
	level_free(&levels[1]);
	visited_free(&h.seen);
	free(h.trail);
	free(s);
	return err;
}
