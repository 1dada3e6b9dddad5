/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A comparison as one page, in the report's style; it needs neither network nor script. */
#include "kernels.h"
#include "print.h"
#include "trees.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/html/page.h"

/* The ratio's axis: 1/1000 to 1000 over that many units. */
enum { WIDTH = 120, HALF = WIDTH / 2, DECADES = 3 };

static const char own_style[] =
	".ratio { width: 9rem; height: .9rem; display: block; color: var(--ink); }"
	".ratio path { stroke: currentColor; stroke-width: 1.5; fill: none; vector-effect: non-scaling-stroke; }"
	".ratio .one { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 2 2; }"
	".ratio circle { fill: currentColor; }"
	"tr.x .ratio { color: var(--bad); } tr.p .ratio { color: var(--good); }"
	"#t td.n { text-align: right; } .facts.both thead th:first-child { width: 6rem; }"
	".facts.both th { color: inherit; } @media (max-width: 40rem) { #t caption { display: block; }"
	"#t td.n:not(:empty)::before { color: var(--soft); content: attr(data-is) \" \"; } }";

/* The report's script and style know these. */
static const char *class_of(enum change c)
{
	static const char *const classes[NR_CHANGES] = { "x", "p", "s", "q" };

	return classes[c];
}

/* ---- what was compared ---- */

static void fact_row(void *arg, const char *name, const char *base, const char *now)
{
	const bool moved = strcmp(base, now);
	const char *const value[] = { base, now };
	FILE *f = arg;
	unsigned i;

	fprintf(f, "<tr><th scope=row>%s", name);
	for (i = 0; i < 2; i++) {
		fputs(moved ? "<td><strong class=odd>" : "<td>", f);
		page_text(f, value[i]);
		fputs(moved ? "</strong>" : "", f);
	}
	putc('\n', f);
}

static void machines(FILE *f, const struct comparisons *c)
{
	unsigned side;

	fputs("<section id=sides aria-labelledby=sides-h><h2 id=sides-h>What was compared</h2>"
	      "<div class=wide tabindex=0 role=region aria-label=sides><table class=\"facts both\">"
	      "<thead><tr><th scope=col>&nbsp;<th scope=col>BASE<th scope=col>NEW<tbody>\n", f);
	fact_row(f, "results", c->results[BASE]->path, c->results[NEW]->path);
	compare_facts(c, fact_row, f);
	fputs("</table></div>\n", f);
	for (side = BASE; side <= NEW; side++) {
		if (c->voided[side])
			fprintf(f, "<p class=note>ERRATA voids %zu results of %s; they are not counted.</p>\n",
				c->voided[side], side == BASE ? "BASE" : "NEW");
		if (c->results[side]->skipped)
			fprintf(f, "<p class=note>%u lines of %s could not be read.</p>\n",
				c->results[side]->skipped, side == BASE ? "BASE" : "NEW");
	}
	fputs("</section>\n", f);
}

/* ---- the cells ---- */

static double at(double ratio)
{
	const double x = ratio > 0 ? HALF + HALF * log10(ratio) / DECADES : 0;

	return fmin(WIDTH - 3, fmax(3, x));
}

/* Interval and point on a log axis, the dashes where nothing changed; arrows beyond its ends. */
static void bar(FILE *f, const struct ratio *r)
{
	const double lo = at(r->lo), hi = at(r->hi);

	fprintf(f, "<svg class=ratio viewBox=\"0 0 %d 12\" aria-hidden=true><path class=one d=\"M%d 0V12\"/>"
		"<path d=\"M%.1f 6H%.1f\"/>", WIDTH, HALF, lo, hi);
	if (lo <= 3)
		fputs("<path d=\"M6 3L1 6L6 9\"/>", f);
	if (hi >= WIDTH - 3)
		fprintf(f, "<path d=\"M%d 3L%d 6L%d 9\"/>", WIDTH - 6, WIDTH - 1, WIDTH - 6);
	fprintf(f, "<circle cx=%.1f cy=6 r=2.5 /></svg>", at(r->ratio));
}

static void figures(FILE *f, const struct comparison *c)
{
	char a[COMPARE_FIGURE], b[COMPARE_FIGURE];
	unsigned side;

	for (side = BASE; side <= NEW; side++) {
		fprintf(f, "<td class=n data-is=%s>", side == BASE ? "BASE" : "NEW");
		if (c->outcome && c->side[side].exposure > 0)
			page_text(f, compare_rate(a, &c->side[side]));
	}
	if (!c->tested) {
		fputs("<td><td><td><td>", f);
		return;
	}
	fprintf(f, "<td class=n data-is=ratio>%s<td>%s–%s<td>", compare_figure(a, c->ratio.ratio),
		compare_bound(b, c->ratio.lo), compare_bound((char[COMPARE_FIGURE]){ 0 }, c->ratio.hi));
	bar(f, &c->ratio);
	fputs("<td class=n data-is=p>", f);
	page_text(f, compare_p(a, c->p));
}

