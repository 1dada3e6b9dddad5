/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every cell: a row that sorts, and under its name whatever is known of it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"

/* What matters comes first: these are shown in full, however many cells a page has. */
enum { FULL_CELLS = 10 };

static enum detail detail_of(const struct page *p, size_t i)
{
	return i < FULL_CELLS ? IN_FULL : p->detail;
}

static bool has_reason(const struct page *p, size_t i)
{
	const enum detail detail = detail_of(p, i);
	const unsigned v = p->cell[i]->verdict;

	return detail == IN_FULL || v == VERDICT_FAIL || (detail == IN_BRIEF && v != VERDICT_PASS);
}

static bool has_witness(const struct page *p, size_t i)
{
	return p->cell[i]->witness && (detail_of(p, i) < IN_NAME || p->cell[i]->verdict == VERDICT_FAIL);
}

void html_seen(FILE *f, const struct result *r)
{
	char n[FIGURE_LEN];
	bool any = false;

	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		if ((OUTCOMES_BAD & 1u << o) && r->distinct[o]) {
			fprintf(f, "%s%s %s", any ? ", " : "", outcome_result_names[o],
				figure(n, (double)r->distinct[o]));
			any = true;
		}
	if (r->torn_by[1] && r->torn_by[0])
		fprintf(f, " (%s by the writer)", figure(n, (double)r->torn_by[1]));
	else if (r->torn_by[1])
		fputs(" (by the writer)", f);
}

/* ---- the command ---- */

/* Cells of a product or of the command line: their names are their options. */
static bool named_by_options(const struct result *r)
{
	char axes[512];

	snprintf(axes, sizeof(axes), "%s.%s.%s.%s.%s.%s", r->layout, r->level, r->walker, r->reader,
		 r->writer, r->transition);
	return strstr(r->scenario, axes);
}

/* Nothing beyond what the page's rule about names says. */
static bool said_by_name(const struct result *r)
{
	return named_by_options(r) && !r->alias && r->readers == 1 && r->writers == 1 &&
	       r->slots == 1 && !strcmp(r->reclaim, "memb") && !strcmp(r->world, "native");
}

/* A word of a shell: whatever is not plain is quoted, and a quote cannot end it. */
static void word(FILE *f, const char *s)
{
	if (*s && !s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:+,=")]) {
		fputs(s, f);
		return;
	}
	fputs("&#39;", f);
	for (; *s; s++) {
		const char one[] = { *s == '\'' ? '?' : *s, '\0' };

		if ((unsigned char)*s < 0x20 || (unsigned char)*s >= 0x7f)
			fputc('?', f);
		else
			page_text(f, one);
	}
	fputs("&#39;", f);
}

static void option(FILE *f, const char *name, const char *value, const char *usual)
{
	if (usual && !strcmp(value, usual))
		return;
	fprintf(f, " --%s ", name);
	word(f, value);
}

/* As an option, or what differs from a cell's usual shape: bits of enum overridable. */
static void shape_options(FILE *f, const struct result *r, unsigned which)
{
	const unsigned numbers[NR_OVERRIDABLE] = {
		[OVERRIDE_READERS] = r->readers, [OVERRIDE_WRITERS] = r->writers, [OVERRIDE_SLOTS] = r->slots,
	};
	unsigned k;

	if (which & 1u << OVERRIDE_WORLD)
		option(f, overridable_names[OVERRIDE_WORLD], r->world, NULL);
	if (which & 1u << OVERRIDE_RECLAIM)
		option(f, overridable_names[OVERRIDE_RECLAIM], r->reclaim, NULL);
	for (k = OVERRIDE_READERS; k < NR_OVERRIDABLE; k++)
		if (which & 1u << k)
			fprintf(f, " --%s %u", overridable_names[k], numbers[k]);
}

