/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two result sets, cell by cell: is NEW worse than BASE?
 *
 * What is counted. Distinct observations of one outcome, over the seconds (or the
 * writers' rounds) they were looked for. A cell that requires an outcome is a
 * control and is judged by the rarest it requires; any other by what it forbids,
 * and so is a control that showed something forbidden.
 *
 * What is worse. More of a forbidden outcome: any rise that is not chance. Much
 * fewer of a required one, the instrument has lost power: below 1/margin of the
 * rate. A rise of a required outcome beyond the margin is an improvement. Where
 * nothing is forbidden or required, a change beyond the margin is reported and is
 * neither.
 *
 * What is chance. The exact conditional test of two Poisson counts, after count and
 * exposure were divided by the over-dispersion of the per-interval counts: a clump
 * counts once. Several runs of a cell on one side are pooled, and what varies
 * between them is over-dispersion too. Where both sides have several runs, also
 * the exact rank test of the runs' rates, which no clumping within a run can fool:
 * of the two the smaller p, doubled. Holm's adjustment is made over what is forbidden and
 * over the rest apart, each with half of alpha: which cells are tested depends on
 * the sum of both sides only.
 *
 * `same` is claimed only where a change beyond the margin can be excluded.
 */
#ifndef TORNREPORT_COMPARE_H
#define TORNREPORT_COMPARE_H

#include "report/results/load.h"
#include "report/results/stats.h"

enum { BASE, NEW };

enum change { REGRESSED, IMPROVED, SAME, NOT_COMPARABLE, NR_CHANGES };
extern const char *const change_names[NR_CHANGES];

struct compare_options {
	double alpha;		/* family-wise, over all cells tested */
	double margin;		/* what is "much" */
	bool per_round;		/* exposure in rounds instead of seconds */
};

#define COMPARE_DEFAULTS ((struct compare_options){ .alpha = 0.01, .margin = 4 })

/* One cell on one side; all runs of it together. */
struct side {
	const struct result *last;	/* NULL: not there */
	unsigned runs, voided, outdated;	/* outdated: of another hash than the last */
	unsigned of[NR_VERDICTS];
	double seconds, exposure, count, rate;
	unsigned hits;			/* runs that saw it */
	const struct result **run;	/* those that count */
};

struct comparison {
	const char *scenario, *leg;	/* leg: which of a side's executors; "" if it has one */
	struct side side[2];
	enum expect grade;		/* of the outcome judged */
	const char *outcome;
	unsigned judged;		/* a set of outcomes; outcome is its name */
	double phi;			/* over-dispersion divided by */
	bool guessed;			/* nothing was known of it */
	bool tested, fails_now;		/* NEW shows something forbidden */
	bool of_trees;			/* judged by what executions show: trees.h */
	bool of_kernels;		/* judged by who tore: kernels.h */
	struct ratio ratio;
	double p;			/* Holm-adjusted; meaningful if tested */
	enum change change;
	char why[1024];
};

struct comparisons {
	struct comparison *of;		/* what matters comes first */
	size_t n, changes[NR_CHANGES], tested, voided[2];
	struct compare_options options;
	struct results *results[2];
	const struct result **lines;	/* all runs, by cell and side */
};

/* 0 or -ENOMEM. The results, whose pools it writes to, must outlive it. */
int compare(struct comparisons *c, struct results *base, struct results *now,
	    const struct compare_options *options);
void compare_free(struct comparisons *c);

/* 0: same or improved; 1: something regressed; 4: something is not comparable. */
int compare_exit(const struct comparisons *c);

#endif
