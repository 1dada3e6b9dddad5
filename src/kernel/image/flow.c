/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One function: what registers and stack words may hold before each block, over all paths.
 * Invariant: a state only grows, by val_join(), so it ends; what may be an entry's address on
 * one path is one after the paths meet.
 */
#include "flow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 1000 };

struct val state_slot(const struct state *s, int32_t off)
{
	unsigned i;

	for (i = 0; i < s->nslots; i++)
		if (s->slots[i].off == off)
			return s->slots[i].v;
	return val_unknown();
}

void state_set(struct state *s, int32_t off, struct val v)
{
	unsigned i;

	for (i = 0; i < s->nslots && s->slots[i].off != off; i++)
		;
	if (v.kind <= V_UNKNOWN && !v.n) {
		if (i < s->nslots)
			s->slots[i] = s->slots[--s->nslots];
		return;
	}
	if (i == SLOTS)		/* what leads nowhere makes room */
		for (i = 0; i < SLOTS && val_matters(s->slots[i].v); i++)
			;
	if (i == SLOTS)
		return;
	s->slots[i] = (struct slot){ .off = off, .v = v };
	s->nslots += i == s->nslots;
}

/* Into the state before a block; has it changed? */
static bool join(struct frame *fr, unsigned block, const struct state *from)
{
	struct state *to = &fr->in[block];
	struct sets *sets = &fr->w->sets;
	bool changed = false, first = to->r[TEMP].kind == V_NEVER;	/* nothing has been here */
	unsigned i;

	for (i = 0; i < REGISTERS; i++) {
		struct val v = val_join(sets, to->r[i], from->r[i], 0x80000000u | block << 8 | i, FEW_CONSTANTS);

		changed |= !val_same(v, to->r[i]);
		to->r[i] = v;
	}
	if (first) {
		memcpy(to->slots, from->slots, from->nslots * sizeof(from->slots[0]));
		to->nslots = from->nslots;
		return true;
	}
	for (i = 0; i < from->nslots; i++) {
		struct val old = state_slot(to, from->slots[i].off);
		struct val v = val_join(sets, old, from->slots[i].v, 0x80000000u | block << 8 | (uint32_t)from->slots[i].off, FEW_CONSTANTS);

		if (!val_same(v, old) && (to->nslots < SLOTS || old.kind != V_UNKNOWN)) {
			state_set(to, from->slots[i].off, v);
			changed |= !val_same(state_slot(to, from->slots[i].off), old);
		}
	}
	for (i = to->nslots; i-- > 0;)	/* what only one path has, is known by it alone */
		if (to->slots[i].v.kind < V_CONST && to->slots[i].v.kind != V_UNKNOWN && state_slot(from, to->slots[i].off).kind <= V_UNKNOWN) {
			to->slots[i] = to->slots[--to->nslots];
			changed = true;
		}
	return changed;
}

static struct val reg(const struct state *s, unsigned r)
{
	return r == NOREG ? (struct val){ 0 } : s->r[r];
}

/* The address, or sum, of a step */
static struct val address(struct frame *fr, const struct state *s, const struct step *st)
{
	struct val a = reg(s, st->a), b = reg(s, st->b);

	if (st->a == NOREG && st->b == NOREG)
		return (struct val){ .kind = V_CONST, .off = st->imm };
	if (st->a == NOREG && !st->imm)
		return val_left(b, st->shift);
	if (st->a == NOREG)
		return val_sum(&fr->w->sets, (struct val){ .kind = V_CONST, .off = st->imm }, b, st->shift, 0);
	if (a.kind == V_NEVER)
		a = val_unknown();
	if (st->b != NOREG && b.kind == V_NEVER)
		b = val_unknown();
	return val_sum(&fr->w->sets, a, b, st->shift, st->imm);
}

static struct val load(struct frame *fr, const struct state *s, const struct step *st)
{
	struct val at = address(fr, s, st), v = { 0 };
	unsigned i;

	switch (at.kind) {
	case V_STACK:
		whole_uses(fr->w, fr->f, at.off);
		v = state_slot(s, at.off);
		break;
	case V_PARAM:
		v = whole_field(fr->w, fr->f, at.from, at.off);
		if (v.kind > V_UNKNOWN && v.kind != V_CONST)	/* the same word, the same value */
			v.id = 0x40000000u | (uint32_t)at.from << 16 | ((uint32_t)at.off & 0xffff);
		break;
	case V_CONST:
		for (i = 0; i < val_count(&fr->w->sets, at); i++)
			v = val_join(&fr->w->sets, v, whole_load(fr->w, fr->f, val_constant(&fr->w->sets, at, i), at.from), st->addr, MOST_CONSTANTS);
		break;
	case V_ENTRY:
		if (at.anywhere || !(at.off & 7))
			v = (struct val){ .kind = V_HELD, .levels = at.levels, .id = at.id * 31 + (uint32_t)at.off };
		break;
	default:
		break;
	}
	if (v.kind <= V_UNKNOWN && !v.from && !v.n)
		return (struct val){ .kind = V_UNKNOWN, .id = st->addr };
	return v;
}

