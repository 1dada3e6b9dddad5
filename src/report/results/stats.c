/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exact limits and tests of Poisson counts, by libRmath.
 *
 * Invariant: every limit holds at least as often as it says; an approximation that
 * could be too narrow is not used.
 */
#include "stats.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

struct limits poisson_limits(double k, double exposure, double confidence)
{
	const double tail = (1 - confidence) / 2;
	struct limits l = { .lo = 0 };

	if (k > 0)
		l.lo = qgamma(tail, k, 1, true, false) / exposure;
	l.hi = qgamma(tail, k + 1, 1, false, false) / exposure;
	return l;
}

struct limits proportion_limits(double k, double n, double confidence)
{
	const double tail = (1 - confidence) / 2;
	struct limits l = { 0, 1 };

	if (k > 0)
		l.lo = qbeta(tail, k, n - k + 1, true, false);
	if (k < n)
		l.hi = qbeta(tail, k + 1, n - k, false, false);
	return l;
}

double zero_bound(double exposure, double confidence)
{
	return -log1p(-confidence) / exposure;
}

double time_to_see(double rate, double confidence)
{
	return -log1p(-confidence) / rate;
}

double poisson_compare(double k1, double e1, double k2, double e2)
{
	const double p = e1 / (e1 + e2);
	double below, above;

	if (k1 + k2 <= 0)
		return 1;
	/* the binomial's tails as a beta's: k need not be whole, after a clustering guard */
	below = k2 > 0 ? pbeta(p, k1 + 1, k2, false, false) : 1;	/* P(X <= k1) */
	above = k1 > 0 ? pbeta(p, k1, k2 + 1, true, false) : 1;		/* P(X >= k1) */
	return fmin(1, 2 * fmin(below, above));
}

/* The odds of a share, times what equal rates would have made of them. */
static double odds(double share, double e1, double e2)
{
	return share >= 1 ? INFINITY : share / (1 - share) * (e1 / e2);
}

struct ratio rate_ratio(double k1, double e1, double k2, double e2, double confidence)
{
	struct limits share;

	if (k1 + k2 <= 0)
		return (struct ratio){ NAN, 0, INFINITY };
	share = proportion_limits(k2, k1 + k2, confidence);
	return (struct ratio){
		.ratio = k1 > 0 ? (k2 / e2) / (k1 / e1) : INFINITY,
		.lo = odds(share.lo, e1, e2),
		.hi = odds(share.hi, e1, e2),
	};
}

struct ranked {
	double p;
	size_t at;
};

static int by_p(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return (x->p > y->p) - (x->p < y->p);
}

int holm(double *p, size_t n)
{
	struct ranked *r = malloc((n ? n : 1) * sizeof(*r));
	double worst = 0;
	size_t i;

	if (!r)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		r[i] = (struct ranked){ p[i], i };
	qsort(r, n, sizeof(*r), by_p);
	for (i = 0; i < n; i++) {
		worst = fmax(worst, fmin(1, r[i].p * (double)(n - i)));
		p[r[i].at] = worst;
	}
	free(r);
	return 0;
}

enum { MAX_RANKED = 64 };

/* Twice the midranks of x and y together, so that they are whole; x first. */
static void midranks(const double *x, size_t n, const double *y, size_t m, unsigned rank[MAX_RANKED])
{
	size_t i, j;

	for (i = 0; i < n + m; i++) {
		const double a = i < n ? x[i] : y[i - n];

		rank[i] = 1;
		for (j = 0; j < n + m; j++) {
			const double b = j < n ? x[j] : y[j - n];

			rank[i] += b < a ? 2 : b == a;
		}
	}
}

/* ways[k][s]: choices of k of the figures whose ranks sum to s, as a share of all. */
double rank_sum(const double *x, size_t n, const double *y, size_t m)
{
	enum { SUMS = MAX_RANKED * (MAX_RANKED + 1) + 1 };
	const size_t all = n + m;
	unsigned rank[MAX_RANKED], seen = 0, s;
	double (*ways)[SUMS], total = 0, below = 0, above = 0;
	size_t i, k;

	if (!n || !m || all > MAX_RANKED)
		return NAN;
	ways = calloc(n + 1, sizeof(*ways));
	if (!ways)
		return NAN;
	midranks(x, n, y, m, rank);
	ways[0][0] = 1;
	for (i = 0; i < all; i++)
		for (k = i < n ? i + 1 : n; k > 0; k--)
			for (s = SUMS - 1; s >= rank[i]; s--)
				ways[k][s] += ways[k - 1][s - rank[i]];
	for (i = 0; i < n; i++)
		seen += rank[i];
	for (s = 0; s < SUMS; s++) {
		total += ways[n][s];
		below += s <= seen ? ways[n][s] : 0;
		above += s >= seen ? ways[n][s] : 0;
	}
	free(ways);
	return fmin(1, 2 * fmin(below, above) / total);
}

/* How likely the true factor may be above `safe`. */
#define DISPERSION_RISK	0.05

/*
 * More classes would look sharper than they are: a few big clumps skew the sum of
 * squares, and the chi-square behind `safe` does not know it (t_stats has the
 * coverage).
 */
enum { MAX_CLASSES = 10 };

/* Classes of equal width but for the last; how many there are. */
static size_t classes_of(const uint32_t *counts, size_t n, double last, double x[MAX_CLASSES],
			 double width[MAX_CLASSES])
{
	const size_t per = (n + MAX_CLASSES - 1) / MAX_CLASSES;
	size_t i, c = 0;

	for (i = 0; i < n; i++) {
		c = i / per;
		if (i % per == 0)
			x[c] = width[c] = 0;
		x[c] += counts[i];
		width[c] += i + 1 < n ? 1 : last;
	}
	return c + 1;
}

struct dispersion dispersion(const uint32_t *counts, size_t n, double last)
{
	double x[MAX_CLASSES], width[MAX_CLASSES], sum = 0, all = 0, chi2 = 0;
	struct dispersion d = { 1, 1, 0 };
	size_t i, classes;

	if (n < 2)
		return d;
	/* a sliver at the end would expect next to nothing: it joins its neighbour */
	classes = classes_of(counts, n, last, x, width);
	if (classes > 1 && width[classes - 1] < width[0] / 4) {
		x[classes - 2] += x[classes - 1];
		width[classes - 2] += width[classes - 1];
		classes--;
	}
	for (i = 0; i < classes; i++) {
		sum += x[i];
		all += width[i];
	}
	if (classes < 2 || sum <= 0)
		return d;
	for (i = 0; i < classes; i++) {
		const double expected = sum * width[i] / all;

		chi2 += (x[i] - expected) * (x[i] - expected) / expected;
	}
	d.degrees = (unsigned)classes - 1;
	d.estimate = fmax(1, chi2 / d.degrees);
	d.safe = fmax(1, chi2 / qchisq(DISPERSION_RISK, d.degrees, true, false));
	return d;
}

struct limits clustered_limits(double k, double exposure, double phi, double confidence)
{
	return poisson_limits(k / phi, exposure / phi, confidence);
}
