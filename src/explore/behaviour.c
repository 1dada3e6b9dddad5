/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Key invariant: a node's parent has a smaller number, and the answers on the way
 * from the first node lead to the node's state; there may be other ways.
 */
#include "behaviour.h"

#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

enum { MAX_DEPTH = 1000, STACK_BYTES = 64 * 1024, SCRUB_BYTES = 2048 };

struct edge {
	uint64_t got;
	uint32_t to, next;		/* NO_NODE: no more */
};

struct node {
	struct op op;
	uint64_t state[2];		/* of the thread, hashed */
	uint64_t got;			/* what the parent answered */
	uint32_t parent, depth;
	uint32_t edges;			/* the first, or NO_NODE */
};

struct playback {
	uint32_t path[MAX_DEPTH];	/* nodes, from the first */
	unsigned len, i;
	uint64_t last;			/* the answer of path[len-1] */
	struct op next;
	uint64_t state[2];
	ucontext_t home, thread;
	ucontext_t begin;		/* with the same registers every time */
	char *stack;
	struct edge *edges;
	uint32_t nedges, size;
};

static uint8_t location_of(const struct locations *c, const void *p, unsigned size, uint8_t *half)
{
	unsigned i, at = NO_LOCATION;

	/* behind a location of one word another one may begin */
	for (i = 0; i < c->n; i++) {
		ptrdiff_t off = (const char *)p - (const char *)c->at[i];

		if (off == 0 || (off == 4 && at == NO_LOCATION)) {
			*half = size == 8 ? BOTH : off ? HALF_HI : HALF_LO;
			at = i;
		}
		if (off == 0)
			break;
	}
	if (at == NO_LOCATION)
		*half = 0;
	return (uint8_t)at;
}

static bool same_op(const struct op *a, const struct op *b)
{
	return a->kind == b->kind && a->location == b->location && a->half == b->half &&
	       a->plain == b->plain && a->value == b->value && a->f == b->f;
}

/* ---- on the thread's stack ---- */

/* What lies below is dead; what was there must not make two histories differ. */
static __attribute__((noinline)) void scrub(void)
{
	char dead[SCRUB_BYTES];

	explicit_bzero(dead, sizeof(dead));
}

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

/* Every byte from here to the top, the caller's saved registers among them. */
static __attribute__((noinline)) void hash_state(struct behaviour *b)
{
	struct playback *p = b->playback;
	const char *top = p->stack + STACK_BYTES, *from;
	uint64_t h = 1, g = 2, v;

	from = (const char *)((uintptr_t)&v & ~(uintptr_t)15) + 32;
	for (; from < top; from += sizeof(v)) {
		memcpy(&v, from, sizeof(v));
		h = mix(h, v);
		g = mix(g + 0x51ed270b, v ^ h >> 32);
	}
	v = (b->off_stack ? b->off_stack(b->arg) : 0) ^ b->notes;
	p->state[0] = mix(h, v);
	p->state[1] = mix(g, v);
}

/* Back to play(), for good. */
static __attribute__((noinline)) void stop(struct behaviour *b)
{
	jmp_buf registers;

	_setjmp(registers);	/* on the stack with the rest */
	hash_state(b);
	swapcontext(&b->playback->thread, &b->playback->home);
}

/* Memory that is no location is never written: it is what it is, in whatever order it is read. */
static bool constant(struct behaviour *b, const struct access *a, const struct op *op, uint64_t *got)
{
	if (!a->p || op->location != NO_LOCATION || a->kind == ACCESS_RMW)
		return false;
	*got = 0;
	if (access_loads(a->kind))
		memcpy(got, a->p, a->size);
	else
		b->foreign |= a->kind != ACCESS_CHOOSE;
	return true;
}

static struct op op_of(const struct behaviour *b, const struct access *a)
{
	struct op op = { .kind = (uint8_t)a->kind, .location = NO_LOCATION, .value = a->value, .f = a->f,
			 .who = a->who };

	if (a->p)
		op.location = location_of(b->locations, a->p, a->size, &op.half);
	op.plain = a->kind == ACCESS_LOAD_PLAIN || a->kind == ACCESS_STORE_PLAIN;
	if (op.plain)
		op.kind = access_loads(a->kind) ? ACCESS_LOAD : ACCESS_STORE;
	if (a->kind == ACCESS_RMW && op.location == NO_LOCATION)
		op.value = 0;	/* a count of references: a barrier, and nothing else */
	return op;
}

static __attribute__((noinline)) bool known(struct behaviour *b, const struct access *a, uint64_t *got)
{
	struct playback *p = b->playback;
	const struct op op = op_of(b, a);

	if (constant(b, a, &op, got))
		return true;
	if (p->i == p->len) {
		p->next = op;
		return false;
	}
	if (!same_op(&op, &b->nodes[p->path[p->i]].op)) {
		b->wild = true;
		return false;
	}
	p->i++;
	*got = p->i == p->len ? p->last : b->nodes[p->path[p->i]].got;
	return true;
}

static uint64_t answer(void *arg, const struct access *a)
{
	uint64_t got;

	if (!known(arg, a, &got))
		stop(arg);
	scrub();
	return got;
}

/* makecontext() passes ints; a pointer travels in two. */
static void enter(unsigned hi, unsigned lo)
{
	struct behaviour *b = (void *)(uintptr_t)((uint64_t)hi << 32 | lo);

	b->run(b->arg);
	b->playback->next = (struct op){ .kind = ACCESS_END, .location = NO_LOCATION };
	b->playback->state[0] = b->playback->state[1] = mix(3, b->notes);
}

