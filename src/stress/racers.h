/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The threads of a cell: readers that walk and observe, writers that visit slots.
 *
 * Key invariant: while the cell runs, threads share the slots, what hangs below
 * them, and one word that says stop; everything counted is a thread's own, on
 * cache lines of its own, and is merged after the join.
 */
#ifndef TORNWALK_RACERS_H
#define TORNWALK_RACERS_H

#include <pthread.h>

#include "preempt.h"
#include "observe.h"
#include "meet.h"

/* Shared by all threads of a cell; written by the caller but for ready and visit. */
struct control {
	uint32_t go cacheline_aligned;
	uint32_t ready cacheline_aligned;	/* threads waiting for go, or done for */
	uint32_t stop cacheline_aligned;
	uint32_t visit[64] cacheline_aligned;	/* writers that share slots take turns */
	struct signs reading, writing;
	uint64_t start_ns;	/* written before go */
	bool one_cpu, sweep;
	bool preempts;		/* readers, and on one CPU writers too */
	struct preempt preempt;
};

/* Written by its thread only, but for what is set before it starts. */
struct reader_thread {
	struct observer o;
	struct walk w;
	struct control *control;
	bool unwatched;		/* bench: classify and count nothing */
	pthread_t id;
	int cpu;
	bool pinned;
	struct route route;
	struct meeting meeting;
	uint32_t looks;		/* at a slot before the next */
	uint32_t batch;		/* reads of a scan between two looks at the clock */
	uint32_t rng;
	uint64_t walks;
	uint64_t interval_ns;
	uint32_t intervals[MAX_INTERVALS];
	unsigned delay;		/* the class of delays it is at, or SWEEP_NONE */
	uint64_t delay_since, delay_torn[NR_DELAYS], delay_spent[NR_DELAYS];
	uint32_t shown_bad cacheline_aligned;	/* for the live line */
} cacheline_aligned;

struct writer_thread {
	struct mutator m;
	struct control *control;
	const struct cell *cell;
	rounds_fn *rounds;	/* the transition with the writer inlined, or NULL */
	pthread_t id;
	int cpu;
	bool pinned;
	struct route route;
	struct meeting meeting;
	unsigned burst;		/* rounds a visit */
	uint32_t held;		/* values since the last poke */
	uint32_t random;
	bool shared;		/* other writers have these slots too */
	uint32_t seed;
	unsigned delay;		/* as the reader's */
} cacheline_aligned;

/* Thread bodies; the argument is a reader_thread, a writer_thread. */
void *reader_main(void *arg);
void *writer_main(void *arg);

/*
 * One visit of one slot: t->burst rounds. Nothing else may be at the slot, or
 * t->shared has to be set.
 */
void writer_visit(struct writer_thread *t, uint32_t slot);

/* A mutator's pause, as its thread's strategy has it. */
void writer_pause(struct mutator *m, bool present);

#endif
