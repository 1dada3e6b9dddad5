/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arithmetic on what is known. Invariant: what may be an entry's address stays one through joins. */
#include "values.h"

#include <stdlib.h>
#include <string.h>

bool val_same(struct val a, struct val b)
{
	return a.kind == b.kind && a.levels == b.levels && a.from == b.from && a.n == b.n && a.at == b.at &&
	       a.anywhere == b.anywhere && a.doubt == b.doubt && a.off == b.off && a.id == b.id;
}

/* ---- constants ---- */

unsigned val_count(const struct sets *s, struct val v)
{
	return v.kind != V_CONST ? 0 : v.id ? s->words[v.id - 1][0] : 1;
}

uint32_t val_constant(const struct sets *s, struct val v, unsigned i)
{
	return v.id ? s->words[v.id - 1][1 + i] : (uint32_t)v.off;
}

/* The set of these n sorted words */
static struct val set_of(struct sets *s, const uint32_t *words, unsigned n, unsigned most)
{
	uint32_t *copy, **all, h;
	unsigned i;

	if (!n || n > most)
		return (struct val){ .kind = V_UNKNOWN, .n = 1 };
	if (n == 1)
		return (struct val){ .kind = V_CONST, .off = (int32_t)words[0] };
	if (!s->hashed)
		s->hashed = calloc(HASHED, sizeof(*s->hashed));
	for (i = 0, h = n; i < n; i++)
		h = (h ^ words[i]) * 2654435761u;
	for (i = h % HASHED; s->hashed && s->hashed[i]; i = (i + 1) % HASHED) {
		const uint32_t *w = s->words[s->hashed[i] - 1];

		if (w[0] == n && !memcmp(w + 1, words, n * sizeof(*words)))
			return (struct val){ .kind = V_CONST, .id = s->hashed[i] };
	}
	copy = s->hashed && s->n < HASHED / 2 ? malloc((n + 1) * sizeof(*copy)) : NULL;
	all = copy ? realloc(s->words, (s->n + 1) * sizeof(*all)) : NULL;
	if (!all) {
		free(copy);
		return (struct val){ .kind = V_UNKNOWN, .n = 1 };
	}
	s->words = all;
	copy[0] = n;
	memcpy(copy + 1, words, n * sizeof(*words));
	s->words[s->n++] = copy;
	s->hashed[i] = s->n;
	return (struct val){ .kind = V_CONST, .id = s->n };
}

static struct val both(struct sets *s, struct val a, struct val b, unsigned most)
{
	uint32_t words[2 * MOST_CONSTANTS];
	unsigned i = 0, k = 0, n = 0, na = val_count(s, a), nb = val_count(s, b);
	struct val v;

	while (i < na || k < nb) {
		uint32_t x = i < na ? val_constant(s, a, i) : 0, y = k < nb ? val_constant(s, b, k) : 0;

		if (k == nb || (i < na && x <= y)) {
			words[n++] = x;
			i++;
			k += k < nb && x == y;
		} else {
			words[n++] = y;
			k++;
		}
	}
	v = set_of(s, words, n, most);
	if (v.kind == V_CONST)
		v.from = a.from | b.from;
	return v;
}

static struct val constants_plus(struct sets *s, struct val a, int32_t imm)
{
	uint32_t words[MOST_CONSTANTS];
	unsigned i, n = val_count(s, a);
	struct val v = a;

	for (i = 0; i < n; i++)
		words[i] = val_constant(s, a, i) + (uint32_t)imm;
	if (imm && a.id)
		v = set_of(s, words, n, MOST_CONSTANTS);
	else if (!a.id)
		v.off += imm;
	if (v.kind == V_CONST)
		v.from = a.from;
	return v;
}

/* ---- joins ---- */

struct val val_join(struct sets *s, struct val a, struct val b, uint32_t id, unsigned most)
{
	struct val v;

