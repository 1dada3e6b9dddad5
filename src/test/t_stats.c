/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The desk's statistics against published tables, against R's own numbers, and
 * against what they promise: how often an interval covers the truth.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include "report/results/stats.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void near(double got, double want, double relative)
{
	if (got == want || fabs(got - want) <= relative * fabs(want))
		return;
	print_error("%.17g, not %.17g\n", got, want);
	fail();
}

/* Garwood 1936; Pearson and Hartley, Biometrika Tables, table 40. 95 %, as printed there. */
static void published(void **state)
{
	static const struct { double k, lo, hi; } of[] = {
		{ 0, 0, 3.69 }, { 1, 0.0253, 5.57 }, { 2, 0.242, 7.22 }, { 3, 0.619, 8.77 },
		{ 4, 1.09, 10.24 }, { 5, 1.62, 11.67 }, { 10, 4.80, 18.39 }, { 20, 12.22, 30.89 },
		{ 30, 20.24, 42.83 }, { 50, 37.11, 65.92 },
	};

	(void)state;
	for (unsigned i = 0; i < COUNT(of); i++) {
		const struct limits l = poisson_limits(of[i].k, 1, 0.95);

		near(l.lo, of[i].lo, 0.0035);
		near(l.hi, of[i].hi, 0.0015);
	}
	near(zero_bound(1, 0.95), 2.9957, 1e-4);	/* the rule of three */
	near(time_to_see(2, 0.99999), 11.512925 / 2, 1e-7);
}

/*
 * R 4.2.2: qgamma(.025, k), qgamma(.975, k + 1); qbeta(.025, k, n - k + 1),
 * qbeta(.975, k + 1, n - k).
 */
static void as_r_says(void **state)
{
	static const struct { double k, lo, hi; } poisson[] = {
		{ 0, 0, 3.688879454113935e+00 },
		{ 1, 2.531780798428988e-02, 5.571643390938899e+00 },
		{ 1000, 9.389730184076952e+02, 1.063952136016302e+03 },
		{ 1e6, 9.980409833402939e+05, 1.001961911945432e+06 },
	};
	static const struct { double k, n, lo, hi; } share[] = {
		{ 0, 1e3, 0, 3.682083896865671e-03 },
		{ 1, 1e3, 2.531748749129405e-05, 5.558924279826627e-03 },
		{ 1000, 1e3, 9.963179161031344e-01, 1 },
		{ 0, 1e6, 0, 3.688872650206486e-06 },
		{ 1, 1e6, 2.531780766379419e-08, 5.571630655172237e-06 },
		{ 1000, 1e6, 9.390012079500722e-04, 1.063918107315228e-03 },
		{ 1e6, 1e6, 9.999963111273498e-01, 1 },
		{ 0, 1e9, 0, 3.688879447310018e-09 },
		{ 1, 1e9, 2.531780798396940e-11, 5.571643378203111e-09 },
		{ 1000, 1e9, 9.389730465895610e-07, 1.063952101995288e-06 },
		{ 1e6, 1e9, 9.980419606758460e-04, 1.001960928819794e-03 },
		{ 0, 1e12, 0, 3.688879454107133e-12 },
		{ 1, 1e12, 2.531780798428958e-14, 5.571643390926160e-12 },
		{ 1000, 1e12, 9.389730184358771e-10, 1.063952135982281e-09 },
		{ 1e6, 1e12, 9.980409843173845e-07, 1.001961910962552e-06 },
	};

	(void)state;
	for (unsigned i = 0; i < COUNT(poisson); i++) {
		static const double exposures[] = { 1, 0.25, 1e12 };

		for (unsigned e = 0; e < COUNT(exposures); e++) {
			const struct limits l = poisson_limits(poisson[i].k, exposures[e], 0.95);

			near(l.lo, poisson[i].lo / exposures[e], 1e-12);
			near(l.hi, poisson[i].hi / exposures[e], 1e-12);
		}
	}
	for (unsigned i = 0; i < COUNT(share); i++) {
		const struct limits l = proportion_limits(share[i].k, share[i].n, 0.95);

		near(l.lo, share[i].lo, 1e-9);
		near(l.hi, share[i].hi, 1e-9);
	}
}

/*
 * R 4.2.2: p0 <- e1 / (e1 + e2); min(1, 2 * min(pbinom(k1, k1 + k2, p0),
 * pbinom(k1 - 1, k1 + k2, p0, lower = FALSE))), poisson.test(c(k2, k1), c(e2, e1))$conf.int
 */
static void two_counts(void **state)
{
	static const struct { double k1, e1, k2, e2, p, lo, hi; } of[] = {
		{ 0, 1, 10, 1, 1.953125e-03, 2.241521475097558e+00, INFINITY },
		{ 3, 10, 30, 20, 2.569689798387524e-03, 1.554937937545025e+00,
		  2.560292290239484e+01 },
		{ 1000, 1, 1100, 1, 3.072070786424241e-02, 1.008798832314548e+00,
		  1.199554226269603e+00 },
		{ 1e6, 60, 1002500, 60, 7.740312631506732e-02, 9.997258410690836e-01,
		  1.005281859377110e+00 },
		{ 1, 1e12, 1000, 1e12, 9.351301457403139e-299, 1.790703993358154e+02,
		  3.953688809749104e+04 },
		{ 5, 0.5, 0, 0.5, 6.25e-02, 0, 1.091279105182546e+00 },
	};

	(void)state;
	for (unsigned i = 0; i < COUNT(of); i++) {
		const struct ratio r = rate_ratio(of[i].k1, of[i].e1, of[i].k2, of[i].e2, 0.95);

		near(poisson_compare(of[i].k1, of[i].e1, of[i].k2, of[i].e2), of[i].p, 1e-9);
		near(r.lo, of[i].lo, 1e-9);
		near(r.hi, of[i].hi, 1e-9);
		/* the test and the interval say the same */
		assert_int_equal(r.lo > 1 || r.hi < 1, of[i].p < 0.05);
		near(poisson_compare(of[i].k2, of[i].e2, of[i].k1, of[i].e1), of[i].p, 1e-9);
	}
	near(poisson_compare(0, 1, 0, 5), 1, 0);
	assert_true(isnan(rate_ratio(0, 1, 0, 1, 0.95).ratio));
}

