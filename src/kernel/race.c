/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's own objects, as its own flags make them, on real threads: one walks, one
 * changes what is walked, as in explore.c. Nothing is said to anybody at an access; what a
 * strategy does, it does between calls, or by interrupts.
 *
 * Time is cut into rounds: a transition from an empty entry, against as many walks as
 * there is time for. No walk reaches from one round into another, and none begins after one
 * that changed the entry itself, so each of them is one of the executions that the
 * explorer goes through, and may show nothing else. A walk counts
 * once, under its worst note, with the time of the first; all that was noted is in `seen`.
 *
 *	cpus	0,1
 *	tears	PRIMITIVE		the executor makes two accesses of what its CPU promises to be one
 *	raced	CELL	STRATEGY	WALKS	ROUNDS	NANOSECONDS	BAD ROUNDS	NOTE=WALKS/ROUNDS/NANOSECONDS,...
 *	seen	CELL	NOTES
 *	missing	CELL	SYMBOL		it was reached, and nobody serves it
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel/cells.h"
#include "kernel/glue/glue.h"
#include "kernel/oracles.h"
#include "kernel/tears.h"
#include "kernel/world.h"
#include "stress/clock.h"
#include "stress/pin.h"
#include "stress/poke.h"
#include "stress/preempt.h"

enum { MAX_HELD = 4, LINE = 128, SLICE_NS = 20000000, RESETS = 1024, STEPS = 400, STEP_SLICE_NS = 20000 };
static const uint64_t LOST_NS = 5000000000;

static bool always(void) { return true; }

/* X(ID, name, usable, meaning) */
#define STRATEGIES(X)                                                                  \
	X(FREE, "free", always, "as fast as it goes")                                  \
	X(POKED, "poked", poke_usable, "the walker is interrupted while a value is held") \
	X(STEPPED, "stepped", preempt_steps, "the walker takes single steps")

enum strategy {
#define X(id, name, usable, text) STRATEGY_##id,
	STRATEGIES(X)
#undef X
	NR_STRATEGIES
};

static const struct {
	const char *name;
	bool (*usable)(void);
} strategies[NR_STRATEGIES] = {
#define X(id, name, usable, text) { name, usable },
	STRATEGIES(X)
#undef X
};

struct count {
	uint64_t walks, rounds;		/* in which it was the worst of a walk */
	uint64_t first_ns;		/* of the cell's race; 0: never */
	uint64_t last_round;
};

struct tally {
	uint64_t walks, rounds, ns, bad_rounds;
	uint32_t seen;
	uint64_t last_bad;
	struct count note[NR_NOTES];
};

/* Each word that both threads write has a line of its own, away from all that is raced over. */
static struct {
	_Alignas(LINE) uint32_t stop;
	_Alignas(LINE) uint32_t closed;		/* the writer's: no walk may begin */
	_Alignas(LINE) uint32_t walking;	/* the walker's */
	_Alignas(LINE) uint32_t section;	/* interrupts are off on the walker's CPU: odd */
	_Alignas(LINE) uint64_t round;
	_Alignas(LINE) uint64_t *entry;
	uint32_t bad_round;			/* what the world looks like now, nobody knows */
} shared;

static const struct walker *walker;
static const struct transition *transition;
static enum strategy strategy;
static bool one_cpu;
static struct preempt preempt;
static uint64_t raced_since_ns;

static __thread struct {
	bool writes;
	uint32_t notes, random;
	uint64_t round;
	bool changed;			/* a walk of this round has split something */
	unsigned ntables, nheld;
	uint8_t *held[MAX_HELD];	/* the locks */
} my;

/* No `pause`: how long one takes differs from machine to machine, and under a hypervisor by the moment. */
static void pause_cpu(void)
{
	if (one_cpu)
		sched_yield();
	__asm__ volatile("" ::: "memory");
}

static uint32_t next_random(void)
{
	my.random ^= my.random << 13;
	my.random ^= my.random >> 17;
	my.random ^= my.random << 5;
	return my.random;
}

