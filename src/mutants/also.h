/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What instruments that are asked elsewhere say of a mutant: the audit, the race detector. */
#ifndef TORNWALK_ALSO_H
#define TORNWALK_ALSO_H

#include "tally.h"

/*
 * Fills the columns of `rows` from the lines "INSTRUMENT MUTANT WORD" of a file; a WORD
 * of . is "nothing". GO_ON, or EXIT_USAGE after a line with file, line and what is valid.
 */
int also_read(const char *path, struct row *rows, unsigned nr);

#endif
