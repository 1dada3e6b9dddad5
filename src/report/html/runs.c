/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How soon, how evenly over the run, and how it depends on the delay between the halves. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "plot.h"

enum { MAX_GROUPS = 60, MAX_RUNS = 10, NOTE = 100, NAME = 200, MAX_SERIES = 3 };

/* ---- time to the first tear: one row per executor, or per writer where there is one ---- */

struct soon {
	const char *name;
	double *ms;
	size_t n;
	double low, q1, median, q3, high;
	char note[NOTE];
};

static const char *group_name(const struct page *p, const struct result *r)
{
	return p->rs->nr_machines > 1 ? page_machine(p, r) : r->writer;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void quartiles(struct soon *s)
{
	char a[FIGURE_LEN];

	qsort(s->ms, s->n, sizeof(*s->ms), by_value);
	s->low = s->ms[0];
	s->q1 = s->ms[(s->n - 1) / 4];
	s->median = s->ms[(s->n - 1) / 2];
	s->q3 = s->ms[(s->n - 1) * 3 / 4];
	s->high = s->ms[s->n - 1];
	snprintf(s->note, NOTE, "%s, %zu cell%s", figure_ns(a, s->median * 1e6), s->n,
		 s->n == 1 ? "" : "s");
}

static unsigned collect(const struct page *p, struct soon *s)
{
	unsigned n = 0, k;

	for (size_t i = 0; i < p->n; i++) {
		const struct result *r = p->cell[p->by_file[i]];

		if (!r->first_ns[OUTCOME_TORN])
			continue;
		for (k = 0; k < n && s[k].name != group_name(p, r); k++)
			;
		if (k == MAX_GROUPS)
			continue;
		if (k == n) {
			s[n++] = (struct soon){ .name = group_name(p, r),
						.ms = malloc(p->n * sizeof(double)) };
			if (!s[k].ms)
				abort();
		}
		s[k].ms[s[k].n++] = (double)r->first_ns[OUTCOME_TORN] / 1e6;
	}
	for (k = 0; k < n; k++)
		quartiles(&s[k]);
	return n;
}

static void draw_soon(struct page *page, const struct soon *s, unsigned n)
{
	double low = INFINITY, high = 0;
	struct plot p;

	if (!plot_begin(&p, n * PLOT_ROW + 50))
		return;
	for (unsigned i = 0; i < n; i++) {
		low = fmin(low, s[i].low);
		high = fmax(high, s[i].high);
		plot_row_text(&p, n - 1 - i, s[i].name, s[i].note);
	}
	low = floor(log10(low * 0.95));
	high = ceil(log10(high * 1.05));
	fprintf(p.script, "set logscale x\nset xrange [1e%.0f:1e%.0f]\nset yrange [-0.4:%g]\n"
		"set xlabel 'time to the first torn entry, ms'\n", low, high, n - 0.2);
	plot_decades(p.script, low, high);
	fputs("$s << EOD\n", p.script);
	for (unsigned i = 0; i < n; i++)
		fprintf(p.script, "%u %.6g %.6g %.6g %.6g %.6g\n", n - 1 - i, s[i].low, s[i].q1,
			s[i].median, s[i].q3, s[i].high);
	fputs("EOD\nplot $s using 2:1:($6-$2):(0) with vectors nohead lw 1 lc rgb '" PLOT_GREEN "', "
	      "$s using 3:1:($5-$3):(0) with vectors nohead lw 4 lc rgb '" PLOT_GREEN "', "
	      "$s using 4:1 with points pt 13 ps 0.7 lc rgb '" PLOT_GREEN "'\n", p.script);
	plot_end(&p, page->f, "Time to the first torn entry: lowest, quartiles and highest over the cells "
		 "that tore; the figures are in the table below it");
}

static void soon(struct page *p)
{
	struct soon *s = calloc(MAX_GROUPS, sizeof(*s));
	const unsigned n = s ? collect(p, s) : 0;
	char a[FIGURE_LEN], b[FIGURE_LEN];

	if (!n)
		goto out;
	fputs("<h3>How soon</h3><p class=note>From the start of a cell to its first torn entry, over the "
	      "cells that tore: thin line all, thick line the middle half, diamond the median.</p>\n"
	      "<div class=plots><figure><figcaption>Time to first tear</figcaption>", p->f);
	draw_soon(p, s, n);
	fprintf(p->f, "<details%s><summary>figures</summary><div class=wide tabindex=0 role=region aria-label=figures>"
		"<table class=num><thead><tr><th scope=col>%s<th scope=col>median<th scope=col>"
		"middle half<th scope=col>all<tbody>\n", plot_possible() ? "" : " open",
		p->rs->nr_machines > 1 ? "executor" : "writer");
	for (unsigned i = 0; i < n; i++) {
		fputs("<tr><th scope=row>", p->f);
		page_text(p->f, s[i].name);
		fprintf(p->f, "<td>%s<td>%s–%s", s[i].note, figure_ns(a, s[i].q1 * 1e6),
			figure_ns(b, s[i].q3 * 1e6));
		fprintf(p->f, "<td>%s–%s\n", figure_ns(a, s[i].low * 1e6),
			figure_ns(b, s[i].high * 1e6));
		free(s[i].ms);
	}
	fputs("</table></div></details></figure></div>\n", p->f);
out:
	free(s);
}

/* ---- the run itself: those whose counts are most uneven ---- */

struct run {
	size_t cell;
	struct dispersion d;
	uint64_t events;
	char name[NAME], note[NOTE], phi[NOTE];
};

static int by_dispersion(const void *x, const void *y)
{
	const struct run *a = x, *b = y;

	if (a->d.safe != b->d.safe)
		return a->d.safe > b->d.safe ? -1 : 1;
	return a->cell < b->cell ? -1 : 1;
}

static unsigned uneven(const struct page *p, struct run *runs)
{
	unsigned n = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct result *r = p->cell[i];
		struct run *x = &runs[n];

		*x = (struct run){ .cell = i, .d = result_dispersion(r) };
		for (unsigned k = 0; k < r->nr_intervals; k++)
			x->events += r->intervals[k];
		if (x->d.degrees >= 3 && x->events >= 5 && r->interval_ns)
			n++;
	}
	qsort(runs, n, sizeof(*runs), by_dispersion);
	return n;
}