static void hold_now(void)
{
	const unsigned scale = strategy == STRATEGY_STEPPED ? 18 : 13;
	uint32_t turns = next_random() >> (32 - next_random() % scale - 1);

	if (one_cpu)
		turns %= 4;
	if (strategy == STRATEGY_POKED && my.writes && turns & 1)
		poke();
	while (turns--)
		pause_cpu();
}

/*
 * Where a lock was let go, an interrupt or the scheduler may come in between for as long as
 * it likes: half of the times something does. Nobody knows how long a walk takes here, so
 * every length of time is as likely as its double. A step takes as long as a thousand instructions.
 */
static void hold(void)
{
	if (next_random() & 1 << 20)
		return;
	hold_now();
}

static void note(uint32_t notes) { my.notes |= notes; }

static uintptr_t load_low(void *p) { return *(volatile uintptr_t *)(p ? p : shared.entry); }

/* ---- what the kernel calls ---- */

static void let_go(uint8_t *l)
{
	unsigned i = 0;

	while (i < my.nheld && my.held[i] != l)
		i++;
	if (i < my.nheld)
		my.held[i] = my.held[--my.nheld];
	__atomic_store_n(l, 0, __ATOMIC_RELEASE);
}

static bool holds(const void *lock)
{
	unsigned i = 0;

	while (i < my.nheld && my.held[i] != lock)
		i++;
	return i < my.nheld;
}

/* In which somebody else would have let go of it if he ever did. */
static bool is_lost(uint64_t *since_ns)
{
	const uint64_t now = now_ns();

	if (!*since_ns)
		*since_ns = now;
	return now - *since_ns > LOST_NS;
}

CALLED_BY_KERNEL void AT(hook_lock)(void *lock, const void *who)
{
	uint8_t *l = lock;
	uint64_t since_ns = 0;
	uint32_t turns = 0;

	(void)who;
	if (!oracles_lock(lock))
		return;
	while (__atomic_exchange_n(l, 1, __ATOMIC_ACQUIRE))
		while (__atomic_load_n(l, __ATOMIC_RELAXED)) {
			pause_cpu();
			if (!(++turns & 0xfffff) && is_lost(&since_ns)) {
				note(NOTE_STUCK);
				world_leave();
			}
		}
	if (my.nheld == MAX_HELD) {	/* more than anybody under test takes */
		let_go(l);
		note(NOTE_STUCK);
		world_leave();
	}
	my.held[my.nheld++] = l;
}

CALLED_BY_KERNEL void AT(hook_unlock)(void *lock, const void *who)
{
	(void)who;
	if (!oracles_lock(lock))
		return;
	let_go(lock);
	hold();
}