	if (val_same(a, b) || b.kind == V_NEVER)
		return a;
	if (a.kind == V_NEVER)
		return b;
	if (a.kind == V_CONST && b.kind == V_CONST)
		return both(s, a, b, most);
	if (a.kind < V_MADE && b.kind < V_MADE) {
		if (a.kind == V_CONST && b.kind == V_UNKNOWN && !b.n)
			return a;
		if (b.kind == V_CONST && a.kind == V_UNKNOWN && !a.n)
			return b;
		return (struct val){ .kind = V_UNKNOWN, .n = (a.kind == V_UNKNOWN && a.n) || (b.kind == V_UNKNOWN && b.n) ||
									 a.kind == V_CONST || b.kind == V_CONST };
	}
	v = a.kind >= b.kind ? a : b;
	v.doubt = a.doubt || b.doubt || (a.kind != b.kind && a.kind != V_CONST && b.kind != V_CONST);
	if (a.kind == b.kind) {
		v.levels = a.levels | b.levels;
		v.anywhere = a.anywhere || b.anywhere || (a.off & 7) != (b.off & 7);
		if (a.id != b.id || a.off != b.off) {
			v.id = id;
			v.off = v.anywhere ? 0 : a.off & 7;
		}
	}
	return v;
}

/* ---- arithmetic ---- */

/* Bits that select one of 512 entries, or one of 4, times 8 */
static unsigned index_of(struct val v, unsigned shift)
{
	if (v.kind != V_BITS || v.at + shift != 3)
		return 0;
	if (v.from == 30 && v.n == 2)
		return PGD;
	return v.n >= 9 && v.n <= 11 ? (v.from == 21 ? PMD : v.from == 12 && v.n == 9 ? PTE : 0) : 0;
}

static struct val plus(struct sets *s, struct val a, int32_t imm)
{
	switch (a.kind) {
	case V_CONST:
		return constants_plus(s, a, imm);
	case V_HELD:
		/* a table's physical address becomes a virtual one: by 16 MiB or a multiple of it */
		if (!a.n || !(a.levels >> 1) || !(imm & ~0xffffff) || (imm & 0xfff000))
			return imm ? val_made(a, a) : a;
		return (struct val){ .kind = V_ENTRY, .levels = a.levels >> 1, .id = a.id ^ 0x5a000000, .off = imm & 0xfff };
	case V_STACK: case V_PARAM: case V_ENTRY:
		a.off += imm;
		return a;
	case V_BITS:
		if (index_of(a, 0) && (imm < -4096 || imm >= 4096))	/* a table at a fixed place */
			return (struct val){ .kind = V_ENTRY, .levels = (uint8_t)index_of(a, 0), .id = a.id ^ 0xa5000000, .off = imm & 7 };
		return imm ? val_unknown() : a;
	default:
		return a;
	}
}

struct val val_sum(struct sets *s, struct val a, struct val b, unsigned shift, int32_t imm)
{
	unsigned level = index_of(b, shift);
	struct val v;

	if (!level) {
		level = index_of(a, 0);
		if (level && b.kind != V_NEVER && !shift) {
			v = a;
			a = b;
			b = v;
		} else {
			level = 0;
		}
	}
	if (level) {
		v = (struct val){ .kind = V_ENTRY, .levels = (uint8_t)level, .id = b.id ^ 0xa5000000, .off = imm };
		if (a.kind == V_ENTRY && !(a.levels & level))	/* not of this kind: a sum of something else */
			v.levels |= a.levels;
		return v;
	}
	if (b.kind == V_CONST && !b.id)
		return plus(s, a, imm + (int32_t)((uint32_t)b.off << shift));
	if (a.kind == V_CONST && !a.id && !shift && b.kind != V_NEVER)
		return plus(s, b, imm + a.off);
	if (b.kind == V_NEVER)		/* there is none */
		return plus(s, a, imm);
	if (b.kind == V_ENTRY && !shift && a.kind != V_ENTRY) {
		v = a;
		a = b;
		b = v;
	}
	if (a.kind == V_ENTRY) {	/* what is not known is a multiple of 8 */
		a.off += imm;
		a.id ^= b.id * 2654435761u + shift;
		if (b.kind == V_BITS && b.at + shift < 3)
			a.anywhere = true;
		return a;
	}
	return val_made(a, b);
}

