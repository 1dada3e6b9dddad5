/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One thread stores {k, ~k}, the caller loads, both through one primitive.
 */
#include "calibrate.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "preempt.h"
#include "observe.h"

enum { LOADS = 1000, STORES = 200 };

struct bench {
	entry_t cell cacheline_aligned;
	uint32_t stop cacheline_aligned;
	const struct primitive *p;
	int cpu;
	bool one_cpu;
	struct preempt preempt;	/* if one_cpu */
} cacheline_aligned;

static void *store_main(void *arg)
{
	struct bench *b = arg;
	uint32_t k = 0;

	pin_to(b->cpu);
	if (b->one_cpu)
		preempt_enter(&b->preempt, 1);
	while (!__atomic_load_n(&b->stop, __ATOMIC_RELAXED))
		k = b->p->store(&b->cell, k, STORES);
	if (b->one_cpu)
		preempt_leave();
	return NULL;
}

static void measure(struct calibrated *c, struct bench *b, const struct cpus *cpus, uint64_t ns,
		    const volatile sig_atomic_t *interrupted)
{
	uint64_t end;
	pthread_t id;

	b->cell = entry(0, ~0u);
	b->stop = 0;
	b->p = c->primitive;
	b->one_cpu = cpus->n == 1;
	b->cpu = cpus->id[cpus->n > 1];
	if (b->one_cpu)
		preempt_start(&b->preempt, b->cpu, true, ns / 4);
	if (pthread_create(&id, NULL, store_main, b))
		goto out;
	if (b->one_cpu)
		preempt_enter(&b->preempt, 2);
	end = now_ns() + ns;
	do {
		c->torn += c->primitive->load(&b->cell, LOADS);
		c->reads += LOADS;
	} while (now_ns() < end && !(interrupted && *interrupted));
	__atomic_store_n(&b->stop, 1, __ATOMIC_RELAXED);
	if (b->one_cpu)
		preempt_leave();
	pthread_join(id, NULL);
out:
	if (b->one_cpu)
		preempt_stop(&b->preempt);
}

/* The loads run on a thread of their own, so that the caller is not left pinned. */
struct job {
	struct calibration *c;
	const struct cpus *cpus;
	uint64_t ns_each;
	const char *only;	/* NULL: all, and *c is new */
	const volatile sig_atomic_t *interrupted;
};

static void measure_all(struct job *j, struct bench *b)
{
	const struct primitive *p;
	unsigned tries;

	for (p = primitives; p->name && j->c->n < MAX_PRIMITIVES; p++) {
		struct calibrated *c = &j->c->of[j->c->n++];

		c->primitive = p;
		c->usable = !p->usable || p->usable();
		for (tries = 0; c->usable && tries < (p->two_words ? 20 : 1) && !c->torn; tries++)
			measure(c, b, j->cpus, j->ns_each, j->interrupted);
	}
}

static void measure_one(struct job *j, struct bench *b)
{
	enum { SLICE_NS = 20000000 };
	const uint64_t end = now_ns() + j->ns_each;
	unsigned i;

	for (i = 0; i < j->c->n; i++) {
		struct calibrated *c = &j->c->of[i];

		while (!strcmp(c->primitive->name, j->only) && c->usable && !c->torn && now_ns() < end &&
		       !(j->interrupted && *j->interrupted))
			measure(c, b, j->cpus, SLICE_NS, j->interrupted);
	}
}

static void *load_main(void *arg)
{
	struct job *j = arg;
	struct bench *b = aligned_alloc(_Alignof(struct bench), sizeof(*b));

	if (!b)
		return NULL;
	memset(b, 0, sizeof(*b));
	pin_to(j->cpus->id[0]);
	if (j->only)
		measure_one(j, b);
	else
		measure_all(j, b);
	free(b);
	return NULL;
}

static void run(struct job *j)
{
	pthread_t id;

	if (!pthread_create(&id, NULL, load_main, j))
		pthread_join(id, NULL);
}

void calibrate(struct calibration *c, const struct cpus *cpus, uint64_t ns_each,
	       const volatile sig_atomic_t *interrupted)
{
	struct job j = { .c = c, .cpus = cpus, .ns_each = ns_each, .interrupted = interrupted };

	memset(c, 0, sizeof(*c));
	run(&j);
}

void calibrate_again(struct calibration *c, const char *primitive, const struct cpus *cpus, uint64_t ns,
		     const volatile sig_atomic_t *interrupted)
{
	struct job j = { .c = c, .cpus = cpus, .ns_each = ns, .only = primitive, .interrupted = interrupted };

	if (primitive)
		run(&j);
}

bool calibration_tears(const struct calibration *c, const char *primitive)
{
	unsigned i;

	for (i = 0; i < c->n && primitive; i++)
		if (!strcmp(c->of[i].primitive->name, primitive))
			return c->of[i].torn;
	return false;
}

bool calibration_shows_tears(const struct calibration *c)
{
	unsigned i;

	for (i = 0; i < c->n; i++)
		if (c->of[i].primitive->two_words && c->of[i].torn)
			return true;
	return false;
}