/* Only the writer waits for others' sections, so only the walker's count. */
CALLED_BY_KERNEL void AT(hook_irqs)(int off)
{
	if (my.writes || (shared.section & 1) == (unsigned)!!off)
		return;
	__atomic_store_n(&shared.section, shared.section + 1, __ATOMIC_RELEASE);
	if (off)
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

CALLED_BY_KERNEL int AT(hook_irqs_are_off)(void) { return !my.writes && shared.section & 1; }

/* Nobody waits for a grace period here, and nothing is freed. */
CALLED_BY_KERNEL void AT(hook_rcu)(int by) { (void)by; }
CALLED_BY_KERNEL void AT(hook_take)(unsigned long pfn, int for_others) { (void)pfn; (void)for_others; }
CALLED_BY_KERNEL void AT(hook_give)(unsigned long pfn) { (void)pfn; }
CALLED_BY_KERNEL void AT(hook_give_later)(unsigned long pfn) { (void)pfn; }

CALLED_BY_KERNEL void AT(hook_sync)(void)
{
	uint32_t section;

	if (!my.writes)
		return;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	section = __atomic_load_n(&shared.section, __ATOMIC_ACQUIRE);
	while (section & 1 && __atomic_load_n(&shared.section, __ATOMIC_ACQUIRE) == section)
		pause_cpu();
}

CALLED_BY_KERNEL void AT(hook_walker_changes)(void) { my.changed = !my.writes; }

CALLED_BY_KERNEL void AT(hook_asm)(const void *who);
CALLED_BY_KERNEL void AT(hook_asm)(const void *who) { (void)who; }

CALLED_BY_KERNEL unsigned AT(hook_table)(void)
{
	const unsigned half = NR_TABLES / 2;

	return PHYS_TABLES + ((my.ntables++ % half + (my.writes ? 0 : half)) << 12);
}

/* ---- the threads ---- */

static void flat_percpu(void)
{
#ifdef __i386__
	__asm__ volatile("mov %%ds, %%eax; mov %%eax, %%fs" ::: "eax");
#endif
}

/* Returns what was noted. What fell leaves neither a lock nor a section behind. */
static uint32_t run(void (*f)(void))
{
	const bool fell = (my.notes = 0, world_run(f, oracles_fallen));

	if (my.nheld && !fell)
		note(NOTE_LOCK_HELD);
	while (my.nheld)
		let_go(my.held[0]);
	AT(hook_irqs)(0);
	return my.notes;
}

static enum note_bit worst(uint32_t notes)
{
	const uint32_t void_notes = notes & NOTES_VOID, bad = notes & NOTES_BAD;

	return (enum note_bit)__builtin_ctz(void_notes ?: bad ?: notes & (NOTE_TABLE | NOTE_LEAF) ?: NOTE_HOLE);
}

static void count(struct tally *t, uint32_t notes, uint64_t round)
{
	struct count *c = &t->note[worst(notes)];

	t->seen |= notes;
	c->walks++;
	c->rounds += c->last_round != round;
	c->last_round = round;
	if (!c->first_ns)
		c->first_ns = now_ns() - raced_since_ns + 1;
	if (notes & NOTES_BAD) {
		t->bad_rounds += t->last_bad != round;
		t->last_bad = round;
	}
}

/* Not between two rounds, nor in one that a walk of ours has changed. */
static bool may_walk(void)
{
	return !__atomic_load_n(&shared.closed, __ATOMIC_ACQUIRE) &&
	       !(my.changed && __atomic_load_n(&shared.round, __ATOMIC_RELAXED) == my.round);
}

static void *walk(void *arg)
{
	struct tally *t = arg;
	uint32_t notes;

	flat_percpu();
	my.random = 0x9e3779b9;
	if (strategy == STRATEGY_STEPPED || one_cpu)
		preempt_enter(&preempt, 77);
	while (!__atomic_load_n(&shared.stop, __ATOMIC_RELAXED)) {
		__atomic_store_n(&shared.walking, 1, __ATOMIC_RELAXED);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if (!may_walk()) {
			__atomic_store_n(&shared.walking, 0, __ATOMIC_RELEASE);
			while (!may_walk() && !__atomic_load_n(&shared.stop, __ATOMIC_RELAXED))
				pause_cpu();
			continue;
		}
		if (my.round != shared.round) {
			my.round = shared.round;
			my.ntables = 0;
			my.changed = false;
		}
		notes = run(walker->run);
		t->walks++;
		count(t, notes, my.round);
		if (notes & (NOTES_BAD | NOTES_VOID)) {
			shared.bad_round = 1;
			if (strategy == STRATEGY_STEPPED || one_cpu) {	/* its steps ended where it fell */
				preempt_leave();
				preempt_enter(&preempt, next_random());
			}
		}
		__atomic_store_n(&shared.walking, 0, __ATOMIC_RELEASE);
	}
	preempt_leave();
	return NULL;
}

static void begin_round(struct tally *t, uint64_t until_ns)
{
	if (shared.bad_round || !(t->rounds % RESETS))
		world_reset();
	shared.bad_round = 0;
	*shared.entry = 0;
	my.ntables = 0;
	__atomic_store_n(&shared.round, shared.round + 1, __ATOMIC_RELAXED);
	__atomic_store_n(&shared.closed, 0, __ATOMIC_RELEASE);
	/* a round that nobody walks in is worth nothing */
	while (!__atomic_load_n(&shared.walking, __ATOMIC_RELAXED) && now_ns() < until_ns)
		pause_cpu();
}

static void end_round(void)
{
	__atomic_store_n(&shared.closed, 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	while (__atomic_load_n(&shared.walking, __ATOMIC_ACQUIRE))
		pause_cpu();
}

struct writer {
	struct tally tally;
	uint64_t until_ns;
};

static void *change(void *arg)
{
	struct writer *w = arg;
	uint32_t notes;

	flat_percpu();
	my.writes = true;
	my.random = 0x2545f491;
	if (one_cpu)
		preempt_enter(&preempt, 78);
	do {
		begin_round(&w->tally, w->until_ns);
		hold();
		notes = run(transition->run);
		if (notes & (NOTES_BAD | NOTES_VOID)) {
			w->tally.walks++;	/* a writer that goes wrong has gone somewhere, too */
			count(&w->tally, notes, shared.round);
			shared.bad_round = 1;
		}
		hold();
		end_round();
		w->tally.rounds++;
	} while (now_ns() < w->until_ns);
	preempt_leave();
	__atomic_store_n(&shared.stop, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&shared.closed, 0, __ATOMIC_RELEASE);
	return NULL;
}

static struct cpus cpus;

static void *pinned_walk(void *arg)
{
	pin_to(cpus.id[0]);
	return walk(arg);
}

static void *pinned_change(void *arg)
{
	pin_to(cpus.id[one_cpu ? 0 : 1]);
	return change(arg);
}

static void tally_add(struct tally *t, const struct tally *part)
{
	t->walks += part->walks;
	t->rounds += part->rounds;
	t->bad_rounds += part->bad_rounds;
	t->seen |= part->seen;
	for (unsigned i = 0; i < NR_NOTES; i++) {
		t->note[i].walks += part->note[i].walks;
		t->note[i].rounds += part->note[i].rounds;
		if (!t->note[i].first_ns)
			t->note[i].first_ns = part->note[i].first_ns;
	}
}

/* In whichever thread is told to: what runs does not end by itself. */
static void give_up(int sig)
{
	(void)sig;
	if (world_runs()) {
		note(NOTE_STUCK);
		world_leave();
	}
}

/* A busted walker may go round for ever; then neither it nor who waits for it comes to an end. */
static void join_both(pthread_t a, pthread_t b)
{
	const struct sigaction sa = { .sa_handler = give_up, .sa_flags = SA_NODEFER };
	struct timespec until;

	sigaction(SIGUSR2, &sa, NULL);
	clock_gettime(CLOCK_REALTIME, &until);
	for (;;) {
		until.tv_sec += LOST_NS / 1000000000;
		if (pthread_timedjoin_np(b, NULL, &until) != ETIMEDOUT)
			break;
		pthread_kill(a, SIGUSR2);
		pthread_kill(b, SIGUSR2);
	}
	pthread_join(a, NULL);
}

/* 0, or -EAGAIN. */
static int slice(struct tally *t)
{
	struct tally walks = { 0 };
	const uint64_t began = now_ns();
	struct writer w = { .until_ns = began + SLICE_NS };
	pthread_t a, b;

	shared.stop = 0;
	shared.round++;		/* rounds count from 1: 0 is none */
	shared.closed = 1;
	shared.section = 0;
	shared.bad_round = 1;
	if (one_cpu)
		preempt_start(&preempt, cpus.id[0], preempt_steps(), SLICE_NS / 2);
	else if (strategy == STRATEGY_STEPPED)
		preempt_start_steps(&preempt, STEPS, STEP_SLICE_NS);
	if (pthread_create(&a, NULL, pinned_walk, &walks))
		return -EAGAIN;
	if (pthread_create(&b, NULL, pinned_change, &w)) {
		__atomic_store_n(&shared.stop, 1, __ATOMIC_RELAXED);
		pthread_join(a, NULL);
		return -EAGAIN;
	}
	join_both(a, b);
	preempt_stop(&preempt);
	tally_add(t, &walks);
	tally_add(t, &w.tally);
	t->ns += now_ns() - began;
	return 0;
}

static void print_tally(const char *name, const char *by, const struct tally *t)
{
	const char *comma = "";

	printf("raced\t%s\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t", name, by, t->walks, t->rounds, t->ns,
	       t->bad_rounds);
	for (unsigned i = 0; i < NR_NOTES; i++)
		if (t->note[i].walks) {
			printf("%s%s=%" PRIu64 "/%" PRIu64 "/%" PRIu64, comma, note_kinds[i].name, t->note[i].walks,
			       t->note[i].rounds, t->note[i].first_ns);
			comma = ",";
		}
	puts(*comma ? "" : "-");
}

static void print_seen(const char *name, uint32_t seen)
{
	const char *comma = "";

	printf("seen\t%s\t", name);
	for (; seen; seen &= seen - 1) {
		printf("%s%s", comma, note_kinds[__builtin_ctz(seen)].name);
		comma = ",";
	}
	puts(*comma ? "" : "-");
}

/* Strategies take turns, until time is over or `enough` rounds have shown something bad; 0: time only. */
static int race(const char *name, uint64_t most_ns, uint64_t enough)
{
	struct tally t[NR_STRATEGIES];
	uint64_t bad = 0, ns = 0;
	uint32_t seen = 0;
	int err = 0;

	memset(t, 0, sizeof(t));
	shared.entry = transition->level == LEVEL_PUD ? AT(glue_pud)() : AT(glue_pmd)();
	oracles.over_pmds = transition->level == LEVEL_PMD;
	AT(hook_tree_splits) = transition->run == k_do_tree_split;
	world_mirrored(walker_mirrors(walker));
	oracles.missing = NULL;
	raced_since_ns = now_ns();
	while (!err && ns < most_ns && (!enough || bad < enough) && !oracles.missing)
		for (unsigned s = 0; s < NR_STRATEGIES && !err; s++) {
			if (!strategies[s].usable() || (one_cpu && s != STRATEGY_FREE))
				continue;
			strategy = (enum strategy)s;
			ns -= t[s].ns;
			bad -= t[s].bad_rounds;
			err = slice(&t[s]);
			ns += t[s].ns;
			bad += t[s].bad_rounds;
			seen |= t[s].seen;
		}
	print_seen(name, seen);
	for (unsigned s = 0; s < NR_STRATEGIES; s++)
		if (t[s].rounds)
			print_tally(name, strategies[s].name, &t[s]);
	if (oracles.missing)
		printf("missing\t%s\t%s\n", name, oracles.missing);
	fflush(stdout);
	return err;
}

static int usage(void)
{
	fputs("race MILLISECONDS ENOUGH [CELL]...\n", stderr);
	return 2;
}

static bool wanted(const char *name, char **names, int n)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(name, names[i]))
			return true;
	return !n;
}

