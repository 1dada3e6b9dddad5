/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A schedule of a bounded program: for a person to follow, and to play again. */
#ifndef TORNWALK_SCHEDULE_H
#define TORNWALK_SCHEDULE_H

#include <stdio.h>

#include "cell_program.h"
#include "explore/search.h"

/*
 * Writes a schedule as a word, one letter for each move. W and X are writers, R and S
 * readers; the small letter means that one of the thread's stores becomes visible; a to
 * h, that a table page is reclaimed. A digit after a letter is the alternative that was
 * taken, if it is not the first.
 */
enum { SCHEDULE_WORD = 1100 };
void schedule_word(const struct cell_program *b, const struct schedule *s, char buf[SCHEDULE_WORD]);

/* Returns 0; -EINVAL with one line in err, which names the bad letter. */
int schedule_parse(const struct cell_program *b, const char *word, struct schedule *s, char *err, unsigned len);

/*
 * Plays the schedule and prints a numbered line for each move: thread, access, value,
 * and the store that the value came from. *notes: what the threads that ended noted.
 * -EINVAL with a line in err: a move cannot be made. -ENOMEM, -EFAULT as agent_move().
 */
int schedule_print(FILE *f, struct cell_program *b, const struct schedule *s, uint32_t *notes, char *err,
		   unsigned len);

/*
 * Returns a shortest schedule of outcome `note` of cell `c`, as lines, with the word
 * that plays it again; the caller frees it. NULL: none within max_states, or no memory.
 */
char *schedule_text(const struct cell *c, enum memory_model model, unsigned tears, unsigned note,
		    uint64_t max_states);

#endif
