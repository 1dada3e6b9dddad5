/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a register or a word of memory may hold, as far as it leads to page-table entries.
 *
 * Levels are sets, because a function may be given entries of several: 1 pte, 2 pmd, 4 pgd (into
 * which the pud is folded). Entries have 8 bytes and tables 512 of them, as with PAE and LPAE.
 *
 * An address is known as an entry's by how it came about: bits 12 to 20, 21 to 29 or 30 and 31
 * of something, times 8, added to anything; or what an upper entry holds, plus a large
 * constant; or what a callee, a caller or a word of memory is known to hold.
 */
#ifndef TORNWALK_KERNEL_IMAGE_VALUES_H
#define TORNWALK_KERNEL_IMAGE_VALUES_H

#include "image.h"

enum { PTE = 1, PMD = 2, PGD = 4 };

enum kind {
	V_NEVER,	/* nothing gets here */
	V_UNKNOWN,	/* loaded from the word at off, if `from`; more constants than are kept, if `n` */
	V_BITS,		/* bits [from, from + n) of something, at bit `at`, all others 0 */
	V_STACK,	/* the stack pointer of the entry, plus off */
	V_PARAM,	/* parameter `from`, plus off */
	V_CONST,	/* off, or one of set `id`; `from`: a caller passes it */
	V_MADE,		/* made from what an entry of these levels holds */
	V_HELD,		/* what the low word of one holds; without the bits that are no address, if `n` */
	V_ENTRY,	/* the address of one, plus off; of which only off % 8 counts if `id` is a join's */
};

struct val {
	uint8_t kind, levels, from, n, at;
	bool anywhere;		/* an entry's address, but which word is not known */
	bool doubt;		/* or something unknown, that came by another path: no other function hears of it */
	int32_t off;
	uint32_t id;		/* what made it: two values with one id and off are the same */
};

/* Sets of constants, shared and never freed before the end. 0: none */
struct sets { uint32_t **words; unsigned n, *hashed; };
enum { MOST_CONSTANTS = 48, FEW_CONSTANTS = 8, HASHED = 1 << 18 };

static inline bool val_is_entry(struct val v)
{
	return v.kind == V_ENTRY;
}

/* Does it say anything about entries or where they come from? */
static inline bool val_matters(struct val v)
{
	return v.kind >= V_CONST;
}

static inline struct val val_unknown(void)
{
	return (struct val){ .kind = V_UNKNOWN };
}

unsigned val_count(const struct sets *s, struct val v);	/* how many constants */
uint32_t val_constant(const struct sets *s, struct val v, unsigned i);

/* Either of both, where they come together; `id` names that place. At most so many constants are kept. */
struct val val_join(struct sets *s, struct val a, struct val b, uint32_t id, unsigned most);
bool val_same(struct val a, struct val b);

struct val val_sum(struct sets *s, struct val a, struct val b, unsigned shift, int32_t imm);
struct val val_difference(struct val a, struct val b);
struct val val_mask(struct val a, uint32_t mask);
struct val val_left(struct val a, unsigned n);
struct val val_right(struct val a, unsigned n);
struct val val_bits(struct val a, unsigned from, unsigned n);
struct val val_made(struct val a, struct val b);

#endif
