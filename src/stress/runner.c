/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parties: readers, writers, and the caller, which sleeps.
 *
 * Key invariant: while the cell runs, threads share the slots, what hangs below
 * them, and one word that says stop; everything counted is a thread's own, on
 * cache lines of its own, and is merged after the join.
 *
 * On one CPU nothing races by itself: threads must be preempted between two
 * words. So the sides take turns: for a while the writer sleeps 50 us after each
 * visit and preempts the reader as it wakes, then the other way round.
 */
#include "runner.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "native/primitives.h"
#include "arch.h"
#include "machine/tables.h"
#include "observe.h"
#include "oracle.h"
#include "protocol/stamp.h"

enum {
	SCAN_READS = 4096,	/* reads between two looks at the clock */
	SCAN_PER_SLOT = 8,	/* ... of one slot, where there are many */
	BATCH_WALKS = 64,
	MAX_RETRIES = 100,
	NAP_NS = 50000,
	STACK_BYTES = 128 * 1024,
	INTERVAL_NS = 100 * 1000 * 1000,
	WIDEN_SPINS = 3000,
};

struct control {
	uint32_t go cacheline_aligned;
	uint32_t ready cacheline_aligned;	/* threads waiting for go, or done for */
	uint32_t stop cacheline_aligned;
	uint32_t visit[64] cacheline_aligned;	/* writers that share slots take turns */
	uint64_t start_ns;	/* written before go */
	uint64_t phase_ns;
	bool one_cpu;
};

struct reader_thread {
	struct observer o;
	struct walk w;
	struct control *control;
	const struct runner *runner;
	pthread_t id;
	int cpu;
	bool pinned;
	uint32_t rng;
	uint64_t walks;
	uint64_t interval_ns;
	uint32_t intervals[MAX_INTERVALS];
	uint32_t shown_bad cacheline_aligned;	/* for the live line */
} cacheline_aligned;

struct writer_thread {
	struct mutator m;
	struct control *control;
	const struct cell *cell;
	void (*remap)(struct mutator *m, entry_t *p, struct stamp *s, unsigned rounds);
	pthread_t id;
	int cpu;
	bool pinned;
	uint32_t first, step;	/* slots first, first + step, ... */
	unsigned burst;		/* rounds a visit */
	bool shared;		/* other writers have these slots too */
	uint32_t seed;
} cacheline_aligned;

static bool stopped(const struct control *c)
{
	return __atomic_load_n(&c->stop, __ATOMIC_RELAXED);
}

static void nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = NAP_NS }, NULL);
}

/* On one CPU: is it this side's turn to sleep and preempt? */
static bool my_turn_to_nap(const struct control *c, bool writer)
{
	return c->one_cpu && ((now_ns() - c->start_ns) / c->phase_ns % 2 == 0) == writer;
}

static void wait_for_go(struct control *c, int cpu, bool *pinned)
{
	*pinned = pin_to(cpu);
	if (c->one_cpu)
		prctl(PR_SET_TIMERSLACK, 1000);
	__atomic_add_fetch(&c->ready, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&c->go, __ATOMIC_ACQUIRE))
		nanosleep(&(struct timespec){ .tv_nsec = 1000 }, NULL);
}

/* ---- readers ---- */

static uint32_t next_random(uint32_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x;
}

static uint32_t next_slot(struct reader_thread *t)
{
	const uint32_t n = t->o.cell->slots;

	return n == 1 ? 0 : (uint32_t)((uint64_t)next_random(&t->rng) * n >> 32);
}

