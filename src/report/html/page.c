/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every section of the page is made of: escaped text, figures, labels, the order
 * of cells.
 *
 * Invariant: nothing that came out of a result reaches the page but through
 * put_text(), which escapes it.
 */
#include "page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>


enum { LONGEST_TEXT = 600, LONGEST_LINES = 8000, RATE_CLASSES = 7 };

/* ---- text ---- */

/* Bytes of the UTF-8 character at s; jansson has checked it. */
static unsigned char_len(const unsigned char *s)
{
	return *s < 0x80 ? 1 : *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : 4;
}

/* Controls, and what makes text read otherwise than it is stored. */
static bool prints(const unsigned char *s)
{
	const unsigned c = s[0] < 0x80 ? s[0] : s[0] < 0xe0 ? (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu) :
			   s[0] < 0xf0 ? (s[0] & 0xfu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu) :
			   0x10000;

	return !(c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
		 (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
		 c == 0xfffe || c == 0xffff);
}

static const char *entity(unsigned char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

static void put_text(FILE *f, const char *text, long longest, bool lines)
{
	const unsigned char *s = (const unsigned char *)text, *begin = s;

	for (; *s; s += char_len(s)) {
		const char *e = entity(*s);

		if (s - begin >= longest) {
			fprintf(f, "… (%zu bytes)", strlen(text));
			return;
		}
		if (e)
			fputs(e, f);
		else if (prints(s))
			fwrite(s, 1, char_len(s), f);
		else if (lines && *s == '\n')
			putc('\n', f);
		else
			fputs(*s == '\n' || *s == '\t' ? " " : "\xef\xbf\xbd", f);
	}
}

void page_text(FILE *f, const char *s)
{
	put_text(f, s, LONGEST_TEXT, false);
}

void page_lines(FILE *f, const char *s)
{
	put_text(f, s, LONGEST_LINES, true);
}

static const char *scaled(char *buf, double n, const char *const *units, double step)
{
	unsigned u = 0;

	for (; n >= 0.9995 * step && units[u + 1]; u++)
		n /= step;
	snprintf(buf, FIGURE_LEN, n >= 99.95 || n == floor(n) ? "%.0f%s" :
		 n >= 9.995 ? "%.1f%s" : "%.2f%s", n, units[u]);
	return buf;
}

const char *figure(char *buf, double n)
{
	static const char *const units[] = { "", "k", "M", "G", "T", "P", "E", NULL };

	if (!isfinite(n)) {
		snprintf(buf, FIGURE_LEN, "%s", isnan(n) ? "–" : "∞");
		return buf;
	}
	if (n > 0 && n < 0.01) {
		snprintf(buf, FIGURE_LEN, "%.1e", n);
		return buf;
	}
	return scaled(buf, n, units, 1000);
}

const char *figure_ns(char *buf, double ns)
{
	static const char *const units[] = { " ns", " µs", " ms", " s", NULL };

	return scaled(buf, ns, units, 1000);
}

/* ---- what a line says ---- */

double result_rate(const struct result *r, enum outcome o)
{
	return r->rated.seconds > 0 ? (double)r->rated.distinct[o] / r->rated.seconds : 0;
}

bool result_impossible(const struct result *r, enum outcome *o)
{
	for (unsigned i = 0; i < NR_OUTCOMES; i++)
		if (r->distinct[i] && r->predicted[i] == PREDICTED_IMPOSSIBLE) {
			*o = i;
			return true;
		}
	return false;
}

struct dispersion result_dispersion(const struct result *r)
{
	const double width = (double)r->interval_ns / 1e9;
	double last = 1, n = r->nr_intervals;

	if (r->nr_intervals && width > 0) {	/* of what the rate is of */
		n = fmin(n, ceil(r->rated.seconds / width));
		last = r->rated.seconds / width - (n - 1);
	}
	return dispersion(r->intervals, (size_t)n, fmax(0.01, fmin(1, last)));
}

unsigned rate_class(double rate)
{
	const double decade = rate > 0 ? floor(log10(rate)) : 0;

	return decade < 0 ? 0 : decade >= RATE_CLASSES ? RATE_CLASSES - 1 : (unsigned)decade;
}

/* ---- machines by a name a human would use ---- */

/* "qemu-arm-static 7.2.22 (user mode) -cpu cortex-a9": its first two words say it. */
static void executor_in_short(char buf[LABEL_LEN], const char *s)
{
	const char *cut = strstr(s, " (user mode)"), *dash;
	int n = cut ? (int)(cut - s) : (int)strcspn(s, "\n");

	snprintf(buf, LABEL_LEN, "%.*s", n < 60 ? n : 60, s);
	dash = strstr(buf, "-static");
	if (dash)
		memmove(buf + (dash - buf), dash + 7, strlen(dash + 7) + 1);
}

/* A cut at LABEL_LEN may have been inside a character. */
static void whole_characters(char *buf)
{
	size_t i = 0, n = strlen(buf);

	while (i < n && i + char_len((unsigned char *)buf + i) <= n)
		i += char_len((unsigned char *)buf + i);
	buf[i] = '\0';
}

/* Enough of it to tell them apart: more words the higher `words`. */
static void label(char buf[LABEL_LEN], const struct machine *m, unsigned words, bool live)
{
	const char *const more[] = { m->executor, m->compiler, m->kernel, m->cpu, m->git, m->flags };
	const unsigned nr_more = sizeof(more) / sizeof(more[0]);
	char executor[LABEL_LEN], tree[TREE_LABEL];
	int n;

	executor_in_short(executor, m->executor);
	n = m->tree ? snprintf(buf, LABEL_LEN, "%.*s", LABEL_LEN - 1, tree_label(tree, m->tree)) :
	    live    ? snprintf(buf, LABEL_LEN, "%.60s running on %.60s", m->kernel, executor) :
		      snprintf(buf, LABEL_LEN, "%.30s %.*s, %.60s", m->target,
			       (int)strcspn(m->compiler, ".") < 20 ? (int)strcspn(m->compiler, ".") : 20,
			       m->compiler, executor);
	for (unsigned i = 0; i < words && i < nr_more && n < LABEL_LEN; i++)
		n += snprintf(buf + n, (size_t)(LABEL_LEN - n), ", %.50s", i ? more[i] :
			      strstr(m->executor, "-cpu ") ? strstr(m->executor, "-cpu ") + 5 : more[i]);
	if (words > nr_more)
		snprintf(n < LABEL_LEN - 12 ? buf + n : buf + LABEL_LEN - 12, 12, " #%u", m->index + 1);
	whole_characters(buf);
}

bool page_is_live(const struct page *p, unsigned machine)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->cell[i]->live && p->cell[i]->machine->index == machine)
			return true;
	return false;
}

