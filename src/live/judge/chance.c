/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Could memory have held what the truth did not see?
 *
 * Suppose it did, each time. Then whoever was reading at that moment saw it, the reader or a sampler. The
 * samplers are the truth, and every other reader that never tears here; and once more all readers but the one
 * that is slow on purpose: what they tore themselves only counts against the reader's guilt. A sampler's share of such moments is its
 * share of reads, of time, and of the whole entries of any class that the reader saw, whichever is least:
 * a writer that waits for whoever reads may always be met by the same one. Of n + t of them the samplers saw
 * only t: if that is as unlikely as one in a million, all tests of the reader together, the supposition is wrong.
 *
 * On the safe side: what a sampler could not note may have been it (lost, overflow); what may change
 * several times in one section is one moment.
 *
 * Asked of each value; then, since each may have another frame, of all values of one class, which are present
 * by the same flags, with the same kind of high word: there any value of that class which a sampler saw
 * counts as one that memory held. Then of all values together: there whatever a sampler saw that could be made
 * of two others of memory's counts. Last, likewise, of all that stood between the two that they are made of.
 */
#include "chance.h"

#include <stdlib.h>
#include <string.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

/* One in a million. */
#define UNLIKELY 1e-6
/* So often a cycle leaves one kind of value in a slot; and so much more than its mean is in a section. */
enum { CHANGES_A_CYCLE = 2, CROWD = 2, ENOUGH_EPISODES = 50 };

/* How often a sampler saw that value, or whatever else is asked for. */
typedef uint64_t times_fn(const struct judged *j, const struct operation *op, const struct look *sampler, const struct seen *s);

enum { WHOLE_ONES, ALL_BUT_SLOW, NR_PANELS };

/* Of one reader in one operation. */
struct question {
	const struct judged *j;
	const struct operation *op;
	const struct look *look;
	double share[NR_PANELS][NR_LIVE_READERS];	/* moments of that sampler's to one of the reader's; 0: it is none */
	double clump, unlikely;
	bool *mix;			/* of the reader's values: nobody knew whose they were */
};

static uint64_t pfn_mask(const struct judged *j)
{
	uint64_t mask = 0;

	for (const struct field *f = j->layout->fields; f->name; f++)
		if (!strncmp(f->name, "PFN", 3))
			mask |= (~0ull >> (64 - f->width)) << f->bit;
	return mask;
}

uint64_t value_flags(const struct judged *j, uint64_t v)
{
	return v & ~pfn_mask(j);
}

/* High words without a frame's number, with one, and with an inverted one are three kinds. */
static bool same_class(const struct judged *j, uint64_t v, uint64_t w)
{
	const uint64_t high = pfn_mask(j) >> 32 << 32, top = high & ~(high >> 1);

	return value_flags(j, v) == value_flags(j, w) && !(v & high) == !(w & high) && !(v & top) == !(w & top);
}

static double ratio(uint64_t a, uint64_t b)
{
	return b ? (double)a / (double)b : 0;
}

/* Two others that memory held have its halves. */
static bool made_of_others(const struct operation *op, uint64_t v)
{
	const struct look *t = op->truth.look;
	bool low = false, high = false;

	for (unsigned i = 0; i < t->n && !(low && high); i++) {
		const uint64_t o = t->seen[i].value;

		low |= o != v && (uint32_t)o == (uint32_t)v;
		high |= o != v && o >> 32 == v >> 32;
	}
	return low && high;
}

/* Nobody but memory made it: a hole may be half a hole, and what is made of others may be the reader's. */
static bool held_whole(const struct operation *op, const struct seen *s)
{
	return s->is <= IS_TABLE && look_find(op->truth.look, s->value) && !made_of_others(op, s->value);
}

static uint64_t whole_of_class(const struct question *q, const struct look *l, uint64_t v)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < l->n; i++)
		if (held_whole(q->op, &l->seen[i]) && same_class(q->j, l->seen[i].value, v))
			n += l->seen[i].episodes;
	return n;
}

