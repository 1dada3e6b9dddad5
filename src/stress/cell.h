/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cell: one (writer × reader) pair with all that decides its outcome, and a
 * finding: what one run of it measured.
 */
#ifndef TORNWALK_CELL_H
#define TORNWALK_CELL_H

#include "protocol/outcome.h"
#include "protocol/symbols.h"
#include "protocol/walk.h"
#include "strategy.h"
#include "witness.h"

enum {
	MAX_THREADS = 64,
	MAX_SLOTS = 1 << 20,
	MAX_INTERVALS = 1024,
	NR_DELAYS = 12,		/* classes of a sweep */
};

struct cell {
	const struct protocol *protocol;	/* the world: native, widened */
	const struct layout *layout;
	enum layout_id layout_id;
	enum level level;			/* LEVEL_PUD or LEVEL_PMD */
	const struct walker *walker;
	const struct reader *reader;
	const struct writer *writer;
	const struct transition *transition;
	const struct walk_ops *consumer;
	const struct reclaim *reclaim;
	bool alias;
	bool writer_tears;	/* calibration: the writer's 8-byte store is two words here */
	unsigned readers, writers;		/* threads */
	uint32_t slots;
	uint64_t budget_ns;
	uint32_t seed;
	struct strategy strategy;
};

/*
 * Why a cell cannot run, or NULL: combinations that make no sense and limits.
 * The text names the offending word and what would do.
 */
const char *cell_check(const struct cell *c, char *buf, unsigned len);

/* A strategy as far as it suits a cell: the reader that remembers has one slot. */
struct strategy cell_strategy(const struct cell *c, const struct strategy *s);

/* The same names in another world. */
void cell_into(struct cell *c, const struct protocol *to);

static inline struct parts cell_parts(const struct cell *c)
{
	const uint32_t *key = c->strategy.key;

	return (struct parts){ c->layout, c->layout_id, c->walker, c->reader, c->writer, c->transition,
			       c->consumer, key[KEY_hold] || key[KEY_rest] || key[KEY_poke],
			       c->strategy.id != STRATEGY_FREE && c->strategy.id != STRATEGY_WIDENED };
}

/* The dirty helper's claim is about huge entries that are clean. */
static inline bool cell_installs_clean(const struct cell *c)
{
	return c->consumer->flags & CONSUME_WARNS;
}

enum { CLUMP_LOOKS = 64 };

/*
 * How bad observations are spread over the present ones, distinct ones both: in blocks of
 * CLUMP_LOOKS of these. That is a time which stands still while the other side has no CPU.
 */
struct clumps {
	uint64_t blocks, bad, squares;	/* the blocks' bad ones: their sum, their squares' */
};

struct finding {
	uint64_t ns;			/* from the start signal to the last join */
	uint64_t walks;			/* observations, all readers */
	uint64_t rounds;		/* all writers */
	uint64_t present;		/* observations that were present */
	uint64_t fresh_present;		/* distinct ones of them */
	uint64_t outcomes[NR_OUTCOMES];
	uint64_t distinct[NR_OUTCOMES];
	uint64_t direction[NR_DIRECTIONS];	/* distinct torn whose order is certain */
	uint64_t harm[NR_HARMS];		/* distinct torn */
	uint64_t first_ns[NR_OUTCOMES];		/* 0: never; else ns after start, at least 1 */
	uint64_t retries;
	struct clumps clumps;
	uint64_t interval_ns;		/* width of one of the intervals */
	unsigned nr_intervals;
	uint32_t intervals[MAX_INTERVALS];	/* distinct bad observations in each */
	/* if swept: by class of the widened world's delays */
	uint64_t delay_ns[NR_DELAYS];		/* the mean delay */
	uint64_t delay_torn[NR_DELAYS];		/* distinct */
	uint64_t delay_spent[NR_DELAYS];	/* ns of the first reader's time */
	bool swept;
	bool interrupted;
	unsigned unpinned;		/* threads that could not be pinned to their CPU */
	bool one_cpu;			/* threads had to share: preemption strategy */
	struct witness witness[NR_OUTCOMES];	/* the first of each outcome */
};

#endif
