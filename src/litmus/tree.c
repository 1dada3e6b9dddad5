/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A thread's graph as a tree: the values its words can have, the states that go on
 * alike, the branches.
 *
 * Key invariant: every node of a behaviour's graph is known before a tree grows,
 * and answered with every value the threads can store: more than can really be
 * read, never less. What cannot be read is for the reader of the test to find.
 */
#include "tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NODES = 4096, MAX_BRANCHES = 1 << 14, MAX_PATH = 100, ROUNDS = 128, MEMO = 1 << 12,
       LOCATION_ENTRY = 0 };

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

/* Of what a test writes of an access, all but its register. */
static uint64_t hash_of(const struct op *op)
{
	return mix(mix(mix(mix(op->kind + 1u, op->location), op->half), op->value), op->plain);
}

/* ---- values ---- */

static int number_of(const struct values *v, uint32_t value)
{
	for (unsigned i = 0; i < v->n; i++)
		if (v->v[i] == value)
			return (int)i;
	return -1;
}

static bool add(struct values *v, uint32_t value)
{
	if (number_of(v, value) >= 0)
		return true;
	if (v->n == MAX_VALUES)
		return false;
	v->v[v->n++] = value;
	return true;
}

/* What a litmus test cannot say; NULL: it can. */
static const char *unspeakable(const struct op *op)
{
	if (op->location != LOCATION_ENTRY)
		return NULL;
	if (op->half == BOTH && op->kind != ACCESS_CHOOSE)
		return "it has an 8-byte access to the entry; a litmus test has no mixed sizes, only words";
	return op->f ? "it updates a word by a function of the old value, which litmus tests lack" : NULL;
}

static bool answers_value(const struct op *op)
{
	return op->location == LOCATION_ENTRY && (op->kind == ACCESS_LOAD || op->kind == ACCESS_RMW);
}

static const struct values *values_of(const struct entry_values *v, const struct op *op)
{
	return op->half == HALF_HI ? &v->hi : &v->lo;
}

/* Found or not, there still or not: what table pages there are is not in the test. */
static bool answers_about_pages(const struct op *op)
{
	return op->kind == ACCESS_LOOKUP || op->kind == ACCESS_STILL;
}

static unsigned answers(const struct entry_values *v, const struct op *op)
{
	if (answers_value(op))
		return values_of(v, op)->n;
	return op->kind == ACCESS_END ? 0 : answers_about_pages(op) && v->tables ? 2 : 1;
}

static uint32_t next_node(struct behaviour *b, const struct entry_values *v, uint32_t node, unsigned i)
{
	const struct op *op = behaviour_op(b, node);

	return behaviour_next(b, node, answers_value(op) ? values_of(v, op)->v[i] : i);
}

static int broken(const struct behaviour *b)
{
	return b->endless || b->foreign || b->wild ? -EFAULT : -ENOMEM;
}

/* Grows the graph to its end with the values known so far; adds those it stores. */
static int close_graph(struct behaviour *b, struct entry_values *v, char *why, unsigned len)
{
	uint32_t node;
	unsigned i;

	for (node = 0; node < b->nr; node++) {
		const struct op op = *behaviour_op(b, node);
		const char *no = unspeakable(&op);
		bool room = b->nr <= MAX_NODES;

		if (op.location == LOCATION_ENTRY && !no && (op.kind == ACCESS_STORE || op.kind == ACCESS_RMW))
			room &= add(op.half == HALF_HI ? &v->hi : &v->lo, (uint32_t)op.value);
		if (no || !room) {
			snprintf(why, len, "%s", no ? no : "it does too much for a litmus test");
			return -EINVAL;
		}
		v->tables |= op.kind == ACCESS_ALLOC;
		for (i = 0; i < answers(v, &op); i++)
			if (next_node(b, v, node, i) == NO_NODE)
				return broken(b);
	}
	return 0;
}

int entry_values_find(struct entry_values *v, struct program *p, char *why, unsigned len)
{
	unsigned known, i;
	int err = 0;

	*v = (struct entry_values){ { .n = 1 }, { .n = 1 }, .first_page = p->page_location[0] };
	add(&v->lo, (uint32_t)p->initial[LOCATION_ENTRY]);
	add(&v->hi, (uint32_t)(p->initial[LOCATION_ENTRY] >> 32));
	do {	/* what is stored may depend on what is read */
		known = v->lo.n + v->hi.n + v->tables;
		for (i = 0; i < p->nthreads && !err; i++)
			err = close_graph(&p->b[i], v, why, len);
	} while (!err && v->lo.n + v->hi.n + v->tables > known);
	return err;
}

/* ---- states that go on alike ---- */

/*
 * A hash of all that can follow a node. The graph tells states apart by every byte
 * of the stack, and so by what dead variables held.
 */
static uint64_t *futures(struct behaviour *b, const struct entry_values *v)
{
	uint64_t *now = malloc(b->nr * sizeof(*now)), *next = malloc(b->nr * sizeof(*next)), *swap;
	unsigned round, i;
	uint32_t node;

	for (node = 0; now && next && node < b->nr; node++) {
		const struct op *op = behaviour_op(b, node);

		now[node] = hash_of(op);
		if (op->kind == ACCESS_END)
			now[node] = mix(now[node], op->notes);
	}
	for (round = 0; now && next && round < ROUNDS; round++) {
		for (node = 0; node < b->nr; node++) {
			next[node] = now[node];
			for (i = 0; i < answers(v, behaviour_op(b, node)); i++)
				next[node] = mix(next[node], now[next_node(b, v, node, i)]);
		}
		swap = now;
		now = next;
		next = swap;
	}
	free(next);
	return now;
}

/* ---- the tree ---- */