static double share_of(const struct question *q, const struct look *sampler)
{
	const struct look *l = q->look;

	double least = ratio(sampler->reads, l->reads);

	if (ratio(sampler->ns, l->ns) < least)
		least = ratio(sampler->ns, l->ns);
	for (unsigned i = 0; i < l->n; i++) {
		const uint64_t v = l->seen[i].value, n = held_whole(q->op, &l->seen[i]) ? whole_of_class(q, l, v) : 0;

		if (n >= ENOUGH_EPISODES && ratio(whole_of_class(q, sampler, v), n) < least)
			least = ratio(whole_of_class(q, sampler, v), n);
	}
	return least;
}

double look_clump(const struct operation *op, const struct look *l)
{
	const double section = ratio(l->ns, l->sections);
	const double by_cycles = CHANGES_A_CYCLE * (double)op->cycles * (op->ns ? section / (double)op->ns : 1);
	double changes = 0, by_changes;

	for (unsigned i = 0; i < l->n; i++)
		changes += (double)l->seen[i].episodes;
	by_changes = l->sections ? CROWD * changes / (double)l->sections : by_cycles;
	return 1 + (by_cycles < by_changes ? by_cycles : by_changes);
}

/* ---- what the samplers saw ---- */

static uint64_t times_value(const struct judged *j, const struct operation *op, const struct look *sampler, const struct seen *s)
{
	const struct seen *same = look_find(sampler, s->value);

	(void)j;
	(void)op;
	return same ? same->episodes : 0;
}

static uint64_t times_class(const struct judged *j, const struct operation *op, const struct look *sampler, const struct seen *s)
{
	uint64_t n = 0;

	(void)op;
	for (unsigned i = 0; i < sampler->n; i++)
		if (same_class(j, sampler->seen[i].value, s->value))
			n += sampler->seen[i].episodes;
	return n;
}

/* Present, and made of others: so would be a mix that memory held. */
static bool could_be_mix(const struct judged *j, const struct operation *op, uint64_t v)
{
	return value_valid(j, v) && made_of_others(op, v);
}

static uint64_t times_mix(const struct judged *j, const struct operation *op, const struct look *sampler, const struct seen *s)
{
	uint64_t n = 0;

	(void)s;
	for (unsigned i = 0; i < sampler->n; i++)
		if (could_be_mix(j, op, sampler->seen[i].value))
			n += sampler->seen[i].episodes;
	return n;
}

/* Between two others; and what nobody noted the neighbours of may have been so too. */
static uint64_t times_between(const struct judged *j, const struct operation *op, const struct look *sampler, const struct seen *s)
{
	uint64_t n = 0;

	(void)s;
	for (unsigned i = 0; i < sampler->n; i++) {
		const struct seen *o = &sampler->seen[i];

		if (!could_be_mix(j, op, o->value))
			continue;
		n += o->around_other;
		for (unsigned k = 0; k < o->narounds; k++)
			n += value_between(o, k) >= 0 ? o->around[k].times : 0;
	}
	return n;
}

static double chance_by(const struct question *q, const double share[NR_LIVE_READERS], times_fn *times, const struct seen *s,
			double n)
{
	double shares = 0, t = 0;

	for (unsigned i = 0; i < NR_LIVE_READERS; i++) {
		const struct look *l = &q->op->look[i];

		if (!share[i])
			continue;
		shares += share[i];
		t += (double)(times(q->j, q->op, l, s) + l->lost + l->overflow);
	}
	return pbinom(t, n + t, shares / (1 + shares), 1, 0);
}

/* The chance that the samplers saw that no oftener, had all `episodes` been memory's. */
static double chance(const struct question *q, times_fn *times, const struct seen *s, uint64_t episodes)
{
	const double n = (double)(uint64_t)((double)episodes / q->clump);
	const double some = chance_by(q, q->share[WHOLE_ONES], times, s, n), all = chance_by(q, q->share[ALL_BUT_SLOW], times, s, n);

	return some < all ? some : all;
}

