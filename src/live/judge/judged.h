/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What read.c read, truth.c sorted, cells.c made cells of, and print.c and line.c write.
 *
 * Invariant: a number in here was counted on the board, or is a sum of such.
 */
#ifndef TORNWALK_LIVE_JUDGED_H
#define TORNWALK_LIVE_JUDGED_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "judge/words.h"
#include "live/live.h"
#include "protocol/layout.h"
#include "protocol/outcome.h"

/* More of these than fit end it. */
enum { MAX_FACTS = 256, MAX_OPERATIONS = 64, MAX_USERS = 256, MAX_PROBES = 64, MAX_LOGS = 16, MAX_CELLS = 1024, SHOWN_WITNESSES = 8 };

/* What a value that a reader saw was. X(ID, name, outcome, meaning); NONE: no outcome. */
#define LIVE_IS(X)                                                                          \
	X(HOLE, "hole", HOLE, "memory held it: nothing is there")                            \
	X(LEAF, "leaf", LEAF, "memory held it: a page")                                      \
	X(TABLE, "table", TABLE, "memory held it: a table")                                  \
	X(BY_READER, "torn-by-reader", TORN_READER, "halves of two entries, and memory held them together at no instant") \
	X(BY_WRITER, "torn-by-writer", TORN_WRITER, "halves of two entries, and memory itself held them together") \
	X(UNSURE, "unsure", NONE, "halves of two entries, and memory may have held them together") \
	X(PHANTOM, "phantom", PHANTOM, "low word 0, high word not: not none, not present")  \
	X(INVALID_MIX, "invalid-mix", INVALID_MIX, "not present, halves of two entries")     \
	X(UNKNOWN, "unknown", NONE, "a half that nobody saw in memory")

enum is {
#define X(id, name, outcome, meaning) IS_##id,
	LIVE_IS(X)
#undef X
	NR_IS
};

enum { OUTCOME_NONE = NR_OUTCOMES };

extern const char *const is_names[NR_IS], *const is_meanings[NR_IS];
extern const unsigned is_outcomes[NR_IS];

struct around {
	uint64_t before, after, times;
};

/* A distinct value that a reader saw in an operation. */
struct seen {
	uint64_t value, episodes, first_ns, around_other;
	unsigned narounds;
	struct around around[LIVE_AROUND];
	enum is is;
};

/* One reader in one operation. */
struct look {
	bool known;			/* its counts have come */
	uint64_t reads, ns, sections, holes, detached, lost, values, overflow;
	struct seen *seen;		/* sorted by value once the operation is judged */
	unsigned n, room;
	/* judged */
	uint64_t episodes[NR_IS], of_values[NR_IS], first_ns[NR_IS], direction[NR_DIRECTIONS], harm[NR_HARMS];
};

/* What memory held, by the reader that is the truth. */
struct truth {
	const struct look *look;
	uint32_t *low, *high;		/* of its values, sorted, each once */
	unsigned nlow, nhigh;
	unsigned leaves, confirmed;	/* present leaves; whose frame pagemap had as well */
	bool mixes_possible;		/* two of its values make a third that is present */
};

struct operation {
	enum live_level level;
	char name[LIVE_NAME];
	bool ended, framed;
	char *damaged, *log;		/* why its counts are not whole; the first line of the log; or NULL */
	unsigned logs;
	struct look look[NR_LIVE_READERS];
	uint64_t huge, looked, ns, cycles, errors;
	uint64_t *frame;		/* sorted once it is judged */
	unsigned nframes, frames_room;
	struct truth truth;
};

/* The private entry, of which all is known. */
struct race {
	bool known;
	uint64_t reads, rounds, ns, retries;
	uint64_t kind[NR_LIVE_KINDS], distinct[NR_LIVE_KINDS], first_ns[NR_LIVE_KINDS], example[NR_LIVE_KINDS];
};

struct user {
	char reader[LIVE_NAME], operation[LIVE_NAME], *witness;
	uint64_t walks, bad, ns;
};

/* Calls of a function of the kernel's own with a struct page, counted while an operation ran. */
struct probed {
	char symbol[2 * LIVE_NAME], operation[LIVE_NAME];
	char example[32], frame[32];		/* the first wrong one */
	bool delays;		/* whoever walks was held up there, so often; else calls that were looked at */
	uint64_t calls, wrong;
};

struct skipped {
	char name[2 * LIVE_NAME], *why;
};

