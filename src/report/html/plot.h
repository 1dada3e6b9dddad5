/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pictures by gnuplot, as SVG for the inside of a page.
 *
 * Rows stand one below the other, each with its text above it, so that three rows
 * and sixty, short names and long ones, come out alike and fit a phone. Text of a
 * result never reaches gnuplot, whose strings can run programs: it sees a number,
 * and the number is exchanged for the escaped text in what comes back.
 */
#ifndef TORNREPORT_PLOT_H
#define TORNREPORT_PLOT_H

#include <stdbool.h>
#include <stdio.h>

enum { PLOT_WIDTH = 400, PLOT_ROW = 30, PLOT_TEXTS = 256 };

/* Okabe and Ito: distinct to every kind of colour vision. */
#define PLOT_BLUE	"#0072b2"
#define PLOT_ORANGE	"#d55e00"
#define PLOT_GREEN	"#009e73"

struct plot {
	FILE *script;		/* gnuplot commands go here */
	const char *texts[PLOT_TEXTS];
	unsigned room[PLOT_TEXTS];	/* how wide each may be */
	unsigned nr_texts;
	char *buf;
	size_t len;
};

/* Is there a gnuplot? Asked once. */
bool plot_possible(void);

/* `height` in pixels; false where there is no gnuplot, and nothing was begun. */
bool plot_begin(struct plot *p, unsigned height);

/* A stand-in for `text` inside a gnuplot string; text must live until plot_end(). */
const char *plot_token(struct plot *p, const char *text, char token[16]);

/* Above row y: left text, right text (or NULL). Both must live until plot_end(). */
void plot_row_text(struct plot *p, double y, const char *left, const char *right);

/* Marks at whole decades of a logarithmic x: 0.1, 1, 10 ... 10k, 1M */
void plot_decades(FILE *script, double low, double high);

/* The picture into the page; alt: what it shows, in one sentence. */
void plot_end(struct plot *p, FILE *page, const char *alt);

/* The markers' shapes, once for all pictures of a page. */
void plot_shapes(FILE *page);

#endif