static void store(struct frame *fr, struct state *s, const struct step *st)
{
	struct val at = address(fr, s, st), v = st->dst == NOREG ? val_unknown() : s->r[st->dst];
	unsigned i;

	if (at.kind == V_STACK)
		state_set(s, at.off, st->maybe ? val_join(&fr->w->sets, state_slot(s, at.off), v, st->addr, FEW_CONSTANTS) : v);
	else if (at.kind == V_PARAM && val_matters(v))
		whole_put(fr->w, fr->f, at.from, at.off, v, 0);
	else if (at.kind == V_CONST && val_matters(v))
		for (i = 0; i < val_count(&fr->w->sets, at); i++)
			whole_store(fr->w, val_constant(&fr->w->sets, at, i), v);
}

static struct val top(struct val v, uint32_t imm)
{
	if (v.kind == V_CONST && !v.id)
		return (struct val){ .kind = V_CONST, .off = (int32_t)(((uint32_t)v.off & 0xffff) | imm << 16) };
	return val_unknown();
}

/* a & b, a & ~b */
static struct val masked(struct val a, struct val b, bool clear)
{
	if (b.kind == V_CONST && !b.id)
		return val_mask(a, clear ? ~(uint32_t)b.off : (uint32_t)b.off);
	if (a.kind == V_CONST && !a.id && !clear)
		return val_mask(b, (uint32_t)a.off);
	if (a.kind == V_HELD) {	/* by a mask that is computed */
		a.n = 1;
		return a;
	}
	return b.kind == V_HELD && !clear ? b : a.kind == V_ENTRY ? a : val_made(a, b);
}

static struct val hinted(const struct frame *fr, struct val v)
{
	unsigned levels = whole_hinted(fr->w, fr->f, v.id);

	return levels ? (struct val){ .kind = V_ENTRY, .levels = (uint8_t)levels, .id = v.id } : v;
}

static void compute(struct frame *fr, struct state *s, const struct step *st)
{
	struct val v, a = reg(s, st->a), b = reg(s, st->b);

	switch (st->what) {
	case S_MOVE: v = a; break;
	case S_CONST: v = (struct val){ .kind = V_CONST, .off = st->imm }; break;
	case S_TOP: v = top(s->r[st->dst], (uint32_t)st->imm); break;
	case S_SUM: v = address(fr, s, st); break;
	case S_DIFFERENCE: v = val_difference(a, b); break;
	case S_AND: v = masked(a, b, false); break;
	case S_CLEAR: v = masked(a, b, true); break;
	case S_MASK: v = val_mask(a, (uint32_t)st->imm); break;
	case S_LEFT: v = val_left(a, (unsigned)st->imm); break;
	case S_RIGHT: v = val_right(a, (unsigned)st->imm); break;
	case S_BITS: v = val_bits(a, st->shift, (unsigned)st->imm); break;
	case S_LOAD: v = load(fr, s, st); break;
	default: v = val_made(a, b); break;
	}
	if (st->dst == NOREG)
		return;
	if ((v.kind <= V_BITS || v.kind == V_MADE) && !v.id)
		v.id = st->addr;
	if (v.kind <= V_BITS || v.kind == V_MADE)
		v = hinted(fr, v);
	s->r[st->dst] = st->maybe ? val_join(&fr->w->sets, s->r[st->dst], v, st->addr, FEW_CONSTANTS) : v;
}

/* set_64bit(), with which PAE stores entries: lock cmpxchg8b, again until it succeeds, and nothing else */
static bool is_set_64bit(const struct routine *r, const struct block *b, unsigned block, const struct step *st)
{
	unsigned i, e;

	for (i = b->first; i < b->end; i++)
		if (r->steps[i].what == S_TOUCH && &r->steps[i] != st)
			return false;
	for (e = 0; e < b->nedges; e++)
		if (r->edges[b->edge + e] == block)
			return true;
	return false;
}

