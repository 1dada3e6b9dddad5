/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A running kernel's own page tables: a section per kernel, with operations against readers, the
 * private entry that calibrates the machine, the kernel's own readers, and the first values that
 * were torn, with what the same reader saw before and after.
 */
#include <string.h>

#include "html.h"

enum { MAX_COLUMNS = 16, MAX_ROWS = 64 };

static const char *const mark[NR_VERDICTS] = { "", "✗ ", "? " };

static bool of_kernel(const struct page *p, size_t i, unsigned machine, const char *of)
{
	const struct result *r = p->cell[i];

	return r->live && r->machine->index == machine && (!of || !strcmp(r->live->of, of));
}

static void fact(FILE *f, const char *name, const char *value)
{
	fprintf(f, "<tr><th scope=row>%s<td>", name);
	page_text(f, value);
}

/* What `kernel` is here, level by level. */
static void kernel_readers(struct page *p, unsigned m)
{
	const char *level = NULL;

	for (size_t k = 0; k < p->n; k++) {
		const struct result *r = p->cell[p->by_file[k]];

		if (!of_kernel(p, p->by_file[k], m, "operation") || strcmp(r->reader, "kernel") || r->level == level)
			continue;
		level = r->level;
		fprintf(p->f, "<tr><th scope=row>reads a %s by<td><code>", strcmp(level, "pte") ? "pmd" : "pte");
		page_text(p->f, r->live->source);
		fputs("</code>", p->f);
	}
}

static void facts(struct page *p, unsigned m)
{
	const struct machine *machine = p->rs->machines[m];
	uint64_t words = 0;

	for (size_t i = 0; i < p->n; i++)
		if (of_kernel(p, i, m, NULL))
			words = p->cell[i]->live->words;
	fputs("<table class=\"facts tested\"><caption>What was under test</caption><tbody>\n", p->f);
	fact(p->f, "kernel", machine->kernel);
	kernel_readers(p, m);
	if (words)
		fact(p->f, "an entry is", words == 1 ? "one word" : "two words");
	fprintf(p->f, "<tr><th scope=row>on<td><a href=#e%u>", m);
	page_text(p->f, machine->executor);
	fputs("</a></table>\n", p->f);
}

/* ---- readers against operations, or against the private entry's writers ---- */

struct panel {
	const char *of, *level;
	unsigned machine;
	const char *reader[MAX_COLUMNS], *row[MAX_ROWS];
	unsigned columns, rows;
};

static bool in_panel(const struct page *p, size_t i, const struct panel *t)
{
	return of_kernel(p, i, t->machine, t->of) && !strcmp(p->cell[i]->level, t->level);
}

static void axis(const char **names, unsigned *n, unsigned max, const char *name)
{
	for (unsigned i = 0; i < *n; i++)
		if (names[i] == name)
			return;
	if (*n < max)
		names[(*n)++] = name;
}

/* The last line of a cell is in here once. */
static bool cell_at(const struct page *p, const struct panel *t, unsigned row, unsigned column, size_t *i)
{
	for (*i = 0; *i < p->n; ++*i)
		if (in_panel(p, *i, t) && p->cell[*i]->reader == t->reader[column] && p->cell[*i]->transition == t->row[row])
			return true;
	return false;
}

static bool any_torn(const struct result *r)
{
	return r->live->nr_witnesses && live_is_torn(&r->live->witnesses[0]);
}

/* How often it was torn, by whom; what is not known; why it has no answer. */
static void place(struct page *p, size_t i)
{
	const struct result *r = p->cell[i];
	const uint64_t unsure = live_episodes(r, "unsure");
	char n[FIGURE_LEN];

	fprintf(p->f, "<td class=%s><a href=#%c%zu>%s", r->verdict == VERDICT_FAIL ? "bad" : r->torn_by[0] || r->torn_by[1] ? "h1" : "z",
		any_torn(r) ? 'v' : 'c', i, mark[r->verdict]);
	if (r->torn_by[0] || !r->torn_by[1])
		fputs(figure(n, (double)r->torn_by[0]), p->f);
	if (r->torn_by[1])
		fprintf(p->f, "%s%s", r->torn_by[0] ? " + " : "", figure(n, (double)r->torn_by[1]));
	fputs("</a>", p->f);
	if (r->torn_by[1])
		fputs("<sup>w</sup>", p->f);
	if (unsure)
		fprintf(p->f, " <br><small>%s unsure</small>", figure(n, (double)unsure));
	if (r->verdict == VERDICT_INCONCLUSIVE)
		fprintf(p->f, " <br><small>%s</small>", cause_names[r->cause]);
	else if (r->verdict == VERDICT_FAIL && r->cause != CAUSE_FORBIDDEN)
		fprintf(p->f, " <br><small>%s</small>", cause_names[r->cause]);
	else if (r->strength && r->twin)
		fprintf(p->f, " <br><small>S %s</small>", figure(n, (double)r->strength));
}

