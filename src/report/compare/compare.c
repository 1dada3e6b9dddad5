/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tests of a comparison, and Holm's adjustment over all of them.
 *
 * Invariant: which cells are tested depends on the sum of both sides only, never on
 * which side has more; otherwise alpha would not hold.
 */
#include "compare.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allowed.h"
#include "kernels.h"
#include "outcome.h"
#include "sides.h"
#include "trees.h"

const char *const change_names[NR_CHANGES] = { "regressed", "improved", "same", "not comparable" };

static const char *const side_names[] = { "BASE", "NEW" };

/* Where nothing tells how clumped an outcome comes. */
static const double guessed_phi = 10;

/* ---- the test ---- */

static void find_phi(struct comparison *c)
{
	const struct dispersion b = compare_dispersion(&c->side[BASE]);
	const struct dispersion n = compare_dispersion(&c->side[NEW]);

	if (!b.degrees && !n.degrees)
		c->guessed = true;
	c->phi = c->guessed ? guessed_phi : fmax(b.safe, n.safe);
}

/* p of "NEW's rate is `factor` times BASE's", by effective counts. */
static double p_of_counts(const struct comparison *c, double factor)
{
	const struct side *b = &c->side[BASE], *n = &c->side[NEW];

	return poisson_compare(b->count / c->phi, b->exposure, n->count / c->phi,
			       n->exposure * factor);
}

static double exposure_of(const struct result *r, bool per_round)
{
	return per_round ? (double)r->rated.rounds : r->rated.seconds;
}

/* Each run's rate, times `factor`. */
static double *rates(const struct comparison *c, unsigned side, double factor, bool per_round)
{
	const struct side *s = &c->side[side];
	double *x = calloc(s->runs + 1, sizeof(*x));
	unsigned i;

	for (i = 0; x && i < s->runs; i++) {
		const double e = exposure_of(s->run[i], per_round);

		x[i] = e > 0 ? factor * compare_count(c, s->run[i]) / e : 0;
	}
	return x;
}

/* The same by runs; NaN if there are too few or too many. */
static double p_of_runs(const struct comparison *c, double factor, bool per_round)
{
	double *b = rates(c, BASE, factor, per_round), *n = rates(c, NEW, 1, per_round), p = NAN;

	if (b && n && c->side[BASE].runs > 1 && c->side[NEW].runs > 1)
		p = rank_sum(b, c->side[BASE].runs, n, c->side[NEW].runs);
	free(b);
	free(n);
	return p;
}

static double p_of(const struct comparison *c, double factor, bool per_round)
{
	const double counts = p_of_counts(c, factor), runs = p_of_runs(c, factor, per_round);

	return isnan(runs) ? counts : fmin(1, 2 * fmin(counts, runs));
}

static void count_hits(struct comparison *c)
{
	unsigned side, i;

	for (side = BASE; side <= NEW; side++)
		for (i = 0; i < c->side[side].runs; i++)
			c->side[side].hits += compare_count(c, c->side[side].run[i]) > 0;
}

static const struct source *tree_of(const struct comparison *c, unsigned side)
{
	return c->side[side].last ? c->side[side].last->source : NULL;
}

static const struct live *kernel_of(const struct comparison *c, unsigned side)
{
	return c->side[side].last ? c->side[side].last->live : NULL;
}

/* By no rate. */
static bool by_verdict(const struct comparison *c)
{
	return c->of_trees || c->of_kernels;
}

/* true: c->p is to be adjusted with the others' */
static bool test(struct comparison *c, const struct compare_options *o)
{
	struct side *b = &c->side[BASE], *n = &c->side[NEW];
	const double margin = o->margin;

	c->of_trees = tree_of(c, BASE) || tree_of(c, NEW);
	c->of_kernels = kernel_of(c, BASE) || kernel_of(c, NEW);
	if (!compare_allowed(c))
		return false;
	if (c->of_trees)
		compare_trees(c);
	if (c->of_kernels)
		compare_kernels(c);
	if (by_verdict(c))
		return false;
	compare_take_outcome(c);
	b->rate = b->count / b->exposure;
	n->rate = n->count / n->exposure;
	if (b->count + n->count <= 0)
		return false;
	count_hits(c);
	find_phi(c);
	c->ratio = rate_ratio(b->count / c->phi, b->exposure, n->count / c->phi, n->exposure, CONFIDENCE);
	if (c->grade == EXPECT_FORBID)
		c->p = p_of(c, 1, o->per_round);
	else if (c->ratio.ratio < 1 / margin)
		c->p = p_of(c, 1 / margin, o->per_round);
	else if (c->ratio.ratio > margin)
		c->p = p_of(c, margin, o->per_round);
	else
		c->p = 1;
	c->tested = true;
	return true;
}

