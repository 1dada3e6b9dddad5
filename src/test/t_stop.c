/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When a cell ends and what it may say, on streams of tears that are made up: independent,
 * in clumps, and from a machine that is mostly somebody else's. 100,000 cells of each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <math.h>
#include <cmocka.h>

#include "judge/stop.h"
#include "judge/strength.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum { CELLS = 100000, SLICE_NS = 20000000, SLICES = 150, BLOCKS = 20, PARTS = 20 };

static uint64_t rng = 88172645463325252;

static double uniform(void)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return ((double)(rng >> 11) + 0.5) / 9007199254740992.0;
}

static uint64_t poisson(double mean)
{
	double p = 1, limit;
	uint64_t k = 0;

	if (mean > 60) {	/* near enough */
		double v = mean + sqrt(mean) * sqrt(-2 * log(uniform())) * cos(2 * 3.14159265358979 * uniform());

		return v < 0 ? 0 : (uint64_t)(v + 0.5);
	}
	for (limit = exp(-mean); (p *= uniform()) > limit; k++)
		;
	return k;
}

/* ---- streams ---- */

/* Tears of `n` blocks, where `mean` is that of a block. */
static uint64_t count(struct clumps *c, unsigned n, double mean, uint64_t (*draw)(double))
{
	uint64_t sum = 0, x;

	for (; n; n--) {
		sum += x = draw(mean);
		c->blocks++;
		c->bad += x;
		c->squares += x * x;
	}
	return sum;
}

/* Of one slice, where `mean` is the long-run mean of a slice. */
static uint64_t independent(struct clumps *c, double mean)
{
	return count(c, BLOCKS, mean / BLOCKS, poisson);
}

/* Sizes of a geometric distribution, 20 on average. */
static uint64_t in_clumps(double mean)
{
	uint64_t n = poisson(mean / 20), tears = 0;

	while (n--)
		tears += 1 + (uint64_t)(log(uniform()) / log(1 - 1.0 / 20));
	return tears;
}

static uint64_t clumped(struct clumps *c, double mean)
{
	return count(c, BLOCKS, mean / BLOCKS, in_clumps);
}

/* A slice in ten is ours, and in that a share that differs: more looks, and as bad. */
static uint64_t busy(struct clumps *c, double mean)
{
	return uniform() < 0.1 ? count(c, (unsigned)(BLOCKS * 20 * uniform() + 0.5), mean / BLOCKS, poisson) : 0;
}

/* All comes in bursts, a slice in forty. */
static uint64_t bursts(struct clumps *c, double mean)
{
	return uniform() < 1.0 / 40 ? count(c, BLOCKS * 40, mean / BLOCKS, poisson) : 0;
}

/* Both sides fall in step, for five blocks of looks at a time; one time in ten it shows. */
static uint64_t locked(struct clumps *c, double mean)
{
	uint64_t sum = 0;
	unsigned i;

	for (i = 0; i < BLOCKS; i += 5)
		sum += count(c, 5, uniform() < 0.1 ? mean / BLOCKS * 10 : 0, poisson);
	return sum;
}

static const struct stream {
	const char *name;
	uint64_t (*slice)(struct clumps *c, double mean);
} streams[] = {
	{ "independent", independent }, { "clumped", clumped }, { "busy", busy }, { "bursts", bursts },
	{ "locked", locked },
};

/* ---- a claim beside its twin ---- */

struct outcome_of_cell {
	enum stop stop;
	uint64_t strength, tears;
	unsigned slices;
};

/* The claim's hole is `hole` as wide as the twin's; 0: there is none. */
static struct outcome_of_cell run_cell(const struct stream *m, double mean, double hole, uint64_t wanted)
{
	static struct strength s;
	struct progress_of_cell p = { .most_ns = (uint64_t)SLICES * SLICE_NS, .wanted = wanted };
	struct outcome_of_cell o = { STOP_NOT_YET, 0, 0, 0 };
	struct clumps c;
	uint64_t bad;

