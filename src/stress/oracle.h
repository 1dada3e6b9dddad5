/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a writer may leave in memory, learnt from its own source.
 *
 * The transition runs once, alone, in the explored world, and every value that
 * memory holds on the way is noted: at rest between two primitives (whole), or
 * inside one (held: the writer's own mix). A value that is in neither list was
 * put together by a reader. Stamps are taken out first, so a few rounds stand
 * for all.
 *
 * What a plain 8-byte store compiled to is not known here: its mixes are held
 * only perhaps, and a tear is the writer's only if the reader cannot have made
 * it (READ_ATOMIC).
 */
#ifndef TORNWALK_ORACLE_H
#define TORNWALK_ORACLE_H

#include "cell.h"

enum { MAX_SIGNATURES = 32 };

/* A value without its identity. */
struct signature {
	uint32_t lo_flags, hi_flags;
	uint8_t lo_what, hi_what;	/* enum half */
	uint16_t delta;			/* high counter minus low counter, modulo delta_mod */
};

struct oracle {
	const struct layout *layout;
	bool alias;
	unsigned nr_whole, nr_held;
	struct signature whole[MAX_SIGNATURES];
	struct signature held[MAX_SIGNATURES];
	uint8_t held_newer[MAX_SIGNATURES];	/* bit LOW_NEWER, bit HIGH_NEWER */
	bool held_perhaps[MAX_SIGNATURES];	/* by a plain store, if it compiled to two */
};

/*
 * Learns cell `c`'s writer × transition. stores_in_order: of this machine; where
 * not, two stores without a wmb between them may be seen in either order.
 * -ENOMEM; -E2BIG: more kinds of values than the lists hold.
 */
int oracle_learn(struct oracle *o, const struct cell *c, bool stores_in_order);

/* colour: of the slot the value was read from (stamp_first().hi) */
struct signature oracle_signature(const struct oracle *o, entry_t e, unsigned colour);

bool oracle_whole(const struct oracle *o, const struct signature *s);

/* Index into held[], or -1. */
int oracle_held(const struct oracle *o, const struct signature *s);

#endif
