/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A comparison as text that survives a mail: ASCII, 72 columns. */
#include "kernels.h"
#include "print.h"
#include "trees.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 72, NAME = 26, INDENT = 4, STEP_INDENT = INDENT + 11, PLACE = 25 };

const char *compare_figure(char buf[COMPARE_FIGURE], double x)
{
	static const char suffix[] = " kMGTPE";
	unsigned i = 0;

	if (isinf(x) || isnan(x)) {
		snprintf(buf, COMPARE_FIGURE, isnan(x) ? "-" : "inf");
		return buf;
	}
	for (; x >= 999.5 && i < 6; i++)
		x /= 1000;
	if (!i && x > 0 && x < 0.01)
		snprintf(buf, COMPARE_FIGURE, x < 0.001 ? "%.0e" : "%.3f", x);
	else
		snprintf(buf, COMPARE_FIGURE, "%.*f%.*s", x >= 99.95 || x == 0 ? 0 : x >= 9.995 ? 1 : 2, x,
			 i > 0, suffix + i);
	return buf;
}

const char *compare_bound(char buf[COMPARE_FIGURE], double x)
{
	if (x < 0.001)
		snprintf(buf, COMPARE_FIGURE, "0");
	else if (x > 1000)
		snprintf(buf, COMPARE_FIGURE, "inf");
	else
		compare_figure(buf, x);
	return buf;
}

/* "1.2" of what was seen, "<0.53" of what was not: the 95 % bound. */
const char *compare_rate(char buf[COMPARE_FIGURE], const struct side *s)
{
	char bound[COMPARE_FIGURE];

	if (s->count > 0 || s->exposure <= 0)
		return compare_figure(buf, s->rate);
	compare_figure(bound, zero_bound(s->exposure, CONFIDENCE));
	snprintf(buf, COMPARE_FIGURE, "<%.*s", COMPARE_FIGURE - 2, bound);
	return buf;
}

const char *compare_p(char buf[COMPARE_FIGURE], double p)
{
	snprintf(buf, COMPARE_FIGURE, p < 1e-99 ? "<1e-99" : p < 0.001 ? "%.0e" : "%.2g", p);
	return buf;
}

/* Wrapped at blanks, `indent` deep; whatever a board wrote is made printable ASCII. */
static void wrapped(FILE *f, unsigned indent, const char *s)
{
	unsigned column = 0;
	size_t n;

	for (s += strspn(s, " "); *s; s += n, s += strspn(s, " ")) {
		n = strcspn(s, " ");
		if (column && column + 1 + n > COLUMNS) {
			putc('\n', f);
			column = 0;
		}
		column += (unsigned)fprintf(f, "%*s", column ? 1 : (int)indent, "");
		for (size_t i = 0; i < n; i++)
			putc(s[i] > ' ' && s[i] < 0x7f ? s[i] : '?', f);
		column += (unsigned)n;
	}
	if (column)
		putc('\n', f);
}

/* Printable ASCII; how many. */
static unsigned plain(FILE *f, const char *s)
{
	unsigned n = 0;

	for (; *s; s++, n++)
		putc(*s >= ' ' && *s < 0x7f ? *s : '?', f);
	return n;
}

/* A place and what happens there, on one line where that fits; `indent` columns are taken. */
static void fits(FILE *f, unsigned indent, const char *place, const char *what)
{
	const size_t wide = strlen(place) > PLACE ? strlen(place) : PLACE;
	const unsigned n = plain(f, place);

	if (indent + wide + 2 + strlen(what) > COLUMNS) {
		putc('\n', f);
		wrapped(f, indent, what);
		return;
	}
	fprintf(f, "%*s  ", (int)(wide - n), "");
	plain(f, what);
	putc('\n', f);
}

__attribute__((format(printf, 3, 4)))
static void wrappedf(FILE *f, unsigned indent, const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) >= 0)
		wrapped(f, indent, s);
	va_end(ap);
	free(s);
}

/* ---- who was compared ---- */

static const char *const facts[] = { "tree", "revision", "patch", "version", "describe", "files under test", "config", "architecture", "target", "executor", "cpu", "cpus", "kernel", "compiler", "flags",
				     "git" };

/* The first are a kernel tree's; where it has none they are not said. */
enum { NR_FACTS = sizeof(facts) / sizeof(facts[0]), NR_TREE_FACTS = 8 };

static const char *fact(const struct machine *m, unsigned i)
{
	static const struct tree none = { "-", "-", "-", "-", "-", "-", "-", "-" };
	const struct tree *t = m->tree ? m->tree : &none;
	const char *const all[] = { t->name, t->rev, t->patch, t->version, t->describe, t->hash, t->config, t->arch, m->target, m->executor, m->cpu, m->cpus, m->kernel, m->compiler,
				    m->flags, m->git };

	return *all[i] ? all[i] : "-";
}

