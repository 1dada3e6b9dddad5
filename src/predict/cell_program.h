/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cell as a bounded program: its own writer, transition, walker, reader and
 * consumer in the explored world, a few rounds against a few walks of one slot.
 *
 * What a walk acted upon is judged by the observer of the stress run; a thread's
 * notes are outcomes (bit = enum outcome) and directions of a tear.
 *
 * The page tables are a model: one slot, table pages of one entry, each used
 * once; a grace period ends at any moment after the sections it waits for.
 */
#ifndef TORNWALK_CELL_PROGRAM_H
#define TORNWALK_CELL_PROGRAM_H

#include "explore/model.h"
#include "stress/observe.h"

enum { MAX_ROUNDS = 4, MAX_WALKS = 8, NOTE_LOW_NEWER = NR_OUTCOMES, NOTE_HIGH_NEWER, NR_NOTES };

struct bounds {
	unsigned rounds;	/* of each writer: 1 .. MAX_ROUNDS */
	unsigned walks;		/* of each reader: 1 .. MAX_WALKS */
	unsigned readers, writers;	/* together at most MAX_PARTIES */
	unsigned retries;	/* of a walk */
};

/* A cell is predicted with two rounds and one walk; more walks where a reader remembers values. */
struct bounds bounds_of(const struct cell *c);

struct cell_program;

/*
 * tears: what 8-byte accesses are two words (TEARS_*). *err: -ENOMEM, -E2BIG (see
 * oracle_learn), -EFAULT (the code cannot be explored: behaviour.h).
 */
struct cell_program *cell_program_new(const struct cell *c, const struct bounds *b, enum memory_model model,
			    unsigned tears, int *err);
void cell_program_free(struct cell_program *b);

struct program *cell_program_base(struct cell_program *b);

/* The names a person reads: "W", "R", "R2"; "entry", "ptl" (`lock` is a word of herd7's C), "table 0". */
void cell_program_agent_name(const struct cell_program *b, unsigned agent, char buf[16]);
void cell_program_location_name(const struct cell_program *b, unsigned at, char buf[24]);

/* Which store a word comes from, by its stamp: "store #1", "a clear", "poison". */
void cell_program_value_text(const struct cell_program *b, unsigned half, uint64_t value, char *buf, unsigned len);

#endif
