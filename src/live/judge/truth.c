/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each value was that a reader saw in an operation, and who tore it.
 *
 * What memory held is a sample: the values that the reader which is the truth saw in the same run,
 * in sections of its own between the others'. So
 *	a value among them was memory's, whoever read it. Where its own neighbours in time are the two
 *	that its halves come from, the writer had stored one half: memory held a mix;
 *	a present value that is not among them, with halves of two that are, was made by its reader, or
 *	the truth missed it. It is said to be the reader's only if chance.c says that the truth cannot
 *	have missed it; else it is `unsure`;
 *	a leaf whose frame pagemap saw mapped, with flags that a leaf had, was memory's as well;
 *	a half that nobody saw in memory says nothing: `unknown`, and counted.
 *
 * A real entry has no stamp: two frames 4 GiB apart have the same low word, and a tear of theirs that
 * is another whole entry of the same run looks like that one.
 */
#include <stdlib.h>
#include <string.h>

#include "chance.h"

const char *const is_names[NR_IS] = {
#define X(id, name, outcome, meaning) [IS_##id] = name,
	LIVE_IS(X)
#undef X
};

const char *const is_meanings[NR_IS] = {
#define X(id, name, outcome, meaning) [IS_##id] = meaning,
	LIVE_IS(X)
#undef X
};

const unsigned is_outcomes[NR_IS] = {
#define X(id, name, outcome, meaning) [IS_##id] = OUTCOME_##outcome,
	LIVE_IS(X)
#undef X
};

static entry_t entry_at(uint64_t v)
{
	return entry((uint32_t)v, (uint32_t)(v >> 32));
}

/* ---- sets ---- */

static int by_value(const void *p, const void *q)
{
	const struct seen *a = p, *b = q;

	return a->value < b->value ? -1 : a->value > b->value;
}

static int by_word(const void *p, const void *q)
{
	const uint32_t a = *(const uint32_t *)p, b = *(const uint32_t *)q;

	return a < b ? -1 : a > b;
}

static int by_frame(const void *p, const void *q)
{
	const uint64_t a = *(const uint64_t *)p, b = *(const uint64_t *)q;

	return a < b ? -1 : a > b;
}

static unsigned unique(uint32_t *w, unsigned n)
{
	unsigned k = 0;

	qsort(w, n, sizeof(*w), by_word);
	for (unsigned i = 0; i < n; i++)
		if (!i || w[i] != w[i - 1])
			w[k++] = w[i];
	return k;
}

static bool has_word(const uint32_t *w, unsigned n, uint32_t v)
{
	return bsearch(&v, w, n, sizeof(*w), by_word);
}

const struct seen *look_find(const struct look *l, uint64_t value)
{
	const struct seen key = { .value = value };

	return l->n ? bsearch(&key, l->seen, l->n, sizeof(*l->seen), by_value) : NULL;
}

/* ---- one value ---- */

static bool is_leaf(const struct judged *j, enum live_level level, uint64_t v)
{
	return level == LIVE_PTE || j->layout->leaf(entry_at(v));
}

bool value_valid(const struct judged *j, uint64_t value)
{
	return j->layout->valid(entry_at(value));
}

static enum level level_of(enum live_level l)
{
	return l == LIVE_PTE ? LEVEL_PTE : LEVEL_PMD;
}

void value_says(const struct judged *j, enum live_level level, uint64_t v, char to[96])
{
	const entry_t e = entry_at(v);

	if (j->layout->none(level_of(level), e))
		strcpy(to, v ? "none, but for its high word" : "none");
	else if (!j->layout->valid(e))
		snprintf(to, 96, "not present%s", j->layout->present(e) ? ", an invalidated leaf" : "");
	else
		snprintf(to, 96, "present %s, frame %llx", is_leaf(j, level, v) ? "leaf" : "table",
			 (unsigned long long)j->layout->pfn(e));
}

int value_between(const struct seen *s, unsigned k)
{
	const uint64_t b = s->around[k].before, a = s->around[k].after, v = s->value;

	if ((uint32_t)a == (uint32_t)b || a >> 32 == b >> 32)
		return -1;
	if ((uint32_t)v == (uint32_t)a && v >> 32 == b >> 32)
		return LOW_NEWER;
	return (uint32_t)v == (uint32_t)b && v >> 32 == a >> 32 ? HIGH_NEWER : -1;
}

/*
 * What the writer has stored by half is seen between what it was and what it becomes, and hardly
 * ever elsewhere; a whole entry that happens to have such neighbours has others too.
 */
static bool half_stored(const struct look *truth, const struct seen *s)
{
	uint64_t between = 0, elsewhere = s->around_other;

	for (unsigned k = 0; k < s->narounds; k++)
		*(value_between(s, k) >= 0 && look_find(truth, s->around[k].before) && look_find(truth, s->around[k].after) ?
			&between : &elsewhere) += s->around[k].times;
	return between > elsewhere;
}

static enum is whole(const struct judged *j, enum live_level level, uint64_t v)
{
	if (j->layout->none(level_of(level), entry_at(v)) || !j->layout->present(entry_at(v)))
		return IS_HOLE;
	return is_leaf(j, level, v) ? IS_LEAF : IS_TABLE;
}

/* Of a value that is a mix, and present or not. */
static enum is mixed(const struct judged *j, enum live_level level, uint64_t v, enum is present)
{
	if (j->layout->none(level_of(level), entry_at(v)))
		return IS_HOLE;
	if (!(uint32_t)v)
		return IS_PHANTOM;
	return value_valid(j, v) ? present : IS_INVALID_MIX;
}