/* All different values of a fact on one side, "; " between them. */
static char *values(const struct results *rs, unsigned which)
{
	char *s = NULL;
	size_t len;
	FILE *f = open_memstream(&s, &len);
	unsigned i, j, n = 0;

	if (!f)
		return NULL;
	for (i = 0; i < rs->nr_machines; i++) {
		for (j = 0; j < i; j++)
			if (!strcmp(fact(rs->machines[i], which), fact(rs->machines[j], which)))
				break;
		if (j == i)
			fprintf(f, "%s%s", n++ ? "; " : "", fact(rs->machines[i], which));
	}
	fclose(f);
	return s;
}

void compare_facts(const struct comparisons *c, compare_fact *say, void *arg)
{
	unsigned i;

	for (i = 0; i < NR_FACTS; i++) {
		char *a = values(c->results[BASE], i), *b = values(c->results[NEW], i);

		if (a && b && (i >= NR_TREE_FACTS || strcmp(a, "-") || strcmp(b, "-")))
			say(arg, facts[i], a, b);
		free(a);
		free(b);
	}
}

static void say_fact(void *arg, const char *name, const char *a, const char *b)
{
	if (strcmp(a, b))
		wrappedf(arg, 2, "%s: %s => %s", name, a, b);
	else
		wrappedf(arg, 2, "%s: %s, both", name, a);
}

const char *compare_sentence(const struct comparisons *c, char *buf, size_t len)
{
	size_t n = 0;
	unsigned i;

	for (i = 0; i < NR_CHANGES && n < len; i++)
		n += (size_t)snprintf(buf + n, len - n, "%s%zu %s", i ? ", " : "", c->changes[i],
				      change_names[i]);
	return buf;
}

static void head(FILE *f, const struct comparisons *c)
{
	char sentence[160];
	unsigned side;

	wrappedf(f, 0, "%zu cells: %s", c->n, compare_sentence(c, sentence, sizeof(sentence)));
	putc('\n', f);
	wrappedf(f, 0, "BASE %s", c->results[BASE]->path);
	wrappedf(f, 0, "NEW %s", c->results[NEW]->path);
	compare_facts(c, say_fact, f);
	for (side = BASE; side <= NEW; side++)
		if (c->voided[side])
			wrappedf(f, 2, "ERRATA voids %zu results of %s; they are not counted",
				 c->voided[side], side == BASE ? "BASE" : "NEW");
}

/* ---- the cells ---- */

static void figures(FILE *f, const struct comparison *c)
{
	char b[COMPARE_FIGURE], n[COMPARE_FIGURE], r[COMPARE_FIGURE], lo[COMPARE_FIGURE],
		hi[COMPARE_FIGURE], p[COMPARE_FIGURE], range[2 * COMPARE_FIGURE + 4] = "-";

	if (c->tested)
		snprintf(range, sizeof(range), "%s..%s", compare_bound(lo, c->ratio.lo),
			 compare_bound(hi, c->ratio.hi));
	fprintf(f, "%8s%8s%7s %14s%8s\n", compare_rate(b, &c->side[BASE]),
		compare_rate(n, &c->side[NEW]), c->tested ? compare_figure(r, c->ratio.ratio) : "-", range,
		c->tested ? compare_p(p, c->p) : "-");
}

static bool has_figures(const struct comparison *c)
{
	return c->outcome && c->side[BASE].exposure > 0 && c->side[NEW].exposure > 0;
}

/* ---- a kernel tree's ---- */

/* "mm/gup.c:2743" of the tree's; of tornwalk's own the function, too, as nobody has its lines. */
static void step(FILE *f, const struct source_step *s, unsigned n)
{
	const bool own = !strncmp(s->where, "glue/", 5) || !strncmp(s->where, "src/kernel/", 11);
	char line[256];

	fprintf(f, "%*s%3u %-6.10s ", INDENT, "", n, s->who);
	if (own) {
		fits(f, STEP_INDENT, s->where, s->what);
		return;
	}
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(s->where, " "), s->where);
	fits(f, STEP_INDENT, line, s->what);
	if (s->code)
		wrapped(f, STEP_INDENT, s->code);
}

static void schedule(FILE *f, const struct comparison *c)
{
	unsigned side;
	const struct source_witness *w = compare_witness(c, &side);

	if (!w)
		return;
	wrappedf(f, INDENT, "%s: %s, in %u steps under %s:", side == BASE ? "BASE" : "NEW", w->meaning, w->n, w->model);
	for (unsigned i = 0; i < w->n; i++)
		step(f, &w->steps[i], i + 1);
}

