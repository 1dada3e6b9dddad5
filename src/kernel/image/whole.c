/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions of an image and what flows between them.
 *
 * Invariant: what is kept of a function only grows, and whoever read what has grown is run
 * again. Nothing here depends on the order in which functions are run.
 */
#include "flow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RUNS = 1000000 };

static void *grown(struct whole *w, void *p, size_t n, size_t size)
{
	if (n & (n - 1))
		return p;
	p = realloc(p, (n ? 2 * n : 1) * size);
	if (!p)
		w->err = -ENOMEM;
	return p;
}

void whole_again(struct whole *w, unsigned f)
{
	if (w->funcs[f].queued || !w->funcs[f].code || w->record)
		return;
	w->funcs[f].queued = true;
	w->queue[(w->head + w->nqueue++) % w->image->nsymbols] = f;
}

void whole_list(struct whole *w, unsigned **list, unsigned *n, unsigned f)
{
	unsigned i, *l;

	for (i = *n; i-- > 0;)
		if ((*list)[i] == f)
			return;
	l = grown(w, *list, *n, sizeof(*l));
	if (!l)
		return;
	*list = l;
	l[(*n)++] = f;
}

/* Does a function begin there? */
static bool is_function(const struct whole *w, uint32_t addr)
{
	int f = kimage_symbol(w->image, addr);

	return f >= 0 && w->image->symbols[f].addr == addr;
}

/* A function, or a struct that has pointers to some: nothing else is worth to be known. */
static bool leads(const struct whole *w, uint32_t addr)
{
	uint32_t word;
	unsigned i;

	if (!kimage_at(w->image, addr, 4))
		return false;
	if (is_function(w, addr))
		return true;
	for (i = 0; i < 64; i += 4)
		if (kimage_word(w->image, addr + i, &word) && is_function(w, word))
			return true;
	return false;
}

/* Only this is of use to another function: constants that are in the image, and what entries lead to. */
struct val whole_handed(const struct whole *w, struct val v)
{
	unsigned i;

	if ((v.kind != V_CONST && v.kind != V_ENTRY) || v.doubt)
		return val_unknown();
	for (i = 0; i < val_count(&w->sets, v); i++)
		if (!leads(w, val_constant(&w->sets, v, i)))
			return val_unknown();
	if (v.kind == V_ENTRY) {
		v.off &= 7;
		v.id = 0;
	} else {
		v.from = 1;
	}
	return v;
}

static bool merge(struct whole *w, struct val *to, struct val v)
{
	struct val all = val_join(&w->sets, *to, v, 0, MOST_CONSTANTS);

	if (val_same(all, *to))
		return false;
	*to = all;
	return true;
}

/* What the call at `site` says of a word of f's; has it become another? */
bool whole_vote(struct whole *w, unsigned f, struct word *to, struct val v, uint32_t site)
{
	uint32_t *l;
	unsigned i;

	if (v.kind < V_MADE)
		return merge(w, &to->v, v);
	merge(w, &to->heard, v);
	for (i = 0; i < to->nsites && to->sites[i] != site; i++)
		;
	if (i == to->nsites) {
		l = grown(w, to->sites, to->nsites, sizeof(*l));
		if (!l)
			return false;
		to->sites = l;
		l[to->nsites++] = site;
	}
	return 2 * to->nsites >= w->funcs[f].sites && merge(w, &to->v, to->heard);
}

/* ---- what functions are given ---- */

void whole_uses(struct whole *w, unsigned f, int32_t stack)
{
	const bool arm = w->image->arch == ARCH_ARM;
	unsigned k = (unsigned)(stack - (arm ? 0 : 4)) / 4 + (arm ? 4 : 3), i;

	if (stack < (arm ? 0 : 4) || k >= PARAMS || w->funcs[f].uses >> k & 1)
		return;
	w->funcs[f].uses |= 1u << k;
	for (i = 0; i < w->funcs[f].ncallers; i++)
		whole_again(w, w->funcs[f].callers[i]);
}

struct val whole_param(struct whole *w, unsigned f, unsigned k)
{
	struct val v = w->funcs[f].in[k].v;

	if (v.kind >= V_MADE) {
		v.id = 0x20000000u + k;
		return v;
	}
	return v.kind == V_CONST ? v : (struct val){ .kind = V_PARAM, .from = (uint8_t)k };
}

static void all_again(struct whole *w, const unsigned *list, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++)
		whole_again(w, list[i]);
}

/* That word of what parameter k points to; it is made where it was not asked for before. NULL: no memory */
static struct field *field(struct whole *w, unsigned f, unsigned k, int32_t off)
{
	struct func *fn = &w->funcs[f];
	struct field *l;
	unsigned i;

