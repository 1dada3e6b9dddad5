/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one thread of a bounded program does, as a tree: from the behaviour's graph
 * (explore/behaviour.h), each answered access with a branch for each value the
 * word can have. Where the thread is back in a state it has been in on this path, the
 * path is cut: it tries again, and might as well not have begun before. What a cut
 * path would have done is anything: the others' code will do.
 */
#ifndef TORNWALK_LITMUS_TREE_H
#define TORNWALK_LITMUS_TREE_H

#include "predict/cell_program.h"

enum { MAX_VALUES = 12, NO_REG = 255 };

/* The values of a word, by the small number a litmus test has for each; number 0 is 0. */
struct values {
	unsigned n;
	uint32_t v[MAX_VALUES];
};

struct branch {
	struct op op;		/* kind ACCESS_END: a leaf */
	bool silent;		/* not written: nobody else sees it, or the test has no word for it */
	bool acts;		/* here or below: something another thread could see */
	bool cut;		/* every way from here tries again */
	bool loops;		/* some way does */
	uint8_t reg;		/* of the answer, or NO_REG */
	uint8_t n;
	uint32_t first;		/* branches for the answers: n in a row; the i-th value's the i-th */
	uint64_t code;		/* the same: the same accesses from here; 0: none */
	uint64_t ends;		/* the same: ends alike; 0: never as wanted, 1: always */
};

struct tree {
	uint32_t silent;	/* in: kinds of accesses that are not written */
	struct branch *at;	/* [0] is the root; branches may share what follows */
	uint32_t n, size;
	unsigned regs;		/* the most on a path */
	uint32_t kinds;		/* of accesses, but for those of table pages: a bit each */
	uint32_t locks;		/* locations: a bit each */
	bool retries;		/* a path was cut */
};

/* All that the threads can store into the entry; what there is besides it. */
struct entry_values {
	struct values lo, hi;
	unsigned first_page;	/* the locations from here on are table pages */
	bool tables;		/* somebody makes some */
};

/*
 * 0; -ENOMEM; -EINVAL: one line in why that says what no litmus test has words for,
 * or that it is too much; -EFAULT: the code cannot be explored.
 */
int entry_values_find(struct entry_values *v, struct program *p, char *why, unsigned len);

/* notes: how a path is to end. The same errors; frees nothing but its own. */
int tree_grow(struct tree *t, struct behaviour *b, const struct entry_values *v, uint32_t notes,
	      char *why, unsigned len);
void tree_free(struct tree *t);

/* The branch that all answers of x share, by its code; NO_BRANCH: they differ. */
enum { NO_BRANCH = 0 };
uint32_t tree_only_way(const struct tree *t, const struct branch *x);

#endif