/* R 4.2.2: p.adjust(c(.01, .04, .03, .005, .9), "holm") */
static void as_holm_says(void **state)
{
	double p[] = { .01, .04, .03, .005, .9 };
	static const double want[] = { .040, .090, .090, .025, .900 };

	(void)state;
	assert_int_equal(holm(p, 5), 0);
	for (unsigned i = 0; i < 5; i++)
		near(p[i], want[i], 1e-12);
	assert_int_equal(holm(p, 0), 0);
}

/* ---- what is promised: coverage, exactly where it can be summed up ---- */

static double covered(double lambda)
{
	const double far = 12 * sqrt(lambda) + 40;
	double sum = 0;

	for (double k = fmax(0, floor(lambda - far)); k < lambda + far; k++) {
		const struct limits l = poisson_limits(k, 1, 0.95);

		if (l.lo <= lambda && lambda <= l.hi)
			sum += dpois(k, lambda, 0);
	}
	return sum;
}

static void limits_cover(void **state)
{
	(void)state;
	for (double lambda = 0.01; lambda < 3e4; lambda *= 1.07) {
		const double c = covered(lambda);

		if (c < 0.95 - 1e-9 || c > 1 + 1e-9) {
			print_error("%.4f at %g\n", c, lambda);
			fail();
		}
	}
}

/* A run of `n` intervals: clumps at random, their sizes geometric with that mean. */
static double clumped_run(uint32_t *counts, unsigned n, double last, double mean, double clump)
{
	const double all = n - 1 + last;
	double k = 0;

	for (unsigned i = 0; i < n; i++) {
		double clumps = rpois(mean / clump * (i + 1 < n ? 1 : last) / all);

		counts[i] = 0;
		while (clumps-- > 0)
			counts[i] += 1 + (uint32_t)rgeom(1 / clump);
		k += counts[i];
	}
	return k;
}

enum { RUNS = 4000 };

/* How many of RUNS cover the truth, guarded and plain. */
static void runs_cover(unsigned n, double last, double mean, double clump, unsigned *guarded,
		       unsigned *plain)
{
	uint32_t counts[64];

	*guarded = *plain = 0;
	for (unsigned i = 0; i < RUNS; i++) {
		const double k = clumped_run(counts, n, last, mean, clump);
		const struct dispersion d = dispersion(counts, n, last);
		const struct limits g = clustered_limits(k, 1, d.safe, 0.95);
		const struct limits p = poisson_limits(k, 1, 0.95);

		*guarded += g.lo <= mean && mean <= g.hi;
		*plain += p.lo <= mean && mean <= p.hi;
	}
}

static void guarded_limits_cover(void **state)
{
	static const unsigned intervals[] = { 5, 9, 15, 50 };
	static const double clumps[] = { 1, 3, 10, 50 }, expected[] = { 5, 10, 50, 500 };
	unsigned guarded, plain;

	(void)state;
	set_seed(20201003, 1);
	for (unsigned n = 0; n < COUNT(intervals); n++)
		for (unsigned c = 0; c < COUNT(clumps); c++)
			for (unsigned e = 0; e < COUNT(expected); e++) {
				runs_cover(intervals[n], e % 2 ? 0.1 : 1, expected[e] * clumps[c],
					   clumps[c], &guarded, &plain);
				if (guarded < RUNS * 0.95) {
					print_error("%u of %u: %u intervals, %g clumps of %g\n",
						    guarded, RUNS, intervals[n], expected[e],
						    clumps[c]);
					fail();
				}
				/* the busted twin: without the guard it does not hold */
				if (clumps[c] >= 10)
					assert_true(plain < RUNS * 0.8);
			}
}

static void dispersion_is_one_at_least(void **state)
{
	static const uint32_t even[] = { 10, 10, 10, 10, 1 }, none[] = { 0, 0, 0 }, one[] = { 7 };
	static const uint32_t clump[] = { 0, 0, 40, 0 };
	struct dispersion d;

	(void)state;
	d = dispersion(even, 5, 0.1);
	near(d.estimate, 1, 0);
	near(d.safe, 1, 0);
	d = dispersion(none, 3, 1);
	assert_int_equal(d.degrees, 0);
	near(d.safe, 1, 0);
	d = dispersion(one, 1, 1);
	assert_int_equal(d.degrees, 0);
	d = dispersion(clump, 4, 1);
	near(d.estimate, 40, 1e-9);
	assert_true(d.safe > d.estimate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published),
		cmocka_unit_test(as_r_says),
		cmocka_unit_test(two_counts),
		cmocka_unit_test(as_holm_says),
		cmocka_unit_test(limits_cover),
		cmocka_unit_test(guarded_limits_cover),
		cmocka_unit_test(dispersion_is_one_at_least),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