/* The entry walker's tight loop: the same value again costs nothing but its read. */
static void scan_batch(struct reader_thread *t)
{
	const struct cell *c = t->o.cell;
	uint32_t left = SCAN_READS, slot, want, n;
	entry_t v;

	while (left) {
		slot = next_slot(t);
		want = c->slots == 1 || left < SCAN_PER_SLOT ? left : SCAN_PER_SLOT;
		t->w.retries_left = UINT32_MAX;
		if (!t->o.last[slot].meta)	/* the first look is a change from nothing */
			want = 1;
		n = c->reader->scan(&t->w, &t->w.pt->slots[slot], t->o.last[slot].used, want, &v);
		left -= n;
		if (t->o.last[slot].meta && entry_same(v, t->o.last[slot].used)) {
			observe_same(&t->o, slot, n);
			continue;
		}
		if (n > 1)
			observe_same(&t->o, slot, n - 1);
		struct act a = act_of_value(c, v);

		observe_change(&t->o, slot, &a, act_meta(&a));
	}
	t->walks += SCAN_READS;
}

static void scan_batch_unwatched(struct reader_thread *t)
{
	entry_t v = t->w.pt->slots[0];

	t->w.retries_left = UINT32_MAX;
	t->o.cell->reader->scan(&t->w, t->w.pt->slots, v, SCAN_READS, &v);
	t->walks += SCAN_READS;
}

static void walk_batch(struct reader_thread *t, bool watched)
{
	unsigned i;

	for (i = 0; i < BATCH_WALKS; i++) {
		uint32_t slot = next_slot(t);
		uint64_t addr = tables_addr(t->w.pt, slot);

		t->w.run(&t->w, addr, addr + (1u << PTE_SHIFT));
		if (watched)
			observe(&t->o, slot, &t->w.act);
	}
	t->walks += BATCH_WALKS;
}

static void note_interval(struct reader_thread *t, uint64_t *bad_before)
{
	uint64_t i = (now_ns() - t->control->start_ns) / t->interval_ns;

	if (i >= MAX_INTERVALS)
		i = MAX_INTERVALS - 1;
	t->intervals[i] += (uint32_t)(t->o.bad - *bad_before);
	*bad_before = t->o.bad;
	__atomic_store_n(&t->shown_bad, (uint32_t)t->o.bad, __ATOMIC_RELAXED);
}

static void *reader_main(void *arg)
{
	struct reader_thread *t = arg;
	const struct cell *c = t->o.cell;
	const bool watched = !t->runner->unwatched;
	const bool scan = (c->walker->flags & WALK_NO_DESCENT) &&
			  (c->consumer->flags & CONSUME_PASSIVE) && c->reader->scan;
	uint64_t bad_before = 0;

	c->reclaim->online();
	if (c->protocol->seed)
		c->protocol->seed(t->rng, WIDEN_SPINS, t->control->one_cpu);
	wait_for_go(t->control, t->cpu, &t->pinned);
	t->o.start_ns = t->control->start_ns;
	while (!stopped(t->control)) {
		if (!scan)
			walk_batch(t, watched);
		else if (watched)
			scan_batch(t);
		else
			scan_batch_unwatched(t);
		c->reclaim->quiesce();
		if (watched)
			note_interval(t, &bad_before);
		if (my_turn_to_nap(t->control, false))
			nap();
	}
	c->reclaim->offline();
	return NULL;
}

/* ---- writers ---- */

static void visit(struct writer_thread *t, uint32_t slot)
{
	uint32_t *turn = &t->control->visit[slot % 64];

	if (t->shared)
		while (__atomic_exchange_n(turn, 1, __ATOMIC_ACQUIRE)) {
			if (stopped(t->control))
				return;
			nap();
		}
	if (t->remap)
		t->remap(&t->m, &t->m.pt->slots[slot], &t->m.stamps[slot], t->burst);
	else
		t->m.transition->rounds(&t->m, slot, t->burst);
	if (t->shared)
		__atomic_store_n(turn, 0, __ATOMIC_RELEASE);
	t->m.rounds += t->burst;
}

static void *writer_main(void *arg)
{
	struct writer_thread *t = arg;
	const struct cell *c = t->cell;
	uint32_t slot = t->first;

	if (c->protocol->seed)
		c->protocol->seed(t->seed, WIDEN_SPINS, t->control->one_cpu);
	wait_for_go(t->control, t->cpu, &t->pinned);
	while (!stopped(t->control)) {
		visit(t, slot);
		slot = slot + t->step < c->slots ? slot + t->step : t->first;
		if (my_turn_to_nap(t->control, true))
			nap();
	}
	return NULL;
}

