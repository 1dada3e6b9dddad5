/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tornwalk: the instrument. It prints results and never parses them.
 */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "usage.h"

static int cmd_help(int argc, char **argv);

static const struct command {
	const char *name, *summary;
	int (*main)(int argc, char **argv);
} commands[] = {
	{ "run", "race cells: a suite, scenarios, or one cell from options", cmd_run },
	{ "explore", "every execution of a cell: what it can show at all, and by which steps", cmd_explore },
	{ "explain", "one cell by all instruments: claim, predicted, compiled to, raced, observed", cmd_explain },
	{ "list", "readers, writers, walkers, transitions, layouts, consumers, reclaim, outcomes, scenarios", cmd_list },
	{ "calibrate", "is each 64-bit primitive single-copy atomic here?", cmd_calibrate },
	{ "tune", "which strategy shows most here: a table of them, by shapes of cells", cmd_tune },
	{ "help", "this", cmd_help },
	{ 0 },
};

static int cmd_help(int argc, char **argv)
{
	const struct command *c;

	(void)argc;
	(void)argv;
	puts("tornwalk: do page-table walkers act on halves of two entries?\n\n"
	     "usage: tornwalk COMMAND [...]\n");
	for (c = commands; c->name; c++)
		printf("  %-10s %s\n", c->name, c->summary);
	puts("\nexamples:\n"
	     "  tornwalk run quick\n"
	     "  tornwalk run --reader lo-hi --writer busted-low-first --time 2s\n"
	     "  tornwalk explore --reader get-lockless --alias --witness\n"
	     "  tornwalk list readers\n"
	     "\n`tornwalk COMMAND --help` has the options. Exit: 0 pass, 1 fail, 2 bad usage or input,\n"
	     "4 inconclusive.");
	return fflush(stdout) ? EXIT_USAGE : EXIT_PASS;
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "help";
	const struct command *c;
	char valid[256] = "";

	if (!strcmp(word, "--help") || !strcmp(word, "-h"))
		word = "help";
	for (c = commands; c->name; c++) {
		if (!strcmp(word, c->name))
			return c->main(argc > 1 ? argc - 1 : argc, argc > 1 ? argv + 1 : argv);
		strcat(strcat(valid, " "), c->name);
	}
	return usage_error("unknown command \"%s\"; valid:%s", word, valid);
}
