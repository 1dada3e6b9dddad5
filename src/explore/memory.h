/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of the model: memory, and its versions under `weak`. */
#ifndef TORNWALK_MEMORY_H
#define TORNWALK_MEMORY_H

#include "model.h"

static inline uint64_t half_mask(unsigned half)
{
	return (half & HALF_LO ? 0xffffffffu : 0) | (half & HALF_HI ? 0xffffffff00000000u : 0);
}

/* A word in bits 0..31, whichever it is; both words as they are. */
static inline uint64_t extract(uint64_t both, unsigned half)
{
	return half == BOTH ? both : half == HALF_HI ? both >> 32 : both & 0xffffffffu;
}

static inline uint64_t insert(uint64_t into, unsigned half, uint64_t v)
{
	if (half == HALF_HI)
		v <<= 32;
	return (into & ~half_mask(half)) | (v & half_mask(half));
}

static inline const struct op *next_op(const struct program *p, const struct state *s, unsigned t)
{
	return behaviour_op(&p->b[t], s->t[t].node);
}

/* A store becomes visible. */
void memory_commit(const struct program *p, struct state *s, unsigned location, uint64_t value);

/*
 * weak: the versions a load may read, each at its earliest time: a later time
 * with the same value would only forbid more. Returns how many; version `alt`
 * goes into *value and *at.
 */
unsigned memory_versions(const struct state *s, const struct thread_state *t, const struct op *op,
			 unsigned alt, uint64_t *value, unsigned *at);
void memory_seen(struct thread_state *t, unsigned location, unsigned half, unsigned at);

/* rmb: what comes is no earlier than anything that was read. */
void memory_order_loads(struct thread_state *t);

/* Everybody: sys_membarrier, the flush IPI. */
void memory_barrier_for_all(const struct program *p, struct state *s);

/* The entry behind the frame number was read: what lies there is younger (address dependency). */
void memory_depend(struct thread_state *t, unsigned location);

/* A full barrier, too. */
uint64_t memory_modify(const struct program *p, struct state *s, struct thread_state *t,
		       const struct op *op);

/* Versions that nobody can read any more are not part of the state. */
void memory_forget(const struct program *p, struct state *s);

#endif