/* ---- the caller ---- */

struct crew {
	struct control control;
	struct page_tables *pt;
	struct oracle oracle;
	uint8_t *owners;
	struct stamp *stamps;
	struct reader_thread *readers;
	struct writer_thread *writers;
	unsigned nr_readers, nr_writers;	/* that were started */
	unsigned observing, joined;		/* observers, mutators' pools that were made */
};

static void set_up_reader(struct crew *crew, const struct runner *r, const struct cell *c,
			  struct reader_thread *t, unsigned i)
{
	const bool plain = c->reader->flags & READ_REREADS;

	t->w = (struct walk){
		.pt = crew->pt, .layout = c->layout, .reader = c->reader, .walker = c->walker,
		.ops = c->consumer, .writer = c->writer, .split = c->protocol->split,
		.run = plain ? c->walker->walk_plain[c->layout_id] : c->walker->walk,
		.max_retries = MAX_RETRIES,
	};
	t->control = &crew->control;
	t->runner = r;
	t->rng = (c->seed + 1) * 2654435761u ^ (i + 1) * 40503u;
	t->rng |= !t->rng;
}

/* Everything a walk may do that the page-table lock protects against. */
static bool lock_is_shared(const struct cell *c)
{
	return (c->reader->flags & READ_HOLDS_LOCK) || (c->walker->flags & WALK_LOCKS) ||
	       (c->consumer->flags & (CONSUME_LOCKS | CONSUME_SPLITS));
}

static void set_up_writer(struct crew *crew, const struct cell *c, struct writer_thread *t, unsigned i)
{
	struct mutator *m = &t->m;

	m->writer = c->writer;
	m->transition = c->transition;
	m->lock = lock_is_shared(c);
	m->sync = c->reader->flags & READ_NEEDS_SYNC;
	m->alias = c->alias;
	m->clean = cell_installs_clean(c);
	m->stamps = crew->stamps;
	t->cell = c;
	t->control = &crew->control;
	t->first = i % c->slots;
	t->step = c->writers < c->slots ? c->writers : c->slots;
	t->shared = c->writers > c->slots;
	t->seed = (c->seed + 1) * 2246822519u ^ (i + 1) * 97531u;
	t->burst = m->sync || c->transition->makes_tables ? 1 : c->slots == 1 ? 64 : 16;
	if (!strcmp(c->transition->name, "remap") && !m->lock && !m->clean &&
	    !(c->writer->flags & WRITE_TOUCHES))
		t->remap = c->writer->remap[c->layout_id];
}

/*
 * How fast a writer is that has its slot to itself, in 1/1024 ticks: the best of
 * many visits, since an emulator translates during the first ones.
 */
static uint64_t ticks_per_round(struct writer_thread *t)
{
	enum { VISITS = 100 };
	const uint64_t begin = now_ns();
	uint64_t best = UINT64_MAX, from, took;
	unsigned n;

	for (n = 0; n < VISITS || now_ns() - begin < 300000; n++) {
		from = arch_ticks();
		visit(t, t->first);
		took = (arch_ticks() - from) * 1024 / t->burst;
		best = took < best ? took : best;
	}
	t->m.rounds = 0;
	return best;
}