	memset(&s, 0, offsetof(struct strength, seen));
	s.spread = s.bad = 0;
	s.blocks = 0;
	while (o.stop == STOP_NOT_YET) {
		c = (struct clumps){ 0 };
		bad = m->slice(&c, mean);
		strength_add(&s, bad, &c, SLICE_NS, SLICE_NS);
		p.forbidden += hole > 0 ? m->slice(&c, mean * hole) : 0;
		p.ns += SLICE_NS;
		p.strength = strength_of(&s);
		o.stop = stop_now(&p);
		o.slices++;
	}
	o.strength = p.strength;
	o.tears = p.forbidden;
	return o;
}

/*
 * A claim with a hole of just the width its strength speaks of passes in at most one
 * cell of twenty: the promise. Cells whose time was up are held to the strength they got.
 */
static void test_false_passes(void **state)
{
	static const struct { double mean; uint64_t wanted; } sizes[] = {
		{ 300, 100 }, { 300, 1000 }, { 20, 100 }, { 3, 30 }, { 3000, 1000 },
	};
	unsigned i, k, n, passed, missed;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(streams); i++)
		for (k = 0; k < ARRAY_SIZE(sizes); k++) {
			for (n = passed = missed = 0; n < CELLS / PARTS; n++) {
				struct outcome_of_cell o = run_cell(&streams[i], sizes[k].mean,
								    1.0 / (double)sizes[k].wanted,
								    sizes[k].wanted);

				missed += o.strength >= sizes[k].wanted && !o.tears;
				passed++;
			}
			print_message("%s, %g a slice, strength %u: a hole as wide missed in %.2f %%\n",
				      streams[i].name, sizes[k].mean, (unsigned)sizes[k].wanted,
				      100.0 * missed / passed);
			assert_true(missed * 20 <= passed);
		}
}

/* A claim without a hole never fails, and ends early where tears are many. */
static void test_false_fails(void **state)
{
	unsigned i, n;
	uint64_t slices;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(streams); i++) {
		for (n = slices = 0; n < CELLS / 100; n++) {
			struct outcome_of_cell o = run_cell(&streams[i], 3000, 0, 1000);

			assert_true(o.stop == STOP_STRONG || o.stop == STOP_TIME);
			assert_true(o.stop != STOP_STRONG || o.strength >= 1000);
			slices += o.slices;
		}
		print_message("%s: ends after %.1f slices of %u\n", streams[i].name,
			      (double)slices / n, SLICES);
	}
	assert_int_equal(run_cell(&streams[0], 3000, 0, 1000).stop, STOP_STRONG);
}

/* What the twin showed bounds it: independent tears give a third of them, or a little less. */
static void test_strength(void **state)
{
	static struct strength s;
	const struct clumps even = { 10, 60, 410 }, in_thirties = { 10, 180, 11000 }, none = { 0 };
	unsigned i;

	(void)state;
	assert_int_equal(strength_of(&s), 0);
	for (i = 0; i < 100000; i++) {
		strength_add(&s, 60, &even, SLICE_NS, SLICE_NS);
		if (i == 99)
			assert_in_range(strength_of(&s), 1850, 2000);
	}
	assert_in_range(strength_of(&s), 1900000, 2000000);
	assert_true(s.n <= STRENGTH_SLICES);

	memset(&s, 0, sizeof(s));	/* a claim watched twice as long */
	for (i = 0; i < 100; i++)
		strength_add(&s, 60, &even, SLICE_NS, 2 * SLICE_NS);
	assert_in_range(strength_of(&s), 3700, 4000);

	memset(&s, 0, sizeof(s));	/* three times the tears, in clumps */
	for (i = 0; i < 100; i++)
		strength_add(&s, 180, &in_thirties, SLICE_NS, SLICE_NS);
	assert_true(strength_clump(&s) > 30 && strength_clump(&s) < 60);
	assert_in_range(strength_of(&s), 100, 200);

	memset(&s, 0, sizeof(s));	/* a single slice proves nothing, however much it shows */
	strength_add(&s, 1000000, &even, SLICE_NS, SLICE_NS);
	assert_int_equal(strength_of(&s), 0);
	for (i = 0; i < 200; i++)
		strength_add(&s, 0, &none, SLICE_NS, SLICE_NS);
	assert_int_equal(strength_of(&s), 0);
	strength_add(&s, 5, &none, 0, SLICE_NS);	/* no time: nothing */
	assert_int_equal(strength_of(&s), 0);
}