static void schedule(FILE *f, const struct comparison *c)
{
	unsigned side;
	const struct source_witness *w = compare_witness(c, &side);

	if (!w)
		return;
	fprintf(f, "<details><summary>%s's schedule</summary><p>", side == BASE ? "BASE" : "NEW");
	page_text(f, w->meaning);
	fprintf(f, ", in %u steps under ", w->n);
	page_text(f, w->model);
	fputs("</p><ol>", f);
	for (unsigned i = 0; i < w->n; i++) {
		const struct source_step *s = &w->steps[i];

		fputs("<li>", f);
		page_text(f, s->who);
		fputs(" <code>", f);
		page_text(f, s->where);
		fputs("</code> ", f);
		page_text(f, s->what);
		if (s->code) {
			fputs("<br><code>", f);
			page_text(f, s->code);
			fputs("</code>", f);
		}
	}
	fputs("</ol></details>", f);
}

/* A running kernel's: what was torn, and what was seen around it. */
static void story(FILE *f, const struct comparison *c)
{
	char *text = c->of_kernels && c->fails_now && c->change != SAME ? live_story(c->side[NEW].last) : NULL;

	if (text) {
		fputs("<details><summary>NEW's witness</summary><pre>", f);
		page_lines(f, text);
		fputs("</pre></details>", f);
	}
	free(text);
}

static void row(FILE *f, const struct comparison *c, bool rates)
{
	fprintf(f, "<tr class=%s><td>%s<th scope=row>", class_of(c->change), change_names[c->change]);
	if (*c->leg) {
		page_text(f, c->leg);
		fputs(": ", f);
	}
	page_text(f, c->scenario);
	if (rates) {
		fputs("<td>", f);
		page_text(f, c->outcome ? c->outcome : "");
		figures(f, c);
	}
	fputs("<td>", f);
	page_text(f, c->why);
	if (c->change == REGRESSED && c->grade == EXPECT_FORBID && c->side[NEW].last->witness) {
		fputs("<details><summary>witness</summary><p>", f);
		page_text(f, c->side[NEW].last->witness->text);
		fputs("</p></details>", f);
	}
	schedule(f, c);
	story(f, c);
	putc('\n', f);
}

static void cells(FILE *f, const struct comparisons *c)
{
	const char *unit = c->options.per_round ? "round" : "s";
	bool rates, trees, kernels;
	size_t i;

	compare_kinds(c, &rates, &trees, &kernels);
	fputs("<section id=cells aria-labelledby=cells-h><h2 id=cells-h>Cells</h2>\n"
	      "<form id=find hidden role=search><label>find <input id=q type=search autocomplete=off></label>"
	      "<label>verdict <select id=v><option value=\"\">all<option value=x>regressed<option value=q>"
	      "not comparable<option value=p>improved<option value=s>same</select></label>"
	      "<output id=count aria-live=polite></output></form>\n"
	      "<div class=wide tabindex=0 role=region aria-label=cells><table id=t class=num>"
	      "<caption>What matters first.", f);
	fprintf(f, "%s</caption><thead><tr><th scope=col>verdict<th scope=col>cell",
		rates ? " The axis of a ratio goes from 1/1000 to 1000, dashes at 1." : "");
	if (rates)
		fprintf(f, "<th scope=col>outcome<th scope=col>BASE/%s<th scope=col>NEW/%s<th scope=col>ratio<th scope=col>95 %%"
			"<th scope=col>on a log axis<th scope=col>p", unit, unit);
	fputs("<th scope=col>why<tbody>\n", f);
	for (i = 0; i < c->n; i++)
		row(f, &c->of[i], rates);
	fputs("</table></div></section>\n", f);
}

static void head(FILE *f, const struct comparisons *c)
{
	char s[160];

	compare_sentence(c, s, sizeof(s));
	fprintf(f, "<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n"
		"<meta name=viewport content=\"width=device-width,initial-scale=1\">\n"
		"<meta name=color-scheme content=\"light dark\">\n<title>tornwalk compare: %s</title>\n"
		"<style>%s%s</style>\n<header><p class=brand>tornwalk compare"
		"<button id=theme hidden aria-label=\"switch between light and dark\">light / dark</button></p>\n"
		"<nav aria-label=sections><a href=#sides>what was compared</a> <a href=#cells>cells</a> "
		"<a href=#how>how to read</a></nav></header>\n<main>\n<h1>NEW against BASE</h1>\n"
		"<p class=\"verdict %s\"><strong>%zu cells</strong>: %s.</p>\n", s, page_style, own_style,
		c->changes[REGRESSED] ? "bad" : c->changes[NOT_COMPARABLE] ? "open" : "good", c->n, s);
}

void compare_html(FILE *f, const struct comparisons *c)
{
	bool rates, trees, kernels;

	head(f, c);
	machines(f, c);
	cells(f, c);
	fputs("<section id=how aria-labelledby=how-h><h2 id=how-h>How to read this</h2>\n", f);
	compare_kinds(c, &rates, &trees, &kernels);
	if (trees)
		fputs("<p>" COMPARE_TREES "</p>\n", f);
	if (kernels)
		fputs("<p>" COMPARE_KERNELS "</p>\n", f);
	if (rates) {
		fputs("<p>", f);
		fprintf(f, COMPARE_METHOD, c->options.per_round ? "round" : "second", c->tested,
			c->options.alpha, c->options.margin);
		fputs("</p>\n", f);
	}
	if (compare_fewest_runs(c) == 1)
		fputs("<p>" COMPARE_ONE_RUN "</p>\n", f);
	fprintf(f, "</section>\n</main>\n<script>%s</script>\n", page_script);
}