static int set_up(struct crew *crew, const struct runner *r, const struct cell *c)
{
	struct tables_config tc = {
		.level = c->level, .layout = c->layout, .reclaim = c->reclaim, .slots = c->slots,
		.mutators = c->writers ? c->writers : 1, .tables = c->transition->makes_tables,
		.fill = TABLE_ENTRIES,
	};
	uint64_t width = INTERVAL_NS, ticks;
	unsigned i;
	int err;

	err = oracle_learn(&crew->oracle, c, machine_stores_in_order);
	if (err)
		return err;
	crew->pt = tables_new(&tc);
	crew->owners = calloc(c->layout->delta_mod, 1);
	crew->stamps = calloc(c->slots, sizeof(*crew->stamps));
	crew->readers = aligned_alloc(_Alignof(struct reader_thread),
				      c->readers * sizeof(*crew->readers));
	crew->writers = aligned_alloc(_Alignof(struct writer_thread),
				      c->writers * sizeof(*crew->writers));
	if (!crew->pt || !crew->owners || !crew->stamps || !crew->readers || !crew->writers)
		return -ENOMEM;
	memset(crew->readers, 0, c->readers * sizeof(*crew->readers));
	memset(crew->writers, 0, c->writers * sizeof(*crew->writers));
	for (i = 0; i < c->slots; i++) {
		crew->stamps[i] = stamp_first(i, c->layout->hi_gens);
		crew->owners[crew->stamps[i].hi % c->layout->delta_mod] = 1;
		if (!c->transition->clears)
			crew->pt->slots[i] = cell_installs_clean(c) ?
						     c->layout->mk_clean(crew->stamps[i]) :
						     c->layout->mk_huge(crew->stamps[i]);
	}
	while (c->budget_ns / width >= MAX_INTERVALS)
		width *= 2;
	for (i = 0; i < c->writers; i++) {
		set_up_writer(crew, c, &crew->writers[i], i);
		err = tables_join(crew->pt, &crew->writers[i].m, i);
		if (err)
			return err;
		crew->joined++;
	}
	ticks = c->writers ? ticks_per_round(&crew->writers[0]) : 0;
	for (i = 0; i < c->readers; i++) {
		set_up_reader(crew, r, c, &crew->readers[i], i);
		crew->readers[i].interval_ns = width;
		err = observer_init(&crew->readers[i].o, c, &crew->oracle, crew->owners, i, ticks);
		if (err)
			return err;
		crew->observing++;
	}
	return 0;
}

/* Readers and writers in turn, so that opposite sides meet on different CPUs. */
static void place(struct crew *crew, const struct cell *c, const struct cpus *cpus)
{
	unsigned r = 0, w = 0, i;

	for (i = 0; i < c->readers + c->writers; i++) {
		int cpu = cpus->id[i % cpus->n];

		if ((i % 2 == 0 && r < c->readers) || w == c->writers)
			crew->readers[r++].cpu = cpu;
		else
			crew->writers[w++].cpu = cpu;
	}
}

static int start(struct crew *crew, const struct cell *c)
{
	pthread_attr_t attr;
	int err = 0;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	while (!err && crew->nr_readers < c->readers) {
		struct reader_thread *t = &crew->readers[crew->nr_readers];

		err = pthread_create(&t->id, &attr, reader_main, t);
		crew->nr_readers += !err;
	}
	while (!err && crew->nr_writers < c->writers) {
		struct writer_thread *t = &crew->writers[crew->nr_writers];

		err = pthread_create(&t->id, &attr, writer_main, t);
		crew->nr_writers += !err;
	}
	pthread_attr_destroy(&attr);
	return err ? -EAGAIN : 0;
}

static void sleep_until(uint64_t ns)
{
	struct timespec t = { .tv_sec = (time_t)(ns / 1000000000u), .tv_nsec = (long)(ns % 1000000000u) };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static void watch(struct crew *crew, const struct runner *r, const struct cell *c, struct finding *f)
{
	const uint64_t begin = crew->control.start_ns, end = begin + c->budget_ns;
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
			for (i = 0; i < crew->nr_readers; i++)
				p.bad += __atomic_load_n(&crew->readers[i].shown_bad, __ATOMIC_RELAXED);
			r->show(r->arg, &p);
			next_show = now + 250000000;
		}
		sleep_until(end - now > 50000000 ? now + 50000000 : end);
	}
}

static void join(struct crew *crew)
{
	unsigned i;

	for (i = 0; i < crew->nr_readers; i++)
		pthread_join(crew->readers[i].id, NULL);
	for (i = 0; i < crew->nr_writers; i++)
		pthread_join(crew->writers[i].id, NULL);
}

