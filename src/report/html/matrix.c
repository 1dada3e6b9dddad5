/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writer x reader, one table per layout, walker, level and world: where do they
 * tear? Colour is the decade of the rate; what a colour says is also written.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"

enum { MAX_COLUMNS = 64, MAX_ROWS = 512 };

/* Beside a torn figure: what else was seen there. */
static const char also[NR_OUTCOMES] = {
	[OUTCOME_PHANTOM] = 'p', [OUTCOME_INVALID_MIX] = 'm', [OUTCOME_REREAD] = 'r',
	[OUTCOME_CONFUSED] = 'c', [OUTCOME_FREED] = 'f', [OUTCOME_STALE] = 's',
};

/* All cells of one place in a table: several executors, consumers, reclaims. */
struct place {
	size_t n, seen, first;		/* first: the index to link to, of the highest rate */
	double low, high;
	bool impossible, possible, excluded, open;
	uint32_t also;
};

static void place_add(struct place *at, const struct page *p, size_t i)
{
	const struct result *r = p->cell[i];
	const double rate = result_rate(r, OUTCOME_TORN);

	if (!at->n++)
		at->first = i;
	at->open |= r->verdict == VERDICT_INCONCLUSIVE;
	at->possible |= r->predicted[OUTCOME_TORN] == PREDICTED_POSSIBLE;
	at->excluded |= r->predicted[OUTCOME_TORN] == PREDICTED_IMPOSSIBLE;
	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		if (also[o] && r->distinct[o])
			at->also |= 1u << o;
	if (!r->distinct[OUTCOME_TORN])
		return;
	at->impossible |= r->predicted[OUTCOME_TORN] == PREDICTED_IMPOSSIBLE;
	if (!at->seen++ || rate < at->low)
		at->low = rate;
	if (rate >= at->high) {
		at->high = rate;
		at->first = i;
	}
}

static void place_put(FILE *f, const struct place *at)
{
	char low[FIGURE_LEN], high[FIGURE_LEN];

	if (!at->n) {
		fputs("<td>", f);
		return;
	}
	if (at->seen)
		fprintf(f, "<td class=%sh%u%s><a href=#c%zu>", at->impossible ? "\"bad " : "",
			rate_class(at->high), at->impossible ? "\"" : "", at->first);
	else
		fprintf(f, "<td class=%s><a href=#c%zu>", at->possible ? "gap" : "z", at->first);
	if (at->seen) {
		figure(low, at->low);
		figure(high, at->high);
		fprintf(f, "%s%s", at->impossible ? "‼ " : "", strcmp(low, high) ? low : "");
		fprintf(f, "%s%s", strcmp(low, high) ? "–" : "", high);
	} else {
		fputs(at->possible ? "○" : at->excluded ? "–" : "0", f);
	}
	fputs("</a>", f);
	if (at->seen && at->seen < at->n)
		fprintf(f, " <small>%zu of %zu</small>", at->seen, at->n);
	if (at->open && !at->seen)
		fputc('?', f);
	if (!at->also)
		return;
	fputs("<sup>", f);
	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		if (at->also & 1u << o)
			fputc(also[o], f);
	fputs("</sup>", f);
}

/* ---- one table ---- */

struct axis {
	const char *a, *b;
};

struct panel {
	size_t *cell, n;			/* indices into page.cell */
	struct axis column[MAX_COLUMNS], row[MAX_ROWS];
	unsigned columns, rows;
	bool cut;
};

static int axis_find(struct axis *axis, unsigned *n, unsigned max, const char *a, const char *b)
{
	for (unsigned i = 0; i < *n; i++)
		if (axis[i].a == a && axis[i].b == b)
			return (int)i;
	if (*n == max)
		return -1;
	axis[*n] = (struct axis){ a, b };
	return (int)(*n)++;
}

static int by_text(const void *x, const void *y)
{
	const struct axis *a = x, *b = y;
	int d = strcmp(a->a, b->a);

	return d ? d : strcmp(a->b, b->b);
}

static bool same_panel(const struct result *a, const struct result *b)
{
	return a->layout == b->layout && a->walker == b->walker && a->level == b->level &&
	       a->world == b->world;
}

static void panel_axes(struct panel *t, const struct page *p)
{
	for (size_t k = 0; k < t->n; k++) {
		const struct result *r = p->cell[t->cell[k]];

		if (axis_find(t->column, &t->columns, MAX_COLUMNS, r->reader, NULL) < 0 ||
		    axis_find(t->row, &t->rows, MAX_ROWS, r->writer, r->transition) < 0)
			t->cut = true;
	}
	qsort(t->row, t->rows, sizeof(t->row[0]), by_text);
}

