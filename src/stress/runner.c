/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The caller's side of a race: places and starts the threads, sleeps, stops them, adds up.
 *
 * Invariant: no count of a thread is read before the thread has been joined; the live line
 * looks at one word that is there for it.
 */
#include "runner.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "fixture.h"
#include "sweep.h"

enum { STACK_BYTES = 128 * 1024, INTERVAL_NS = 100 * 1000 * 1000 };

/* Readers and writers in turn, so that opposite sides meet on different CPUs. */
static void place(struct fixture *fixture, const struct cell *c, const struct cpus *cpus)
{
	unsigned r = 0, w = 0, i;

	for (i = 0; i < c->readers + c->writers; i++) {
		int cpu = cpus->id[i % cpus->n];

		if ((i % 2 == 0 && r < c->readers) || w == c->writers)
			fixture->readers[r++].cpu = cpu;
		else
			fixture->writers[w++].cpu = cpu;
	}
}

static void set_interval(struct fixture *fixture, const struct cell *c, uint64_t ns)
{
	unsigned i;

	while (c->budget_ns / ns >= MAX_INTERVALS)
		ns *= 2;
	for (i = 0; i < c->readers; i++)
		fixture->readers[i].interval_ns = ns;
}

static int start(struct fixture *fixture, const struct cell *c)
{
	pthread_attr_t attr;
	int err = 0;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	while (!err && fixture->nr_readers < c->readers) {
		struct reader_thread *t = &fixture->readers[fixture->nr_readers];

		err = pthread_create(&t->id, &attr, reader_main, t);
		fixture->nr_readers += !err;
	}
	while (!err && fixture->nr_writers < c->writers) {
		struct writer_thread *t = &fixture->writers[fixture->nr_writers];

		err = pthread_create(&t->id, &attr, writer_main, t);
		fixture->nr_writers += !err;
	}
	pthread_attr_destroy(&attr);
	return err ? -EAGAIN : 0;
}

static void sleep_until(uint64_t ns)
{
	struct timespec t = { .tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u) };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static void watch(struct fixture *fixture, const struct runner *r, const struct cell *c, struct finding *f)
{
	const uint64_t begin = fixture->control.start_ns, end = begin + c->budget_ns;
	uint64_t now, next_show = begin;
	struct progress p = { .budget_ns = c->budget_ns };
	unsigned i;

	while ((now = now_ns()) < end) {
		if (r->interrupted && *r->interrupted) {
			f->interrupted = true;
			break;
		}
		if (r->show && now >= next_show) {
			p.elapsed_ns = now - begin;
			p.bad = 0;
			for (i = 0; i < fixture->nr_readers; i++)
				p.bad += __atomic_load_n(&fixture->readers[i].shown_bad, __ATOMIC_RELAXED);
			r->show(r->arg, &p);
			next_show = now + 250000000;
		}
		sleep_until(end - now > 50000000 ? now + 50000000 : end);
	}
}

static void join(struct fixture *fixture)
{
	unsigned i;

	for (i = 0; i < fixture->nr_readers; i++)
		pthread_join(fixture->readers[i].id, NULL);
	for (i = 0; i < fixture->nr_writers; i++)
		pthread_join(fixture->writers[i].id, NULL);
}

static void merge_reader(struct finding *f, const struct reader_thread *t)
{
	const struct observer *o = &t->o;
	unsigned k;

	f->walks += t->walks;
	f->clumps.blocks += o->clumps.blocks;
	f->clumps.bad += o->clumps.bad;
	f->clumps.squares += o->clumps.squares;
	f->retries += t->w.retries;
	for (k = 0; k < NR_OUTCOMES; k++) {
		f->outcomes[k] += o->seen[k * 2] + o->seen[k * 2 + 1];
		f->distinct[k] += o->distinct[k * 2] + o->distinct[k * 2 + 1];
		f->present += o->seen[k * 2 + 1];
		f->fresh_present += o->distinct[k * 2 + 1];
		if (o->first_ns[k] && (!f->first_ns[k] || o->first_ns[k] < f->first_ns[k])) {
			f->first_ns[k] = o->first_ns[k];
			f->witness[k] = witness_of(o, k);
		}
	}
	for (k = 0; k < NR_DIRECTIONS; k++)
		f->direction[k] += o->direction[k];
	for (k = 0; k < NR_HARMS; k++)
		f->harm[k] += o->harm[k];
	for (k = 0; k < f->nr_intervals; k++)
		f->intervals[k] += t->intervals[k];
}

