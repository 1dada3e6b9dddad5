/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A comparison for people: as text and as a page. */
#ifndef TORNREPORT_COMPARE_PRINT_H
#define TORNREPORT_COMPARE_PRINT_H

#include <stdio.h>

#include "compare.h"

enum { COMPARE_FIGURE = 24 };

#define COMPARE_METHOD                                                                            \
	"Distinct observations per %s of the outcome named; none seen: the 95%% bound. Ratio: "    \
	"NEW/BASE, exact interval. p: the conditional binomial test, both with counts divided by "  \
	"their over-dispersion; with several runs a side, also the rank test of the runs; "       \
	"Holm-adjusted over %zu cells, the forbidden and the others apart. Regressed: p below %g " \
	"for more of a forbidden outcome, or for a required one seen less than 1/%g as often."

#define COMPARE_ONE_RUN                                                                           \
	"One run a side: what changes from one run to the next (load, placement, frequency) is "  \
	"not seen. Give both sides several, taken in turns."

void compare_text(FILE *f, const struct comparisons *c);

/* One HTML page. */
void compare_html(FILE *f, const struct comparisons *c);

/* ---- shared by the two ---- */

const char *compare_figure(char buf[COMPARE_FIGURE], double x);
const char *compare_rate(char buf[COMPARE_FIGURE], const struct side *s);
/* An end of an interval: beyond a thousand either way it is all the same. */
const char *compare_bound(char buf[COMPARE_FIGURE], double x);
const char *compare_p(char buf[COMPARE_FIGURE], double p);
/* Which kinds of cells are there: judged by rates, by what a tree's executions show, by who tore in a running kernel. */
void compare_kinds(const struct comparisons *c, bool *rates, bool *trees, bool *kernels);
/* Of a cell, on the side that has fewer: 1 sees nothing of what changes between runs. */
unsigned compare_fewest_runs(const struct comparisons *c);
/* "1 regressed, 0 improved, ..." */
const char *compare_sentence(const struct comparisons *c, char *buf, size_t len);

/* What ran: calls say() with each fact's name and its values on both sides. */
typedef void compare_fact(void *arg, const char *name, const char *base, const char *now);
void compare_facts(const struct comparisons *c, compare_fact *say, void *arg);

#endif