/* A running kernel's: what was torn, and what was seen around it. */
static void story(FILE *f, const struct result *r)
{
	char *text = live_story(r), *rest = text, *line;

	while ((line = strsep(&rest, "\n")) && *line)
		wrapped(f, INDENT, line);
	free(text);
}

static void verdict_cell(FILE *f, const struct comparison *c)
{
	if (c->change == SAME) {
		wrappedf(f, 0, "%s%s%s: %s", c->leg, *c->leg ? ": " : "", c->scenario, c->why);
		return;
	}
	wrappedf(f, 0, "%s%s%s", c->leg, *c->leg ? ": " : "", c->scenario);
	wrapped(f, INDENT, c->why);
	schedule(f, c);
	if (c->of_kernels && c->fails_now && c->change != SAME)
		story(f, c->side[NEW].last);
}

static void cell(FILE *f, const struct comparison *c)
{
	char name[512];

	if (c->of_trees || c->of_kernels) {
		verdict_cell(f, c);
		return;
	}
	snprintf(name, sizeof(name), "%s%s%s%s%s", c->leg, *c->leg ? ": " : "", c->scenario,
		 c->outcome ? " " : "", c->outcome ? c->outcome : "");
	if (has_figures(c) && strlen(name) <= NAME) {
		fprintf(f, "%-*s", NAME, name);
		figures(f, c);
	} else {
		wrapped(f, 0, name);
		if (has_figures(c)) {
			fprintf(f, "%*s", NAME, "");
			figures(f, c);
		}
	}
	if (c->change != SAME || (*c->why && c->tested))
		wrapped(f, INDENT, c->why);
	if (c->change == REGRESSED && c->grade == EXPECT_FORBID && c->side[NEW].last->witness)
		wrapped(f, INDENT, c->side[NEW].last->witness->text);
}

static void section(FILE *f, const struct comparisons *c, enum change change)
{
	static const char *const titles[NR_CHANGES] = { "REGRESSED", "IMPROVED", "SAME",
							"NOT COMPARABLE" };
	const char *unit = c->options.per_round ? "round" : "s";
	char base[16], now[16];
	bool rates = false;
	size_t i;

	if (!c->changes[change])
		return;
	for (i = 0; i < c->n; i++)
		rates |= c->of[i].change == change && !c->of[i].of_trees && !c->of[i].of_kernels;
	if (!rates)
		fprintf(f, "\n%s\n", titles[change]);
	snprintf(base, sizeof(base), "BASE/%s", unit);
	snprintf(now, sizeof(now), "NEW/%s", unit);
	if (rates)
		fprintf(f, "\n%-*s%8s%8s%7s %14s%8s\n", NAME, titles[change], base, now, "ratio",
			"95 % interval", "p");
	for (i = 0; i < c->n; i++)
		if (c->of[i].change == change)
			cell(f, &c->of[i]);
}

unsigned compare_fewest_runs(const struct comparisons *c)
{
	unsigned fewest = 0, side;
	size_t i;

	for (i = 0; i < c->n; i++)
		for (side = BASE; side <= NEW && c->of[i].tested; side++)
			if (!fewest || c->of[i].side[side].runs < fewest)
				fewest = c->of[i].side[side].runs;
	return fewest;
}

void compare_kinds(const struct comparisons *c, bool *rates, bool *trees, bool *kernels)
{
	*rates = *trees = *kernels = false;
	for (size_t i = 0; i < c->n; i++)
		*(c->of[i].of_trees ? trees : c->of[i].of_kernels ? kernels : rates) = true;
}

void compare_text(FILE *f, const struct comparisons *c)
{
	static const enum change order[] = { REGRESSED, NOT_COMPARABLE, IMPROVED, SAME };
	bool rates, trees, kernels;
	unsigned i;

	head(f, c);
	for (i = 0; i < NR_CHANGES; i++)
		section(f, c, order[i]);
	putc('\n', f);
	compare_kinds(c, &rates, &trees, &kernels);
	if (trees)
		wrapped(f, 0, COMPARE_TREES);
	if (kernels)
		wrapped(f, 0, COMPARE_KERNELS);
	if (rates)
		wrappedf(f, 0, COMPARE_METHOD, c->options.per_round ? "round" : "second", c->tested,
		 c->options.alpha, c->options.margin);
	if (compare_fewest_runs(c) == 1)
		wrapped(f, 0, COMPARE_ONE_RUN);
}