static void merge(struct fixture *fixture, const struct cell *c, struct finding *f)
{
	unsigned i, n;

	f->interval_ns = fixture->readers[0].interval_ns;
	n = (unsigned)((f->ns + f->interval_ns - 1) / f->interval_ns);
	f->nr_intervals = n < MAX_INTERVALS ? n : MAX_INTERVALS;
	for (i = 0; i < c->readers; i++) {
		merge_reader(f, &fixture->readers[i]);
		f->unpinned += !fixture->readers[i].pinned;
	}
	for (i = 0; f->swept && i < NR_DELAYS; i++) {
		f->delay_ns[i] = sweep_ns(i);
		f->delay_spent[i] = fixture->readers[0].delay_spent[i];
		for (n = 0; n < c->readers; n++)
			f->delay_torn[i] += fixture->readers[n].delay_torn[i];
	}
	for (i = 0; i < c->writers; i++) {
		f->rounds += fixture->writers[i].m.rounds;
		f->unpinned += !fixture->writers[i].pinned;
	}
}

uint64_t runner_bytes(const struct cell *c)
{
	const uint32_t slots = strategy_slots(&c->strategy, c->slots);
	struct tables_config tc = { .level = c->level, .slots = slots, .mutators = c->writers,
				    .tables = c->transition->makes_tables };

	return tables_bytes(&tc) + (uint64_t)slots * sizeof(struct last) * c->readers +
	       c->readers * sizeof(struct reader_thread) + c->writers * sizeof(struct writer_thread);
}

int runner_run(const struct runner *r, const struct cell *of, struct finding *f)
{
	struct cell own = *of, *c = &own;
	struct fixture *fixture;
	unsigned threads;
	int err;

	memset(f, 0, sizeof(*f));
	own.strategy = cell_strategy(of, &of->strategy);
	fixture = fixture_new(c, r->unwatched, &err);
	if (!fixture)
		return err;
	fixture->control.sweep = f->swept = r->sweep && c->protocol->seed;
	fixture->control.one_cpu = f->one_cpu = r->cpus->n == 1;
	fixture->control.preempts = f->one_cpu || c->strategy.id == STRATEGY_STEPPED;
	if (c->strategy.id == STRATEGY_STEPPED)
		preempt_start_steps(&fixture->control.preempt, c->strategy.key[KEY_steps],
				    c->strategy.key[KEY_slice] * 1000);
	else if (fixture->control.one_cpu)	/* widened threads yield by themselves, in the right places */
		preempt_start(&fixture->control.preempt, r->cpus->id[0], !c->protocol->seed,
			       c->budget_ns < 200000000 ? c->budget_ns / 4 : 50000000);
	place(fixture, c, r->cpus);
	set_interval(fixture, c, r->interval_ns ? r->interval_ns : INTERVAL_NS);
	err = start(fixture, c);
	threads = fixture->nr_readers + fixture->nr_writers;
	while (!err && __atomic_load_n(&fixture->control.ready, __ATOMIC_SEQ_CST) < threads)
		nanosleep(&(struct timespec){ .tv_nsec = 20000 }, NULL);
	fixture->control.start_ns = now_ns();
	if (err)
		__atomic_store_n(&fixture->control.stop, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&fixture->control.go, 1, __ATOMIC_RELEASE);
	if (!err)
		watch(fixture, r, c, f);
	__atomic_store_n(&fixture->control.stop, 1, __ATOMIC_RELAXED);
	join(fixture);
	if (fixture->control.preempts)
		preempt_stop(&fixture->control.preempt);
	f->ns = now_ns() - fixture->control.start_ns;
	if (!err)
		merge(fixture, c, f);
	fixture_free(fixture);
	return err;
}
