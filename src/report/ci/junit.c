/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results as JUnit's XML: the elements and attributes that Jenkins' junit-10.xsd
 * allows, and no others. One testsuite per executor.
 */
#include "formats.h"

#include <stdlib.h>
#include <string.h>

#include "tests.h"

/* How many bytes at s are what XML 1.0 forbids: most control characters, U+FFFE, U+FFFF. */
static unsigned forbidden(const char *s)
{
	unsigned char c = (unsigned char)*s;

	if (c < 0x20)
		return c != '\t' && c != '\n' && c != '\r';
	return !strncmp(s, "\xef\xbf\xbe", 3) || !strncmp(s, "\xef\xbf\xbf", 3) ? 3 : 0;
}

static void text(FILE *f, const char *s)
{
	while (*s) {
		unsigned n = forbidden(s);

		if (n) {
			fputs("\xef\xbf\xbd", f);	/* U+FFFD, the replacement character */
			s += n;
			continue;
		}
		switch (*s) {
		case '&': fputs("&amp;", f); break;
		case '<': fputs("&lt;", f); break;
		case '>': fputs("&gt;", f); break;
		case '"': fputs("&quot;", f); break;
		case '\t': case '\n': case '\r': fprintf(f, "&#%d;", *s); break;
		default: putc(*s, f);
		}
		s++;
	}
}

static void attribute(FILE *f, const char *name, const char *value)
{
	fprintf(f, " %s=\"", name);
	text(f, value);
	putc('"', f);
}

static void property(FILE *f, const char *name, const char *value)
{
	fputs("      <property", f);
	attribute(f, "name", name);
	attribute(f, "value", value);
	fputs("/>\n", f);
}

static void properties(FILE *f, const struct machine *m)
{
	fputs("    <properties>\n", f);
	if (m->tree) {
		property(f, "tree", m->tree->name);
		property(f, "revision", m->tree->rev);
		property(f, "patch", m->tree->patch);
		property(f, "version", m->tree->version);
		property(f, "describe", m->tree->describe);
		property(f, "files under test", m->tree->hash);
		property(f, "config", m->tree->config);
	}
	property(f, "target", m->target);
	property(f, "executor", m->executor);
	property(f, "cpu", m->cpu);
	property(f, "cpus", m->cpus);
	property(f, "kernel", m->kernel);
	property(f, "compiler", m->compiler);
	property(f, "flags", m->flags);
	property(f, "git", m->git);
	fputs("    </properties>\n", f);
}

/* tornwalk.LEVEL.LAYOUT.WALKER is the class, what follows the name. */
static const char *after_class(const char *name)
{
	unsigned dots;

	for (dots = 0; dots < 4; dots++)
		name = strchr(name, '.') + 1;
	return name;
}

static void testcase(FILE *f, const struct test *t)
{
	const struct result *r = t->shown;
	const char *name = after_class(t->name);
	char *steps;

	fprintf(f, "    <testcase classname=\"%.*s\" name=\"%s\" time=\"%.3f\"",
		(int)(name - t->name - 1), t->name, name, t->seconds);
	if (t->verdict == VERDICT_PASS) {
		fputs("/>\n", f);
		return;
	}
	fputs(">\n      ", f);
	fputs(t->verdict == VERDICT_FAIL ? "<failure type=\"fail\"" : "<skipped", f);
	attribute(f, "message", r->reason);
	if (t->verdict == VERDICT_FAIL) {
		steps = result_story(r);
		putc('>', f);
		text(f, r->witness ? r->witness->text : steps ? steps : "");
		fputs("</failure>\n", f);
		free(steps);
	} else {
		fputs("/>\n", f);
	}
	fputs("    </testcase>\n", f);
}

static void testsuite(FILE *f, const struct group *g)
{
	size_t i;

	fprintf(f, "  <testsuite name=\"%s\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\" "
		"time=\"%.3f\">\n", g->name, g->n, g->of[VERDICT_FAIL],
		g->of[VERDICT_INCONCLUSIVE], g->seconds);
	properties(f, g->machine);
	for (i = 0; i < g->n; i++)
		testcase(f, &g->tests[i]);
	fputs("  </testsuite>\n", f);
}

int junit(FILE *f, const struct results *rs)
{
	struct tests t;
	size_t failures = 0;
	double seconds = 0;
	unsigned i;
	int err = tests_make(&t, rs);

	if (err)
		return err;
	for (i = 0; i < t.nr_groups; i++) {
		failures += t.groups[i].of[VERDICT_FAIL];
		seconds += t.groups[i].seconds;
	}
	fprintf(f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tornwalk\" tests=\"%zu\" "
		"failures=\"%zu\" errors=\"0\" time=\"%.3f\">\n", t.n, failures, seconds);
	for (i = 0; i < t.nr_groups; i++)
		testsuite(f, &t.groups[i]);
	fputs("</testsuites>\n", f);
	tests_free(&t);
	return 0;
}