/* Does this instruction say by itself that its address is an upper entry's? */
static bool shows(const struct frame *fr, unsigned block, unsigned step)
{
	const struct step *st = &fr->r->steps[step];
	const char *name = fr->w->image->symbols[fr->f].name;

	if (st->what == S_CLEAN)	/* else only the functions that look after caches do it, in assembler */
		return !strchr("vb", name[0]) || !strchr("0123456789", name[1]);
	return st->how == 'X' && st->width == 8 && !strcmp(st->by, "cmpxchg8b") && strncmp(name, "atomic64_", 9) &&
	       is_set_64bit(fr->r, &fr->r->blocks[block], block, st);
}

static void note(struct frame *fr, unsigned block, unsigned step, const struct state *s)
{
	const struct step *st = &fr->r->steps[step];
	struct val at = st->what == S_CLEAN ? reg(s, st->a) : address(fr, s, st);

	if (at.kind != V_ENTRY && shows(fr, block, step))
		whole_hint(fr, at, PMD);
	if (at.kind == V_ENTRY || (st->what == S_CLEAN && at.kind != V_STACK && shows(fr, block, step)))	/* a copy of one may be on the stack */
		whole_access(fr, block, step, (struct access){ .addr = st->addr, .at = at, .by = st->by, .width = st->width,
			.how = st->what == S_CLEAN ? 'F' : (char)st->how });
}

void flow_returns(struct frame *fr, struct val v)
{
	if (fr->last)
		fr->ret = val_join(&fr->w->sets, fr->ret, v.kind == V_NEVER ? val_unknown() : v, 0, MOST_CONSTANTS);
}

static void run_block(struct frame *fr, unsigned block, struct state *s)
{
	unsigned i;

	for (i = fr->r->blocks[block].first; i < fr->r->blocks[block].end; i++) {
		const struct step *st = &fr->r->steps[i];
		struct val target = { .kind = V_CONST, .off = st->imm };

		fr->block = block;
		fr->step = i;
		switch (st->what) {
		case S_TOUCH: case S_CLEAN:
			note(fr, block, i, s);
			break;
		case S_STORE:
			store(fr, s, st);
			break;
		case S_CALL_BY:
			whole_call(fr, s, st, load(fr, s, st), false);
			break;
		case S_CALL: case S_TAIL:
			if (st->a != NOREG)
				target = s->r[st->a];
			whole_call(fr, s, st, target, st->what == S_TAIL);
			break;
		case S_RETURN:
			flow_returns(fr, s->r[0]);
			break;
		default:
			compute(fr, s, st);
		}
	}
}

static void start(struct frame *fr)
{
	static const uint8_t x86[] = { 0, 2, 1 };	/* eax, edx, ecx */
	const bool arm = fr->w->image->arch == ARCH_ARM;
	const unsigned regs = arm ? 4 : 3;
	struct state *s = &fr->in[fr->r->entry];
	unsigned k;

	for (k = 0; k < REGISTERS; k++)
		s->r[k] = val_unknown();
	s->r[arm ? 13 : 4] = (struct val){ .kind = V_STACK };
	for (k = 0; k < PARAMS; k++) {
		struct val v = whole_param(fr->w, fr->f, k);

		if (k < regs)
			s->r[arm ? k : x86[k]] = v;
		else
			state_set(s, (arm ? 0 : 4) + 4 * (int32_t)(k - regs), v);
	}
}

int flow_run(struct frame *fr)
{
	const unsigned n = fr->r->nblocks;
	struct state *now = malloc(sizeof(*now));
	unsigned round, i, e;
	bool any = true, record = fr->w->record;

	fr->in = calloc(n + 1, sizeof(*fr->in));
	fr->dirty = calloc(n + 1, sizeof(*fr->dirty));
	if (!now || !fr->in || !fr->dirty || fr->r->entry >= n)
		goto out;
	fr->w->record = false;
	start(fr);
	fr->dirty[fr->r->entry] = true;
	for (round = 0; any && round < ROUNDS; round++) {
		any = false;
		for (i = 0; i < n; i++) {
			const struct block *b = &fr->r->blocks[i];

			if (!fr->dirty[i])
				continue;
			fr->dirty[i] = false;
			*now = fr->in[i];
			run_block(fr, i, now);
			for (e = 0; e < b->nedges; e++)
				if (join(fr, fr->r->edges[b->edge + e], now))
					fr->dirty[fr->r->edges[b->edge + e]] = any = true;
		}
	}
	fr->w->unsettled += any;
	fr->w->record = record;
	fr->last = true;
	for (i = 0; i < n; i++)		/* once more, now that all is known */
		if (fr->in[i].r[TEMP].kind != V_NEVER) {
			*now = fr->in[i];
			run_block(fr, i, now);
		}
	whole_return(fr->w, fr->f, fr->ret);
out:
	e = now && fr->in && fr->dirty;
	free(now);
	free(fr->in);
	free(fr->dirty);
	return e ? 0 : -ENOMEM;
}
