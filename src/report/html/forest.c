/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forest plots: how often, and how sure that is. One row per executor where there
 * are several, one per cell where there is one.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "plot.h"

enum { MAX_ROWS = 60, MAX_FORESTS = 6, NOTE = 100, MIN_DEGREES = 3 };

struct bar {
	const char *name;
	size_t cell;
	char note[NOTE];		/* the figures, in words */
	double rate, lo, hi, safe_lo, safe_hi;	/* rate 0: hi is the bound */
};

static void bar_of(struct bar *b, const struct page *p, size_t cell, const char *name)
{
	const struct result *r = p->cell[cell];
	const double k = (double)r->rated.distinct[OUTCOME_TORN];
	const struct dispersion d = result_dispersion(r);
	const double phi = d.degrees < MIN_DEGREES ? 1 : d.safe;	/* two intervals say nothing */
	const struct limits l = poisson_limits(k, r->rated.seconds, CONFIDENCE);
	const struct limits s = clustered_limits(k, r->rated.seconds, phi, CONFIDENCE);
	char at[FIGURE_LEN], lo[FIGURE_LEN], hi[FIGURE_LEN];

	*b = (struct bar){ .cell = cell, .name = name, .rate = k / r->rated.seconds, .lo = l.lo,
			   .hi = l.hi, .safe_lo = s.lo, .safe_hi = s.hi };
	if (k > 0) {
		snprintf(b->note, NOTE, "%s (%s–%s)", figure(at, b->rate), figure(lo, b->lo),
			 figure(hi, b->hi));
	} else {
		b->hi = b->safe_hi = zero_bound(r->rated.seconds, CONFIDENCE);
		snprintf(b->note, NOTE, "0, below %s", figure(hi, b->hi));
	}
}

static double lowest(const struct bar *b)
{
	return b->rate > 0 ? fmax(b->safe_lo, b->rate / 30) : b->hi / 4;
}

/* Whole decades, ten at most. */
static void range(FILE *s, const struct bar *b, unsigned n)
{
	double low = INFINITY, high = 0;

	for (unsigned i = 0; i < n; i++) {
		low = fmin(low, lowest(&b[i]));
		high = fmax(high, b[i].safe_hi);
	}
	high = ceil(log10(high * 1.05));
	low = fmax(floor(log10(low)), high - 10);
	fprintf(s, "set logscale x\nset xrange [1e%.0f:1e%.0f]\n", low, high);
	plot_decades(s, low, high);
}

static void draw(struct page *page, const struct bar *b, unsigned n, const char *alt)
{
	struct plot p;

	if (!plot_begin(&p, n * PLOT_ROW + 50))
		return;
	range(p.script, b, n);
	fprintf(p.script, "set yrange [-0.4:%g]\nset xlabel 'distinct torn per second'\n", n - 0.2);
	for (unsigned i = 0; i < n; i++) {
		plot_row_text(&p, n - 1 - i, b[i].name, b[i].note);
		/* nothing seen: an arrow from the bound down, and a stop at the bound */
		if (!(b[i].rate > 0))
			fprintf(p.script, "set arrow from first %.6g,%u to graph 0, first %u lw 1.5 dt (4,3) "
				"lc rgb '" PLOT_ORANGE "' size screen 0.02,25 filled front\n"
				"set arrow from first %.6g,%g to first %.6g,%g nohead lw 1.5 lc rgb '"
				PLOT_ORANGE "'\n", b[i].hi, n - 1 - i, n - 1 - i, b[i].hi,
				n - 1 - i - 0.15, b[i].hi, n - 1 - i + 0.15);
	}
	fputs("$seen << EOD\n1 -9 1 1 1 1\n", p.script);
	for (unsigned i = 0; i < n; i++)
		if (b[i].rate > 0)
			fprintf(p.script, "%.6g %u %.6g %.6g %.6g %.6g\n", b[i].rate, n - 1 - i, b[i].lo,
				b[i].hi, fmax(b[i].safe_lo, 1e-12), b[i].safe_hi);
	fputs("EOD\nplot $seen using 5:2:($6-$5):(0) with vectors nohead lw 1 lc rgb '" PLOT_BLUE "', "
	      "$seen using 3:2:($4-$3):(0) with vectors nohead lw 4 lc rgb '" PLOT_BLUE "', "
	      "$seen using 1:2 with points pt 7 ps 0.7 lc rgb '" PLOT_BLUE "'\n", p.script);
	plot_end(&p, page->f, alt);
}

static void table(struct page *p, const struct bar *b, unsigned n)
{
	char a[FIGURE_LEN], c[FIGURE_LEN];

	fprintf(p->f, "<details%s><summary>figures</summary><div class=wide tabindex=0 role=region "
		"aria-label=figures><table class=num><thead><tr><th scope=col>%s<th scope=col>torn/s, 95 %% limits"
		"<th scope=col>allowing for clumps<tbody>\n", plot_possible() ? "" : " open",
		p->rs->nr_machines > 1 ? "executor" : "cell");
	for (unsigned i = 0; i < n; i++) {
		fprintf(p->f, "<tr><th scope=row><a href=#c%zu>", b[i].cell);
		page_text(p->f, b[i].name);
		fprintf(p->f, "</a><td>%s<td>", b[i].note);
		if (b[i].rate > 0)
			fprintf(p->f, "%s–%s", figure(a, b[i].safe_lo), figure(c, b[i].safe_hi));
		fputc('\n', p->f);
	}
	fputs("</table></div></details>\n", p->f);
}