static void cell_options(FILE *f, const struct result *r)
{
	option(f, "layout", r->layout, "pae");
	option(f, "level", r->level, "pmd");
	option(f, "walker", r->walker, "entry");
	option(f, "reader", r->reader, NULL);
	option(f, "writer", r->writer, NULL);
	option(f, "transition", r->transition, NULL);
	option(f, "consumer", r->consumer, "ptdump");
	if (r->alias)
		fputs(" --alias", f);
	shape_options(f, r, (unsigned)(strcmp(r->world, "native") != 0) << OVERRIDE_WORLD |
		      (unsigned)(strcmp(r->reclaim, "memb") != 0) << OVERRIDE_RECLAIM |
		      (unsigned)(r->readers != 1) << OVERRIDE_READERS |
		      (unsigned)(r->writers != 1) << OVERRIDE_WRITERS |
		      (unsigned)(r->slots != 1) << OVERRIDE_SLOTS);
}

/* What stands before `run`: the emulator, if it is one of user mode, and the binary. */
static void program(FILE *f, const struct machine *m)
{
	const char *cpu = strstr(m->executor, " -cpu ");
	const size_t n = strcspn(m->executor, " ");

	if (strstr(m->executor, "(user mode)")) {
		char name[64];

		snprintf(name, sizeof(name), "%.*s", (int)(n < 63 ? n : 63), m->executor);
		word(f, name);
		if (cpu) {
			fputs(" -cpu ", f);
			word(f, cpu + 6);
		}
		fputc(' ', f);
	}
	fputs("build/", f);
	word(f, m->target);
	fprintf(f, "-%s/tornwalk ", !strncmp(m->compiler, "clang", 5) ? "clang" : "gcc");
}

/* The time it was allowed, where the line says so: what it saw may have ended it sooner. */
static double asked_seconds(const struct result *r)
{
	return r->most > 0 ? r->most : r->seconds;
}

/* A kernel tree's cell. */
static void tree_command(FILE *f, const struct result *r)
{
	const struct tree *t = r->machine->tree;

	fputs("./run.sh kernel ", f);
	word(f, t->name);
	option(f, "arch", t->arch, NULL);
	option(f, "rev", t->rev, "-");
	option(f, "patch", t->patch, "-");
	option(f, "cell", strncmp(r->scenario, "kernel.", 7) ? r->scenario : r->scenario + 7, NULL);
}

/* A running kernel's: what it was run on is the executor's own words. */
static void live_command(FILE *f, const struct result *r)
{
	fputs("./run.sh live", f);
	if (!strstr(r->machine->executor, "qemu"))
		return;
	fputs(" qemu:", f);
	word(f, strcmp(r->machine->target, "i686") ? r->machine->target : "i686-pae");
}

static void command(FILE *f, const struct result *r)
{
	fputs("<p><code>", f);
	if (r->source) {
		tree_command(f, r);
		fputs("</code>", f);
		return;
	}
	if (r->live) {
		live_command(f, r);
		fputs("</code>", f);
		return;
	}
	program(f, r->machine);
	fputs("run", f);
	if (named_by_options(r)) {
		cell_options(f, r);
	} else {
		fputc(' ', f);
		word(f, r->scenario);
		shape_options(f, r, r->overridden);
	}
	if (asked_seconds(r) > 0)
		fprintf(f, " --time %.0fms", fmax(10, asked_seconds(r) * 1000));
	if (r->seed != 1)
		fprintf(f, " --seed %u", r->seed);
	if (r->strategy && strcmp(r->strategy, "free")) {
		fputs(" --strategy ", f);
		word(f, r->strategy);
	}
	fputs("</code>", f);
}

/* ---- what is under a cell's name ---- */

static void predictions(FILE *f, const struct result *r)
{
	bool any = false;

	if (!r->has_predicted)
		return;
	fputs("<p>possible", f);
	if (r->model) {
		fputs(" under ", f);
		page_text(f, r->model);
	}
	fputs(": ", f);
	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		if (r->predicted[o] == PREDICTED_POSSIBLE && (OUTCOMES_BAD & 1u << o)) {
			fprintf(f, "%s%s%s", any ? ", " : "", outcome_result_names[o],
				r->distinct[o] ? "" : " (not seen)");
			any = true;
		}
	fputs(any ? "" : "nothing bad", f);
	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		if (r->predicted[o] == PREDICTED_IMPOSSIBLE && r->distinct[o])
			fprintf(f, "; <strong class=bad>‼ %s seen, predicted impossible</strong>",
				outcome_result_names[o]);
}