/* ---- what ends a cell ---- */

static void test_stop(void **state)
{
	static const struct {
		struct progress_of_cell p;
		enum stop want;
	} cases[] = {
		{ { .ns = 100, .most_ns = 100 }, STOP_TIME },
		{ { .ns = 100, .most_ns = 100, .exact = true, .requires = true, .required = 99 }, STOP_TIME },
		{ { .ns = 99, .most_ns = 100, .exact = true, .requires = true, .required = 99 }, STOP_NOT_YET },
		{ { .ns = 99, .most_ns = 100, .exact = true, .forbidden = 99 }, STOP_NOT_YET },
		{ { .ns = 10, .most_ns = 100, .requires = true, .required = 30 }, STOP_SEEN },
		{ { .ns = 9, .most_ns = 100, .requires = true, .required = 30 }, STOP_NOT_YET },
		{ { .ns = 10, .most_ns = 100, .requires = true, .required = 29 }, STOP_NOT_YET },
		{ { .ns = 10, .most_ns = 100, .strength = 1000, .wanted = 1000 }, STOP_STRONG },
		{ { .ns = 10, .most_ns = 100, .strength = 999, .wanted = 1000 }, STOP_NOT_YET },
		{ { .ns = 10, .most_ns = 100, .strength = 999 }, STOP_NOT_YET },
		{ { .ns = 10, .most_ns = 100, .forbidden = 3, .strength = 999, .wanted = 1 }, STOP_FORBIDDEN },
		{ { .ns = 10, .most_ns = 100, .forbidden = 1, .strength = 999, .wanted = 1 }, STOP_NOT_YET },
		{ { .ns = 9, .most_ns = 100, .forbidden = 3 }, STOP_NOT_YET },
		{ { .ns = 10, .most_ns = 100, .forbidden = 3, .requires = true, .required = 30 },
		  STOP_FORBIDDEN },
	};
	unsigned i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		if (stop_now(&cases[i].p) != cases[i].want)
			fail_msg("case %u", i);
}

/* ---- rates ---- */

/*
 * Of cells that end when enough was seen, the rate of the slices that are run anyhow is
 * right on average, and exact time's too; that of all that was seen is not.
 */
static void test_rates(void **state)
{
	enum { MANY = CELLS };
	const double mean = 4;
	double whole = 0, unbiased = 0, exact = 0, squares = 0, error;
	unsigned n;

	(void)state;
	for (n = 0; n < MANY; n++) {
		struct progress_of_cell p = { .most_ns = (uint64_t)SLICES * SLICE_NS / 5, .requires = true };
		const uint64_t first_ns = stop_unbiased_ns(&p);
		uint64_t first = 0, x;

		do {
			x = in_clumps(mean);
			p.required += x;
			p.ns += SLICE_NS;
			if (p.ns <= first_ns)
				first += x;
		} while (stop_now(&p) == STOP_NOT_YET);
		whole += (double)p.required / ((double)p.ns / SLICE_NS);
		x = first;
		unbiased += (double)x / ((double)first_ns / SLICE_NS);
		squares += (double)x / ((double)first_ns / SLICE_NS) * ((double)x / ((double)first_ns / SLICE_NS));
		exact += (double)in_clumps(mean);
	}
	unbiased /= MANY;
	error = sqrt((squares / MANY - unbiased * unbiased) / MANY);
	print_message("true %g, quoted %.3f +- %.3f, exact time %.3f, all until enough %.3f\n",
		      mean, unbiased, error, exact / MANY, whole / MANY);
	assert_true(fabs(unbiased - mean) < 6 * error);		/* luck: under one in a million */
	assert_true(whole / MANY > mean * 1.1);			/* the busted twin */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strength),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_false_passes),
		cmocka_unit_test(test_false_fails),
		cmocka_unit_test(test_rates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
