/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees as the programs of a litmus test: C, or a column of instructions a thread. */
#ifndef TORNWALK_LITMUS_CODE_H
#define TORNWALK_LITMUS_CODE_H

#include "litmus.h"
#include "tree.h"

enum { MAX_LINES = 64, LINE = 24, ARM_FIRST = 3, ARM_STATUS = 12, X86_REGS = 6 };

struct column {
	unsigned n;
	char line[MAX_LINES][LINE];
	unsigned statuses;	/* ARM: of store-exclusives, R12 downwards */
};

struct litmus {
	const struct litmus_test *test;
	struct cell_program *b;
	struct program *p;
	struct entry_values values;
	struct tree tree[MAX_PARTIES];
	struct column column[MAX_PARTIES];
	FILE *f;
};

/* Accesses that such a test has no words for, or that do nothing in it: a bit each. */
uint32_t litmus_silent_kinds(enum litmus_arch arch);

/* Of any thread: a bit each. */
uint32_t litmus_kinds(const struct litmus *x);
/* The small number of the value that op stores. */
unsigned litmus_number(const struct litmus *x, const struct op *op);
/* "1:r0", in the names of the architecture. */
void litmus_put_reg(const struct litmus *x, unsigned thread, unsigned reg);

void litmus_put_c(const struct litmus *x);

/* Lays out the columns. NULL, or why they are not to be had. */
const char *litmus_lay_out(struct litmus *x);
void litmus_put_columns(const struct litmus *x);

#endif