static void harms(FILE *f, const struct result *r)
{
	char n[FIGURE_LEN];

	if (!r->distinct[OUTCOME_TORN])
		return;
	fputs("<p>of the torn: ", f);
	for (unsigned h = 0; h < NR_HARMS; h++)
		if (r->harm[h])
			fprintf(f, "%s %s, ", harm_names[h], figure(n, (double)r->harm[h]));
	fprintf(f, "low newer %s, ", figure(n, (double)r->direction[LOW_NEWER]));
	fprintf(f, "high newer %s", figure(n, (double)r->direction[HIGH_NEWER]));
}

/* The same cell on another executor has the same one: shown once, if it is not far. */
static void schedule(struct page *p, size_t i)
{
	enum { NEAR = 500 };
	char *steps;

	for (size_t k = i > NEAR ? i - NEAR : 0; k < i; k++)
		if (p->cell[k]->schedule == p->cell[i]->schedule) {
			fprintf(p->f, "<p>schedule the explorer found: <a href=#c%zu>as there</a>", k);
			return;
		}
	steps = result_schedule(p->cell[i]);
	fputs("<p>schedule the explorer found:<pre class=b>", p->f);
	page_lines(p->f, steps ? steps : "(it is not JSON)");
	fputs("</pre>", p->f);
	free(steps);
}

/* By what it was run, what ended it, and what was seen of its twin beside it. */
static void power(FILE *f, const struct result *r)
{
	char n[FIGURE_LEN], s[FIGURE_LEN];

	if (!r->strategy)
		return;
	fputs("<p>run by <code>", f);
	page_text(f, r->strategy);
	fprintf(f, "</code> (%s), ended because %s", rung_names[r->rung], stop_meanings[r->stop]);
	if (r->twin) {
		fputs("; its twin ", f);
		page_text(f, r->twin);
		fprintf(f, " was caught %s times in %s beside it", figure(n, (double)r->twin_distinct),
			figure_ns(s, r->twin_seconds * 1e9));
	}
	if (r->rated.seconds < r->seconds)
		fprintf(f, "; its rates are of the first %s, which would have been run whatever was seen",
			figure_ns(s, r->rated.seconds * 1e9));
}

static void details(struct page *p, size_t i)
{
	const struct result *r = p->cell[i];
	const bool brief = detail_of(p, i) != IN_FULL;
	FILE *f = p->f;

	if (!brief)
		harms(f, r);
	predictions(f, r);
	if (r->source && r->source->nr_witnesses)
		fprintf(f, "<p>its <a href=#w%zu>schedule</a>, in lines of the tree's source", i);
	if (r->live && r->live->nr_witnesses && live_is_torn(&r->live->witnesses[0]))
		fprintf(f, "<p>its <a href=#v%zu>witnesses</a>", i);
	if (has_witness(p, i))
		html_anatomy(f, r, brief);
	if (r->schedule && !brief)
		schedule(p, i);
	if (!brief) {
		power(f, r);
		html_compiled(p, r);
	}
	if (!brief || !said_by_name(r))
		command(f, r);
}

/* ---- rows ---- */

static void rate_columns(FILE *f, const struct result *r)
{
	const double k = (double)r->rated.distinct[OUTCOME_TORN];
	char a[FIGURE_LEN], b[FIGURE_LEN];
	struct limits l;

	/* explored, not raced; or from user space, where nobody sees an entry */
	if (r->rated.seconds <= 0 || (r->source && !r->walks) || (r->live && strcmp(r->live->of, "operation") && strcmp(r->live->of, "private"))) {
		fputs("<td>–<td>–<td>", f);
		return;
	}
	if (!k) {
		fprintf(f, "<td>0<td>&lt;%s<td>",
			figure(a, zero_bound(r->rated.seconds, CONFIDENCE)));
		return;
	}
	l = poisson_limits(k, r->rated.seconds, CONFIDENCE);
	fprintf(f, "<td>%s", figure(a, k / r->rated.seconds));
	fprintf(f, "<td>%s–%s", figure(a, l.lo), figure(b, l.hi));
	if (r->first_ns[OUTCOME_TORN])
		fprintf(f, "<td>%s", figure_ns(a, (double)r->first_ns[OUTCOME_TORN]));
	else
		fputs("<td>", f);
}

