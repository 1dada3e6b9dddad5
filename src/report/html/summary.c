/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first screen: the verdict, who gave it, and what needs a look. */
#include <math.h>
#include <string.h>

#include "html.h"

enum { NEWS = 20 };

struct tally {
	size_t cells, by[NR_VERDICTS], tear;
	double fastest;		/* distinct torn per second */
	uint64_t first_ns;	/* 0: none tore */
};

static void add(struct tally *t, const struct result *r)
{
	t->cells++;
	t->by[r->verdict]++;
	if (!r->distinct[OUTCOME_TORN])
		return;
	t->tear++;
	t->fastest = fmax(t->fastest, result_rate(r, OUTCOME_TORN));
	if (!t->first_ns || r->first_ns[OUTCOME_TORN] < t->first_ns)
		t->first_ns = r->first_ns[OUTCOME_TORN];
}

static void sentence(struct page *p, const struct tally *t, size_t impossible)
{
	size_t i, voided = 0;
	FILE *f = p->f;

	fprintf(f, "<p class=\"verdict %s\">", t->by[VERDICT_FAIL] || impossible ? "bad" :
		t->by[VERDICT_INCONCLUSIVE] ? "open" : "good");
	if (t->by[VERDICT_FAIL])
		fprintf(f, "<strong>%zu of %zu cells fail</strong>: %s.", t->by[VERDICT_FAIL], t->cells,
			p->only_kernels && !p->any_live ? "an execution of the tree's own code, or its race, shows what is forbidden" :
			p->only_kernels ? "what the kernel may not do was seen, or its log complained" :
					"something forbidden was seen, or something required stayed away");
	else
		fprintf(f, "<strong>No cell fails</strong>: %zu of %zu pass.", t->by[VERDICT_PASS],
			t->cells);
	if (impossible)
		fprintf(f, " In %zu something was seen that is predicted impossible.", impossible);
	if (t->by[VERDICT_INCONCLUSIVE])
		fprintf(f, " %zu %s inconclusive, which is not a pass.", t->by[VERDICT_INCONCLUSIVE],
			t->by[VERDICT_INCONCLUSIVE] == 1 ? "is" : "are");
	fputs("</p>\n", f);
	if (p->rs->skipped)
		fprintf(f, "<p class=note>⚠ %u line%s of the input could not be read and %s not in "
			"here.</p>\n", p->rs->skipped, p->rs->skipped == 1 ? "" : "s",
			p->rs->skipped == 1 ? "is" : "are");
	for (i = 0; i < p->n; i++)
		voided += p->cell[i]->errata != NULL;
	if (voided)
		fprintf(f, "<p class=note>⚠ %zu result%s void by results/ERRATA, and inconclusive for "
			"that reason.</p>\n", voided, voided == 1 ? " is" : "s are");
	if (p->superseded)
		fprintf(f, "<p class=note>%zu earlier line%s of a cell measured again on the same "
			"executor %s left out: the last counts.</p>\n", p->superseded,
			p->superseded == 1 ? "" : "s", p->superseded == 1 ? "is" : "are");
}

/* `at`: where it leads, with that number less one. */
static void row(FILE *f, const struct tally *t, const char *name, const char *at, unsigned number, bool rates)
{
	char rate[FIGURE_LEN], first[FIGURE_LEN];

	fputs("<tr><th scope=row>", f);
	if (number)
		fprintf(f, "%u. <a href=#%s%u>", number, at, number - 1);
	page_text(f, name);
	fprintf(f, "%s<td>%zu<td>%zu<td%s>%zu<td>%zu", number ? "</a>" : "",
		t->cells, t->by[VERDICT_PASS], t->by[VERDICT_FAIL] ? " class=bad" : "",
		t->by[VERDICT_FAIL], t->by[VERDICT_INCONCLUSIVE]);
	if (!rates) {
		fputc('\n', f);
		return;
	}
	fprintf(f, "<td>%zu<td>%s<td>%s\n", t->tear,
		t->tear ? figure(rate, t->fastest) : "–",
		t->first_ns ? figure_ns(first, (double)t->first_ns) : "–");
}

/* What fails, and what was seen though impossible: by name, with the reason. */
static void news(struct page *p)
{
	size_t i, n = 0;

	for (i = 0; i < p->n; i++) {
		const struct result *r = p->cell[i];
		enum outcome o = 0;
		const bool impossible = result_impossible(r, &o);

		if (r->verdict != VERDICT_FAIL && !impossible)
			break;	/* these come first */
		if (n++ == 0)
			fputs("<h2>What needs a look</h2><ul class=news>\n", p->f);
		if (n > NEWS)
			continue;
		fprintf(p->f, "<li><a href=#c%zu>", i);
		page_text(p->f, r->scenario);
		fputs("</a> on ", p->f);
		page_text(p->f, page_machine(p, r));
		fputs(": ", p->f);
		page_text(p->f, r->reason);
		if (impossible)
			fprintf(p->f, "; <strong>%s seen, predicted impossible</strong>", outcome_result_names[o]);
		fputc('\n', p->f);
	}
	if (n > NEWS)
		fprintf(p->f, "<li>and %zu more, at the top of <a href=#cells>the cells</a>\n", n - NEWS);
	if (n)
		fputs("</ul>\n", p->f);
}

void html_summary(struct page *p)
{
	struct tally all = { 0 };
	const bool rates = !p->only_kernels;
	size_t i, impossible = 0;
	enum outcome o;

	for (i = 0; i < p->n; i++) {
		add(&all, p->cell[i]);
		impossible += result_impossible(p->cell[i], &o);
	}
	fputs("<section id=summary aria-labelledby=summary-h><h1 id=summary-h>Verdict</h1>\n", p->f);
	sentence(p, &all, impossible);
	fputs("<div class=wide tabindex=0 role=region aria-label=\"verdicts by executor\"><table class=num>"
	      "<caption>Cells by verdict.", p->f);
	fprintf(p->f, "%s</caption><thead><tr><th scope=col>%s<th scope=col>cells<th scope=col>pass<th scope=col>fail"
		"<th scope=col>inconclusive%s<tbody>\n", rates ? " Torn: cells in which a torn entry was acted upon, allowed or "
		"not; per second: distinct ones in the fastest of them." : "", rates ? "executor" : p->any_live ? "kernel" : "tree",
		rates ? "<th scope=col>torn<th scope=col>per second<th scope=col>soonest" : "");
	for (unsigned m = 0; m < p->rs->nr_machines; m++) {
		struct tally t = { 0 };

		for (i = 0; i < p->n; i++)
			if (p->cell[i]->machine->index == m)
				add(&t, p->cell[i]);
		row(p->f, &t, p->label[m], p->rs->machines[m]->tree ? "tree" : page_is_live(p, m) ? "live" : "e", m + 1, rates);
	}
	if (p->rs->nr_machines > 1) {
		fputs("<tfoot>", p->f);
		row(p->f, &all, "all", "", 0, rates);
	}
	fputs("</table></div>\n", p->f);
	news(p);
	fputs("</section>\n", p->f);
}
