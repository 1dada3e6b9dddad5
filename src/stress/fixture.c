/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Builds what a cell's threads stand on, and takes it apart.
 *
 * Invariant: when fixture_new() returns, everything that a thread will use has been
 * allocated, so that no allocator runs while threads race.
 */
#include "fixture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "native/primitives.h"
#include "arch.h"
#include "protocol/stamp.h"

enum {
	MAX_RETRIES = 100,
	SCAN_READS = 4096,
	SCAN_PER_SLOT = 8,	/* where there are many */
	NS_PER_US = 1000,
};

/* Thread `i` of `n` has every n-th slot of the strategy's; without one, of the cell's. */
static struct route route_of(const struct cell *c, unsigned i, unsigned n, uint32_t random)
{
	const struct strategy *s = &c->strategy;
	const uint32_t slots = s->key[KEY_slots] ? s->key[KEY_slots] : c->slots;
	const uint32_t apart = s->key[KEY_slots] ? strategy_step(s) : 1;

	n = n < slots ? n : slots;
	i %= slots;
	return (struct route){ .first = i * apart, .step = n * apart, .n = (slots - i + n - 1) / n,
			       .order = (int)s->key[KEY_order], .random = random };
}

static struct meeting meeting_of(const struct cell *c, struct signs *ours, const struct signs *theirs)
{
	return (struct meeting){ .ours = ours, .theirs = theirs,
				 .wait_ns = c->readers && c->writers ?
						    (uint64_t)c->strategy.key[KEY_wait] * NS_PER_US : 0 };
}

static void set_up_reader(struct fixture *fixture, const struct cell *c, struct reader_thread *t,
			  unsigned i, bool unwatched)
{
	const bool plain = c->reader->flags & READ_REREADS;

	t->w = (struct walk){
		.pt = fixture->pt, .layout = c->layout, .reader = c->reader, .walker = c->walker,
		.ops = c->consumer, .writer = c->writer, .split = c->protocol->split,
		.run = plain ? c->walker->walk_plain[c->layout_id] : c->walker->walk,
		.max_retries = MAX_RETRIES,
	};
	t->control = &fixture->control;
	t->unwatched = unwatched;
	t->rng = (c->seed + 1) * 2654435761u ^ (i + 1) * 40503u;
	t->rng |= !t->rng;
	t->route = route_of(c, 0, 1, t->rng);
	if (!c->strategy.key[KEY_slots])
		t->route.order = ORDER_RANDOM;
	else if (t->route.order == ORDER_OPPOSITE)	/* the writer turns round */
		t->route.order = ORDER_IN_STEP;
	t->meeting = meeting_of(c, &fixture->control.reading, &fixture->control.writing);
	t->batch = c->strategy.key[KEY_wait] ? SCAN_READS / 4 : SCAN_READS;
	t->looks = c->strategy.key[KEY_looks];
	if (!t->looks)
		t->looks = c->walker->flags & WALK_NO_DESCENT && c->slots == 1 ? SCAN_READS :
			   c->walker->flags & WALK_NO_DESCENT ? SCAN_PER_SLOT : 1;
}

static void set_up_writer(struct fixture *fixture, const struct cell *c, struct writer_thread *t, unsigned i)
{
	const struct parts parts = cell_parts(c);
	struct mutator *m = &t->m;

	m->writer = c->writer;
	m->transition = c->transition;
	m->lock = parts_share_lock(&parts);
	m->sync = c->reader->flags & READ_NEEDS_SYNC;
	m->alias = c->alias;
	m->clean = cell_installs_clean(c);
	m->stamps = fixture->stamps;
	t->cell = c;
	t->control = &fixture->control;
	t->shared = c->writers > (c->strategy.key[KEY_slots] ? c->strategy.key[KEY_slots] : c->slots);
	t->meeting = meeting_of(c, &fixture->control.writing, &fixture->control.reading);
	t->seed = (c->seed + 1) * 2246822519u ^ (i + 1) * 97531u;
	t->random = t->seed | 1;
	t->route = route_of(c, i, c->writers, t->random);
	t->burst = m->sync || c->transition->makes_tables ? 1 : c->slots == 1 ? 64 : 16;
	if (c->strategy.key[KEY_rounds])
		t->burst = c->strategy.key[KEY_rounds];
	m->sync_later = m->sync && c->transition->end_pass && t->route.n > 1 && t->route.order != ORDER_RANDOM;
	if (m->sync_later)
		t->burst = 1;
	if (parts.pauses)
		m->pause = writer_pause;
	t->rounds = parts_rounds(&parts);
}

