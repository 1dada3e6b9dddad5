/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a function's bytes to blocks of steps: from its entry, along every branch, so that data
 * between the code is never taken for code. A branch to elsewhere is a call that does not
 * come back, but for the function's own .cold part.
 */
#include "steps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct place { uint32_t addr, size, target; unsigned first, n, table; enum next next; bool branches; };

struct work {
	const struct lifter *l;
	int symbol;
	struct routine *r;
	struct place *places;
	uint32_t *todo;
	unsigned nplaces, ntodo;
	uint8_t *seen;		/* of each byte: 1 an instruction begins here, 2 a block does */
	uint32_t cold, cold_size;
	unsigned bound;
};

static void *grown(void *p, size_t n, size_t size)
{
	return n & (n - 1) ? p : realloc(p, (n ? 2 * n : 1) * size);
}

struct step *lifted_step(struct lifted *out, enum what what, unsigned dst, unsigned a, unsigned b)
{
	struct step *s = &out->steps[out->n < sizeof(out->steps) / sizeof(out->steps[0]) - 1 ? out->n++ : out->n];

	*s = (struct step){ .what = (uint8_t)what, .dst = (uint8_t)dst, .a = (uint8_t)a, .b = (uint8_t)b };
	return s;
}

/* ---- jumps that are made at run time ---- */

static bool is_nop(const struct kimage *k, uint32_t addr)
{
	const uint8_t *p = kimage_at(k, addr, 5);

	if (!p)
		return false;
	if (k->arch == ARCH_ARM)
		return !memcmp(p, "\x00\xf0\x20\xe3", 4) || !memcmp(p, "\x00\x00\xa0\xe1", 4) || p[3] == 0xea;
	return !memcmp(p, "\x0f\x1f\x44\x00\x00", 5) || !memcmp(p, "\x3e\x8d\x74\x26\x00", 5) || !memcmp(p, "\x66\x90", 2) ||
	       !memcmp(p, "\x89\xf6", 2) || p[0] == 0xe9 || p[0] == 0xeb;
}

/* A static key's place: where it is, where it leads to, relative (x86) or not; in one function */
static bool patch_at(const struct kimage *k, uint32_t at, struct patch *p)
{
	int from, to;

	if (!kimage_word(k, at, &p->from) || !kimage_word(k, at + 4, &p->to))
		return false;
	if (k->arch != ARCH_ARM) {
		p->from += at;
		p->to += at + 4;
	}
	from = kimage_symbol(k, p->from);
	to = kimage_symbol(k, p->to);
	if (from < 0 || to < 0 || p->from == p->to || !is_nop(k, p->from))
		return false;
	return from == to || !strncmp(k->symbols[from].name, k->symbols[to].name, strlen(k->symbols[from].name));
}