static void describe(const struct page *p, struct run *x)
{
	const struct result *r = p->cell[x->cell];
	char phi[FIGURE_LEN], peak[FIGURE_LEN], width[FIGURE_LEN];
	uint32_t most = 0;

	for (unsigned k = 0; k < r->nr_intervals; k++)
		most = r->intervals[k] > most ? r->intervals[k] : most;
	snprintf(x->name, NAME, "%.100s%s%.90s", r->scenario, p->rs->nr_machines > 1 ? ", " : "",
		 p->rs->nr_machines > 1 ? page_machine(p, r) : "");
	snprintf(x->phi, NOTE, "φ %s", figure(phi, x->d.estimate));
	snprintf(x->note, NOTE, "φ %s, peak %s in %s", figure(phi, x->d.estimate), figure(peak, most),
		 figure_ns(width, (double)r->interval_ns));
}

static void draw_runs(struct page *page, const struct run *x, unsigned n)
{
	double longest = 0;
	struct plot p;

	if (!plot_begin(&p, n * (PLOT_ROW + 14) + 50))
		return;
	fputs("$b << EOD\n", p.script);
	for (unsigned i = 0; i < n; i++) {
		const struct result *r = page->cell[x[i].cell];
		const double width = (double)r->interval_ns / 1e9;
		uint32_t most = 1;

		for (unsigned k = 0; k < r->nr_intervals; k++)
			most = r->intervals[k] > most ? r->intervals[k] : most;
		for (unsigned k = 0; k < r->nr_intervals; k++)
			if (r->intervals[k])
				fprintf(p.script, "%.6g %.6g %u %.4g\n", k * width,
					fmin((k + 1) * width, fmax(r->seconds, (k + 0.1) * width)), n - 1 - i,
					n - 1 - i + 0.62 * r->intervals[k] / most);
		longest = fmax(longest, r->seconds);
	}
	fprintf(p.script, "EOD\nset xrange [0:%.6g]\nset yrange [-0.1:%g]\n"
		"set xlabel 'seconds since the start of the cell'\n"
		"set style fill solid 0.75 border\n", longest, n - 0.0);
	for (unsigned i = 0; i < n; i++) {
		plot_row_text(&p, n - 1 - i + 0.32, x[i].name, x[i].phi);
		fprintf(p.script, "set arrow from graph 0, first %u to graph 1, first %u nohead lw 0.5\n",
			n - 1 - i, n - 1 - i);
	}
	fputs("plot $b using 1:3:1:2:3:4 with boxxyerror lw 0.5 lc rgb '" PLOT_BLUE "'\n", p.script);
	plot_end(&p, page->f, "Distinct bad observations per interval over the run, one row a cell, each to "
		 "its own peak; the figures are in the table below it");
}

static void evenly(struct page *p)
{
	struct run *x = malloc((p->n + 1) * sizeof(*x));
	unsigned n = x ? uneven(p, x) : 0, all = n, clumped = 0;
	char a[FIGURE_LEN], b[FIGURE_LEN];

	for (unsigned i = 0; i < n; i++)
		clumped += x[i].d.estimate > 2;
	if (n > MAX_RUNS)
		n = MAX_RUNS;
	if (!n)
		goto out;
	for (unsigned i = 0; i < n; i++)
		describe(p, &x[i]);
	fprintf(p->f, "<h3>How evenly</h3><p class=note>Distinct bad observations per interval, each row to "
		"its own peak. φ is their variance over their mean: 1 where they come one by one. In %u of %u "
		"cells with enough of them it is above 2; here are the most uneven.</p>\n"
		"<div class=plots><figure><figcaption>Over the run</figcaption>", clumped, all);
	draw_runs(p, x, n);
	fprintf(p->f, "<details%s><summary>figures</summary><div class=wide tabindex=0 role=region aria-label=figures>"
		"<table class=num><thead><tr><th scope=col>cell<th scope=col>φ, peak<th scope=col>φ, safe side"
		"<th scope=col>events<tbody>\n", plot_possible() ? "" : " open");
	for (unsigned i = 0; i < n; i++) {
		fprintf(p->f, "<tr><th scope=row><a href=#c%zu>", x[i].cell);
		page_text(p->f, x[i].name);
		fprintf(p->f, "</a><td>%s<td>%s<td>%s\n", x[i].note, figure(a, x[i].d.safe),
			figure(b, (double)x[i].events));
	}
	fputs("</table></div></details></figure></div>\n", p->f);
out:
	free(x);
}