/* ---- the four questions ---- */

static uint64_t between(const struct truth *t, const struct seen *s)
{
	uint64_t n = 0;

	for (unsigned k = 0; k < s->narounds; k++)
		if (value_between(s, k) >= 0 && look_find(t->look, s->around[k].before) && look_find(t->look, s->around[k].after))
			n += s->around[k].times;
	return n;
}

static void settle_class(const struct question *q, unsigned at)
{
	const struct look *l = q->look;
	const struct seen *s = &l->seen[at];
	uint64_t episodes = 0;

	for (unsigned i = 0; i < l->n; i++) {
		if (!q->mix[i] || !same_class(q->j, l->seen[i].value, s->value))
			continue;
		if (i < at)
			return;		/* asked already */
		episodes += l->seen[i].episodes;
	}
	if (chance(q, times_class, s, episodes) >= q->unlikely)
		return;
	for (unsigned i = at; i < l->n; i++)
		if (q->mix[i] && same_class(q->j, l->seen[i].value, s->value))
			l->seen[i].is = IS_BY_READER;
}

static void settle_all(const struct question *q)
{
	const struct look *l = q->look;
	uint64_t episodes = 0;

	for (unsigned i = 0; i < l->n; i++)
		episodes += q->mix[i] ? l->seen[i].episodes : 0;
	if (!episodes || chance(q, times_mix, NULL, episodes) >= q->unlikely)
		return;
	for (unsigned i = 0; i < l->n; i++)
		if (q->mix[i])
			l->seen[i].is = IS_BY_READER;
}

static void settle_between(const struct question *q)
{
	const struct truth *t = &q->op->truth;
	const struct look *l = q->look;
	uint64_t times = 0;

	for (unsigned i = 0; i < l->n; i++)
		times += l->seen[i].is == IS_UNSURE ? between(t, &l->seen[i]) : 0;
	if (!times || chance(q, times_between, NULL, times) >= q->unlikely)
		return;
	for (unsigned i = 0; i < l->n; i++)
		if (l->seen[i].is == IS_UNSURE && 2 * between(t, &l->seen[i]) > l->seen[i].episodes)
			l->seen[i].is = IS_BY_READER;
}

void settle_unsure(const struct judged *j, const struct operation *op, enum live_reader r)
{
	const struct look *l = &op->look[r];
	struct question q = { .j = j, .op = op, .look = l, .clump = look_clump(op, l) };
	unsigned n = 0;

	q.mix = judged_alloc(NULL, l->n * sizeof(*q.mix));
	for (unsigned i = 0; i < l->n; i++)
		n += q.mix[i] = l->seen[i].is == IS_UNSURE;
	for (unsigned i = 0; i < NR_LIVE_READERS && n; i++) {
		const double share = i != r && op->look[i].known ? share_of(&q, &op->look[i]) : 0;

		q.share[WHOLE_ONES][i] = i == LIVE_READER_TRUTH || reader_is_whole(j, (enum live_reader)i) ? share : 0;
		q.share[ALL_BUT_SLOW][i] = i == LIVE_READER_LOW_GAP_HIGH ? 0 : share;
	}
	q.unlikely = UNLIKELY / (NR_PANELS * (2 * n + 2));	/* no more tests than that */
	for (unsigned i = 0; i < l->n; i++)
		if (q.mix[i] && chance(&q, times_value, &l->seen[i], l->seen[i].episodes) < q.unlikely)
			l->seen[i].is = IS_BY_READER;
	for (unsigned i = 0; i < l->n; i++)
		if (q.mix[i])
			settle_class(&q, i);
	settle_all(&q);
	settle_between(&q);
	free(q.mix);
}
