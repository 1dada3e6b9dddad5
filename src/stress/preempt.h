/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * On one CPU nothing races by itself: a thread must lose the CPU between two
 * halves. Here the racing threads lose it many thousand times a second, at any
 * instruction, and nothing is changed in what they race with.
 */
#ifndef TORNWALK_PREEMPT_H
#define TORNWALK_PREEMPT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct preempt {
	uint32_t stop;		/* to the keeper */
	uint32_t waking;	/* by the keeper: which way it is now */
	uint32_t slice_ns;
	uint64_t phase_ns;
	int cpu;
	pthread_t keeper;
	bool kept, only_waking;
	bool stays;		/* on its CPU: the other side has one of its own */
	uint32_t steps;		/* at a time, at most */
};

/*
 * Begins on this CPU: by steps and by waking for `phase_ns` each; without `steps`,
 * and where signals are better left alone, by waking only.
 */
void preempt_start(struct preempt *h, int cpu, bool steps, uint64_t phase_ns);
void preempt_stop(struct preempt *h);

/* Are there single steps here? */
bool preempt_steps(void);

/*
 * Those who enter take up to `steps` single steps every `slice_ns` to twice that, and
 * keep their CPU. The slice is made longer where a step takes that long.
 */
void preempt_start_steps(struct preempt *h, uint32_t steps, uint32_t slice_ns);

/* From here to preempt_leave() the calling thread takes part. */
void preempt_enter(struct preempt *h, uint32_t seed);
void preempt_leave(void);

#endif