static int by_from(const void *a, const void *b)
{
	const struct patch *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

/* The longest table of them that the image has */
static int find_patches(struct lifter *l)
{
	const struct kimage *k = l->image;
	uint32_t best = 0, from = 0;
	struct patch p;
	unsigned i, n;

	for (i = 0; i < k->nsegments; i++) {
		const struct segment *s = &k->segments[i];
		uint32_t at;

		for (at = s->addr; at + 12 <= s->addr + s->size; at += 4) {
			if (!patch_at(k, at, &p))
				continue;
			for (n = 0; patch_at(k, at + 12 * n, &p); n++)
				;
			if (n > best) {
				best = n;
				from = at;
			}
			if (n > 3)
				at += 12 * (n - 1);
		}
	}
	if (best < 4)
		return 0;
	l->patches = calloc(best, sizeof(*l->patches));
	if (!l->patches)
		return -ENOMEM;
	for (n = 0; n < best; n++)
		patch_at(k, from + 12 * n, &l->patches[n]);
	l->npatches = best;
	qsort(l->patches, best, sizeof(*l->patches), by_from);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct symbol *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static int gather_cold(struct lifter *l)
{
	const struct kimage *k = l->image;
	unsigned i;

	l->cold = calloc(k->nsymbols, sizeof(const struct symbol *));
	if (!l->cold)
		return -ENOMEM;
	for (i = 0; i < k->nsymbols; i++) {
		size_t n = strlen(k->symbols[i].name);

		if (n > 5 && !strcmp(k->symbols[i].name + n - 5, ".cold"))
			l->cold[l->ncold++] = &k->symbols[i];
	}
	qsort(l->cold, l->ncold, sizeof(const struct symbol *), by_name);
	return 0;
}

int lifter_open(struct lifter *l, const struct kimage *k)
{
	*l = (struct lifter){ .image = k };
	if (cs_open(k->arch == ARCH_ARM ? CS_ARCH_ARM : CS_ARCH_X86, k->arch == ARCH_ARM ? CS_MODE_ARM : CS_MODE_32, &l->cs) ||
	    cs_option(l->cs, CS_OPT_DETAIL, CS_OPT_ON))
		return -ENOTSUP;
	return gather_cold(l) ? -ENOMEM : find_patches(l);
}

void lifter_close(struct lifter *l)
{
	if (l->cs)
		cs_close(&l->cs);
	free(l->patches);
	free(l->cold);
	*l = (struct lifter){ 0 };
}

/* ---- which instructions there are ---- */

/* Where it is noted, NULL: elsewhere */
static uint8_t *seen_at(struct work *w, uint32_t addr)
{
	const struct symbol *s = &w->l->image->symbols[w->symbol];

	if (addr - s->addr < s->size)
		return &w->seen[addr - s->addr];
	if (addr - w->cold < w->cold_size)
		return &w->seen[s->size + addr - w->cold];
	return NULL;
}

static int later(struct work *w, uint32_t addr)
{
	uint8_t *seen = seen_at(w, addr);

	if (!seen || *seen & 2)
		return 0;
	*seen |= 2;
	w->todo = grown(w->todo, w->ntodo, sizeof(*w->todo));
	if (!w->todo)
		return -ENOMEM;
	w->todo[w->ntodo++] = addr;
	return 0;
}

static int keep(struct work *w, const cs_insn *in, const struct lifted *one)
{
	struct place *p;
	unsigned i;

	w->places = grown(w->places, w->nplaces, sizeof(*w->places));
	if (!w->places)
		return -ENOMEM;
	p = &w->places[w->nplaces++];
	*p = (struct place){ .addr = (uint32_t)in->address, .size = in->size, .next = one->next, .target = one->target,
			     .first = w->r->nsteps, .n = one->n, .table = one->table, .branches = one->branches };
	for (i = 0; i < one->n; i++) {
		w->r->steps = grown(w->r->steps, w->r->nsteps, sizeof(*w->r->steps));
		if (!w->r->steps)
			return -ENOMEM;
		w->r->steps[w->r->nsteps] = one->steps[i];
		w->r->steps[w->r->nsteps++].addr = (uint32_t)in->address;
	}
	return 0;
}

/* cmp reg, #n: how many entries a table has that is indexed by what is not above it */
static void note_bound(struct work *w, const cs_insn *in)
{
	const cs_arm *a = &in->detail->arm;

	if (w->l->image->arch == ARCH_ARM && in->id == ARM_INS_CMP && a->op_count == 2 && a->operands[1].type == ARM_OP_IMM)
		w->bound = (unsigned)a->operands[1].imm + 1;
}

static struct patch *patch_from(const struct lifter *l, uint32_t addr)
{
	struct patch key = { .from = addr };

	return l->patches ? bsearch(&key, l->patches, l->npatches, sizeof(key), by_from) : NULL;
}

static uint32_t table_target(const struct work *w, const struct place *p, unsigned i)
{
	uint32_t at = p->addr + (p->branches ? 8 : 4) + 4 * i, v = at;

	return p->branches ? at : kimage_word(w->l->image, at, &v) ? v : 0;
}

/* One instruction after the other, until the flow ends or has been here */
static int follow(struct work *w, uint32_t addr)
{
	cs_insn *in = cs_malloc(w->l->cs);
	int err = in ? 0 : -ENOMEM;

	for (w->bound = 0; !err; addr += in->size) {
		struct lifted one = { .next = ON };
		uint8_t *seen = seen_at(w, addr);
		const uint8_t *code = seen ? kimage_at(w->l->image, addr, 4) : NULL;
		uint64_t at = addr;
		size_t room = 16;
		struct patch *patch = patch_from(w->l, addr);
		unsigned i;

		while (code && room > 4 && !kimage_at(w->l->image, addr, (uint32_t)room))
			room--;
		if (!seen || *seen & 1 || !code || !cs_disasm_iter(w->l->cs, &code, &room, &at, in))
			break;
		*seen |= 1;
		if (w->l->image->arch == ARCH_ARM)
			lift_arm(w->l->image, w->l->cs, in, w->bound, &one);
		else
			lift_x86(w->l->image, w->l->cs, in, &one);
		if ((one.next == JUMP || one.next == FORK) && !one.table && !seen_at(w, one.target)) {
			struct step *s = lifted_step(&one, S_TAIL, NOREG, NOREG, NOREG);

			s->imm = (int32_t)one.target;
			s->maybe = one.next == FORK;
			one.next = one.next == FORK ? ON : END;
		}
		if (patch && one.next == ON) {
			one.next = FORK;
			one.target = patch->to;
		} else if (patch && one.next == JUMP && one.target == patch->to) {
			one.next = FORK;
		}
		note_bound(w, in);
		err = keep(w, in, &one);
		if (!err && (one.next == JUMP || one.next == FORK) && !one.table)
			err = later(w, one.target);
		for (i = 0; !err && i < one.table; i++)
			err = later(w, table_target(w, &w->places[w->nplaces - 1], i));
		if (!err && one.next == FORK)
			err = later(w, addr + in->size);
		if (one.next != ON)
			break;
	}
	if (in)
		cs_free(in, 1);
	return err;
}

/* ---- blocks ---- */

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->addr > y->addr) - (x->addr < y->addr);
}

