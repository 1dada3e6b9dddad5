/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "race.h"

#include <pthread.h>
#include <stdbool.h>
#include <time.h>

#include "cli/signals.h"
#include "stress/clock.h"
#include "stress/pin.h"

#define NS_PER_MS UINT64_C(1000000)

struct meeting {
	unsigned begun;		/* threads that are at work */
	bool stop;		/* for both */
};

static bool stopped(const struct racer *me) { return __atomic_load_n(&me->meeting->stop, __ATOMIC_RELAXED); }

static uint64_t begin(struct racer *me)
{
	pin_to(me->cpu);
	__atomic_add_fetch(&me->meeting->begun, 1, __ATOMIC_RELEASE);
	return now_ns();
}

static void *operate(void *arg)
{
	struct racer *me = arg;
	uint64_t start = begin(me);

	while (!stopped(me) && !me->work.broken) {
		me->op->cycle(&me->work);
		me->work.cycles++;
	}
	me->ns = now_ns() - start;
	return NULL;
}

static void *read_on(void *arg)
{
	struct racer *me = arg;
	uint64_t start = begin(me);

	while (!stopped(me))
		user_walk(&me->user, me->reader);
	me->ns = now_ns() - start;
	return NULL;
}

static void nap(uint64_t ns)
{
	struct timespec t = { .tv_nsec = (long)ns };

	nanosleep(&t, NULL);
}

/* A signal may be another thread's, so naps are short. */
static void wait_for(const struct meeting *m, unsigned threads, uint64_t ns)
{
	uint64_t now, until;

	while (__atomic_load_n(&m->begun, __ATOMIC_ACQUIRE) < threads)
		nap(NS_PER_MS / 2);
	until = now_ns() + ns;
	while (!interrupted && (now = now_ns()) < until)
		nap(until - now < 50 * NS_PER_MS ? until - now : 50 * NS_PER_MS);
}

int race(struct racer *writer, struct racer *reader, uint64_t ns)
{
	struct meeting m = { 0 };
	pthread_t thread[2];
	int err;

	writer->meeting = &m;
	err = pthread_create(&thread[0], NULL, operate, writer);
	if (err)
		return -err;
	if (reader) {
		reader->meeting = &m;
		err = pthread_create(&thread[1], NULL, read_on, reader);
	}
	if (!err)
		wait_for(&m, reader ? 2 : 1, ns);
	__atomic_store_n(&m.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread[0], NULL);
	if (reader && !err)
		pthread_join(thread[1], NULL);
	return -err;
}
