/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What follows from a count.
 *
 * Counts are of distinct observations; exposure is whatever they were collected
 * over (seconds, rounds): a rate is count / exposure. All limits are exact
 * (Garwood, Clopper-Pearson): they hold at least as often as they say.
 */
#ifndef TORNREPORT_STATS_H
#define TORNREPORT_STATS_H

#include <stddef.h>
#include <stdint.h>

#define CONFIDENCE	0.95		/* of an interval, usually */
#define SURE		0.99999		/* of seeing a tear at all */

struct limits {
	double lo, hi;
};

/* Central exact limits of a Poisson rate: k events in `exposure`. k = 0: lo is 0. */
struct limits poisson_limits(double k, double exposure, double confidence);

/* The same of a share: k of n, 0 <= k <= n, n > 0. */
struct limits proportion_limits(double k, double n, double confidence);

/* k = 0: the rate is below this, one-sided: -ln(1 - confidence) / exposure. */
double zero_bound(double exposure, double confidence);

/* Exposure in which an event of that rate shows at least once with that confidence. */
double time_to_see(double rate, double confidence);

/*
 * Did two Poisson counts come from one rate? Conditional on their sum the first is
 * binomial with p = e1 / (e1 + e2). Two-sided, twice the smaller tail: the test
 * that the interval of ratio_limits() inverts.
 */
double poisson_compare(double k1, double e1, double k2, double e2);

/* rate 2 / rate 1, and its exact limits; NaN, 0 .. inf where both are zero. */
struct ratio {
	double ratio, lo, hi;
};
struct ratio rate_ratio(double k1, double e1, double k2, double e2, double confidence);

/* p[] becomes Holm's adjusted p-values, in place. 0, or -ENOMEM with p[] as it was. */
int holm(double *p, size_t n);

/*
 * Do the ys lie higher or lower than the xs? Wilcoxon's rank sum, exact also with
 * ties (given the ties), two-sided: twice the smaller tail. It asks nothing of how the
 * figures are distributed, only that all n + m are exchangeable if nothing changed.
 * NaN where that is more figures than can be counted out, or none.
 */
double rank_sum(const double *x, size_t n, const double *y, size_t m);

/*
 * Over-dispersion of per-interval counts: variance over mean, about 1 where events
 * are independent, about the size of a clump where they come in clumps. At least
 * 1. `last` is the width of the last interval as a share of the others'. `safe`
 * leans to the high side, by as much as so few intervals leave open: dividing a
 * count and its exposure by it gives limits that hold under clustering, where the
 * run was long enough to expect five clumps; no count says more of fewer.
 * Fewer than two intervals: 1, as nothing is known.
 */
struct dispersion {
	double estimate, safe;
	unsigned degrees;		/* of freedom; 0: not estimated */
};
struct dispersion dispersion(const uint32_t *counts, size_t n, double last);

/* poisson_limits() of a clumped count: k / phi independent events. */
struct limits clustered_limits(double k, double exposure, double phi, double confidence);

#endif
