/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loops of a race. Counting is observe.c's, taking turns on one CPU preempt.c's.
 */
#include "racers.h"

#include <time.h>

#include "machine/tables.h"
#include "native/spin.h"
#include "pin.h"
#include "poke.h"
#include "sweep.h"

enum {
	BATCH_WALKS = 64,
	NAP_NS = 50000,
	WIDEN_SPINS = 3000,
};

static bool stopped(const struct control *c)
{
	return __atomic_load_n(&c->stop, __ATOMIC_RELAXED);
}

static void nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = NAP_NS }, NULL);
}

static void wait_for_go(struct control *c, int cpu, uint32_t seed, bool takes_part, bool *pinned)
{
	*pinned = pin_to(cpu);
	__atomic_add_fetch(&c->ready, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&c->go, __ATOMIC_ACQUIRE))
		nanosleep(&(struct timespec){ .tv_nsec = 1000 }, NULL);
	if (c->preempts && takes_part)
		preempt_enter(&c->preempt, seed);
}

/* ---- readers ---- */

/* The entry walker's tight loop: the same value again costs nothing but its read. */
static void scan_batch(struct reader_thread *t)
{
	const struct cell *c = t->o.cell;
	uint32_t left = t->batch, slot, want, n;
	entry_t v;

	while (left) {
		slot = route_next(&t->route);
		want = left < t->looks ? left : t->looks;
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
	t->walks += t->batch;
}

static void scan_batch_unwatched(struct reader_thread *t)
{
	entry_t v = t->w.pt->slots[0];

	t->w.retries_left = UINT32_MAX;
	t->o.cell->reader->scan(&t->w, t->w.pt->slots, v, t->batch, &v);
	t->walks += t->batch;
}

static void walk_batch(struct reader_thread *t, bool watched)
{
	uint32_t slot = route_next(&t->route), looks = t->looks;
	uint64_t addr = tables_addr(t->w.pt, slot);
	unsigned i;

	for (i = 0; i < BATCH_WALKS; i++) {
		if (!looks--) {
			slot = route_next(&t->route);
			addr = tables_addr(t->w.pt, slot);
			looks = t->looks - 1;
		}
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

/* At the next class of delays already? Then this thread's delays are of that class. */
static bool next_delay(const struct control *c, const struct cell *cell, uint32_t seed, unsigned *delay,
		       uint64_t *now)
{
	unsigned class;

	*now = now_ns();
	class = sweep_class(*now - c->start_ns);
	if (class == *delay)
		return false;
	cell->protocol->seed(seed, sweep_spins(class), c->one_cpu);
	*delay = class;
	return true;
}

static uint64_t torn_so_far(const struct observer *o)
{
	const uint64_t *d = o->distinct;

	return d[2 * OUTCOME_TORN_READER] + d[2 * OUTCOME_TORN_READER + 1] +
	       d[2 * OUTCOME_TORN_WRITER] + d[2 * OUTCOME_TORN_WRITER + 1];
}

/* What was torn since the last call was torn by the delays of the class until now. */
static void sweep_on(struct reader_thread *t, uint64_t *torn_before)
{
	const unsigned old = t->delay;
	const uint64_t torn = torn_so_far(&t->o);
	uint64_t now;

	if (old != SWEEP_NONE)
		t->delay_torn[old] += torn - *torn_before;
	*torn_before = torn;
	if (!next_delay(t->control, t->o.cell, t->rng, &t->delay, &now))
		return;
	if (old != SWEEP_NONE)
		t->delay_spent[old] += now - t->delay_since;
	t->delay_since = now;
}

void *reader_main(void *arg)
{
	struct reader_thread *t = arg;
	const struct cell *c = t->o.cell;
	const bool watched = !t->unwatched;
	const struct parts parts = cell_parts(c);
	const bool scan = parts_scan(&parts);
	uint64_t bad_before = 0, torn_before = 0;

	t->delay = SWEEP_NONE;
	c->reclaim->online();
	if (c->protocol->seed)
		c->protocol->seed(t->rng, WIDEN_SPINS, t->control->one_cpu);
	wait_for_go(t->control, t->cpu, t->rng, true, &t->pinned);
	t->o.start_ns = t->control->start_ns;
	while (!stopped(t->control)) {
		if (!scan)
			walk_batch(t, watched);
		else if (watched)
			scan_batch(t);
		else
			scan_batch_unwatched(t);
		c->reclaim->quiesce();
		meet(&t->meeting);
		if (watched)
			note_interval(t, &bad_before);
		if (t->control->sweep)
			sweep_on(t, &torn_before);
	}
	if (t->control->preempts)
		preempt_leave();
	c->reclaim->offline();
	return NULL;
}

/* ---- writers ---- */

/*
 * Nothing every other time, else up to four times as much. A walk rereads a hole where none
 * stays for long, and is confused where it does not: one cell may want both. What is present
 * is best held for as long as the other side takes, always.
 */
static uint32_t around(struct writer_thread *t, uint32_t turns)
{
	if (!turns)
		return 0;
	t->random ^= t->random << 13;
	t->random ^= t->random >> 17;
	t->random ^= t->random << 5;
	return t->random & 1 ? 0 : (uint32_t)((uint64_t)t->random * (4 * (uint64_t)turns + 1) >> 32);
}

void writer_pause(struct mutator *m, bool present)
{
	struct writer_thread *t = (struct writer_thread *)m;	/* its first member */
	const uint32_t *key = t->cell->strategy.key;

	spin(present ? key[KEY_hold] : around(t, key[KEY_rest]));
	if (present && key[KEY_poke] && ++t->held >= key[KEY_poke]) {
		t->held = 0;
		poke();
	}
}

void writer_visit(struct writer_thread *t, uint32_t slot)
{
	uint32_t *turn = &t->control->visit[slot % 64];

	if (t->shared)
		while (__atomic_exchange_n(turn, 1, __ATOMIC_ACQUIRE)) {
			if (stopped(t->control))
				return;
			nap();
		}
	if (t->rounds)
		t->rounds(&t->m, &t->m.pt->slots[slot], &t->m.stamps[slot], t->burst);
	else
		t->m.transition->rounds(&t->m, slot, t->burst);
	if (t->shared)
		__atomic_store_n(turn, 0, __ATOMIC_RELEASE);
	t->m.rounds += t->burst;
}

void *writer_main(void *arg)
{
	struct writer_thread *t = arg;
	const struct cell *c = t->cell;
	uint64_t now;

	t->delay = SWEEP_NONE;
	if (c->protocol->seed)
		c->protocol->seed(t->seed, WIDEN_SPINS, t->control->one_cpu);
	wait_for_go(t->control, t->cpu, t->seed, t->control->one_cpu, &t->pinned);
	while (!stopped(t->control)) {
		writer_visit(t, route_next(&t->route));
		if (t->m.sync_later && !t->route.at)
			c->transition->end_pass(&t->m);
		meet(&t->meeting);
		if (t->control->sweep)
			next_delay(t->control, c, t->seed, &t->delay, &now);
	}
	if (t->control->one_cpu)
		preempt_leave();
	return NULL;
}

