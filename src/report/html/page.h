/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every part of an HTML page needs: escaping, figures, cells in order.
 *
 * Invariant: a string that came out of a result reaches the page through
 * page_text() and never otherwise, gnuplot not at all.
 */
#ifndef TORNREPORT_PAGE_H
#define TORNREPORT_PAGE_H

#include <stdio.h>

#include "report/results/load.h"
#include "report/results/stats.h"

enum { LABEL_LEN = 160, FIGURE_LEN = 32 };

/* How much of a cell is shown, where there are so many that the page would be over its limit. */
enum detail {
	IN_FULL,
	IN_BRIEF,	/* of a witness what is not zero, no schedule, no reason of a pass */
	IN_NAME,	/* a witness and a reason only of what failed */
	NR_DETAILS,
};

struct page {
	FILE *f;
	const struct results *rs;
	const struct result **cell;	/* the last line of each cell, what matters first */
	size_t n;
	size_t *by_file;		/* indices of cell[], in the files' order */
	bool any_trees, any_live;	/* cells of kernel trees, of running kernels */
	bool only_kernels;		/* nothing else: no rates, no matrix of tornwalk's own */
	size_t superseded;		/* lines that a later one replaces */
	char (*label)[LABEL_LEN];	/* of each machine, unique */
	enum detail detail;		/* of all cells but the first */
	struct code *code;		/* html_code.c */
	size_t nr_code;
};

/* Takes the cells out of `rs`; page_close() frees what it made. */
void page_open(struct page *p, const struct results *rs);
void page_close(struct page *p);
/* Cells of a running kernel are that machine's. */
bool page_is_live(const struct page *p, unsigned machine);
const char *page_machine(const struct page *p, const struct result *r);

/* What every page looks like, and what its tables can do. */
extern const char page_style[], page_script[];

/*
 * Text as text: markup is escaped; what does not print, or turns the direction of
 * writing, becomes U+FFFD; what is absurdly long is cut, and says so.
 */
void page_text(FILE *f, const char *s);
/* The same for the inside of <pre>: lines stay lines. */
void page_lines(FILE *f, const char *s);

/* 1.23M and the like, three digits; in a buffer of FIGURE_LEN. */
const char *figure(char *buf, double n);
const char *figure_ns(char *buf, double ns);

/* Distinct ones of outcome `o` per second. */
double result_rate(const struct result *r, enum outcome o);
/* Something was seen that is predicted impossible, into *o. */
bool result_impossible(const struct result *r, enum outcome *o);
/* Factor by which a cell's counts may be clumped; 1 where nothing is known. */
struct dispersion result_dispersion(const struct result *r);

/* 0..6: the decade of a rate; colour and legend go by it. */
unsigned rate_class(double per_second);

#endif