static void row(struct page *p, size_t i)
{
	static const char *const mark[NR_VERDICTS] = { "pass", "✗ fail", "? inconclusive" };
	static const char *const class[NR_VERDICTS] = { "p", "x", "q" };
	const struct result *r = p->cell[i];
	char n[FIGURE_LEN];
	FILE *f = p->f;

	fprintf(f, "<tr class=%s><td>%s<th scope=row><details id=c%zu><summary>", class[r->verdict],
		mark[r->verdict], i);
	page_text(f, r->scenario);
	fputs("</summary>", f);
	details(p, i);
	fputs("</details>", f);
	if (p->rs->nr_machines > 1)
		fprintf(f, "<td><a href=#e%u>%u</a>", r->machine->index, r->machine->index + 1);
	fputs("<td>", f);
	html_seen(f, r);
	rate_columns(f, r);
	fprintf(f, "<td>%s<td>", figure(n, (double)r->present));
	if (r->strength)
		fputs(figure(n, (double)r->strength), f);
	fputs("<td>", f);
	if (has_reason(p, i))
		page_text(f, r->reason);
	fputc('\n', f);
}

static bool any_said_by_name(const struct page *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (said_by_name(p->cell[i]))
			return true;
	return false;
}

static void head(struct page *p)
{
	static const char *const column[] = { "seen, distinct", "torn/s", "95 % limits", "first torn",
					      "present", "strength", "reason" };
	static const char *const shown[NR_DETAILS] = {
		[IN_BRIEF] = "the fields of a witness that are not zero, and reasons of what is not a pass",
		[IN_NAME] = "witnesses and reasons of what failed; the results have the rest",
	};
	FILE *f = p->f;

	fputs("<section id=cells aria-labelledby=cells-h><h2 id=cells-h>Cells</h2>\n"
	      "<p class=note>Open a name for its witness and the command that runs it again", f);
	fputs(".", f);
	if (p->detail != IN_FULL)
		fprintf(f, " So that the page stays small, only the first %d cells are shown in full; of the "
			"others, %s.", FULL_CELLS, shown[p->detail]);
	if (p->detail != IN_FULL && any_said_by_name(p)) {
		fputs(" A name SUITE.LAYOUT.LEVEL.WALKER.READER.WRITER.TRANSITION.CONSUMER runs again by"
		      "<br><code>", f);
		program(f, p->rs->machines[0]);
		fputs("run --layout LAYOUT --level LEVEL --walker WALKER --reader READER --writer WRITER "
		      "--transition TRANSITION --consumer CONSUMER</code>.", f);
	}
	fputs("</p>\n<form id=find hidden role=search><label>find <input id=q type=search "
	      "autocomplete=off></label><label>verdict <select id=v><option value=\"\">all<option "
	      "value=p>pass<option value=x>fail<option value=q>inconclusive</select></label>"
	      "<output id=count aria-live=polite></output></form>\n"
	      "<div class=wide tabindex=0 role=region aria-label=cells><table id=t class=num>"
	      "<caption>Every cell</caption><thead><tr><th scope=col>verdict<th scope=col>cell", f);
	if (p->rs->nr_machines > 1)
		fputs("<th scope=col title=\"number of the executor\">on", f);
	for (unsigned i = 0; i < sizeof(column) / sizeof(column[0]); i++)
		fprintf(f, "<th scope=col>%s", column[i]);
	fputs("<tbody>\n", f);
}

void html_cells(struct page *p)
{
	head(p);
	for (size_t i = 0; i < p->n; i++)
		row(p, i);
	fputs("</table></div></section>\n", p->f);
}