/* Of a whole operation: how often it ran, and what memory was seen to hold. */
static void operation(struct page *p, const struct panel *t, unsigned row)
{
	char n[FIGURE_LEN];

	for (size_t i = 0; i < p->n; i++) {
		const struct live *l = p->cell[i]->live;

		if (!in_panel(p, i, t) || p->cell[i]->transition != t->row[row] || !l->operation)
			continue;
		fprintf(p->f, "<td>%s", figure(n, (double)l->cycles));
		fprintf(p->f, "<td>%s", figure(n, (double)l->truth.values));
		fprintf(p->f, "<td>%llu of %llu", (unsigned long long)l->truth.confirmed, (unsigned long long)l->truth.leaves);
		fprintf(p->f, "<td>%.0f %%\n", l->truth.looked ? 100.0 * (double)l->truth.huge / (double)l->truth.looked : 0);
		return;
	}
	fputs("<td><td><td><td>\n", p->f);
}

static void panel(struct page *p, unsigned m, const char *of, const char *level)
{
	struct panel t = { .of = of, .level = level, .machine = m };
	const bool operations = !strcmp(of, "operation");
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (!in_panel(p, p->by_file[i], &t))
			continue;
		axis(t.reader, &t.columns, MAX_COLUMNS, p->cell[p->by_file[i]]->reader);
		axis(t.row, &t.rows, MAX_ROWS, p->cell[p->by_file[i]]->transition);
	}
	if (!t.rows)
		return;
	fprintf(p->f, "<div class=wide tabindex=0 role=region aria-label=\"%s, %s\"><table class=\"matrix live\"><caption>",
		operations ? "operations" : "private entry", level);
	if (operations)
		fprintf(p->f, "%s: how often each reader saw a present entry with halves of two, while the process did this to its own "
			"memory", level);
	else
		fputs("The private entry: distinct values with halves of two, while the kernel's own writers raced it", p->f);
	fprintf(p->f, "</caption><thead><tr><th scope=col>%s%s", operations ? level : "", operations ? " operation" : "writer");
	for (unsigned c = 0; c < t.columns; c++) {
		fputs("<th scope=col>", p->f);
		page_text(p->f, t.reader[c]);
	}
	fprintf(p->f, "%s<tbody>\n", operations ? "<th scope=col>cycles<th scope=col title=\"distinct, by the reader that is the truth\">memory's "
		"values<th scope=col title=\"of its leaves, by pagemap under the lock\">confirmed<th scope=col>right pages" : "");
	for (unsigned y = 0; y < t.rows; y++) {
		fputs("<tr><th scope=row>", p->f);
		page_text(p->f, t.row[y]);
		for (unsigned x = 0; x < t.columns; x++) {
			if (cell_at(p, &t, y, x, &i))
				place(p, i);
			else
				fputs("<td>", p->f);
		}
		if (operations)
			operation(p, &t, y);
	}
	fputs("</table></div>\n", p->f);
}

/* ---- from user space, and the log ---- */

static void others(struct page *p, unsigned m)
{
	static const char *const class[NR_VERDICTS] = { "p", "x", "q" };
	bool any = false;
	char n[FIGURE_LEN];

	for (size_t k = 0; k < p->n; k++) {
		const size_t i = p->by_file[k];
		const struct result *r = p->cell[i];

		if (!of_kernel(p, i, m, "user") && !of_kernel(p, i, m, "probe") && !of_kernel(p, i, m, "log"))
			continue;
		if (!any)
			fputs("<div class=wide tabindex=0 role=region aria-label=\"from user space\"><table class=num><caption>The kernel's "
			      "own readers: what they handed out to user space that was never there, or which struct page of no memory they took. Silence proves nothing."
			      "</caption><thead><tr><th scope=col>verdict<th scope=col>cell<th scope=col>walks<th scope=col>wrong"
			      "<th scope=col>reason<tbody>\n", p->f);
		any = true;
		fprintf(p->f, "<tr class=%s><td>%s%s<th scope=row><a href=#c%zu>", class[r->verdict], mark[r->verdict],
			verdict_names[r->verdict], i);
		page_text(p->f, r->scenario);
		fprintf(p->f, "</a><td>%s", figure(n, (double)r->walks));
		fprintf(p->f, "<td>%s<td>", figure(n, (double)r->distinct[OUTCOME_REREAD]));
		page_text(p->f, r->reason);
		fputc('\n', p->f);
	}
	if (any)
		fputs("</table></div>\n", p->f);
}