/*
 * How fast a writer is that has its slot to itself, in 1/1024 ticks: the best of
 * many visits, since an emulator translates during the first ones.
 */
static uint64_t ticks_per_round(struct writer_thread *t)
{
	enum { VISITS = 100, LEAST_NS = 300000 };
	const uint64_t begin = now_ns();
	uint64_t best = UINT64_MAX, from, took, spent = 0;
	unsigned n;

	for (n = 0; n < VISITS || spent < LEAST_NS; n++) {
		from = arch_ticks();
		writer_visit(t, t->route.first);
		took = (arch_ticks() - from) * 1024 / t->burst;
		best = took < best ? took : best;
		spent = now_ns() - begin;
	}
	t->m.rounds = 0;
	return best;
}

static int set_up(struct fixture *fixture, const struct cell *c, bool unwatched)
{
	struct tables_config tc = {
		.level = c->level, .layout = c->layout, .reclaim = c->reclaim, .slots = c->slots,
		.mutators = c->writers ? c->writers : 1, .tables = c->transition->makes_tables,
		.fill = c->strategy.key[KEY_fill] ? c->strategy.key[KEY_fill] : TABLE_ENTRIES,
	};
	uint64_t ticks;
	unsigned i;
	int err;

	err = oracle_learn(&fixture->oracle, c, machine_stores_in_order);
	if (err)
		return err;
	fixture->pt = tables_new(&tc);
	fixture->owners = calloc(c->layout->delta_mod, 1);
	fixture->stamps = calloc(c->slots, sizeof(*fixture->stamps));
	fixture->readers = aligned_alloc(_Alignof(struct reader_thread),
				      c->readers * sizeof(*fixture->readers));
	fixture->writers = aligned_alloc(_Alignof(struct writer_thread),
				      c->writers * sizeof(*fixture->writers));
	if (!fixture->pt || !fixture->owners || !fixture->stamps || !fixture->readers || !fixture->writers)
		return -ENOMEM;
	memset(fixture->readers, 0, c->readers * sizeof(*fixture->readers));
	memset(fixture->writers, 0, c->writers * sizeof(*fixture->writers));
	for (i = 0; i < c->slots; i++) {
		fixture->stamps[i] = stamp_first(i, c->layout->hi_gens);
		fixture->owners[fixture->stamps[i].hi % c->layout->delta_mod] = 1;
		if (!c->transition->clears)
			fixture->pt->slots[i] = cell_installs_clean(c) ?
						     c->layout->mk_clean(fixture->stamps[i]) :
						     c->layout->mk_huge(fixture->stamps[i]);
	}
	for (i = 0; i < c->writers; i++) {
		set_up_writer(fixture, c, &fixture->writers[i], i);
		err = tables_join(fixture->pt, &fixture->writers[i].m, i);
		if (err)
			return err;
		fixture->joined++;
	}
	ticks = c->writers ? ticks_per_round(&fixture->writers[0]) : 0;
	for (i = 0; i < c->readers; i++) {
		set_up_reader(fixture, c, &fixture->readers[i], i, unwatched);
		err = observer_init(&fixture->readers[i].o, c, &fixture->oracle, fixture->owners, i, ticks);
		if (err)
			return err;
		fixture->observing++;
	}
	return 0;
}

void fixture_free(struct fixture *fixture)
{
	unsigned i;

	for (i = 0; i < fixture->joined; i++)
		tables_part(&fixture->writers[i].m);
	for (i = 0; i < fixture->observing; i++)
		observer_destroy(&fixture->readers[i].o);
	free(fixture->writers);
	free(fixture->readers);
	free(fixture->stamps);
	free(fixture->owners);
	tables_free(fixture->pt);
	free(fixture);
}

struct fixture *fixture_new(const struct cell *c, bool unwatched, int *err)
{
	struct fixture *fixture = aligned_alloc(_Alignof(struct fixture), sizeof(*fixture));

	*err = -ENOMEM;
	if (!fixture)
		return NULL;
	memset(fixture, 0, sizeof(*fixture));
	fixture->cell = *c;
	fixture->cell.slots = strategy_slots(&c->strategy, c->slots);
	*err = set_up(fixture, &fixture->cell, unwatched);
	if (!*err)
		return fixture;
	fixture_free(fixture);
	return NULL;
}