static void merge_reader(struct finding *f, const struct reader_thread *t)
{
	const struct observer *o = &t->o;
	unsigned k;

	f->walks += t->walks;
	f->retries += t->w.retries;
	for (k = 0; k < NR_OUTCOMES; k++) {
		f->outcomes[k] += o->seen[k * 2] + o->seen[k * 2 + 1];
		f->distinct[k] += o->distinct[k * 2] + o->distinct[k * 2 + 1];
		f->present += o->seen[k * 2 + 1];
		f->fresh_present += o->distinct[k * 2 + 1];
		if (o->first_ns[k] && (!f->first_ns[k] || o->first_ns[k] < f->first_ns[k])) {
			f->first_ns[k] = o->first_ns[k];
			witness_explain(o, k, f->witness[k], WITNESS_LEN);
		}
	}
	for (k = 0; k < NR_DIRECTIONS; k++)
		f->direction[k] += o->direction[k];
	for (k = 0; k < NR_HARMS; k++)
		f->harm[k] += o->harm[k];
	for (k = 0; k < f->nr_intervals; k++)
		f->intervals[k] += t->intervals[k];
}

static void merge(struct crew *crew, const struct cell *c, struct finding *f)
{
	unsigned i, n;

	f->interval_ns = crew->readers[0].interval_ns;
	n = (unsigned)((f->ns + f->interval_ns - 1) / f->interval_ns);
	f->nr_intervals = n < MAX_INTERVALS ? n : MAX_INTERVALS;
	for (i = 0; i < c->readers; i++)
		merge_reader(f, &crew->readers[i]);
	for (i = 0; i < c->writers; i++)
		f->rounds += crew->writers[i].m.rounds;
}

static void tear_down(struct crew *crew)
{
	unsigned i;

	for (i = 0; i < crew->joined; i++)
		tables_part(&crew->writers[i].m);
	for (i = 0; i < crew->observing; i++)
		observer_destroy(&crew->readers[i].o);
	free(crew->writers);
	free(crew->readers);
	free(crew->stamps);
	free(crew->owners);
	tables_free(crew->pt);
	free(crew);
}

uint64_t runner_bytes(const struct cell *c)
{
	struct tables_config tc = { .level = c->level, .slots = c->slots, .mutators = c->writers,
				    .tables = c->transition->makes_tables };

	return tables_bytes(&tc) + (uint64_t)c->slots * sizeof(struct last) * c->readers +
	       c->readers * sizeof(struct reader_thread) + c->writers * sizeof(struct writer_thread);
}

int runner_run(const struct runner *r, const struct cell *c, struct finding *f)
{
	struct crew *crew = aligned_alloc(_Alignof(struct crew), sizeof(*crew));
	unsigned threads;
	int err;

	memset(f, 0, sizeof(*f));
	if (!crew)
		return -ENOMEM;
	memset(crew, 0, sizeof(*crew));
	err = set_up(crew, r, c);
	if (err)
		goto out;
	crew->control.one_cpu = f->one_cpu = r->cpus->n == 1;
	crew->control.phase_ns = c->budget_ns < 200000000 ? c->budget_ns / 4 : 50000000;
	f->cpus_used = r->cpus->n < c->readers + c->writers ? r->cpus->n : c->readers + c->writers;
	place(crew, c, r->cpus);
	err = start(crew, c);
	threads = crew->nr_readers + crew->nr_writers;
	while (!err && __atomic_load_n(&crew->control.ready, __ATOMIC_SEQ_CST) < threads)
		nanosleep(&(struct timespec){ .tv_nsec = 20000 }, NULL);
	crew->control.start_ns = now_ns();
	if (err)
		__atomic_store_n(&crew->control.stop, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&crew->control.go, 1, __ATOMIC_RELEASE);
	if (!err)
		watch(crew, r, c, f);
	__atomic_store_n(&crew->control.stop, 1, __ATOMIC_RELAXED);
	join(crew);
	f->ns = now_ns() - crew->control.start_ns;
	if (!err)
		merge(crew, c, f);
out:
	tear_down(crew);
	return err;
}
