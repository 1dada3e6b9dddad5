/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who caught which mutant: the table, and what it adds up to. */
#ifndef TORNWALK_TALLY_H
#define TORNWALK_TALLY_H

#include "mutants.h"

enum column { BY_SC, BY_TSO, BY_WEAK, BY_WIDENED, BY_NATIVE, BY_AUDIT, BY_TSAN, NR_COLUMNS };

struct row {
	const struct mutant *mutant;
	const char *word[NR_COLUMNS];	/* NULL: nothing was shown */
	bool asked[NR_COLUMNS];
	bool possible[NR_COLUMNS];	/* of a race: it could have been shown */
	char also[NR_COLUMNS][24];	/* where a word lives that was read from a file */
};

/* The column of an instrument that is asked elsewhere (audit, tsan); NR_COLUMNS: none is called that. */
enum column tally_column(const char *instrument);

/* Those instruments as " a b". Returns buf. */
const char *tally_instruments(char *buf, size_t len);

void tally_head(void);
void tally_row(const struct row *r);

/* Prints who was not caught and why, and the score; how many rows are in the wrong. */
unsigned tally_score(const struct row *rows, unsigned nr);

#endif
