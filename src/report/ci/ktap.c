/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results as KTAP version 1 (Documentation/dev-tools/ktap.rst). One executor: a
 * flat list; several: one subtest each. The diagnostics of a test stand right before
 * its line.
 */
#include "formats.h"

#include <stdlib.h>
#include <string.h>

#include "tests.h"

static void say(FILE *f, const char *indent, const char *what, const char *s)
{
	fprintf(f, "%s# %s", indent, what);
	print_line(f, s);
	putc('\n', f);
}

static void machine(FILE *f, const char *indent, const struct machine *m)
{
	char label[TREE_LABEL];

	if (m->tree) {
		say(f, indent, "tree: ", tree_label(label, m->tree));
		say(f, indent, "version: ", m->tree->version);
		say(f, indent, "describe: ", m->tree->describe);
		say(f, indent, "files under test: ", m->tree->hash);
		say(f, indent, "config: ", m->tree->config);
	}
	say(f, indent, "target: ", m->target);
	say(f, indent, "executor: ", m->executor);
	say(f, indent, "cpu: ", m->cpu);
	say(f, indent, "kernel: ", m->kernel);
	say(f, indent, "compiler: ", m->compiler);
	say(f, indent, "git: ", m->git);
}

/* A kernel tree's witness, a step a line; a running kernel's, a value a line. */
static void schedule(FILE *f, const char *indent, const struct result *r)
{
	char *steps = result_story(r), *rest = steps, *line;

	while ((line = strsep(&rest, "\n")) && *line)
		say(f, indent, "", line);
	free(steps);
}

static void one(FILE *f, const char *indent, size_t number, const struct test *t)
{
	const struct result *r = t->shown;

	if (t->runs > 1)
		fprintf(f, "%s# %u runs, the worst counts\n", indent, t->runs);
	if (t->verdict != VERDICT_INCONCLUSIVE && *r->reason)
		say(f, indent, "", r->reason);
	if (t->verdict == VERDICT_FAIL && r->witness)
		say(f, indent, "witness: ", r->witness->text);
	schedule(f, indent, r);
	fprintf(f, "%s%s %zu %s", indent, t->verdict == VERDICT_FAIL ? "not ok" : "ok", number,
		t->name);
	if (t->verdict == VERDICT_INCONCLUSIVE) {
		fputs(" # SKIP ", f);
		print_line(f, *r->reason ? r->reason : "inconclusive");
	}
	putc('\n', f);
}

static void list(FILE *f, const char *indent, const struct group *g)
{
	size_t i;

	fprintf(f, "%sKTAP version 1\n%s1..%zu\n", indent, indent, g->n);
	machine(f, indent, g->machine);
	for (i = 0; i < g->n; i++)
		one(f, indent, i + 1, &g->tests[i]);
}

int ktap(FILE *f, const struct results *rs)
{
	struct tests t;
	unsigned i;
	int err = tests_make(&t, rs);

	if (err)
		return err;
	if (t.nr_groups == 1) {
		list(f, "", &t.groups[0]);
	} else {
		fprintf(f, "KTAP version 1\n1..%u\n", t.nr_groups);
		for (i = 0; i < t.nr_groups; i++) {
			const struct group *g = &t.groups[i];

			list(f, "  ", g);
			fprintf(f, "%s %u %s%s\n", g->of[VERDICT_FAIL] ? "not ok" : "ok", i + 1, g->name,
				g->of[VERDICT_INCONCLUSIVE] == g->n ? " # SKIP all inconclusive" : "");
		}
	}
	tests_free(&t);
	return 0;
}