struct grower {
	struct tree *t;
	struct behaviour *b;
	const struct entry_values *v;
	const uint64_t *future;
	uint32_t notes;
	const char *why;	/* it cannot be a test */
	uint64_t path[MAX_PATH];
	struct {
		uint64_t key;
		uint32_t at;
	} grown[MEMO];		/* what comes from a state on, where no path is cut below */
};

static int new_branches(struct tree *t, unsigned n)
{
	if (t->n + n > t->size) {
		const uint32_t size = 2 * t->size + n;
		struct branch *more = size > 2 * MAX_BRANCHES ? NULL : realloc(t->at, size * sizeof(*more));

		if (!more)
			return size > 2 * MAX_BRANCHES ? -EINVAL : -ENOMEM;
		t->at = more;
		t->size = size;
	}
	memset(t->at + t->n, 0, n * sizeof(*t->at));
	t->n += n;
	return 0;
}

static bool visible(const struct op *op)
{
	return op->kind == ACCESS_STORE || op->kind == ACCESS_SYNC ||
	       (op->kind == ACCESS_RMW && op->location != NO_LOCATION);
}

uint32_t tree_only_way(const struct tree *t, const struct branch *x)
{
	uint32_t i, way = NO_BRANCH;

	for (i = x->first; i < x->first + x->n; i++) {
		if (t->at[i].cut)
			continue;
		if (way && t->at[i].code != t->at[way].code)
			return NO_BRANCH;
		way = way ? way : i;
	}
	return way;
}

static int sum_up(struct grower *g, struct branch *x)
{
	const struct tree *t = g->t;
	const struct branch *to = &t->at[x->first];
	const uint64_t here = hash_of(&x->op);
	uint64_t ends = mix(7, x->reg), code = here;
	bool alike = true, some_cut = false;
	uint32_t way;
	unsigned i;

	x->cut = true;
	for (i = 0; i < x->n; i++) {
		code = mix(code, to[i].cut ? 0 : to[i].code);
		ends = mix(ends, to[i].ends);
		alike &= to[i].ends == to[0].ends;
		x->acts |= to[i].acts;
		x->cut &= to[i].cut;
		some_cut |= to[i].cut;
		x->loops |= to[i].loops;
	}
	/* a table page that is not found has no accesses; those of one that is will do */
	if (x->n > 1 && x->reg == NO_REG && !x->acts)
		t->at[x->first].cut |= !to[1].cut;
	way = tree_only_way(t, x);
	if (some_cut && x->acts)
		g->why = "it stores after a loop that may try again";
	else if (x->n > 1 && x->reg == NO_REG && (!alike || (!way && !x->cut)))
		g->why = "it depends on what table pages there are; a litmus test has only the entry's two words";
	if (g->why)
		return -EINVAL;
	x->acts |= visible(&x->op);
	x->code = !way ? code : x->silent ? t->at[way].code : mix(here, t->at[way].code);
	x->ends = alike ? to[0].ends : ends;
	return 0;
}

static int grow(struct grower *g, uint32_t at, uint32_t node, unsigned depth, unsigned regs)
{
	const struct op op = *behaviour_op(g->b, node);
	const uint64_t key = mix(g->future[node], regs);
	const bool of_page = op.location != NO_LOCATION && op.location >= g->v->first_page;
	struct tree *t = g->t;
	struct branch *x = &t->at[at];
	unsigned i;
	int err;

	*x = (struct branch){ .op = op, .reg = NO_REG };
	x->silent = of_page || (t->silent & 1u << op.kind);
	for (i = 0; i < depth && op.kind != ACCESS_END; i++)
		if (g->path[i] == g->future[node]) {
			x->op.kind = ACCESS_END;
			x->cut = x->loops = t->retries = true;
			return 0;
		}
	if (op.kind == ACCESS_END) {
		x->ends = (op.notes & g->notes) != 0;
		t->retries |= (op.notes & 1u << OUTCOME_GAVE_UP) != 0;
		return 0;
	}
	if (depth == MAX_PATH)
		return -EINVAL;
	if (g->grown[key % MEMO].key == key) {
		*x = t->at[g->grown[key % MEMO].at];
		return 0;
	}
	g->path[depth] = g->future[node];
	t->kinds |= of_page ? 0 : 1u << op.kind;
	if (op.kind == ACCESS_LOCK)
		t->locks |= 1u << op.location;
	if (answers_value(&op))
		x->reg = (uint8_t)regs++;
	if (regs > t->regs)
		t->regs = regs;
	x->n = (uint8_t)answers(g->v, &op);
	x->first = t->n;
	err = new_branches(t, x->n);
	for (i = 0; !err && i < answers(g->v, &op); i++)
		err = grow(g, t->at[at].first + i, next_node(g->b, g->v, node, i), depth + 1, regs);
	if (!err)
		err = sum_up(g, &t->at[at]);
	if (!err && !t->at[at].loops) {
		g->grown[key % MEMO].key = key;
		g->grown[key % MEMO].at = at;
	}
	return err;
}

int tree_grow(struct tree *t, struct behaviour *b, const struct entry_values *v, uint32_t notes,
	      char *why, unsigned len)
{
	struct grower *g = calloc(1, sizeof(*g));
	uint64_t *future = futures(b, v);
	int err = g && future ? new_branches(t, 1) : -ENOMEM;

	if (!err) {
		*g = (struct grower){ .t = t, .b = b, .v = v, .future = future, .notes = notes };
		err = grow(g, 0, FIRST_NODE, 0, 0);
	}
	if (err == -EINVAL)
		snprintf(why, len, "%s", g->why ? g->why : "it has too many ways to go for a litmus test");
	free(future);
	free(g);
	return err;
}

void tree_free(struct tree *t)
{
	free(t->at);
	*t = (struct tree){ .at = NULL };
}
