/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two accesses of words are one of an entry if one leads to the other with no call between
 * them, they are of the same kind, and their addresses are the same value, or the same
 * unchanged registers, but for the word. Invariant: each access is in one row.
 */
#include "rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FAR = 120, MOST_BLOCKS = 24 };

struct group {
	const struct whole *w;
	const struct routine *r;
	const struct access *a;
	unsigned n;
	bool *used;
	int *by_step;		/* the access of a step, -1: none */
};

static bool is_word(const struct access *a)
{
	return a->at.kind == V_ENTRY && a->width == 4 && !a->at.anywhere && strchr("RWXB", a->how) && !(a->at.off & 3);
}

static bool stores(char how)
{
	return how != 'R';
}

static bool is_high(const struct access *a)
{
	return a->at.off & 4;
}

static bool same_entry(const struct access *a, const struct access *b)
{
	return a->at.id == b->at.id && (a->at.off & ~7) == (b->at.off & ~7);
}

static const struct step *step_of(const struct group *g, unsigned i)
{
	return &g->r->steps[g->a[i].step];
}

/* By the same registers; they are unchanged if `kept` */
static bool same_operand(const struct group *g, unsigned i, unsigned k, bool kept)
{
	const struct step *x = step_of(g, i), *y = step_of(g, k);

	return kept && x->a == y->a && x->b == y->b && x->shift == y->shift &&
	       y->imm - x->imm == (int)is_high(&g->a[k]) * 4 - (int)is_high(&g->a[i]) * 4;
}

static bool called(const struct group *g, const struct step *st)
{
	int f = st->what == S_CALL && st->a == NOREG ? kimage_symbol(g->w->image, (uint32_t)st->imm) : -1;

	return (st->what == S_CALL || st->what == S_CALL_BY || (st->what == S_TAIL && !st->maybe)) &&
	       !(f >= 0 && whole_is_trace(g->w->image->symbols[f].name));
}

struct way { unsigned block, step; bool kept; };

/*
 * From access i, which was reached as `high` says, the first unused one of its kind to the word
 * `wanted`; -1: none. `whole`: one of all 8 bytes, by a locked instruction.
 */
static int next_of(const struct group *g, unsigned i, bool wanted, bool whole)
{
	const struct access *from = &g->a[i];
	struct way todo[MOST_BLOCKS] = { { from->block, from->step + 1, true } };
	unsigned blocks[MOST_BLOCKS], ntodo = 1, nblocks = 0, steps = 0, e, k;

	while (ntodo) {
		struct way at = todo[--ntodo];
		const struct block *b = &g->r->blocks[at.block];
		bool ends = false;

		for (; at.step < b->end && !ends && steps < FAR; at.step++, steps++) {
			const struct step *st = &g->r->steps[at.step];
			int n = g->by_step[at.step];

			if (n >= 0 && (unsigned)n != i && g->a[n].at.kind == V_ENTRY) {
				const struct access *to = &g->a[n];
				bool same = same_entry(from, to) || same_operand(g, i, (unsigned)n, at.kept);

				if (whole && to->width == 8 && to->how == 'X' && same)
					return n;
				if (!whole && is_word(to) && same && stores(to->how) == stores(from->how)) {
					if (is_high(to) == wanted && !g->used[n])
						return n;
					ends = true;
				}
			}
			if (called(g, st))
				ends = true;
			if (st->what != S_TOUCH && st->what != S_STORE && st->dst != NOREG &&
			    (st->dst == step_of(g, i)->a || st->dst == step_of(g, i)->b))
				at.kept = false;
		}
		for (e = 0; !ends && e < b->nedges; e++) {
			unsigned to = g->r->edges[b->edge + e];

			for (k = 0; k < nblocks && blocks[k] != to; k++)
				;
			if (k < nblocks || nblocks == MOST_BLOCKS || ntodo == MOST_BLOCKS)
				continue;
			blocks[nblocks++] = to;
			todo[ntodo++] = (struct way){ to, g->r->blocks[to].first, at.kept };
		}
	}
	return -1;
}

static void part(struct row *row, const struct access *a)
{
	row->high[row->nparts] = is_high(a);
	row->addr[row->nparts++] = a->addr;
}

/*
 * Does what follows access k lead back to access i or n, over one block at most? Then it may be the
 * check of a loop that reads until nothing has changed.
 */
static bool loops(const struct group *g, unsigned k, unsigned i, unsigned n)
{
	const struct routine *r = g->r;
	const struct block *b = &r->blocks[g->a[k].block], *c;
	unsigned e, f, to;

	for (e = 0; e < b->nedges; e++) {
		to = r->edges[b->edge + e];
		if (to == g->a[i].block || to == g->a[n].block)
			return true;
		c = &r->blocks[to];
		for (f = 0; f < c->nedges; f++)
			if (r->edges[c->edge + f] == g->a[i].block || r->edges[c->edge + f] == g->a[n].block)
				return true;
	}
	return false;
}

