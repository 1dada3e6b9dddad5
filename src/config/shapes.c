/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shapes.h"

#define TORN (1u << OUTCOME_TORN_READER | 1u << OUTCOME_TORN_WRITER)

const struct shape shapes[] = {
	{ "overwrite", "two loads, present over present in two stores",
	  { "reader", "lo-hi", "writer", "present-present", "transition", "remap" }, TORN },
	{ "low-first", "two loads, a writer that stores the other way round",
	  { "reader", "lo-hi", "writer", "busted-low-first", "transition", "remap" }, TORN },
	{ "fault-zap", "two loads, the documented order, through none",
	  { "reader", "lo-hi", "writer", "pae-pte", "transition", "fault-zap" }, TORN },
	{ "split", "a snapshot by two loads, a split in two stores; grace periods",
	  { "walker", "pagewalk-rfc", "reader", "read-once", "writer", "pae-pte", "transition",
	    "split-direct", "level", "pmd" }, TORN },
	{ "mips-xpa", "get-lockless, high word cleared first",
	  { "reader", "get-lockless", "writer", "mips-xpa", "transition", "fault-zap" }, TORN },
	{ "in-memory", "one 8-byte load: only what memory holds",
	  { "reader", "atomic64", "writer", "present-present", "transition", "remap" }, TORN },
	{ "alias", "get-lockless, frames that share the low word: ABA in three loads",
	  { "reader", "get-lockless", "writer", "pae-pte", "transition", "fault-zap", "alias", "yes" },
	  TORN },
	{ "naive", "the walk that reads again and again, split and refault",
	  { "walker", "pagewalk", "reader", "plain-reread", "writer", "pae-pmd", "transition",
	    "split-clear", "level", "pud" }, 1u << OUTCOME_CONFUSED },
	{ .name = NULL },
};

int shape_resolve(const struct shape *s, struct cell *c, char *err, size_t len)
{
	struct cell_names n = { 0 };
	const char *const *w;

	for (w = s->words; w[0]; w += 2)
		if (cell_set(&n, w[0], w[1], err, len))
			return -1;
	return cell_resolve(&n, c, err, len);
}
