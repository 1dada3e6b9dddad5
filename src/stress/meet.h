/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How two sides meet: at which slots, and both awake. All of it is a thread's own but
 * for the signs of life, one line a side, which are looked at between batches.
 */
#ifndef TORNWALK_MEET_H
#define TORNWALK_MEET_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/entry.h"
#include "strategy.h"

/* ---- where ---- */

/* The slots first, first + step, ... in some order. */
struct route {
	uint32_t first, step, n;
	uint32_t at, random;
	int order;
};

uint32_t route_shuffled(struct route *r);

static inline uint32_t route_next(struct route *r)
{
	if (r->n == 1)
		return r->first;
	if (r->order == ORDER_RANDOM)
		return route_shuffled(r);
	if (r->order == ORDER_IN_STEP)
		r->at = r->at + 1 < r->n ? r->at + 1 : 0;
	else
		r->at = r->at ? r->at - 1 : r->n - 1;
	return r->first + r->at * r->step;
}

/* ---- both at once ---- */

/* Changes while somebody of a side runs. Lost updates do not matter. */
struct signs {
	uint32_t n cacheline_aligned;
} cacheline_aligned;

struct meeting {
	struct signs *ours;
	const struct signs *theirs;
	uint64_t wait_ns;	/* 0: never naps */
	uint32_t seen;
	unsigned silent;
	uint64_t since_ns;
};

/*
 * Gives a sign of life, and looks for the other side's. Where there was none for
 * wait_ns this thread naps: on a busy machine a turn of the CPU is only worth
 * something while the other side has one too, and who sleeps is woken soon.
 */
void meet(struct meeting *m);

#endif