/* ---- the verdict ---- */

static void say_more(struct comparison *c, enum change change, const char *why)
{
	c->change = change;
	snprintf(c->why, sizeof(c->why), "%s", why);
}

static void judge_silent(struct comparison *c)
{
	unsigned side;

	if (c->grade == EXPECT_REQUIRE) {
		compare_no(c, "the control fired in neither");
		return;
	}
	for (side = BASE; side <= NEW; side++) {
		if (c->side[side].of[VERDICT_PASS] || c->grade == EXPECT_ALLOW)
			continue;
		compare_no(c, "%s: %s", side_names[side], c->side[side].last->reason);
		return;
	}
	say_more(c, SAME, "clean in both");
}

static double present(const struct side *s)
{
	double n = 0;
	unsigned i;

	for (i = 0; i < s->runs; i++)
		n += (double)s->run[i]->present;
	return n;
}

/*
 * A side that saw none has to be called clean by its own verdict, or to have looked
 * about as hard as the one that did.
 */
static bool thin(struct comparison *c)
{
	unsigned side;

	for (side = BASE; side <= NEW; side++) {
		const struct side *s = &c->side[side];

		if (c->grade != EXPECT_FORBID || s->count > 0 || s->of[VERDICT_PASS] ||
		    present(s) >= present(&c->side[!side]) / 2)
			continue;
		return !compare_no(c, "too little exposure in %s: %s", side_names[side], s->last->reason);
	}
	return false;
}

/* In how many runs it was seen: what a reader can check by eye. */
static void say_hits(struct comparison *c)
{
	const struct side *b = &c->side[BASE], *n = &c->side[NEW];
	const size_t len = strlen(c->why);

	if (b->runs > 1 || n->runs > 1)
		snprintf(c->why + len, sizeof(c->why) - len, "; seen in %u of %u runs, in BASE in %u of %u",
			 n->hits, n->runs, b->hits, b->runs);
}

/* A line that does not say was run as all were then. */
static const char *strategy_of(const struct side *s)
{
	return s->last->strategy ? s->last->strategy : "free";
}

static void judge_moved(struct comparison *c)
{
	const bool up = c->ratio.ratio > 1;
	const char *was = strategy_of(&c->side[BASE]), *is = strategy_of(&c->side[NEW]);

	if (strcmp(was, is))
		compare_no(c, "moved, but BASE ran by %.60s, NEW by %.60s: --exact-time runs both by one", was, is);
	else if (c->guessed && c->side[BASE].runs < 2)
		compare_no(c, "moved, but nothing tells how clumped %s comes: run it several times", c->outcome);
	else if (c->grade == EXPECT_ALLOW)
		compare_no(c, "%s of what is allowed: neither better nor worse", up ? "much more" : "much less");
	else if (c->grade == EXPECT_REQUIRE)
		say_more(c, up ? IMPROVED : REGRESSED, up ? "the control fires much more often" :
			 "loss of power: the control fires much less often");
	else
		say_more(c, up ? REGRESSED : IMPROVED, up ? "more of what is forbidden" :
			 "less of what is forbidden");
	say_hits(c);
}

static void judge_unmoved(struct comparison *c, double margin)
{
	const bool low = c->grade != EXPECT_FORBID && c->ratio.lo < 1 / margin;
	const bool high = c->grade != EXPECT_REQUIRE && c->ratio.hi > margin;

	if (!low && !high)
		say_more(c, SAME, c->grade != EXPECT_REQUIRE || c->ratio.hi <= margin ? "" :
			 "no loss of power; perhaps it fires more often");
	else if (c->fails_now && c->side[BASE].count <= 0) {
		compare_no(c, "NEW fails, and BASE looked too little to say that this is new");
		say_hits(c);
	}
	else
		compare_no(c, "too little exposure: %s could have changed %g-fold unseen", c->outcome, margin);
}

