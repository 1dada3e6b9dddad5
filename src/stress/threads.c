/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "threads.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "native/primitives.h"
#include "arch.h"
#include "protocol/stamp.h"

enum {
	MAX_RETRIES = 100,
	INTERVAL_NS = 100 * 1000 * 1000,
};

static void set_up_reader(struct crew *crew, const struct cell *c, struct reader_thread *t,
			  unsigned i, bool unwatched)
{
	const bool plain = c->reader->flags & READ_REREADS;

	t->w = (struct walk){
		.pt = crew->pt, .layout = c->layout, .reader = c->reader, .walker = c->walker,
		.ops = c->consumer, .writer = c->writer, .split = c->protocol->split,
		.run = plain ? c->walker->walk_plain[c->layout_id] : c->walker->walk,
		.max_retries = MAX_RETRIES,
	};
	t->control = &crew->control;
	t->unwatched = unwatched;
	t->rng = (c->seed + 1) * 2654435761u ^ (i + 1) * 40503u;
	t->rng |= !t->rng;
}

static void set_up_writer(struct crew *crew, const struct cell *c, struct writer_thread *t, unsigned i)
{
	struct mutator *m = &t->m;

	m->writer = c->writer;
	m->transition = c->transition;
	m->lock = cell_shares_lock(c);
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
		writer_visit(t, t->first);
		took = (arch_ticks() - from) * 1024 / t->burst;
		best = took < best ? took : best;
	}
	t->m.rounds = 0;
	return best;
}

static int set_up(struct crew *crew, const struct cell *c, bool unwatched)
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
		set_up_reader(crew, c, &crew->readers[i], i, unwatched);
		crew->readers[i].interval_ns = width;
		err = observer_init(&crew->readers[i].o, c, &crew->oracle, crew->owners, i, ticks);
		if (err)
			return err;
		crew->observing++;
	}
	return 0;
}

void crew_free(struct crew *crew)
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

struct crew *crew_new(const struct cell *c, bool unwatched, int *err)
{
	struct crew *crew = aligned_alloc(_Alignof(struct crew), sizeof(*crew));

	*err = -ENOMEM;
	if (!crew)
		return NULL;
	memset(crew, 0, sizeof(*crew));
	*err = set_up(crew, c, unwatched);
	if (!*err)
		return crew;
	crew_free(crew);
	return NULL;
}
