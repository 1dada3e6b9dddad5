/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Invariant: an option without a row in the command's own table is refused with the valid ones. */
#include "options.h"

#include <errno.h>
#include <stdio.h>

#include "usage.h"

static int unknown(const struct command_line *l, const char *word)
{
	char valid[1024] = "";
	const struct option *o;

	for (o = l->options; o->name; o++)
		text_append(valid, sizeof(valid), " --%s", o->name);
	return usage_error("unknown option \"%s\"; valid:%s", word, valid);
}

static int take(const struct command_line *l, int c, const struct option *o)
{
	char err[1536];

	switch (c) {
	case OPT_HELP:
		fputs(l->help, stdout);
		return fflush(stdout) ? EXIT_USAGE : EXIT_PASS;
	case OPT_CPUS:
		return cpus_choose(l->cpus, optarg, err, sizeof(err)) ? usage_error("%s", err) : GO_ON;
	case OPT_CELL:
		return cell_set(l->cell, o->name, optarg ? optarg : "yes", err, sizeof(err)) ?
			       usage_error("%s", err) : GO_ON;
	default:
		return l->take(l->arg, c, optarg);
	}
}

int options_parse(const struct command_line *l, int argc, char **argv)
{
	int c, i = 0, code = GO_ON;

	opterr = 0;
	optind = 1;
	while (code == GO_ON && optind <= argc &&
	       (c = getopt_long(argc, argv, ":h", l->options, &i)) != -1) {
		if (c == ':')
			code = usage_error("%s needs a value; see %s%s%s --help", argv[optind - 1],
					   program_invocation_short_name, l->command ? " " : "",
					   l->command ? l->command : "");
		else if (c == '?')
			code = unknown(l, argv[optind - 1]);
		else
			code = take(l, c == 'h' ? OPT_HELP : c, &l->options[i]);
	}
	return code;
}
