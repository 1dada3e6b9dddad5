/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which cells a command line means: words, or cell options for one cell. */
#ifndef TORNWALK_SELECTION_H
#define TORNWALK_SELECTION_H

#include "config/config.h"

struct selection {
	struct cell_names cell;
	struct plan plan;
};

/*
 * Fills c->plan with the one cell of the cell options, or with what the words name (no
 * words: the suite `quick`), changed by the options that may go with words. Returns
 * GO_ON; or an exit code, after printing why.
 */
int select_cells(struct selection *c, int nr_words, char **words);

#endif