/* ---- on the caller's ---- */

/* Runs the code up to the first access that has no answer: p->next. */
static void play(struct behaviour *b)
{
	struct explore_hooks hooks = { .access = answer, .arg = b, .tears = b->tears };
	const struct explore_hooks *old = explore_watch(&hooks);
	struct playback *p = b->playback;

	p->i = 0;
	b->notes = 0;
	memset(p->stack, 0, STACK_BYTES);
	p->begin.uc_stack.ss_sp = p->stack;
	p->begin.uc_stack.ss_size = STACK_BYTES;
	p->begin.uc_link = &p->home;
	makecontext(&p->begin, (void (*)(void))enter, 2, (unsigned)((uint64_t)(uintptr_t)b >> 32),
		    (unsigned)(uintptr_t)b);
	swapcontext(&p->home, &p->begin);
	p->next.notes = b->notes;
	explore_watch(old);
}

static uint32_t *bucket(struct behaviour *b, const struct playback *p)
{
	const uint32_t mask = 2 * b->size - 1;
	uint32_t i = (uint32_t)p->state[0] & mask;

	for (; b->by_hash[i] != NO_NODE; i = (i + 1) & mask) {
		const struct node *n = &b->nodes[b->by_hash[i]];

		if (n->state[0] == p->state[0] && n->state[1] == p->state[1] &&
		    same_op(&n->op, &p->next) && n->op.notes == p->next.notes)
			break;
	}
	return &b->by_hash[i];
}

static int grow(struct behaviour *b)
{
	const uint32_t size = b->size ? 2 * b->size : 64;
	struct node *nodes = realloc(b->nodes, size * sizeof(*nodes));
	uint32_t *by_hash = malloc(2 * size * sizeof(*by_hash)), i;

	if (nodes)
		b->nodes = nodes;
	if (!nodes || !by_hash) {
		free(by_hash);
		return -ENOMEM;
	}
	free(b->by_hash);
	b->by_hash = by_hash;
	b->size = size;
	memset(by_hash, 0xff, 2 * size * sizeof(*by_hash));
	for (i = 0; i < b->nr; i++) {
		uint32_t at = (uint32_t)b->nodes[i].state[0] & (2 * size - 1);

		while (by_hash[at] != NO_NODE)
			at = (at + 1) & (2 * size - 1);
		by_hash[at] = i;
	}
	return 0;
}

/* The node of the state that play() ended in: one that is known, or a new one. */
static uint32_t node_here(struct behaviour *b, uint32_t parent, uint64_t got)
{
	const struct playback *p = b->playback;
	uint32_t *at;

	if (b->nr == b->size && grow(b))
		return NO_NODE;
	at = bucket(b, p);
	if (*at != NO_NODE)
		return *at;
	b->nodes[b->nr] = (struct node){
		.op = p->next, .state = { p->state[0], p->state[1] }, .got = got, .parent = parent,
		.depth = parent == NO_NODE ? 0 : b->nodes[parent].depth + 1, .edges = NO_NODE,
	};
	return *at = b->nr++;
}

static bool add_edge(struct behaviour *b, uint32_t node, uint64_t got, uint32_t to)
{
	struct playback *p = b->playback;

	if (p->nedges == p->size) {
		const uint32_t size = p->size ? 2 * p->size : 64;
		struct edge *more = realloc(p->edges, size * sizeof(*more));

		if (!more)
			return false;
		p->edges = more;
		p->size = size;
	}
	p->edges[p->nedges] = (struct edge){ .got = got, .to = to, .next = b->nodes[node].edges };
	b->nodes[node].edges = p->nedges++;
	return true;
}

uint32_t behaviour_next(struct behaviour *b, uint32_t node, uint64_t got)
{
	struct playback *p = b->playback;
	uint32_t e, n;

	for (e = b->nodes[node].edges; e != NO_NODE; e = p->edges[e].next)
		if (p->edges[e].got == got)
			return p->edges[e].to;
	p->len = b->nodes[node].depth + 1;
	if (p->len > MAX_DEPTH) {
		b->endless = true;
		return NO_NODE;
	}
	for (n = node; n != NO_NODE; n = b->nodes[n].parent)
		p->path[b->nodes[n].depth] = n;
	p->last = got;
	play(b);
	n = b->foreign || b->wild ? NO_NODE : node_here(b, node, got);
	return n == NO_NODE || !add_edge(b, node, got, n) ? NO_NODE : n;
}

int behaviour_init(struct behaviour *b)
{
	b->nodes = NULL;
	b->by_hash = NULL;
	b->nr = b->size = 0;
	b->endless = b->foreign = b->wild = false;
	b->playback = calloc(1, sizeof(*b->playback));
	if (!b->playback)
		return -ENOMEM;
	b->playback->stack = aligned_alloc(64, STACK_BYTES);
	if (!b->playback->stack)
		return -ENOMEM;
	getcontext(&b->playback->begin);
	play(b);
	return b->foreign ? -EFAULT : node_here(b, NO_NODE, 0) == NO_NODE ? -ENOMEM : 0;
}

void behaviour_free(struct behaviour *b)
{
	if (b->playback) {
		free(b->playback->stack);
		free(b->playback->edges);
	}
	free(b->playback);
	free(b->nodes);
	free(b->by_hash);
	*b = (struct behaviour){ .nodes = NULL };
}

const struct op *behaviour_op(const struct behaviour *b, uint32_t node)
{
	return &b->nodes[node].op;
}

void behaviour_note(struct behaviour *b, uint32_t notes)
{
	b->notes |= notes;
}
