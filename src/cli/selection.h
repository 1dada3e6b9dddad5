/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which cells a command line means: words, or cell options for one cell. */
#ifndef TORNWALK_SELECTION_H
#define TORNWALK_SELECTION_H

#include <getopt.h>

#include "config/config.h"

enum { OPT_CELL = 255 };	/* of every cell option; its name is the key */

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

struct selection {
	struct cell_names cell;
	struct plan plan;
};

/*
 * Fills c->plan: the one cell of the cell options, or what the words name (none:
 * the suite `quick`). 0, or an exit code plus one when the program is done; it has
 * been said why.
 */
int select_cells(struct selection *c, int nr_words, char **words);

/* All options as " --a --b", for a line that says what is valid. */
void list_options(const struct option *o, char *buf, size_t len);

#endif
