/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first witness of a bad outcome, in one line a human can check by hand. */
#include "observe.h"

#include <stdio.h>

#include "protocol/stamp.h"

static void half_text(char *buf, unsigned len, const char *which, enum half what, unsigned gen)
{
	switch (what) {
	case HALF_ZERO:
		snprintf(buf, len, "%s from a clear", which);
		break;
	case HALF_STAMPED:
		snprintf(buf, len, "%s from store #%u", which, gen);
		break;
	case HALF_INVERTED:
		snprintf(buf, len, "%s from the invalidation of store #%u", which, gen);
		break;
	case HALF_RUBBISH:
		snprintf(buf, len, "%s from no store at all", which);
		break;
	}
}

void witness_explain(const struct observer *o, enum outcome k, char *buf, unsigned len)
{
	const struct witness *w = &o->witness[k];
	const struct layout *L = o->cell->layout;
	unsigned colour = stamp_first(w->slot, L->hi_gens).hi;
	struct half_lo lo = L->half_lo(w->used.lo);
	struct half_hi hi = L->half_hi(w->used.hi);
	struct signature s = oracle_signature(o->oracle, w->used, colour);
	char lo_text[64], hi_text[64], apart[64] = "", decided[48] = "";
	/* both numbered alike, so that the distance can be checked */
	const unsigned mod = L->delta_mod, hi_gen = (hi.gen + L->hi_gens - colour) % mod;

	half_text(lo_text, sizeof(lo_text), "low", lo.what, lo.gen % mod);
	half_text(hi_text, sizeof(hi_text), "high", hi.what, hi_gen);
	if (s.delta) {
		unsigned n = s.delta > mod / 2 ? mod - s.delta : s.delta;

		snprintf(apart, sizeof(apart), ", %u store%s apart (mod %u)", n, n == 1 ? "" : "s", mod);
	}
	if (!entry_same(w->decided, w->used))
		snprintf(decided, sizeof(decided), ", decided on %08x:%08x", w->decided.hi, w->decided.lo);
	snprintf(buf, len, "%08x:%08x (high:low) %s, %s%s%s%s%s: %s; slot %u, reader %u on CPU %d, "
		 "%llu us after start, seed %u",
		 w->used.hi, w->used.lo, lo_text, hi_text, apart, decided,
		 w->known_direction ? ", " : "",
		 !w->known_direction ? "" : w->direction == LOW_NEWER ? "low is newer" : "high is newer",
		 k == OUTCOME_TORN_READER && oracle_held(o->oracle, &s) >= 0 ?
		 "present, halves of two stores, and memory may have held the mix: an 8-byte store "
		 "that is perhaps two" : outcome_kinds[k].meaning, w->slot, o->thread, w->cpu,
		 (unsigned long long)w->ns / 1000, o->cell->seed);
}