	for (i = 0; i < fn->nfields[k]; i++)
		if (fn->fields[k][i].off == off)
			return &fn->fields[k][i];
	l = grown(w, fn->fields[k], fn->nfields[k], sizeof(*l));
	if (!l)
		return NULL;
	fn->fields[k] = l;
	l[fn->nfields[k]] = (struct field){ .off = off };
	all_again(w, fn->callers, fn->ncallers);	/* they have not been asked for it */
	return &l[fn->nfields[k]++];
}

struct val whole_field(struct whole *w, unsigned f, unsigned k, int32_t off)
{
	struct field *l = off >= 0 && off < REACH ? field(w, f, k, off) : NULL;

	return l && l->w.v.kind != V_NEVER ? l->w.v : val_unknown();
}

void whole_put(struct whole *w, unsigned f, unsigned k, int32_t off, struct val v, uint32_t site)
{
	struct func *fn = &w->funcs[f];
	struct field *l;
	bool news;

	v = whole_handed(w, v);
	if (v.kind <= V_UNKNOWN || k >= PARAMS)
		return;
	l = field(w, f, k, off);
	if (!l)
		return;
	news = site ? whole_vote(w, f, &l->w, v, site) : merge(w, &l->w.v, v);
	if (!news && (l->out || site))
		return;
	l->out |= !site;
	whole_again(w, f);
	if (l->out)
		all_again(w, fn->callers, fn->ncallers);
}

void whole_return(struct whole *w, unsigned f, struct val v)
{
	if (v.kind != V_PARAM)
		v = whole_handed(w, v);
	if (merge(w, &w->funcs[f].ret, v))
		all_again(w, w->funcs[f].callers, w->funcs[f].ncallers);
}

/* ---- what only its use shows ---- */

unsigned whole_hinted(const struct whole *w, unsigned f, uint32_t id)
{
	unsigned i;

	for (i = 0; i < w->nhints; i++)
		if (w->hints[i].func == f && w->hints[i].id == id)
			return w->hints[i].levels;
	return 0;
}

void whole_hint(struct frame *fr, struct val at, unsigned levels)
{
	struct whole *w = fr->w;
	struct hint *l;

	if (at.kind == V_PARAM && merge(w, &w->funcs[fr->f].in[at.from].v, (struct val){ .kind = V_ENTRY, .levels = (uint8_t)levels }))
		whole_again(w, fr->f);
	if ((at.kind > V_BITS && at.kind != V_MADE) || !at.id || whole_hinted(w, fr->f, at.id))
		return;
	l = grown(w, w->hints, w->nhints, sizeof(*l));
	if (!l)
		return;
	w->hints = l;
	l[w->nhints++] = (struct hint){ .func = fr->f, .id = at.id, .levels = (uint8_t)levels };
	whole_again(w, fr->f);
}

/* ---- memory at fixed addresses ---- */

static struct global *global(struct whole *w, uint32_t addr)
{
	struct global *g;
	unsigned i;

	for (i = 0; i < w->nglobals; i++)
		if (w->globals[i].addr == addr)
			return &w->globals[i];
	g = grown(w, w->globals, w->nglobals, sizeof(*g));
	if (!g)
		return NULL;
	w->globals = g;
	g[w->nglobals] = (struct global){ .addr = addr };
	return &g[w->nglobals++];
}

struct val whole_load(struct whole *w, unsigned f, uint32_t addr, bool passed)
{
	struct val v = { .kind = V_UNKNOWN, .from = 1, .off = (int32_t)addr };
	uint32_t word;
	unsigned i;

	for (i = 0; i < w->nglobals; i++)
		if (w->globals[i].addr == addr) {
			whole_list(w, &w->globals[i].readers, &w->globals[i].nreaders, f);
			if (w->globals[i].v.kind > V_UNKNOWN)
				v = w->globals[i].v;
		}
	/* what it is at first: a struct's pointer to a function, or to a struct */
	/* 0 beside pointers to functions, in a struct that a caller passes: it has none there; elsewhere it is set at boot */
	if (v.kind != V_ENTRY && kimage_word(w->image, addr, &word) && (word ? leads(w, word) : passed && (leads(w, addr) || leads(w, addr - 60))))
		v = val_join(&w->sets, v, (struct val){ .kind = V_CONST, .off = (int32_t)word }, 0, MOST_CONSTANTS);
	if (v.kind == V_ENTRY)
		v.id = 0x60000000u ^ addr;
	return v;
}

void whole_store(struct whole *w, uint32_t addr, struct val v)
{
	struct global *g;

	v = whole_handed(w, v);
	if (v.kind < V_MADE || addr < w->image->segments[0].addr)	/* no kernel has anything at 0 */
		return;
	g = global(w, addr);
	if (g && merge(w, &g->v, v)) {
		if (g->nreaders)
			all_again(w, g->readers, g->nreaders);
		else
			w->restart = true;	/* whoever has read it did not say so */
	}
}

