/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists for people: a name, what it means, and the kernel source it models.
 *
 * Invariant: every list is read from the rows that the instrument runs by; nothing
 * is written down here a second time.
 */
#include <errno.h>
#include <string.h>

#include "config.h"
#include "listing.h"

enum { COLUMNS = 100, NAME_COLUMN = 22 };

static const struct {
	const char *word;
	enum seam seam;
} lists[] = {
	{ "readers", SEAM_READER },	{ "writers", SEAM_WRITER },
	{ "walkers", SEAM_WALKER },	{ "transitions", SEAM_TRANSITION },
	{ "layouts", SEAM_LAYOUT },	{ "consumers", SEAM_CONSUMER },
	{ "reclaim", SEAM_RECLAIM },	{ "outcomes", SEAM_OUTCOME },
	{ "levels", SEAM_LEVEL },	{ "worlds", SEAM_WORLD },
};

/* Words from column `indent` on; the cursor is there already. */
static void print_wrapped(FILE *f, const char *text, unsigned indent)
{
	unsigned at = indent;

	while (*text) {
		unsigned n = (unsigned)strcspn(text, " ");

		if (at > indent && at + 1 + n > COLUMNS) {
			fprintf(f, "\n%*s", (int)indent, "");
			at = indent;
		}
		if (at > indent) {
			fputc(' ', f);
			at++;
		}
		fwrite(text, 1, n, f);
		at += n;
		text += n + strspn(text + n, " ");
	}
	fputc('\n', f);
}

static void print_item(FILE *f, const char *name, const char *text)
{
	fprintf(f, "  %-*s", NAME_COLUMN - 2, name);
	if (strlen(name) > NAME_COLUMN - 3)
		fprintf(f, "\n%*s", NAME_COLUMN, "");
	print_wrapped(f, text, NAME_COLUMN);
}

static void print_more(FILE *f, const char *label, const char *text)
{
	fprintf(f, "%*s%s", NAME_COLUMN, "", label);
	print_wrapped(f, text, NAME_COLUMN + (unsigned)strlen(label));
}

static void print_seam(FILE *f, enum seam s)
{
	struct named n;

	for (unsigned i = 0; name_at(s, &native_protocol, i, &n); i++) {
		print_item(f, n.name, n.summary);
		print_more(f, s == SEAM_OUTCOME ? "unless a scenario says otherwise: " : "models: ",
			   n.source);
		if (!n.usable)
			print_more(f, "", "NOT USABLE HERE: needs an instruction this CPU lacks");
	}
}

static void print_expectations(FILE *f, const struct scenario *s, enum expect e)
{
	char text[512] = "";
	struct named n;

	if (e == EXPECT_REQUIRE && s->require_torn)
		text_append(text, sizeof(text), " torn");
	for (unsigned o = 0; name_at(SEAM_OUTCOME, NULL, o, &n); o++)
		if (s->expect[o] == e)
			text_append(text, sizeof(text), " %s", n.name);
	if (text[0]) {
		fprintf(f, "%*s%s:", NAME_COLUMN, "", expect_names[e]);
		fputc(' ', f);
		print_wrapped(f, text + 1, NAME_COLUMN + (unsigned)strlen(expect_names[e]) + 2);
	}
}

static void print_scenario(FILE *f, const struct config_entry *e)
{
	const struct scenario *s = &e->scenario;
	const struct cell *c = &s->cell;
	char text[512] = "";

	print_item(f, s->name, s->summary[0] ? s->summary : "(no summary)");
	text_append(text, sizeof(text), "%s %s %s %s %s %s %s %s %s%s", c->layout->name,
		    c->level == LEVEL_PUD ? "pud" : "pmd", c->walker->name, c->reader->name,
		    c->writer->name, c->transition->name, c->consumer->name, c->reclaim->name,
		    c->protocol->world, c->alias ? " alias" : "");
	print_more(f, "cell: ", text);
	print_expectations(f, s, EXPECT_REQUIRE);
	print_expectations(f, s, EXPECT_FORBID);
	print_expectations(f, s, EXPECT_ALLOW);
	if (s->control[0])
		print_more(f, "control: ", s->control);
	if (e->unusable[0])
		print_more(f, "NOT USABLE HERE: ", e->unusable);
}

static int print_configs(FILE *f, bool scenarios, bool suites, bool headed, char *err, size_t len)
{
	char dir[CONFIG_PATH_LEN];
	struct config cfg;
	int bad;

	if (!config_dir(dir, sizeof(dir)))
		return text_error(err, len, "no configs directory: none here, none beside the "
				  "program; set TORNWALK_CONFIGS");
	bad = config_load(&cfg, dir, err, len);
	if (bad)
		return bad;
	if (scenarios) {
		if (headed)
			fprintf(f, "\nscenarios (%s/scenarios):\n", dir);
		for (unsigned i = 0; i < cfg.nr; i++)
			print_scenario(f, &cfg.entries[i]);
	}
	if (suites) {
		if (headed)
			fprintf(f, "\nsuites (%s/suites):\n", dir);
		for (unsigned i = 0; i < cfg.nr_suites; i++)
			fprintf(f, "  %s\n", cfg.suites[i]);
	}
	config_free(&cfg);
	return 0;
}

int listing_print(FILE *f, const char *what, char *err, size_t len)
{
	const unsigned nr = sizeof(lists) / sizeof(lists[0]);

	for (unsigned i = 0; i < nr; i++) {
		if (what && strcmp(what, lists[i].word))
			continue;
		if (!what)
			fprintf(f, "%s%s:\n", i ? "\n" : "", lists[i].word);
		print_seam(f, lists[i].seam);
		if (what)
			return 0;
	}
	if (!what)
		return print_configs(f, true, true, true, err, len);
	if (!strcmp(what, "scenarios") || !strcmp(what, "suites"))
		return print_configs(f, !strcmp(what, "scenarios"), !strcmp(what, "suites"),
				     false, err, len);
	text_error(err, len, "cannot list \"%s\"; valid:", what);
	for (unsigned i = 0; i < nr; i++)
		text_append(err, len, " %s", lists[i].word);
	text_append(err, len, " scenarios suites");
	return -EINVAL;
}
