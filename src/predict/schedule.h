/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A schedule of a bounded program: for a person to follow, and to play again. */
#ifndef TORNWALK_SCHEDULE_H
#define TORNWALK_SCHEDULE_H

#include <stdio.h>

#include "cell_program.h"
#include "explore/search.h"

/*
 * A schedule as a word: a letter for each move. W, X writers; R, S readers; the small
 * letter: a store of theirs becomes visible; a to h: a table page is reclaimed.
 * A digit behind it: which alternative, if not the first.
 */
enum { SCHEDULE_WORD = 1100 };
void schedule_word(const struct cell_program *b, const struct schedule *s, char buf[SCHEDULE_WORD]);

/* -EINVAL: one line in err, which names the letter. */
int schedule_parse(const struct cell_program *b, const char *word, struct schedule *s, char *err, unsigned len);

/*
 * Plays the schedule and prints a numbered line a move: thread, access, value, which
 * store the value came from. *notes: what the threads that ended noted. -EINVAL with
 * a line in err: a move that cannot be made then. -ENOMEM, -EFAULT as agent_move().
 */
int schedule_print(FILE *f, struct cell_program *b, const struct schedule *s, uint32_t *notes, char *err,
		   unsigned len);

/*
 * A shortest schedule of outcome `note` of cell `c`, as lines, and the word that
 * plays it again. To be freed; NULL: none within max_states, or no memory.
 */
char *schedule_text(const struct cell *c, enum memory_model model, unsigned tears, unsigned note,
		    uint64_t max_states);

#endif
