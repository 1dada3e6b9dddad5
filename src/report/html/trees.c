/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel tree's own code: a section per tree, with what every execution shows under each
 * model, what the race saw, and the shortest schedule of what is bad, in lines of its source.
 */
#include <string.h>

#include "html.h"

/* As the kernel command's table calls them. */
static const struct column {
	const char *model, *title;
} columns[] = {
	{ "sc", "sc" }, { "tso", "tso" }, { "weak", "weak" }, { "low", "low first" }, { "high", "high first" },
	{ "compiled", "as compiled" },
};

enum { NR_COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static const struct explored *explored(const struct result *r, const char *model)
{
	for (unsigned i = 0; i < r->source->nr_models; i++)
		if (!strcmp(r->source->models[i].model, model))
			return &r->source->models[i];
	return NULL;
}

static bool of_tree(const struct page *p, size_t i, unsigned machine)
{
	return p->cell[i]->source && p->cell[i]->machine->index == machine;
}

static bool any_explored(const struct page *p, unsigned machine, const char *model)
{
	for (size_t i = 0; i < p->n; i++)
		if (of_tree(p, i, machine) && explored(p->cell[i], model))
			return true;
	return false;
}

static bool any_raced(const struct page *p, unsigned machine)
{
	for (size_t i = 0; i < p->n; i++)
		if (of_tree(p, i, machine) && p->cell[i]->walks)
			return true;
	return false;
}

static void fact(FILE *f, const char *name, const char *value)
{
	if (!strcmp(value, "-"))
		return;
	fprintf(f, "<tr><th scope=row>%s<td>", name);
	page_text(f, value);
}

static void facts(struct page *p, const struct machine *m)
{
	const struct tree *t = m->tree;
	FILE *f = p->f;

	fputs("<table class=\"facts tested\"><caption>What was under test</caption><tbody>\n", f);
	fact(f, "tree", t->name);
	fact(f, "version", t->version);
	fact(f, "describe", t->describe);
	fact(f, "revision", t->rev);
	fact(f, "patch", t->patch);
	fact(f, "architecture", t->arch);
	fact(f, "compiler", m->compiler);
	fact(f, "config", t->config);
	fact(f, "hash of its files", t->hash);
	fprintf(f, "<tr><th scope=row>%s on<td><a href=#e%u>", any_raced(p, m->index) ? "raced" : "explored", m->index);
	page_text(f, m->executor);
	fputs("</a></table>\n", f);
}

static void unknown(FILE *f, const struct explored *x)
{
	if (x->unknown)
		fprintf(f, ", %u?", x->unknown);
}

/* The first bad note, and how many more; in brackets what a search did not come to the end of. */
static void shown(FILE *f, const char *title, const struct explored *x)
{
	char first[64];
	unsigned more = 0;

	if (!x) {
		fputs("<td>", f);
		return;
	}
	fprintf(f, "<td data-is=\"%s\">", title);
	if (!*x->bad) {
		fputs(x->complete ? "clean" : "(clean)", f);
		unknown(f, x);
		return;
	}
	for (const char *s = x->bad; *s; s++)
		more += *s == ',';
	snprintf(first, sizeof(first), "%.*s", (int)strcspn(x->bad, ","), x->bad);
	fputs("<strong class=bad>", f);
	page_text(f, first);
	fputs("</strong>", f);
	if (more)
		fprintf(f, " +%u", more);
	unknown(f, x);
}

/* All of them are a tree's. */
static const char *short_name(const struct result *r)
{
	return strncmp(r->scenario, "kernel.", 7) ? r->scenario : r->scenario + 7;
}

static void raced_columns(FILE *f, const struct result *r)
{
	char n[FIGURE_LEN];

	if (r->walks)
		fprintf(f, "<td data-is=raced>%s", figure(n, (double)r->source->bad_rounds));
	else
		fputs("<td>", f);
	if (r->strength)
		fprintf(f, "<td data-is=strength>%s", figure(n, (double)r->strength));
	else
		fputs("<td>", f);
}

static void row(struct page *p, size_t i, const bool *has, bool raced)
{
	static const char *const mark[NR_VERDICTS] = { "pass", "✗ fail", "? inconclusive" };
	static const char *const class[NR_VERDICTS] = { "p", "x", "q" };
	const struct result *r = p->cell[i];
	FILE *f = p->f;

	fprintf(f, "<tr class=%s><td>%s<th scope=row><a href=#%c%zu>", class[r->verdict], mark[r->verdict],
		r->source->nr_witnesses ? 'w' : 'c', i);
	page_text(f, short_name(r));
	fputs("</a>", f);
	for (unsigned k = 0; k < NR_COLUMNS; k++)
		if (has[k])
			shown(f, columns[k].title, explored(r, columns[k].model));
	if (raced)
		raced_columns(f, r);
	fputs("<td>", f);
	page_text(f, r->reason);
	fputc('\n', f);
}

static void table(struct page *p, unsigned machine)
{
	const bool raced = any_raced(p, machine);
	bool has[NR_COLUMNS];
	FILE *f = p->f;

	fputs("<div class=wide tabindex=0 role=region aria-label=\"cells of the tree\"><table class=\"num tree\">"
	      "<caption>What some execution of the tree's own code shows, under each memory model. ", f);
	fputs(raced ? "Raced: in how many rounds real threads showed what is bad; nothing there: it was not raced. " : "", f);
	fputs("A name leads to its schedule.</caption><thead><tr><th scope=col>verdict<th scope=col>cell", f);
	for (unsigned k = 0; k < NR_COLUMNS; k++) {
		has[k] = any_explored(p, machine, columns[k].model);
		if (has[k])
			fprintf(f, "<th scope=col>%s", columns[k].title);
	}
	fprintf(f, "%s<th scope=col>reason<tbody>\n", raced ? "<th scope=col>raced<th scope=col>strength" : "");
	for (size_t i = 0; i < p->n; i++)
		if (of_tree(p, p->by_file[i], machine))
			row(p, p->by_file[i], has, raced);
	fputs("</table></div>\n", f);
}

/* ---- schedules ---- */

/* Who walks stands left, who writes right of it. */
static void step(FILE *f, const struct source_step *s, unsigned n)
{
	fprintf(f, "<tr><th scope=row>%u%s", n, strcmp(s->who, "walker") ? "<td><td>" : "<td>");
	page_text(f, s->what);
	fputs("<br><small>", f);
	page_text(f, s->where);
	fputs("</small>", f);
	if (s->code) {
		fputs("<br><code>", f);
		page_text(f, s->code);
		fputs("</code>", f);
	}
	fputs(strcmp(s->who, "walker") ? "\n" : "<td>\n", f);
}

static void witness(FILE *f, const struct result *r, const struct source_witness *w, bool open)
{
	fprintf(f, "<details%s><summary>", open ? " open" : "");
	page_text(f, w->note);
	fputs(": ", f);
	page_text(f, w->meaning);
	fprintf(f, ", in %u steps under ", w->n);
	page_text(f, w->model);
	fputs("</summary>\n<div class=wide tabindex=0 role=region aria-label=schedule><table class=steps><caption>", f);
	page_text(f, r->scenario);
	fputs("</caption><thead><tr><th scope=col>step<th scope=col>walker<th scope=col>writer<tbody>\n", f);
	for (unsigned i = 0; i < w->n; i++)
		step(f, &w->steps[i], i + 1);
	fputs("</table></div></details>\n", f);
}

/* A cell that passes outside its tree's contract says why; where there is no room, only what fails does. */
static void witnesses(struct page *p, size_t i)
{
	const struct result *r = p->cell[i];
	const bool fails = r->verdict == VERDICT_FAIL;

	if (!r->source->nr_witnesses)
		return;
	fprintf(p->f, "<h3 id=w%zu><a href=#c%zu>", i, i);
	page_text(p->f, short_name(r));
	fprintf(p->f, "</a>%s</h3>\n", r->source->outside ? ", outside the tree's contract" : "");
	if (p->detail == IN_NAME && !fails) {
		fputs("<p class=note>There is no room for its schedule here; the results have it.</p>\n", p->f);
		return;
	}
	for (unsigned k = 0; k < r->source->nr_witnesses; k++)
		witness(p->f, r, &r->source->witnesses[k], !k && fails);
}

void html_trees(struct page *p)
{
	char label[TREE_LABEL];

	if (p->any_trees)
		fputs("<div id=trees>\n", p->f);
	for (unsigned m = 0; m < p->rs->nr_machines; m++) {
		if (!p->rs->machines[m]->tree)
			continue;
		fprintf(p->f, "<section id=tree%u aria-labelledby=tree%u-h><h2 id=tree%u-h>", m, m, m);
		page_text(p->f, tree_label(label, p->rs->machines[m]->tree));
		fputs("</h2>\n", p->f);
		facts(p, p->rs->machines[m]);
		table(p, m);
		for (size_t i = 0; i < p->n; i++)
			if (of_tree(p, i, m))
				witnesses(p, i);
		fputs("</section>\n", p->f);
	}
	if (p->any_trees)
		fputs("</div>\n", p->f);
}
