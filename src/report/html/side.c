/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same cells on several executors, beside each other. */
#include <stdlib.h>
#include <string.h>

#include "html.h"

enum { MAX_SIDE_ROWS = 300, MAX_SIDE_COLUMNS = 60 };

struct at {
	const char *scenario;
	unsigned machine;
	size_t i;
};

static int by_name(const void *a, const void *b)
{
	const struct at *x = a, *y = b;

	if (x->scenario != y->scenario)
		return x->scenario < y->scenario ? -1 : 1;
	return x->machine < y->machine ? -1 : x->machine > y->machine;
}

static const struct at *row_of(const struct at *at, size_t n, const char *scenario)
{
	size_t low = 0, high = n;

	while (low < high) {
		const size_t mid = (low + high) / 2;

		if (at[mid].scenario < scenario)
			low = mid + 1;
		else
			high = mid;
	}
	return &at[low];
}

/* Does it read the same everywhere? Verdict, worst outcome, and its rate within a decade or so. */
static bool alike(const struct page *p, const struct at *row, const struct at *end)
{
	const struct result *a = p->cell[row->i];
	const int worst = result_worst(a);

	for (const struct at *x = row + 1; x < end && x->scenario == row->scenario; x++) {
		const struct result *b = p->cell[x->i];

		if (a->verdict != b->verdict || result_worst(b) != worst || strcmp(result_shows(a), result_shows(b)))
			return false;
		if (worst >= 0 && abs((int)rate_class(result_rate(a, (enum outcome)worst)) -
				      (int)rate_class(result_rate(b, (enum outcome)worst))) > 1)
			return false;
	}
	return true;
}

static void one(struct page *p, size_t i)
{
	static const char *const mark[NR_VERDICTS] = { "", "✗ ", "? " };
	const struct result *r = p->cell[i];
	const int worst = result_worst(r);
	char n[FIGURE_LEN];

	if (r->source && *result_shows(r)) {	/* what is so, not how often it was seen */
		fprintf(p->f, "<td><a href=#c%zu>%s", i, mark[r->verdict]);
		page_text(p->f, result_shows(r));
		fprintf(p->f, "</a>%s", r->source->outside ? " <small>outside</small>" : "");
		return;
	}
	if (r->live) {	/* likewise; of what is allowed that is all there is to say */
		const uint64_t torn = r->torn_by[0] + r->torn_by[1];

		fprintf(p->f, "<td%s><a href=#c%zu>%s", torn ? "" : " class=z", i, mark[r->verdict]);
		if (torn)
			fprintf(p->f, "torn %s%s</a>", figure(n, (double)torn), r->torn_by[1] ? " in memory" : "");
		else
			fprintf(p->f, "%s</a>", r->verdict == VERDICT_INCONCLUSIVE ? "open" : r->verdict == VERDICT_FAIL ? cause_names[r->cause] : "clean");
		return;
	}
	if (worst < 0) {
		fprintf(p->f, "<td class=z><a href=#c%zu>%s%s</a>", i, mark[r->verdict],
			r->verdict == VERDICT_INCONCLUSIVE ? "open" : "clean");
		return;
	}
	fprintf(p->f, "<td class=h%u><a href=#c%zu>%s%s</a> %s",
		rate_class(result_rate(r, (enum outcome)worst)), i, mark[r->verdict],
		figure(n, result_rate(r, (enum outcome)worst)), outcome_result_names[worst]);
}

static void head(struct page *p, unsigned columns)
{
	fputs("<section id=side aria-labelledby=side-h><h2 id=side-h>Side by side</h2><p class=note>", p->f);
	if (!p->only_kernels)
		fputs("Distinct bad observations per second, of the outcome the cell is about. Clean: "
		      "none, and enough was looked at. ", p->f);
	if (p->any_trees)
		fputs("Of a kernel tree: what is bad under the model of the machine that it is for; outside: of its contract. ", p->f);
	if (p->any_live)
		fputs("Of a running kernel: how often its reader saw halves of two entries; in memory: the kernel stored them apart. ", p->f);
	fprintf(p->f, "✗ fails, ? inconclusive.</p>"
		"<div class=wide tabindex=0 role=region aria-label=\"cells by %s\"><table class=\"matrix side\">"
		"<caption>Cells by %s</caption><thead><tr><th scope=col>cell", p->only_kernels ? "kernel" : "executor",
		p->only_kernels ? "kernel" : "executor");
	for (unsigned m = 0; m < columns; m++) {
		fprintf(p->f, "<th scope=col><a href=#e%u>", m);
		page_text(p->f, p->label[m]);
		fputs("</a>", p->f);
	}
	fputs("<tbody>\n", p->f);
}

static void side_row(struct page *p, const struct at *row, const struct at *end, unsigned columns)
{
	const char *name = row->scenario;

	fputs("<tr><th scope=row>", p->f);
	page_text(p->f, name);
	for (unsigned m = 0; m < columns; m++) {
		while (row < end && row->scenario == name && row->machine < m)
			row++;
		if (row < end && row->scenario == name && row->machine == m)
			one(p, row->i);
		else
			fputs("<td>", p->f);
	}
	fputc('\n', p->f);
}

/* What is drawn: every row, or where that is too many, those that differ. */
void html_side_by_side(struct page *p)
{
	const unsigned columns = p->rs->nr_machines < MAX_SIDE_COLUMNS ? p->rs->nr_machines :
									 MAX_SIDE_COLUMNS;
	struct at *at = malloc((p->n + 1) * sizeof(*at));
	bool *done = calloc(p->n + 1, sizeof(*done));
	size_t i, rows = 0, left_out = 0;

	if (columns < 2 || !at || !done)
		goto out;
	for (i = 0; i < p->n; i++)
		at[i] = (struct at){ p->cell[i]->scenario, p->cell[i]->machine->index, i };
	qsort(at, p->n, sizeof(*at), by_name);
	for (i = 0; i < p->n; i++)
		rows += !i || at[i].scenario != at[i - 1].scenario;
	head(p, columns);
	for (i = 0; i < p->n; i++) {
		const struct at *row = row_of(at, p->n, p->cell[p->by_file[i]]->scenario);

		if (done[row - at])
			continue;
		done[row - at] = true;
		if (rows > MAX_SIDE_ROWS && alike(p, row, at + p->n))
			left_out++;
		else
			side_row(p, row, at + p->n, columns);
	}
	fputs("</table></div>\n", p->f);
	if (left_out)
		fprintf(p->f, "<p class=note>%zu cells that read the same everywhere are left out.</p>\n",
			left_out);
	if (columns < p->rs->nr_machines)
		fprintf(p->f, "<p class=note>The first %u of %u executors.</p>\n", columns,
			p->rs->nr_machines);
	fputs("</section>\n", p->f);
out:
	free(done);
	free(at);
}