static void judge(struct comparison *c, const struct compare_options *o)
{
	if (c->change == NOT_COMPARABLE || by_verdict(c))
		return;
	if (!c->tested)
		judge_silent(c);
	else if (thin(c))
		return;
	else if (c->p < o->alpha)
		judge_moved(c);
	else
		judge_unmoved(c, o->margin);
}

/* ---- all of them ---- */

/* What matters first: worse, failing, better, unknown, unchanged; then by p, then size. */
static int rank(const struct comparison *c)
{
	switch (c->change) {
	case REGRESSED: return 0;
	case IMPROVED: return 2;
	case NOT_COMPARABLE: return c->fails_now ? 1 : 3;
	default: return 4;
	}
}

/* Either side's: what was closed before what the contract did not have. */
static bool either_fails(const struct comparison *c)
{
	return c->fails_now || (c->side[BASE].last && c->side[BASE].last->verdict == VERDICT_FAIL);
}

static int by_weight(const void *p, const void *q)
{
	const struct comparison *a = p, *b = q;
	int order = rank(a) - rank(b);

	if (!order && by_verdict(a) && by_verdict(b))
		order = (int)either_fails(b) - (int)either_fails(a);
	if (!order && a->tested && b->tested && a->p != b->p)
		return a->p < b->p ? -1 : 1;
	if (!order)
		order = (int)b->tested - (int)a->tested;
	if (!order)
		order = strcmp(a->leg, b->leg);
	return order ? order : strcmp(a->scenario, b->scenario);
}

/* Of what is forbidden, or of the rest: Holm within it. How many there are; -ENOMEM. */
static int adjust_family(struct comparisons *c, bool forbidden, double *p)
{
	size_t i, n = 0;
	int err;

	for (i = 0; i < c->n; i++)
		if (c->of[i].tested && (c->of[i].grade == EXPECT_FORBID) == forbidden)
			p[n++] = c->of[i].p;
	err = holm(p, n);
	for (i = n = 0; i < c->n && !err; i++)
		if (c->of[i].tested && (c->of[i].grade == EXPECT_FORBID) == forbidden)
			c->of[i].p = p[n++];
	return err ? err : (int)n;
}

static int adjust(struct comparisons *c)
{
	double *p = calloc(c->n + 1, sizeof(*p));
	int forbidden = p ? adjust_family(c, true, p) : -ENOMEM;
	int rest = p ? adjust_family(c, false, p) : -ENOMEM;
	size_t i;

	free(p);
	if (forbidden < 0 || rest < 0)
		return -ENOMEM;
	c->tested = (size_t)(forbidden + rest);
	for (i = 0; i < c->n; i++)
		if (c->of[i].tested && forbidden && rest)	/* each has half of alpha */
			c->of[i].p = fmin(1, 2 * c->of[i].p);
	return 0;
}

int compare(struct comparisons *c, struct results *base, struct results *now,
	    const struct compare_options *options)
{
	size_t i;
	int err;

	*c = (struct comparisons){ .options = *options, .results = { base, now } };
	err = compare_pair_up(c);
	if (!err) {
		for (i = 0; i < c->n; i++) {
			c->of[i].change = SAME;
			test(&c->of[i], options);
		}
		err = adjust(c);
	}
	if (err) {
		compare_free(c);
		return err;
	}
	for (i = 0; i < c->n; i++) {
		judge(&c->of[i], options);
		c->changes[c->of[i].change]++;
	}
	qsort(c->of, c->n, sizeof(*c->of), by_weight);
	return 0;
}

void compare_free(struct comparisons *c)
{
	free(c->of);
	free(c->lines);
	c->of = NULL;
	c->lines = NULL;
}

int compare_exit(const struct comparisons *c)
{
	return c->changes[REGRESSED] ? 1 : c->changes[NOT_COMPARABLE] ? 4 : 0;
}