/* One or two words, and the first once more */
static void words_of(struct group *g, unsigned i, struct row *row)
{
	const bool high = is_high(&g->a[i]);
	int k = next_of(g, i, !high, false), again = -1;

	part(row, &g->a[i]);
	if (k < 0) {
		row->promise = ONE_WORD;
		row->order = high ? "high" : "low";
		return;
	}
	g->used[k] = true;
	part(row, &g->a[k]);
	row->promise = TWO_WORDS;
	row->order = high ? "high, low" : "low, high";
	if (row->how == 'R') {
		again = next_of(g, (unsigned)k, high, false);
		if (again >= 0 && loops(g, (unsigned)again, i, (unsigned)k)) {
			g->used[again] = true;
			part(row, &g->a[again]);
			row->order = high ? "high, low, high again" : "low, high, low again";
		} else if (next_of(g, (unsigned)k, high, true) >= 0) {
			row->note = "what the cmpxchg8b that follows expects";
		}
	}
}

static void by_pointer(const struct whole *w, const struct access *a, struct row *row)
{
	unsigned i, n = 0;

	row->promise = UNKNOWN;
	row->note = "its address is handed to a function that nobody knows, by a pointer";
	if (w->image->arch != ARCH_ARM || a->arg || !a->pointer)
		return;
	/* a variable that is set at boot: of what ARM calls by one with an entry's address, there is set_pte_ext only */
	for (i = 0; i < w->image->nsymbols; i++) {
		const char *name = w->image->symbols[i].name, *end = strstr(name, "_set_pte_ext");

		n += !strncmp(name, "cpu_", 4) && end && !end[12];
	}
	if (!n)
		return;
	row->how = 'S';
	row->note = "by processor.set_pte_ext";
}

static void whole_of(const struct whole *w, const struct access *a, struct row *row)
{
	row->addr[row->nparts++] = a->addr;
	row->order = "both in one";
	if (a->how == 'M') {
		row->how = a->arg ? 'R' : 'W';
		row->promise = NOT_PROMISED;
		row->note = "whole entries, by a function that copies or clears memory";
	} else if (a->how == 'H') {
		row->how = 'X';
		row->promise = ATOMIC;
		row->note = "by set_64bit, a function of its own here";
	} else if (a->how == 'C') {
		row->order = "-";
		by_pointer(w, a, row);
	} else if (!strcmp(a->by, "rep")) {
		row->how = a->how == 'R' ? 'R' : 'W';
		row->promise = NOT_PROMISED;
		row->note = "whole entries, word by word";
	} else if (a->width >= 8) {
		row->promise = a->at.anywhere ? UNKNOWN : promise_of_whole(w->image->arch, a->by, a->how);
		row->note = a->at.anywhere ? "which word is not known" : "";
	} else if (a->width < 4) {
		row->promise = ONE_WORD;
		row->order = "part";
	} else {
		row->promise = UNKNOWN;
		row->order = "-";
		row->note = "which word is not known";
	}
}

static int by_addr(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->addr[0] != y->addr[0])
		return x->addr[0] < y->addr[0] ? -1 : 1;
	return (x->func > y->func) - (x->func < y->func);
}

static int order_of_code(const void *a, const void *b)
{
	const struct access *x = a, *y = b;

	if (x->func != y->func)
		return x->func < y->func ? -1 : 1;
	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return (x->step > y->step) - (x->step < y->step);
}

static int of_function(const struct whole *w, const struct access *a, unsigned n, struct rows *out)
{
	struct group g = { .w = w, .r = &w->funcs[a->func].routine, .a = a, .n = n };
	unsigned i;

	g.used = calloc(n, sizeof(*g.used));
	g.by_step = malloc((g.r->nsteps + 1) * sizeof(*g.by_step));
	if (!g.used || !g.by_step) {
		free(g.used);
		free(g.by_step);
		return -ENOMEM;
	}
	for (i = 0; i < g.r->nsteps; i++)
		g.by_step[i] = -1;
	for (i = 0; i < n; i++)
		if (!strchr("CMH", a[i].how))
			g.by_step[a[i].step] = (int)i;
	for (i = 0; i < n; i++) {
		struct row *row = &out->row[out->n];

		if (g.used[i] || (a[i].how == 'F' && a[i].at.kind == V_ENTRY))
			continue;
		g.used[i] = true;
		*row = (struct row){ .func = a->func, .how = a[i].how, .levels = a[i].at.levels, .arg = a[i].arg, .note = "" };
		if (a[i].how == 'F') {
			row->addr[row->nparts++] = a[i].addr;
			row->promise = UNKNOWN;
			row->order = "-";
			row->note = "a table's line is cleaned, and nothing is known to have been stored there";
			row->levels = 0;
		} else if (is_word(&a[i])) {
			words_of(&g, i, row);
		} else {
			whole_of(w, &a[i], row);
		}
		out->n++;
	}
	free(g.used);
	free(g.by_step);
	return 0;
}

int rows_make(const struct whole *w, struct rows *out)
{
	struct access *a = w->accesses;
	unsigned i, k;
	int err = 0;

	*out = (struct rows){ .row = calloc(w->naccesses + 1, sizeof(*out->row)) };
	if (!out->row)
		return -ENOMEM;
	if (w->naccesses)
		qsort(a, w->naccesses, sizeof(*a), order_of_code);
	for (i = 0; i < w->naccesses && !err; i = k) {
		for (k = i; k < w->naccesses && a[k].func == a[i].func; k++)
			;
		err = of_function(w, a + i, k - i, out);
	}
	qsort(out->row, out->n, sizeof(*out->row), by_addr);
	return err;
}