static bool unique(const struct page *p, unsigned i)
{
	for (unsigned j = 0; j < p->rs->nr_machines; j++)
		if (j != i && !strcmp(p->label[i], p->label[j]))
			return false;
	return true;
}

static void label_all(struct page *p)
{
	const unsigned n = p->rs->nr_machines;

	p->label = calloc(n ? n : 1, sizeof(*p->label));
	for (unsigned words = 0; words < 8; words++) {
		bool *again = calloc(n ? n : 1, sizeof(*again));

		for (unsigned i = 0; i < n; i++)
			again[i] = !words || !unique(p, i);
		for (unsigned i = 0; i < n; i++)
			if (again[i])
				label(p->label[i], p->rs->machines[i], words, page_is_live(p, i));
		free(again);
	}
}

const char *page_machine(const struct page *p, const struct result *r)
{
	return p->label[r->machine->index];
}

/* ---- cells ---- */

/* The same question on the same machine; strings are unique, so pointers compare. */
static int by_cell(const void *a, const void *b)
{
	const struct result *x = *(const struct result *const *)a;
	const struct result *y = *(const struct result *const *)b;

#define BY(x, y) do { if ((x) != (y)) return (x) < (y) ? -1 : 1; } while (0)
	BY(x->scenario, y->scenario);
	BY(x->hash, y->hash);
	BY(x->machine, y->machine);
	BY(x, y);
	return 0;
}

static unsigned rank(const struct result *r)
{
	enum outcome o;

	return r->verdict == VERDICT_FAIL ? 0 : result_impossible(r, &o) ? 1 : 2;
}

static int by_weight(const void *a, const void *b)
{
	const struct result *x = *(const struct result *const *)a;
	const struct result *y = *(const struct result *const *)b;

	BY(rank(x), rank(y));
	BY(x, y);
	return 0;
}

struct place {
	const struct result *r;
	size_t i;
};

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	BY(x->r, y->r);
	return 0;
#undef BY
}

static void order_by_file(struct page *p)
{
	struct place *at = malloc((p->n + 1) * sizeof(*at));

	p->by_file = malloc((p->n + 1) * sizeof(*p->by_file));
	if (!at || !p->by_file)
		abort();
	for (size_t i = 0; i < p->n; i++)
		at[i] = (struct place){ p->cell[i], i };
	qsort(at, p->n, sizeof(*at), by_place);
	for (size_t i = 0; i < p->n; i++)
		p->by_file[i] = at[i].i;
	free(at);
}

void page_open(struct page *p, const struct results *rs)
{
	size_t i, n = 0;

	*p = (struct page){ .rs = rs };
	p->cell = malloc((rs->n + 1) * sizeof(*p->cell));
	if (!p->cell)
		abort();
	for (i = 0; i < rs->n; i++)
		p->cell[i] = &rs->r[i];
	qsort(p->cell, rs->n, sizeof(*p->cell), by_cell);
	for (i = 0; i < rs->n; i++) {
		const struct result *r = p->cell[i], *next = i + 1 < rs->n ? p->cell[i + 1] : NULL;

		if (!next || next->scenario != r->scenario || next->hash != r->hash ||
		    next->machine != r->machine)
			p->cell[n++] = r;
	}
	p->n = n;
	p->only_kernels = n > 0;
	for (i = 0; i < n; i++) {
		p->any_trees |= p->cell[i]->source != NULL;
		p->any_live |= p->cell[i]->live != NULL;
		p->only_kernels &= p->cell[i]->source || p->cell[i]->live;
	}
	p->superseded = rs->n - n;
	qsort(p->cell, n, sizeof(*p->cell), by_weight);
	order_by_file(p);
	label_all(p);
}

void page_close(struct page *p)
{
	free(p->cell);
	free(p->by_file);
	free(p->label);
	*p = (struct page){ 0 };
}
