/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results become tests: names, groups, and which of several runs counts.
 *
 * Invariant: a name is a function of the cell alone, and tests keep the results' order
 * within their group.
 */
#include "tests.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "judge/test_name.h"

/* A kernel tree's: tornwalk.kernel.ARCH.WALKER.TRANSITION; what else a cell is, it has by its tree. */
static void print_tree_name(FILE *f, const struct result *r)
{
	fputs("tornwalk.kernel", f);
	test_name_part(f, r->machine->tree->arch);
	test_name_part(f, r->walker);
	test_name_part(f, r->transition);
}

/* A running kernel's: tornwalk.live.TARGET.LEVEL.READER.OPERATION; private, user, probe and log stand for a level. */
static void print_live_name(FILE *f, const struct result *r)
{
	fputs("tornwalk.live", f);
	test_name_part(f, r->machine->target);
	test_name_part(f, r->live->operation ? r->level : r->live->of);
	test_name_part(f, r->reader);
	test_name_part(f, r->transition);
}

static void print_name(FILE *f, const struct result *r)
{
	if (r->live) {
		print_live_name(f, r);
		return;
	}
	if (r->source) {
		print_tree_name(f, r);
		return;
	}
	test_name_print(f, &(struct test_name){
		.level = r->level, .layout = r->layout, .walker = r->walker, .reader = r->reader,
		.transition = r->transition, .writer = r->writer, .consumer = r->consumer,
		.reclaim = r->reclaim, .world = r->world, .alias = r->alias, .readers = r->readers,
		.writers = r->writers, .slots = r->slots, .scenario = r->scenario });
}

void print_line(FILE *f, const char *s)
{
	for (; *s; s++) {
		const unsigned char c = (unsigned char)*s, next = (unsigned char)s[1];

		if (c < 0x20 || c == 0x7f)
			putc(' ', f);
		else if (c == 0xc2 && next >= 0x80 && next < 0xa0)	/* U+0080 to U+009F */
			putc(' ', f), s++;
		else
			putc(c, f);
	}
}

char *test_name(const struct result *r)
{
	char *s = NULL;
	size_t len;
	FILE *f = open_memstream(&s, &len);

	if (!f)
		return NULL;
	print_name(f, r);
	if (fclose(f)) {
		free(s);
		return NULL;
	}
	return s;
}

/* Which it is, and which files of it were under test. */
static void tree_parts(FILE *f, const struct tree *t)
{
	test_name_part(f, t->name);
	if (strcmp(t->rev, "-"))
		test_name_part(f, t->rev);
	if (strcmp(t->patch, "-"))
		test_name_part(f, t->patch);
	test_name_part(f, t->version);
	test_name_part(f, t->hash);
}

static char *group_name(const struct machine *m)
{
	const char *const parts[] = { m->target, m->executor, m->compiler, m->cpu, m->kernel };
	char *s = NULL;
	size_t len;
	FILE *f = open_memstream(&s, &len);
	unsigned i;

	if (!f)
		return NULL;
	fputs("tornwalk", f);
	if (m->tree)
		tree_parts(f, m->tree);
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		test_name_part(f, parts[i]);
	if (fclose(f)) {
		free(s);
		return NULL;
	}
	return s;
}

/* The group of that machine, perhaps a new one; -ENOMEM. */
static int group_of(struct tests *t, const struct machine *m)
{
	char *name = group_name(m);
	struct group *more;
	unsigned g;

	if (!name)
		return -ENOMEM;
	for (g = 0; g < t->nr_groups; g++) {
		if (strcmp(t->groups[g].name, name))
			continue;
		free(name);
		return (int)g;
	}
	more = reallocarray(t->groups, g + 1, sizeof(*more));
	if (!more) {
		free(name);
		return -ENOMEM;
	}
	t->groups = more;
	t->groups[t->nr_groups++] = (struct group){ .name = name, .machine = m };
	return (int)g;
}

static int by_name(const void *p, const void *q)
{
	const struct test *a = p, *b = q;
	int order = a->group != b->group ? (a->group < b->group ? -1 : 1) : strcmp(a->name, b->name);

	return order ? order : a->order < b->order ? -1 : 1;
}

static int by_order(const void *p, const void *q)
{
	const struct test *a = p, *b = q;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static bool outranks(enum verdict a, enum verdict b)
{
	static const int rank[NR_VERDICTS] = { [VERDICT_FAIL] = 2, [VERDICT_PASS] = 1 };

	return rank[a] > rank[b];
}

/* Runs of one name, which lie side by side, become one test. */
static void merge(struct tests *t)
{
	size_t i, n = 0;

	for (i = 0; i < t->n; i++) {
		struct test *a = n ? &t->of[n - 1] : NULL, *b = &t->of[i];

		if (!a || a->group != b->group || strcmp(a->name, b->name)) {
			t->of[n++] = *b;
			continue;
		}
		a->runs++;
		a->seconds += b->seconds;
		if (outranks(b->verdict, a->verdict)) {
			a->verdict = b->verdict;
			a->shown = b->shown;
		}
		free(b->name);
	}
	t->n = n;
}

static void deal_out(struct tests *t)
{
	size_t i;

	for (i = 0; i < t->n; i++) {
		struct group *g = &t->groups[t->of[i].group];

		if (!g->n++)
			g->tests = &t->of[i];
		g->of[t->of[i].verdict]++;
		g->seconds += t->of[i].seconds;
	}
}

/* The group of each machine; NULL: out of memory. */
static unsigned *group_all(struct tests *t, const struct results *rs)
{
	unsigned *of = calloc(rs->nr_machines + 1, sizeof(*of)), i;

	for (i = 0; of && i < rs->nr_machines; i++) {
		int g = group_of(t, rs->machines[i]);

		if (g < 0) {
			free(of);
			return NULL;
		}
		of[i] = (unsigned)g;
	}
	return of;
}

int tests_make(struct tests *t, const struct results *rs)
{
	unsigned *group;
	size_t i;

	*t = (struct tests){ .of = calloc(rs->n + 1, sizeof(*t->of)) };
	group = t->of ? group_all(t, rs) : NULL;
	for (i = 0; group && i < rs->n; i++) {
		const struct result *r = &rs->r[i];
		struct test *one = &t->of[t->n];

		*one = (struct test){ .name = test_name(r), .shown = r, .runs = 1,
				      .group = group[r->machine->index], .verdict = r->verdict,
				      .seconds = r->seconds, .order = i };
		if (!one->name)
			break;
		t->n++;
	}
	free(group);
	if (!group || t->n < rs->n) {
		tests_free(t);
		return -ENOMEM;
	}
	qsort(t->of, t->n, sizeof(*t->of), by_name);
	merge(t);
	qsort(t->of, t->n, sizeof(*t->of), by_order);
	deal_out(t);
	return 0;
}

void tests_free(struct tests *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		free(t->of[i].name);
	for (i = 0; i < t->nr_groups; i++)
		free(t->groups[i].name);
	free(t->groups);
	free(t->of);
}
