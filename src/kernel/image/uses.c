/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which registers a function reads before it writes them: its parameters. What else is in a
 * register at a call was left there, and is given to nobody.
 */
#include "flow.h"

#include <errno.h>
#include <stdlib.h>

static unsigned bit(unsigned r)
{
	return r < REGISTERS ? 1u << r : 0;
}

static unsigned volatile_regs(const struct kimage *k)
{
	return k->arch == ARCH_ARM ? 1u << 0 | 1u << 1 | 1u << 2 | 1u << 3 | 1u << 12 | 1u << 14 : 1u << 0 | 1u << 1 | 1u << 2;
}

/* Registers of the parameters that are in them */
static unsigned uses_registers(const struct kimage *k, unsigned params)
{
	static const uint8_t x86[] = { 0, 2, 1 };
	unsigned r = 0, i;

	for (i = 0; i < (k->arch == ARCH_ARM ? 4 : 3); i++)
		if (params >> i & 1)
			r |= 1u << (k->arch == ARCH_ARM ? i : x86[i]);
	return r;
}

static unsigned params_of(const struct kimage *k, unsigned regs)
{
	static const uint8_t x86[] = { 0, 2, 1 };
	unsigned p = 0, i;

	for (i = 0; i < (k->arch == ARCH_ARM ? 4 : 3); i++)
		if (regs >> (k->arch == ARCH_ARM ? i : x86[i]) & 1)
			p |= 1u << i;
	return p;
}

/* What is read from here on, if `live` is after the step */
static unsigned before(const struct whole *w, const struct step *st, unsigned live)
{
	unsigned reads = bit(st->a) | bit(st->b);
	int f;

	switch (st->what) {
	case S_CALL: case S_TAIL: case S_CALL_BY:
		f = st->a == NOREG && st->what != S_CALL_BY ? kimage_symbol(w->image, (uint32_t)st->imm) : -1;
		if (f >= 0 && whole_is_trace(w->image->symbols[f].name))
			return live;
		if (st->what != S_TAIL || st->maybe)
			live &= ~volatile_regs(w->image);
		else
			live = 0;
		return live | reads | (f < 0 ? 0 : uses_registers(w->image, w->funcs[f].uses));
	case S_RETURN:
		return st->maybe ? live : 0;
	case S_STORE:
		/* what is pushed may only fill the stack up */
		return live | reads | (st->a == TEMP && w->image->arch == ARCH_ARM ? 0 : bit(st->dst));
	case S_TOUCH: case S_CLEAN:
		return live | reads;
	case S_TOP:
		return live | bit(st->dst);
	default:
		return (st->maybe ? live : live & ~bit(st->dst)) | reads;
	}
}

static unsigned uses_of(const struct whole *w, const struct routine *r, unsigned *live)
{
	bool any = true;
	unsigned i, e, s;

	for (i = 0; i < r->nblocks; i++)
		live[i] = 0;
	while (any) {
		any = false;
		for (i = r->nblocks; i-- > 0;) {
			const struct block *b = &r->blocks[i];
			unsigned now = 0;

			for (e = 0; e < b->nedges; e++)
				now |= live[r->edges[b->edge + e]];
			for (s = b->end; s-- > b->first;)
				now = before(w, &r->steps[s], now);
			any |= now != live[i];
			live[i] = now;
		}
	}
	return r->entry < r->nblocks ? params_of(w->image, live[r->entry]) : 0;
}

int uses_find(struct whole *w)
{
	unsigned most = 0, i, *live;
	bool any = true;

	for (i = 0; i < w->image->nsymbols; i++)
		if (w->funcs[i].routine.nblocks > most)
			most = w->funcs[i].routine.nblocks;
	live = calloc(most + 1, sizeof(*live));
	if (!live)
		return -ENOMEM;
	while (any) {
		any = false;
		for (i = w->image->nsymbols; i-- > 0;) {
			unsigned u = w->funcs[i].code ? uses_of(w, &w->funcs[i].routine, live) : 0;

			any |= u != w->funcs[i].uses;
			w->funcs[i].uses = u;
		}
	}
	free(live);
	return 0;
}