int main(int argc, char **argv)
{
	char name[CELL_NAME_LEN];
	int err;

	if (argc < 3)
		return usage();
	cpus_allowed(&cpus);
	one_cpu = cpus.n < 2;
	flat_percpu();
	err = world_init();
	if (err) {
		fprintf(stderr, "the kernel's memory could not be had: %s\n", strerror(-err));
		return 2;
	}
	oracles.note = note;
	oracles.low = load_low;
	oracles.holds = holds;
	world_keep();
	printf(one_cpu ? "cpus\t%d\n" : "cpus\t%d,%d\n", cpus.id[0], cpus.id[1]);
	tears_print(&cpus);
	for (unsigned t = 0; t < NR_TRANSITIONS && !err; t++)
		for (unsigned w = 0; w < NR_WALKERS && !err; w++) {
			walker = &walkers[w];
			transition = &transitions[t];
			/* of who owns what only the explorer keeps books */
			if (!transitions[t].owned && cell_name(name, sizeof(name), w, t) && wanted(name, argv + 3, argc - 3))
				err = race(name, strtoull(argv[1], NULL, 10) * 1000000, strtoull(argv[2], NULL, 10));
		}
	if (err) {
		fprintf(stderr, "threads could not be started: %s\n", strerror(-err));
		return 2;
	}
	puts("raced-all");
	return fflush(stdout) ? 2 : 0;
}
