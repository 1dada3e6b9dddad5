/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the options of all commands have in common, and the loop that reads them. */
#ifndef TORNWALK_OPTIONS_H
#define TORNWALK_OPTIONS_H

#include <getopt.h>

#include "config/names.h"
#include "stress/pin.h"

/* A command's own options have numbers from OPT_OWN up. */
enum { OPT_HELP = 253, OPT_CPUS, OPT_CELL, OPT_OWN };

#define OPTION_HELP { "help", no_argument, NULL, OPT_HELP }
#define OPTION_CPUS { "cpus", required_argument, NULL, OPT_CPUS }

/* Each is a key of a cell by the same name; alias alone takes no value. */
#define CELL_OPTIONS                                                             \
	{ "layout", required_argument, NULL, OPT_CELL },                          \
	{ "level", required_argument, NULL, OPT_CELL },                           \
	{ "walker", required_argument, NULL, OPT_CELL },                          \
	{ "reader", required_argument, NULL, OPT_CELL },                          \
	{ "writer", required_argument, NULL, OPT_CELL },                          \
	{ "transition", required_argument, NULL, OPT_CELL },                      \
	{ "consumer", required_argument, NULL, OPT_CELL },                        \
	{ "reclaim", required_argument, NULL, OPT_CELL },                         \
	{ "world", required_argument, NULL, OPT_CELL },                           \
	{ "readers", required_argument, NULL, OPT_CELL },                         \
	{ "writers", required_argument, NULL, OPT_CELL },                         \
	{ "slots", required_argument, NULL, OPT_CELL },                           \
	{ "time", required_argument, NULL, OPT_CELL },                            \
	{ "seed", required_argument, NULL, OPT_CELL },                            \
	{ "alias", no_argument, NULL, OPT_CELL }

struct command_line {
	const char *command;		/* NULL: the program has no commands */
	const char *help;
	const struct option *options;	/* ends with { 0 } */
	struct cell_names *cell;	/* where CELL_OPTIONS go; NULL: there are none */
	struct cpus *cpus;		/* where OPTION_CPUS goes; NULL: there is none */
	/* takes one of the command's own options; GO_ON or an exit code. value may be NULL; take too */
	int (*take)(void *arg, int option, const char *value);
	void *arg;
};

/*
 * Reads all options, after which argv[optind] is the first word. GO_ON; or an exit
 * code when the command is over, after --help or a line about a bad option.
 */
int options_parse(const struct command_line *l, int argc, char **argv);

#endif