struct val val_difference(struct val a, struct val b)
{
	if (b.kind == V_CONST && !b.id)
		return plus(NULL, a.kind == V_CONST && a.id ? val_unknown() : a, -b.off);
	if (a.kind == V_ENTRY && b.kind != V_ENTRY) {
		a.id ^= b.id * 2654435761u;
		if (b.kind == V_BITS && b.at < 3)
			a.anywhere = true;
		return a;
	}
	return val_made(a, b);
}

static struct val cut(struct val v, unsigned lo, unsigned hi)
{
	unsigned end = v.at + v.n;

	if (lo > v.at) {
		v.from = (uint8_t)(v.from + lo - v.at);
		v.at = (uint8_t)lo;
	}
	if (hi < end)
		end = hi;
	if (end <= v.at)
		return val_unknown();
	v.n = (uint8_t)(end - v.at);
	return v;
}

/* As bits of itself, where nothing else is known */
static struct val as_bits(struct val a)
{
	if (a.kind == V_BITS)
		return a;
	return (struct val){ .kind = V_BITS, .n = 32, .id = a.id };
}

struct val val_mask(struct val a, uint32_t mask)
{
	unsigned lo = mask ? (unsigned)__builtin_ctz(mask) : 0;
	unsigned hi = mask ? 32 - (unsigned)__builtin_clz(mask) : 0;

	if (a.kind == V_HELD || a.kind == V_ENTRY) {
		if (mask >> 21 != 0x7ff)
			return mask < 4096 ? val_unknown() : val_made(a, a);
		if (a.kind == V_ENTRY && mask & 7 && (mask & 7) != 7)
			a.anywhere = true;
		if (a.kind == V_ENTRY && !(mask & 4095)) {	/* its table */
			a.off = 0;
			a.anywhere = false;
			a.id ^= 0x3c000000;
		} else if (a.kind == V_ENTRY && !(mask & 7)) {
			a.off &= ~7;
			a.anywhere = false;
		}
		if (a.kind == V_HELD && !(mask & 4095))
			a.n = 1;
		return a;
	}
	if (a.kind == V_STACK)
		return a;
	if (a.kind == V_MADE)
		return a;
	if (!mask || (mask >> lo) + 1 != (hi - lo < 32 ? 1u << (hi - lo) : 0))
		return val_unknown();
	return cut(as_bits(a), lo, hi);
}

struct val val_left(struct val a, unsigned n)
{
	if (a.kind == V_HELD || a.kind == V_MADE)
		return val_made(a, a);
	a = as_bits(a);
	n &= 31;
	if (a.at + n >= 32)
		return val_unknown();
	a.at = (uint8_t)(a.at + n);
	if (a.at + a.n > 32)
		a.n = (uint8_t)(32 - a.at);
	return a;
}

struct val val_right(struct val a, unsigned n)
{
	if (a.kind == V_HELD || a.kind == V_MADE)
		return val_made(a, a);
	a = as_bits(a);
	n &= 31;
	if (n <= a.at) {
		a.at = (uint8_t)(a.at - n);
		return a;
	}
	n -= a.at;
	a.at = 0;
	if (n >= a.n)
		return val_unknown();
	a.from = (uint8_t)(a.from + n);
	a.n = (uint8_t)(a.n - n);
	return a;
}

struct val val_bits(struct val a, unsigned from, unsigned n)
{
	if (from + n > 32 || !n)
		return val_unknown();
	return val_right(val_mask(a.kind == V_HELD ? val_made(a, a) : a, (n == 32 ? ~0u : (1u << n) - 1) << from), from);
}

struct val val_made(struct val a, struct val b)
{
	unsigned held = (a.kind == V_HELD || a.kind == V_MADE ? a.levels : 0u) | (b.kind == V_HELD || b.kind == V_MADE ? b.levels : 0u);

	return held ? (struct val){ .kind = V_MADE, .levels = (uint8_t)held } : val_unknown();
}