static void figure_of(struct page *p, const struct bar *b, unsigned n, const char *title)
{
	char alt[160];
	unsigned zero = 0;

	for (unsigned i = 0; i < n; i++)
		zero += !(b[i].rate > 0);
	snprintf(alt, sizeof(alt), "Forest plot of distinct torn per second, %u rows, %u of them zero with "
		 "an upper bound; the figures are in the table below it", n, zero);
	fputs("<figure><figcaption>", p->f);
	page_text(p->f, title);
	fputs("</figcaption>", p->f);
	draw(p, b, n, alt);
	table(p, b, n);
	fputs("</figure>\n", p->f);
}

/* ---- one executor: its cells, the highest rate first ---- */

static int by_rate(const void *x, const void *y)
{
	const struct bar *a = x, *b = y;

	if (a->rate != b->rate)
		return a->rate > b->rate ? -1 : 1;
	return a->hi != b->hi ? (a->hi > b->hi ? -1 : 1) : a->cell < b->cell ? -1 : 1;
}

static void of_cells(struct page *p)
{
	struct bar *b = malloc((p->n + 1) * sizeof(*b));
	unsigned n = 0;

	for (size_t i = 0; b && i < p->n; i++)
		if (p->cell[i]->rated.seconds > 0)
			bar_of(&b[n++], p, i, p->cell[i]->scenario);
	if (!n)
		goto out;
	qsort(b, n, sizeof(*b), by_rate);
	if (n > MAX_ROWS)
		fprintf(p->f, "<p class=note>The %u cells that tear most, of %u.</p>\n", MAX_ROWS, n);
	figure_of(p, b, n < MAX_ROWS ? n : MAX_ROWS, "Every cell on this executor");
out:
	free(b);
}

/* ---- several: the cells that differ most between them ---- */

struct group {
	const char *scenario;
	size_t first, n;		/* in the sorted list */
	double spread;			/* highest over lowest; 0: never torn */
};

static int by_name(const void *x, const void *y)
{
	const struct bar *a = x, *b = y;

	if (a->name != b->name)		/* the scenario, while sorting */
		return a->name < b->name ? -1 : 1;
	return a->cell < b->cell ? -1 : 1;
}

static int by_spread(const void *x, const void *y)
{
	const struct group *a = x, *b = y;

	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	if (a->spread != b->spread)
		return a->spread > b->spread ? -1 : 1;
	return a->first < b->first ? -1 : 1;
}

static double spread_of(const struct bar *b, size_t n)
{
	double low = INFINITY, high = 0;

	for (size_t i = 0; i < n; i++) {
		low = fmin(low, b[i].rate > 0 ? b[i].rate : b[i].hi);
		high = fmax(high, b[i].rate);
	}
	return high / low;
}

static int by_machine(const void *x, const void *y)
{
	const struct bar *a = x, *b = y;

	return a->name < b->name ? -1 : a->name > b->name;	/* labels lie in an array */
}

static void of_machines(struct page *p)
{
	struct bar *b = malloc((p->n + 1) * sizeof(*b));
	struct group *g = calloc(p->n + 1, sizeof(*g));
	size_t n = 0, groups = 0, i;

	for (i = 0; b && g && i < p->n; i++)
		if (p->cell[i]->rated.seconds > 0)
			bar_of(&b[n++], p, i, p->cell[i]->scenario);
	qsort(b, n, sizeof(*b), by_name);
	for (i = 0; i < n; i++) {
		if (!i || b[i].name != b[i - 1].name)
			g[groups++] = (struct group){ .scenario = b[i].name, .first = i };
		g[groups - 1].n++;
	}
	for (i = 0; i < groups; i++)
		g[i].spread = spread_of(&b[g[i].first], g[i].n);
	qsort(g, groups, sizeof(*g), by_spread);
	fprintf(p->f, "<p class=note>The cells that tear somewhere and differ most between the executors; "
		"the rates of all are <a href=#side>side by side</a>.</p>\n<div class=plots>\n");
	for (i = 0; i < groups && i < MAX_FORESTS && g[i].spread > 0; i++) {
		struct bar *of = &b[g[i].first];

		if (g[i].n > MAX_ROWS)
			g[i].n = MAX_ROWS;
		for (size_t k = 0; k < g[i].n; k++)
			of[k].name = page_machine(p, p->cell[of[k].cell]);
		qsort(of, g[i].n, sizeof(*of), by_machine);
		figure_of(p, of, (unsigned)g[i].n, g[i].scenario);
	}
	fputs("</div>\n", p->f);
	free(g);
	free(b);
}

void html_forest(struct page *p)
{
	fputs("<h3>How often</h3><p class=note>A dot is the rate, the thick line its exact 95 % limits, the "
	      "thin one allows for clumps. An arrow from a stop: none seen, the rate is below the stop "
	      "(95 %).</p>\n", p->f);
	if (p->rs->nr_machines > 1)
		of_machines(p);
	else
		of_cells(p);
}