/* ---- witnesses ---- */

static void entry(FILE *f, const char *value, const char *says)
{
	fputs("<td><code>", f);
	page_text(f, value);
	fputs("</code><br><small>", f);
	page_text(f, says);
	fputs("</small>", f);
}

static void witness(FILE *f, const struct live_witness *w)
{
	char n[FIGURE_LEN];

	for (unsigned k = 0; !k || k < w->n; k++) {
		fputs("<tr>", f);
		if (!k) {
			fprintf(f, "<th scope=row rowspan=%u>", w->n ? w->n : 1);
			page_text(f, w->is);
			fprintf(f, " <br><small>%s times</small>", figure(n, (double)w->episodes));
		}
		if (k == w->n) {	/* at the ends of sections only */
			fputs("<td>", f);
			entry(f, w->value, w->says);
			fputs("<td><td>\n", f);
			continue;
		}
		entry(f, w->around[k].before, w->around[k].before_says);
		entry(f, w->value, w->says);
		entry(f, w->around[k].after, w->around[k].after_says);
		fprintf(f, "<td>%s\n", figure(n, (double)w->around[k].times));
	}
}

/* What fails is open, in full; where there is no room, nothing else is there. */
static void witnesses(struct page *p, size_t i)
{
	const struct result *r = p->cell[i];
	const bool fails = r->verdict == VERDICT_FAIL;

	if (!any_torn(r))
		return;
	fprintf(p->f, "<details id=v%zu%s><summary>", i, fails ? " open" : "");
	page_text(p->f, r->scenario);
	fprintf(p->f, "%s%s%s</summary>", strcmp(r->reader, "kernel") ? "" : " (", strcmp(r->reader, "kernel") ? "" : r->live->source,
		strcmp(r->reader, "kernel") ? "" : ")");
	if (p->detail == IN_NAME && !fails) {
		fputs("<p class=note>There is no room for its values here; the results have them.</p></details>\n", p->f);
		return;
	}
	fprintf(p->f, "<p><a href=#c%zu>the cell</a></p>", i);
	fputs("<div class=wide tabindex=0 role=region aria-label=witnesses><table class=seen><caption>High word, low word, as one reader saw "
	      "them one after the other</caption><thead><tr><th scope=col>what<th scope=col>before<th scope=col>value<th scope=col>after"
	      "<th scope=col>times<tbody>\n", p->f);
	for (unsigned k = 0; k < r->live->nr_witnesses && live_is_torn(&r->live->witnesses[k]); k++)
		witness(p->f, &r->live->witnesses[k]);
	fputs("</table></div></details>\n", p->f);
}

void html_live(struct page *p)
{
	if (p->any_live)
		fputs("<div id=live>\n", p->f);
	for (unsigned m = 0; m < p->rs->nr_machines; m++) {
		if (!page_is_live(p, m))
			continue;
		fprintf(p->f, "<section id=live%u aria-labelledby=live%u-h><h2 id=live%u-h>", m, m, m);
		page_text(p->f, p->label[m]);
		fputs("</h2>\n", p->f);
		facts(p, m);
		panel(p, m, "operation", "pmd");
		panel(p, m, "operation", "pte");
		fputs("<p class=legend><b>✗</b> fails, <b>?</b> inconclusive, and why; <sup>w</sup> memory itself held the halves together: the kernel "
		      "stored them in two pieces; S: the strength of a clean claim. A number leads to its witnesses.</p>\n", p->f);
		panel(p, m, "private", "pmd");
		others(p, m);
		for (size_t i = 0; i < p->n; i++)
			if (of_kernel(p, i, m, NULL))
				witnesses(p, i);
		fputs("</section>\n", p->f);
	}
	if (p->any_live)
		fputs("</div>\n", p->f);
}