/* ---- by the delay between the halves, where a result has it ---- */

static void draw_delay(struct page *page, const size_t *cell, unsigned n, const char **names)
{
	static const char *const look[MAX_SERIES] = {
		"pt 7 dt 1 lc rgb '" PLOT_BLUE "'", "pt 9 dt (6,3) lc rgb '" PLOT_ORANGE "'",
		"pt 13 dt (2,2) lc rgb '" PLOT_GREEN "'",
	};
	double least = INFINITY, most = 0;
	struct plot p;
	char token[16];

	if (!plot_begin(&p, 260 + 16 * n))
		return;
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < page->cell[cell[i]]->nr_delays; k++) {
			least = fmin(least, page->cell[cell[i]]->delays[k].ns);
			most = fmax(most, page->cell[cell[i]]->delays[k].ns);
		}
	if (least > 0 && most > 50 * least)
		fputs("set logscale x\n", p.script);
	fputs("set border 3\nset ytics\nset grid ytics\nset lmargin 8\nset xlabel 'delay between the halves, ns'\n"
	      "set ylabel 'distinct torn per second'\nset yrange [0:*]\nset key tmargin left Left reverse "
	      "maxcols 1 noenhanced\nunset tmargin\n", p.script);
	for (unsigned i = 0; i < n; i++) {
		const struct result *r = page->cell[cell[i]];

		fprintf(p.script, "$d%u << EOD\n", i);
		for (unsigned k = 0; k < r->nr_delays; k++) {
			const double s = r->delays[k].seconds > 0 ? r->delays[k].seconds :
								    r->seconds / r->nr_delays;

			fprintf(p.script, "%.6g %.6g\n", r->delays[k].ns, (double)r->delays[k].torn / s);
		}
		fputs("EOD\n", p.script);
	}
	for (unsigned i = 0; i < n; i++)
		fprintf(p.script, "%s $d%u using 1:2 with linespoints ps 0.7 %s title '%s'",
			i ? "," : "plot", i, look[i], plot_token(&p, names[i], token));
	fputc('\n', p.script);
	plot_end(&p, page->f, "Distinct torn per second against the delay between the halves; the figures "
		 "are in the table below it");
}

static void delays(struct page *p)
{
	size_t cell[MAX_SERIES];
	const char *names[MAX_SERIES];
	char a[FIGURE_LEN], b[FIGURE_LEN];
	unsigned n = 0, all = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct result *r = p->cell[p->by_file[i]];

		if (!r->nr_delays || !r->distinct[OUTCOME_TORN] || r->seconds <= 0)
			continue;
		if (all++ < MAX_SERIES) {
			cell[n] = p->by_file[i];
			names[n++] = r->scenario;
		}
	}
	if (!n)
		return;
	fprintf(p->f, "<h3>By the delay between the halves</h3><p class=note>The widened world waits between "
		"the two halves of an access. The first %u of %u cells that were swept.</p>\n"
		"<div class=plots><figure><figcaption>Tears against the delay</figcaption>", n, all);
	draw_delay(p, cell, n, names);
	fprintf(p->f, "<details%s><summary>figures</summary><div class=wide tabindex=0 role=region aria-label=figures>"
		"<table class=num><thead><tr><th scope=col>cell<th scope=col>delay<th scope=col>torn, distinct"
		"<tbody>\n", plot_possible() ? "" : " open");
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < p->cell[cell[i]]->nr_delays; k++) {
			const struct delay_class *d = &p->cell[cell[i]]->delays[k];

			fprintf(p->f, "<tr><th scope=row><a href=#c%zu>", cell[i]);
			page_text(p->f, names[i]);
			fprintf(p->f, "</a><td>%s<td>%s\n", figure_ns(a, d->ns), figure(b, (double)d->torn));
		}
	fputs("</table></div></details></figure></div>\n", p->f);
}

void html_plots(struct page *p)
{
	fputs("<section id=rates aria-labelledby=rates-h><h2 id=rates-h>Rates</h2>\n", p->f);
	if (!plot_possible())
		fputs("<p class=note>⚠ gnuplot was not installed where this page was made, so there are no "
		      "pictures: the figures stand in tables.</p>\n", p->f);
	html_forest(p);
	soon(p);
	evenly(p);
	delays(p);
	fputs("</section>\n", p->f);
}