struct judged {
	/* facts come first from the command, then from the board */
	char *fact[MAX_FACTS][2];
	unsigned nfacts;
	bool greeted, done;
	unsigned words, cpus;
	const struct layout *layout;	/* NULL: the board did not say */
	char layout_name[LIVE_NAME], kernel_reader[2][LIVE_NAME];
	uint64_t layout_checked, layout_different, code;
	struct race race[NR_LIVE_READERS][NR_LIVE_WRITERS];
	struct operation operation[MAX_OPERATIONS];
	struct user user[MAX_USERS];
	struct probed probed[MAX_PROBES];
	struct skipped skipped[MAX_OPERATIONS];
	char *log[MAX_LOGS];		/* lines that no operation was running for */
	unsigned noperations, nusers, nprobed, nskipped, nlogs, mangled;	/* mangled: lines, or what should have been some */
	char *first_mangled;
};

/* One cell, however it was made. */
struct cell {
	char name[4 * LIVE_NAME], reader[LIVE_NAME], transition[LIVE_NAME];
	const char *level;
	const struct operation *op;	/* NULL: not of an operation */
	const struct look *look;
	const struct user *user;
	const struct probed *probed;
	bool is_log;
	uint64_t walks, rounds, present, ns, retries;
	uint64_t outcomes[NR_OUTCOMES], distinct[NR_OUTCOMES], first_ns[NR_OUTCOMES];
	uint64_t direction[NR_DIRECTIONS], harm[NR_HARMS];
	enum expect by_reader, by_writer;	/* torn; the others are as an outcome's own grade, or allowed */
	bool forbids_bad;		/* what the kernel's own readers hand out */
	char twin[4 * LIVE_NAME];	/* "": none */
	uint64_t twin_distinct, twin_ns, strength;
	enum cause cause;
	char *reason;
};

/* One line, exit 2. */
_Noreturn void judged_die(const char *what, const char *which);
void *judged_alloc(void *old, size_t size);	/* or dies */
__attribute__((format(printf, 1, 2))) char *judged_text(const char *fmt, ...);

/* Lines KEY<tab>VALUE; the first of a key counts. */
void judged_read_facts(struct judged *j, const char *path);
/* Lines as ../README.md has them, possibly cut off, and whatever else a serial line carries. */
void judged_read(struct judged *j, const char *path);
/* A fact of that name; "-" where there is none. */
const char *judged_fact(const struct judged *j, const char *key);

extern const char *const reader_names[NR_LIVE_READERS], *const writer_names[NR_LIVE_WRITERS];
extern const char *const level_names[2];

/* ---- truth.c: what each value was, in each operation ---- */

void judge_operation(const struct judged *j, struct operation *op);
/* Is it the hardware's present? Of a value of that level. */
bool value_valid(const struct judged *j, uint64_t value);
/* "present leaf, frame 3f400" */
void value_says(const struct judged *j, enum live_level level, uint64_t value, char to[96]);
/* Of around[k] of a value: is it its first half and its second? By which half is newer; -1: it is not. */
int value_between(const struct seen *s, unsigned k);

/* ---- private.c: what the private entry says of the machine ---- */

uint64_t race_torn(const struct race *r);
uint64_t race_torn_distinct(const struct race *r);
/* That reader is whole here: it never tore, in a race in which it was seen to tear by nobody's promise. */
bool reader_is_whole(const struct judged *j, enum live_reader r);
/* The reader that is the truth: is it one instruction here? CAUSE_PASSED_CLAIM: yes; else why not, and in words. */
enum cause truth_calibrated(const struct judged *j, const char **why);

/* What is expected of a reader's tears, of an entry of that level. */
enum expect reader_expect(const struct judged *j, enum live_reader r, enum live_level level);

/* ---- cells ---- */

unsigned judge_private(const struct judged *j, struct cell *c, unsigned room);
unsigned judge_live(const struct judged *j, struct cell *c, unsigned room);
unsigned judge_users(const struct judged *j, struct cell *c, unsigned room);
unsigned judge_probes(const struct judged *j, struct cell *c, unsigned room);
/* At one in so many of its control's rate, a claim's hole would have been seen with 95 %. */
void judge_strength(struct cell *c, const char *twin, uint64_t distinct, uint64_t ns, double clump);
__attribute__((format(printf, 2, 3))) void cell_say(struct cell *c, const char *fmt, ...);

enum { LEAST_STRENGTH = 10, CONFIRMED = 3 };	/* as judge/judge.h and judge/stop.h have them */

void print_head(void);
void print_cell(const struct judged *j, const struct cell *c);
void print_witnesses(const struct judged *j, const struct cell *c);
/* A result line of one cell: tornwalk(5). What only a live kernel has comes last. */
void judged_line(FILE *f, const struct judged *j, const struct cell *c);

/* What is worth showing of a reader's values, what the verdict is about first; how many. */
unsigned cell_witnesses(const struct cell *c, const struct seen *to[SHOWN_WITNESSES]);

#endif
