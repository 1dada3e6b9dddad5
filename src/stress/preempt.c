/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two ways to take the CPU from a thread, in turns, since neither works
 * everywhere.
 *
 * By steps: a timer of its own interrupts the thread that runs; its handler lets it
 * go on for a few single steps, and yields. Without the steps, neighbouring
 * accesses are hardly ever parted: a CPU takes interrupts where instructions
 * retire, and retires them together; an emulator takes them between its blocks.
 *
 * By waking: the keeper sleeps a little, preempts as it wakes up, sleeps again,
 * and the scheduler goes on with who ran less. In an emulator of user programs
 * this is what parts a thread's accesses: the host preempts at any of the host's
 * instructions. There it is the only way, too: qemu-i386 7.2 does not survive a
 * signal that comes at a bad moment.
 *
 * Invariant: a thread that has left gets no more timers and takes no more steps.
 */
#include "preempt.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "pin.h"
#include "step.h"

enum {
	SLICE_NS = 10000,	/* at least; to twice that, from one change to the next */
	NAPS = 3,		/* slices */
	IDLE_NS = 2000000,	/* while it goes the other way */
	STEPS = 8,
};

/* A sanitizer keeps signals back, or steps into its own runtime: the Makefile says. */
#ifndef SANITIZED
#define SANITIZED 0
#endif

static __thread struct {
	struct preempt *with;
	bool waits;		/* for a timer, to see what it costs */
	uint32_t random;
	int timer;
	uint32_t steps_left;
} my;

static uint32_t next_random(void)
{
	my.random ^= my.random << 13;
	my.random ^= my.random >> 17;
	my.random ^= my.random << 5;
	return my.random;
}

/* libc's timers bring threads of their own along. */
static bool new_timer(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM };
	sigset_t both;

	sigemptyset(&both);
	sigaddset(&both, SIGALRM);
	sigaddset(&both, SIGTRAP);
	pthread_sigmask(SIG_UNBLOCK, &both, NULL);
	event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
	return !syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &my.timer);
}

static void set_timer(uint32_t ns)
{
	const struct {
		long interval_s, interval_ns, s, ns;
	} once = { .ns = (long)ns };

	syscall(SYS_timer_settime, my.timer, 0, &once, NULL);
}

static bool waking(void)
{
	return __atomic_load_n(&my.with->waking, __ATOMIC_RELAXED);
}

static void next_slice(void)
{
	const uint32_t slice = __atomic_load_n(&my.with->slice_ns, __ATOMIC_RELAXED);

	set_timer(waking() ? IDLE_NS : slice + next_random() % slice);
}

static void give_away(void)
{
	if (!my.with->stays)
		sched_yield();
	next_slice();
}

static void on_timer(int sig, siginfo_t *info, void *context)
{
	const int saved = errno;

	(void)sig;
	(void)info;
	__atomic_store_n(&my.waits, false, __ATOMIC_RELAXED);
	if (!my.with)
		return;
	my.steps_left = my.with->stays || next_random() % 2 ? next_random() % my.with->steps : 0;
	if (waking())
		next_slice();
	else if (!my.steps_left || !arch_step(context))
		give_away();
	errno = saved;
}

static void on_step(int sig, siginfo_t *info, void *context)
{
	const int saved = errno;

	(void)sig;
	(void)info;
	if (my.with && my.steps_left && --my.steps_left && arch_step(context))
		return;
	arch_step_end(context);
	my.steps_left = 0;
	if (my.with)
		give_away();
	errno = saved;
}

/*
 * What it takes from setting a timer to its signal, at best. A slice has to be
 * longer, or its thread gets nowhere: an emulated machine needs 30 us and more.
 */
static void fit_slice(struct preempt *h)
{
	uint64_t best = UINT64_MAX, began, took;
	unsigned i;

	if (!new_timer())
		return;
	for (i = 0; i < 8; i++) {
		__atomic_store_n(&my.waits, true, __ATOMIC_RELAXED);
		began = now_ns();
		set_timer(1);
		while (__atomic_load_n(&my.waits, __ATOMIC_RELAXED) && now_ns() - began < IDLE_NS)
			;
		took = now_ns() - began;
		best = took < best ? took : best;
	}
	syscall(SYS_timer_delete, my.timer);
	if (best > h->slice_ns)
		__atomic_store_n(&h->slice_ns, (uint32_t)best, __ATOMIC_RELAXED);
}

static void *keep(void *arg)
{
	struct preempt *h = arg;
	const uint64_t begin = now_ns();
	long nap;

	pin_to(h->cpu);
	prctl(PR_SET_TIMERSLACK, 1);
	if (!h->only_waking)
		fit_slice(h);
	nap = (long)h->slice_ns * NAPS;
	while (!__atomic_load_n(&h->stop, __ATOMIC_RELAXED)) {
		bool wake = h->only_waking || (now_ns() - begin) / h->phase_ns % 2;

		__atomic_store_n(&h->waking, wake, __ATOMIC_RELAXED);
		nanosleep(&(struct timespec){ .tv_nsec = wake ? nap : IDLE_NS }, NULL);
	}
	return NULL;
}

static void take_signals(void)
{
	struct sigaction sa = { .sa_flags = SA_SIGINFO | SA_RESTART };

	sigaddset(&sa.sa_mask, SIGALRM);
	sigaddset(&sa.sa_mask, SIGTRAP);
	sa.sa_sigaction = on_timer;
	sigaction(SIGALRM, &sa, NULL);
	sa.sa_sigaction = on_step;
	sigaction(SIGTRAP, &sa, NULL);
}

static bool signals_are_bad(void)
{
	char emulator[64];

	return SANITIZED || user_emulator(emulator, sizeof(emulator));
}

bool preempt_steps(void)
{
	return ARCH_STEPS && !signals_are_bad();
}

void preempt_start_steps(struct preempt *h, uint32_t steps, uint32_t slice_ns)
{
	*h = (struct preempt){ .slice_ns = slice_ns, .steps = steps, .stays = true };
	take_signals();
	fit_slice(h);
}

void preempt_start(struct preempt *h, int cpu, bool steps, uint64_t phase_ns)
{
	*h = (struct preempt){ .cpu = cpu, .phase_ns = phase_ns, .slice_ns = SLICE_NS, .steps = STEPS };
	h->only_waking = !steps || signals_are_bad();
	take_signals();
	h->kept = !pthread_create(&h->keeper, NULL, keep, h);
}

void preempt_stop(struct preempt *h)
{
	__atomic_store_n(&h->stop, 1, __ATOMIC_RELAXED);
	if (h->kept)
		pthread_join(h->keeper, NULL);
	h->kept = false;
}

void preempt_enter(struct preempt *h, uint32_t seed)
{
	my.random = seed | 1;
	my.steps_left = 0;
	if (h->only_waking || !new_timer())
		return;		/* the keeper alone, then */
	my.with = h;
	next_slice();
}

void preempt_leave(void)
{
	if (!my.with)
		return;
	my.with = NULL;
	syscall(SYS_timer_delete, my.timer);
}