static unsigned block_at(const struct routine *r, uint32_t addr)
{
	unsigned lo = 0, hi = r->nblocks;

	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;

		if (r->blocks[mid].addr < addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < r->nblocks && r->blocks[lo].addr == addr ? lo : r->nblocks;
}

static int edge(struct routine *r, struct block *b, uint32_t to)
{
	unsigned n = block_at(r, to);

	if (n == r->nblocks)
		return 0;
	r->edges = grown(r->edges, r->nedges, sizeof(*r->edges));
	if (!r->edges)
		return -ENOMEM;
	r->edges[r->nedges++] = n;
	b->nedges++;
	return 0;
}

/* movls r0, #0; mvnhi r0, #21: one of both happens, so nothing is left of what was there before the first. */
static void settle(struct routine *r)
{
	enum { NEAR = 8 };
	unsigned b, i, k;

	for (b = 0; b < r->nblocks; b++)
		for (i = r->blocks[b].first; i < r->blocks[b].end; i++) {
			struct step *s = &r->steps[i];

			if (!s->maybe || !s->cc || s->what >= S_STORE || s->dst >= TEMP)
				continue;
			for (k = i + 1; k < r->blocks[b].end && k < i + NEAR; k++) {
				const struct step *t = &r->steps[k];

				if (t->maybe && t->what < S_STORE && t->dst == s->dst && t->cc == (uint8_t)(((s->cc - 1) ^ 1) + 1))
					s->maybe = false;
			}
		}
}

/* Steps in order of their addresses, and blocks of them */
static int arrange(struct work *w)
{
	struct routine *r = w->r;
	struct step *steps = malloc((r->nsteps + 1) * sizeof(*steps));
	unsigned i, n = 0, b = 0, k;
	int err = 0;

	r->blocks = calloc(w->nplaces + 1, sizeof(*r->blocks));
	if (!steps || !r->blocks) {
		free(steps);
		return -ENOMEM;
	}
	qsort(w->places, w->nplaces, sizeof(*w->places), by_place);
	for (i = 0; i < w->nplaces; i++) {
		const struct place *p = &w->places[i];

		if (!i || *seen_at(w, p->addr) & 2 || p[-1].next != ON || p[-1].addr + p[-1].size != p->addr)
			r->blocks[r->nblocks++] = (struct block){ .addr = p->addr, .first = n };
		memcpy(steps + n, r->steps + p->first, p->n * sizeof(*steps));
		n += p->n;
		r->blocks[r->nblocks - 1].end = n;
	}
	free(r->steps);
	r->steps = steps;
	for (i = 0; i < w->nplaces && !err; i++) {
		const struct place *p = &w->places[i];
		struct block *at = &r->blocks[b];
		bool last = i + 1 == w->nplaces || (b + 1 < r->nblocks && p[1].addr == r->blocks[b + 1].addr);

		if (!last)
			continue;
		at->edge = r->nedges;
		if (p->next == ON || p->next == FORK)
			err = edge(r, at, p->addr + p->size);
		if (!err && (p->next == JUMP || p->next == FORK) && !p->table)
			err = edge(r, at, p->target);
		for (k = 0; !err && k < p->table; k++)
			err = edge(r, at, table_target(w, p, k));
		b++;
	}
	settle(r);
	r->entry = block_at(r, w->l->image->symbols[w->symbol].addr);
	return err;
}

/* NAME.cold is a part of NAME, that is entered by jumps only. */
static void find_cold(struct work *w)
{
	const struct symbol *s = &w->l->image->symbols[w->symbol];
	unsigned lo = 0, hi = w->l->ncold;
	size_t n = strlen(s->name);

	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;
		const char *name = w->l->cold[mid]->name;
		int c = strncmp(name, s->name, n);

		if (!c)
			c = strcmp(name + n, ".cold");
		if (!c) {
			w->cold = w->l->cold[mid]->addr;
			w->cold_size = w->l->cold[mid]->size;
			return;
		}
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
}

int lift(const struct lifter *l, int s, struct routine *r)
{
	struct work w = { .l = l, .symbol = s, .r = r };
	int err;

	*r = (struct routine){ 0 };
	find_cold(&w);
	w.seen = calloc(l->image->symbols[s].size + w.cold_size + 1, 1);
	err = w.seen ? later(&w, l->image->symbols[s].addr) : -ENOMEM;
	while (!err && w.ntodo)
		err = follow(&w, w.todo[--w.ntodo]);
	if (!err)
		err = arrange(&w);
	free(w.seen);
	free(w.places);
	free(w.todo);
	if (err)
		routine_free(r);
	return err;
}

void routine_free(struct routine *r)
{
	free(r->steps);
	free(r->blocks);
	free(r->edges);
	*r = (struct routine){ 0 };
}