static enum is of_truth(const struct judged *j, const struct operation *op, const struct seen *s)
{
	if (half_stored(op->truth.look, s))
		return mixed(j, op->level, s->value, IS_BY_WRITER);
	if (!(uint32_t)s->value)
		return mixed(j, op->level, s->value, IS_HOLE);
	return whole(j, op->level, s->value);
}

static bool framed(const struct judged *j, const struct operation *op, uint64_t v)
{
	const uint64_t pfn = j->layout->pfn(entry_at(v));

	return op->nframes && bsearch(&pfn, op->frame, op->nframes, sizeof(pfn), by_frame);
}

/* A present leaf: was its frame mapped, and did some leaf have these flags? */
static bool by_pagemap(const struct judged *j, const struct operation *op, uint64_t v)
{
	if (!value_valid(j, v) || !is_leaf(j, op->level, v) || !framed(j, op, v))
		return false;
	for (unsigned i = 0; i < op->truth.look->n; i++) {
		const uint64_t o = op->truth.look->seen[i].value;

		if (value_valid(j, o) && is_leaf(j, op->level, o) && value_flags(j, o) == value_flags(j, v))
			return true;
	}
	return false;
}

static enum is of_reader(const struct judged *j, const struct operation *op, const struct seen *s)
{
	const struct truth *t = &op->truth;
	const struct seen *same = look_find(t->look, s->value);
	const uint64_t v = s->value;

	if (same)
		return same->is;
	if (j->layout->none(level_of(op->level), entry_at(v)))
		return IS_HOLE;
	if (by_pagemap(j, op, v))
		return IS_LEAF;
	if (!has_word(t->low, t->nlow, (uint32_t)v) || !has_word(t->high, t->nhigh, (uint32_t)(v >> 32)))
		return IS_UNKNOWN;
	return mixed(j, op->level, v, IS_UNSURE);
}

/* ---- an operation ---- */

static bool mixes_possible(const struct judged *j, const struct truth *t)
{
	for (unsigned i = 0; i < t->nlow; i++)
		for (unsigned k = 0; k < t->nhigh; k++) {
			const uint64_t v = (uint64_t)t->high[k] << 32 | t->low[i];

			if (t->low[i] && value_valid(j, v) && !look_find(t->look, v))
				return true;
		}
	return false;
}

static void learn(const struct judged *j, struct operation *op)
{
	struct truth *t = &op->truth;
	struct look *l = &op->look[LIVE_READER_TRUTH];

	t->look = l;
	t->low = judged_alloc(NULL, l->n * sizeof(*t->low));
	t->high = judged_alloc(NULL, l->n * sizeof(*t->high));
	for (unsigned i = 0; i < l->n; i++) {
		t->low[i] = (uint32_t)l->seen[i].value;
		t->high[i] = (uint32_t)(l->seen[i].value >> 32);
	}
	t->nlow = unique(t->low, l->n);
	t->nhigh = unique(t->high, l->n);
	for (unsigned i = 0; i < l->n; i++) {
		struct seen *s = &l->seen[i];

		s->is = of_truth(j, op, s);
		if (s->is != IS_LEAF || !value_valid(j, s->value))
			continue;
		t->leaves++;
		t->confirmed += framed(j, op, s->value);
	}
	t->mixes_possible = mixes_possible(j, t);
}

/* Whose the frame is that a torn value leads to. */
static enum harm harm_of(const struct judged *j, const struct operation *op, const struct seen *s)
{
	const uint64_t pfn = j->layout->pfn(entry_at(s->value));
	const uint64_t end = strtoull(judged_fact(j, "ram-end"), NULL, 16) >> PTE_SHIFT;

	for (unsigned k = 0; k < s->narounds; k++)
		if (j->layout->pfn(entry_at(s->around[k].before)) == pfn || j->layout->pfn(entry_at(s->around[k].after)) == pfn)
			return HARM_MASKED;
	for (unsigned i = 0; i < op->truth.look->n; i++)
		if (value_valid(j, op->truth.look->seen[i].value) && j->layout->pfn(entry_at(op->truth.look->seen[i].value)) == pfn)
			return HARM_MASKED;
	return end && pfn >= end ? HARM_WILD : HARM_ALIAS;
}

static void add_up(const struct judged *j, const struct operation *op, struct look *l)
{
	for (unsigned i = 0; i < l->n; i++) {
		const struct seen *s = &l->seen[i];
		const uint64_t first = s->first_ns ? s->first_ns : 1;

		l->episodes[s->is] += s->episodes;
		l->of_values[s->is]++;
		if (s->episodes && (!l->first_ns[s->is] || first < l->first_ns[s->is]))
			l->first_ns[s->is] = first;
		if (s->is != IS_BY_READER && s->is != IS_BY_WRITER)
			continue;
		l->harm[harm_of(j, op, s)] += s->episodes;
		for (unsigned k = 0; k < s->narounds; k++)
			if (value_between(s, k) >= 0)
				l->direction[value_between(s, k)] += s->around[k].times;
	}
}

void judge_operation(const struct judged *j, struct operation *op)
{
	qsort(op->frame, op->nframes, sizeof(*op->frame), by_frame);
	for (unsigned r = 0; r < NR_LIVE_READERS; r++)
		qsort(op->look[r].seen, op->look[r].n, sizeof(struct seen), by_value);
	learn(j, op);
	for (unsigned r = 0; r < NR_LIVE_READERS; r++) {
		struct look *l = &op->look[r];

		for (unsigned i = 0; i < l->n && r != LIVE_READER_TRUTH; i++)
			l->seen[i].is = of_reader(j, op, &l->seen[i]);
		if (r != LIVE_READER_TRUTH)
			settle_unsure(j, op, (enum live_reader)r);
		add_up(j, op, l);
	}
}
