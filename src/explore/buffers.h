/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of the model: a thread's stores that are not visible yet. */
#ifndef TORNWALK_BUFFERS_H
#define TORNWALK_BUFFERS_H

#include "memory.h"

static inline bool model_buffers(const struct program *p)
{
	return p->model != MODEL_SC;
}

bool buffers_empty(const struct program *p, const struct state *s);

/* weak: may waiting store i leave before those that wait longer? */
bool buffer_may_leave(const struct program *p, const struct thread_state *t, unsigned i);

/* How many stores may leave now. */
unsigned buffer_ways(const struct program *p, const struct thread_state *t);

/* In how many ways a load can be answered now; 0: it waits. */
unsigned buffer_load_ways(const struct program *p, const struct state *s,
			  const struct thread_state *t, const struct op *op);
uint64_t buffer_load(const struct program *p, struct state *s, struct thread_state *t,
		     const struct op *op, unsigned alt);

/* sc: visible at once. */
void buffer_store(const struct program *p, struct state *s, struct thread_state *t,
		  const struct op *op);

/* The alt'th store of thread i that may leave becomes visible. */
void buffer_flush(const struct program *p, struct state *s, unsigned i, unsigned alt);

#endif