/* ---- accesses ---- */

void whole_access(struct frame *fr, unsigned block, unsigned step, struct access a)
{
	struct whole *w = fr->w;
	struct access *l;

	if (a.at.doubt && a.at.anywhere) {	/* on one path only, and no entry has such an address */
		w->doubtful += w->record;
		return;
	}
	w->funcs[fr->f].entries |= a.at.kind == V_ENTRY;
	w->funcs[fr->f].entries |= a.how == 'F';
	if (!w->record)
		return;
	l = grown(w, w->accesses, w->naccesses, sizeof(*l));
	if (!l)
		return;
	w->accesses = l;
	a.func = fr->f;
	a.block = block;
	a.step = step;
	l[w->naccesses++] = a;
}

/* ---- all of it ---- */

static void count_sites(struct whole *w)
{
	unsigned i, k;
	int f;

	for (i = 0; i < w->image->nsymbols; i++)
		for (k = 0; k < w->funcs[i].routine.nsteps; k++) {
			const struct step *st = &w->funcs[i].routine.steps[k];

			if ((st->what != S_CALL && st->what != S_TAIL) || st->a != NOREG)
				continue;
			f = kimage_symbol(w->image, (uint32_t)st->imm);
			if (f >= 0)
				w->funcs[f].sites++;
		}
}

/* Is it a function? Data has names, too. */
static bool is_code(const struct kimage *k, const struct symbol *s)
{
	size_t n = strlen(s->name);

	return kimage_at(k, s->addr, 4) && s->size >= 4 && !(n > 5 && !strcmp(s->name + n - 5, ".cold")) && s->addr < 0xfff00000;
}

int whole_open(struct whole *w, const struct kimage *k)
{
	unsigned i;
	int err;

	*w = (struct whole){ .image = k };
	err = lifter_open(&w->lifter, k);
	w->funcs = calloc(k->nsymbols, sizeof(*w->funcs));
	w->queue = calloc(k->nsymbols, sizeof(*w->queue));
	if (!err && (!w->funcs || !w->queue))
		err = -ENOMEM;
	for (i = 0; !err && i < k->nsymbols; i++) {
		w->funcs[i].code = is_code(k, &k->symbols[i]);
		if (w->funcs[i].code)
			err = lift(&w->lifter, (int)i, &w->funcs[i].routine);
		whole_again(w, i);
	}
	if (!err)
		count_sites(w);
	return err ? err : uses_find(w);
}

static int run_one(struct whole *w, unsigned f)
{
	struct frame fr = { .w = w, .f = f, .r = &w->funcs[f].routine };
	int err;

	w->runs++;
	err = flow_run(&fr);
	return err ? err : w->err;
}

int whole_run(struct whole *w)
{
	unsigned i;
	int err = 0;

	do {
		w->restart = false;
		while (w->nqueue && !err && w->runs < MOST_RUNS) {
			unsigned f = w->queue[w->head];

			w->head = (w->head + 1) % w->image->nsymbols;
			w->nqueue--;
			w->funcs[f].queued = false;
			err = run_one(w, f);
		}
		for (i = 0; w->restart && i < w->image->nsymbols; i++)
			whole_again(w, i);
	} while (w->restart && !err);
	w->record = true;
	for (i = 0; !err && i < w->image->nsymbols; i++)
		if (w->funcs[i].entries)
			err = run_one(w, i);
	return err;
}

static void func_free_word(struct whole *w, unsigned f, unsigned k)
{
	struct func *fn = &w->funcs[f];
	unsigned i;

	for (i = 0; i < fn->nfields[k]; i++)
		free(fn->fields[k][i].w.sites);
	free(fn->fields[k]);
	free(fn->in[k].sites);
}

void whole_close(struct whole *w)
{
	unsigned i, k;

	for (i = 0; w->funcs && i < w->image->nsymbols; i++) {
		for (k = 0; k < PARAMS; k++)
			func_free_word(w, i, k);
		free(w->funcs[i].callers);
		routine_free(&w->funcs[i].routine);
	}
	for (i = 0; i < w->nglobals; i++)
		free(w->globals[i].readers);
	for (i = 0; i < w->sets.n; i++)
		free(w->sets.words[i]);
	free(w->sets.words);
	free(w->sets.hashed);
	free(w->globals);
	free(w->hints);
	free(w->funcs);
	free(w->queue);
	free(w->accesses);
	lifter_close(&w->lifter);
	*w = (struct whole){ 0 };
}
