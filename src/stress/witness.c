/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first witness of a bad outcome: its facts, and the sentence made of them. */
#include "observe.h"

#include <inttypes.h>
#include <stdio.h>

#include "protocol/stamp.h"

struct witness witness_of(const struct observer *o, enum outcome k)
{
	struct witness w = o->witness[k];
	const struct layout *L = o->cell->layout;
	const unsigned colour = stamp_first(w.slot, L->hi_gens).hi, mod = L->delta_mod;
	const struct half_lo lo = L->half_lo(w.used.lo);
	const struct half_hi hi = L->half_hi(w.used.hi);
	const struct signature s = oracle_signature(o->oracle, w.used, colour);

	w.low.from = lo.what;
	w.low.number = lo.gen % mod;
	w.high.from = hi.what;
	w.high.number = (hi.gen + L->hi_gens - colour) % mod;
	w.apart = s.delta > mod / 2 ? mod - s.delta : s.delta;
	w.modulo = mod;
	w.perhaps_held = k == OUTCOME_TORN_READER && oracle_held(o->oracle, &s) >= 0;
	w.reader = o->thread;
	w.seed = o->cell->seed;
	return w;
}

static void half_text(char *buf, unsigned len, const char *which, enum half from, unsigned number)
{
	switch (from) {
	case HALF_ZERO:
		snprintf(buf, len, "%s from a clear", which);
		break;
	case HALF_STAMPED:
		snprintf(buf, len, "%s from store #%u", which, number);
		break;
	case HALF_INVERTED:
		snprintf(buf, len, "%s from the invalidation of store #%u", which, number);
		break;
	default:
		snprintf(buf, len, "%s from no store at all", which);
		break;
	}
}

void witness_text(const struct witness *w, enum outcome k, char *buf, unsigned len)
{
	char low[64], high[64], apart[64] = "", decided[48] = "";

	half_text(low, sizeof(low), "low", w->low.from, w->low.number);
	half_text(high, sizeof(high), "high", w->high.from, w->high.number);
	if (w->apart)
		snprintf(apart, sizeof(apart), ", %u store%s apart (mod %u)", w->apart,
			 w->apart == 1 ? "" : "s", w->modulo);
	if (!entry_same(w->decided, w->used))
		snprintf(decided, sizeof(decided), ", decided on %08x:%08x", w->decided.hi, w->decided.lo);
	snprintf(buf, len, "%08x:%08x (high:low) %s, %s%s%s%s: %s; slot %u, reader %u on CPU %d, "
		 "%" PRIu64 " us after start, seed %u",
		 w->used.hi, w->used.lo, low, high, apart, decided,
		 !w->direction_known ? "" : w->newer == LOW_NEWER ? ", low is newer" : ", high is newer",
		 w->perhaps_held ? outcome_perhaps_held : outcome_kinds[k].meaning,
		 (unsigned)w->slot, w->reader, w->cpu, w->ns / 1000, (unsigned)w->seed);
}