static void panel_head(FILE *f, const struct panel *t, const struct result *r)
{
	fputs("<div class=wide tabindex=0 role=region aria-label=\"outcome matrix\"><table class=matrix>"
	      "<caption>", f);
	page_text(f, r->walker);
	fputs(" at ", f);
	page_text(f, r->level);
	fputs(", ", f);
	page_text(f, r->layout);
	fputs(", ", f);
	page_text(f, r->world);
	fputs("</caption><thead><tr><th scope=col>writer<th scope=col>transition", f);
	for (unsigned c = 0; c < t->columns; c++) {
		fputs("<th scope=col>", f);
		page_text(f, t->column[c].a);
	}
	fputs("<tbody>\n", f);
}

static void panel_row(FILE *f, const struct panel *t, const struct place *at, unsigned y)
{
	unsigned span = 1;

	fputs("<tr>", f);
	if (!y || t->row[y - 1].a != t->row[y].a) {
		while (y + span < t->rows && t->row[y + span].a == t->row[y].a)
			span++;
		fprintf(f, "<th scope=%s rowspan=%u>", span > 1 ? "rowgroup" : "row", span);
		page_text(f, t->row[y].a);
	}
	fputs("<th scope=row>", f);
	page_text(f, t->row[y].b);
	for (unsigned x = 0; x < t->columns; x++)
		place_put(f, &at[x]);
	fputc('\n', f);
}

static void panel_put(struct page *p, struct panel *t)
{
	struct place *at;

	panel_axes(t, p);
	at = calloc((size_t)t->columns * t->rows, sizeof(*at));
	if (!at)
		abort();
	for (size_t k = 0; k < t->n; k++) {
		const struct result *r = p->cell[t->cell[k]];
		int x = axis_find(t->column, &t->columns, t->columns, r->reader, NULL);
		int y = axis_find(t->row, &t->rows, t->rows, r->writer, r->transition);

		if (x >= 0 && y >= 0)
			place_add(&at[(unsigned)y * t->columns + (unsigned)x], p, t->cell[k]);
	}
	panel_head(p->f, t, p->cell[t->cell[0]]);
	for (unsigned y = 0; y < t->rows; y++)
		panel_row(p->f, t, &at[y * t->columns], y);
	fputs("</table></div>\n", p->f);
	if (t->cut)
		fputs("<p class=note>This table has more readers or writers than fit; the rest is "
		      "in <a href=#cells>the cells</a>.</p>\n", p->f);
	free(at);
}

/* ---- all of them ---- */

static void legend(struct page *p)
{
	static const char *const decade[] = { "under 10", "10–100", "100–1k", "1k–10k", "10k–100k",
					      "100k–1M", "1M and more" };

	fputs("<p class=legend>Distinct torn per second:", p->f);
	for (unsigned i = 0; i < sizeof(decade) / sizeof(decade[0]); i++)
		fprintf(p->f, " <span class=h%u>%s</span>", i, decade[i]);
	fputs("</p><ul class=\"legend marks\"><li><b>0</b> not seen, nothing was predicted"
	      "<li><b>–</b> not seen, predicted impossible<li><b class=gap>○</b> possible, not seen: a gap "
	      "in this run's power<li><b class=bad>‼</b> seen, predicted impossible"
	      "<li><b>?</b> inconclusive<li>seen besides: <sup>p</sup> phantom, <sup>m</sup> invalid-mix, "
	      "<sup>r</sup> reread, <sup>c</sup> confused, <sup>f</sup> freed, <sup>s</sup> stale", p->f);
	if (p->rs->nr_machines > 1)
		fputs("<li>a–b: the lowest and the highest rate where it tore; “2 of 9”: in so many of "
		      "the cells there", p->f);
	fputs("</ul>\n", p->f);
}

void html_matrix(struct page *p)
{
	bool *done = calloc(p->n + 1, sizeof(*done));
	struct panel *t = malloc(sizeof(*t));

	fputs("<section id=matrix aria-labelledby=matrix-h><h2 id=matrix-h>Outcome matrix</h2>\n", p->f);
	legend(p);
	fputs("<div class=panels>\n", p->f);
	for (size_t i = 0; t && done && i < p->n; i++) {
		const struct result *first = p->cell[p->by_file[i]];

		if (done[i] || first->live)	/* it has a section of its own */
			continue;
		*t = (struct panel){ .cell = malloc((p->n - i) * sizeof(*t->cell)) };
		for (size_t k = i; t->cell && k < p->n; k++)
			if (!done[k] && same_panel(first, p->cell[p->by_file[k]])) {
				done[k] = true;
				t->cell[t->n++] = p->by_file[k];
			}
		panel_put(p, t);
		free(t->cell);
	}
	fputs("</div></section>\n", p->f);
	free(t);
	free(done);
}
