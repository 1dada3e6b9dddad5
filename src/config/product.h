/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A suite's [product NAME]: lists of values, and every combination is a cell. */
#ifndef TORNWALK_PRODUCT_H
#define TORNWALK_PRODUCT_H

#include "section.h"
#include "plan.h"

enum { PRODUCT_VALUES = 64 };

struct product {
	char name[NAME_LEN];
	struct section base;	/* expectations and floors of all its cells */
	unsigned nr[NR_CELL_KEYS];	/* 0: not set, the usual value */
	union {
		const char *word;
		uint64_t number;
	} values[NR_CELL_KEYS][PRODUCT_VALUES];
};

/* Adds values to a key's. `all` stands for every name of a seam. */
int product_set(struct product *p, const char *key, const char *value, unsigned line, char *err,
		size_t len);

/*
 * Appends the cells. What cell_check() refuses or this CPU lacks is counted in
 * the plan. -EINVAL: all were refused, too many, or a name that is taken.
 */
int product_expand(const struct product *p, uint64_t time_ns, struct plan *plan, char *err,
		   size_t len);

#endif
