/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results as a test harness wants them: one test per name, grouped by executor.
 *
 * A name is made of its cell alone (judge/test_name.h), never of what else is in the file.
 * Two results of one name and one
 * executor are one test that was run twice: it fails if any run failed, passes if
 * any passed, and is skipped if all were inconclusive. Cells of two kernel trees are two.
 */
#ifndef TORNREPORT_TESTS_H
#define TORNREPORT_TESTS_H

#include <stdio.h>

#include "report/results/load.h"

struct test {
	char *name;
	const struct result *shown;	/* the first run that has the test's verdict */
	unsigned runs, group;
	enum verdict verdict;
	double seconds;			/* of all runs */
	size_t order;			/* of the first run in the results */
};

struct group {
	char *name;			/* tornwalk[.TREE].TARGET.EXECUTOR.COMPILER.CPU.KERNEL */
	const struct machine *machine;	/* the first of that name */
	const struct test *tests;
	size_t n, of[NR_VERDICTS];
	double seconds;
};

struct tests {
	struct test *of;		/* by group, then in the results' order */
	size_t n;
	struct group *groups;
	unsigned nr_groups;
};

/* 0 or -ENOMEM. The results must outlive the tests. */
int tests_make(struct tests *t, const struct results *rs);
void tests_free(struct tests *t);

/* The name of a result's test as a string, to be freed; NULL: no memory. */
char *test_name(const struct result *r);

/* On one line, whatever the board wrote: control characters become blanks. */
void print_line(FILE *f, const char *s);

#endif
