/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What read.c read and judge.c judged, and print.c prints for people, line.c for the desk. */
#ifndef TORNWALK_KERNEL_JUDGED_H
#define TORNWALK_KERNEL_JUDGED_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "judge/words.h"
#include "kernel/notes.h"

/* More of these than fit end it. NOTES_LEN: of all their names. */
enum { MAX_CELLS = 256, MAX_TWINS = 32, MAX_FACTS = 64, MAX_PLACES = 64, NR_MODELS = 6, NOTES_LEN = 512 };

/* sc, tso, weak; and the machine's own with the words of 8 bytes in one order: low, high; and as the plain objects have them. */
enum { MODEL_COMPILED = NR_MODELS - 1 };
extern const char *const judged_models[NR_MODELS];

struct step {
	unsigned cell, model, note;
	char *who, *where, *text;	/* walker; mm/gup.c:2743 gup_pmd_range(); load low 002000e7 */
	char *code;		/* the source's line, of the tree or of glue/, or NULL: it is neither's */
	struct step *next;
};

/* What real threads showed of the plain objects, by all strategies together. */
struct raced {
	uint64_t walks, rounds, ns, bad_rounds;
	uint64_t in_walks[NR_NOTES], in_rounds[NR_NOTES];	/* of walks whose worst note it was */
	uint64_t first_ns[NR_NOTES];	/* 0: never */
	uint32_t seen;			/* all that was noted */
	char strategies[64];		/* "free+poked" */
};

struct cell {
	char name[96];
	bool outside, known[NR_MODELS], complete[NR_MODELS];
	uint32_t notes[NR_MODELS];
	uint32_t void_notes;	/* whose witness is worth nothing */
	uint64_t states, ms;
	/* as compiled: places of 8 bytes that were reached; those of no known order, of one word, of several orders */
	unsigned accesses, unknown, part, several;
	char *why, *missing, *why_void;	/* NULL: nobody said */
	struct step *steps, **last;
	/* of the twins: whose notes were bad here */
	uint32_t caught[MAX_TWINS], caught_other[MAX_TWINS];	/* under the machine's model; under another */
	unsigned caught_under[MAX_TWINS];	/* which other */
	struct raced raced, twin_raced[MAX_TWINS];
	int raced_twin;		/* the one that the race caught most, or -1 */
	uint64_t strength;
	/* the verdict */
	enum cause cause;
	char *reason;		/* NULL: not judged yet */
	int worst;		/* the note that it is about, or -1 */
};

struct judged {
	struct cell cell[MAX_CELLS];
	unsigned ncells, ntwins, nfacts;
	unsigned nplaces;
	char *place[MAX_PLACES];	/* of no known order, in any cell; more_places: these are not all */
	bool more_places;
	char *twin[MAX_TWINS], *fact[MAX_FACTS][2];
	bool aside[MAX_TWINS];	/* it is there for an oracle: no pass rests on it */
	unsigned model;		/* of the machine that the tree is for */
	bool shown[NR_MODELS];	/* that somebody explored */
	bool ended, raced;	/* the explorer, the race told of all cells */
	char cpus[32];		/* those that raced, "0,1" */
	char tears[64];		/* what the executor tears of what its CPU promises, "ldrd, strd" */
};

/* One line, exit 2. */
_Noreturn void judged_die(const char *what, const char *which);

/* Lines KEY<tab>VALUE. */
void judged_read_facts(struct judged *j, const char *path);
/* Lines of explore.c and race.c; twin: whose, in j->twin, or -1 of the tree itself. */
void judged_read(struct judged *j, const char *path, int twin);
unsigned judged_model(const char *name);

/* Its cause, reason, strength, and the note that they are about. */
void judge_cell(const struct judged *j, struct cell *c);

void print_head(const struct judged *j);
void print_cell(const struct judged *j, const struct cell *c);
/* What `as compiled` does not know. */
void print_places(const struct judged *j);
void print_witness(const struct cell *c);
void print_preview(const struct judged *j, const char *name);

/* A fact of that name; "-" where there is none. */
const char *judged_fact(const struct judged *j, const char *key);

/* The names of notes, with commas between them. */
void judged_notes(char *to, size_t size, uint32_t notes);

/* A result line of one cell: tornwalk(5). What only a tree has comes last. */
void judged_line(FILE *f, const struct judged *j, const struct cell *c);

#endif
