/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the tests of the explored world share: a machine of one mutator and one
 * walk (struct rig), and every interleaving of two parties.
 */
#ifndef TORNWALK_TEST_EXPLORED_H
#define TORNWALK_TEST_EXPLORED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "explore/hooks.h"
#include "explore/script.h"
#include "machine/reclaim.h"
#include "machine/tables.h"
#include "protocol/stamp.h"
#include "stress/observe.h"
#include "stress/oracle.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Element of a list that ends with a NULL name; no such name: the test fails. */
#define BY_NAME(list, nm)                                                        \
	({                                                                        \
		__auto_type e_ = (list);                                          \
		while (e_->name && strcmp(e_->name, (nm)))                        \
			e_++;                                                     \
		if (!e_->name)                                                    \
			fail_msg("nothing is called %s", (nm));                   \
		e_;                                                               \
	})

static inline void assert_entry(entry_t got, entry_t want)
{
	if (!entry_same(got, want))
		fail_msg("%08x:%08x, should be %08x:%08x", got.hi, got.lo, want.hi, want.lo);
}

enum { MAX_RIG_SLOTS = 8 };

struct rig_config {
	enum layout_id layout;
	enum level level;
	/* names; NULL: lo-hi, pae-pte, fault-zap, entry, ptdump */
	const char *reader, *writer, *transition, *walker, *consumer;
	const struct reclaim *reclaim;	/* NULL: reclaim_alone */
	uint32_t slots, fill;		/* 0: 1 */
	bool alias;
};

struct rig {
	struct cell c;
	struct oracle oracle;
	struct page_tables *pt;
	struct stamp stamps[MAX_RIG_SLOTS];
	struct mutator m;
	struct walk w;
	uint8_t *owners;
};

static inline void rig_make(struct rig *g, const struct rig_config *k)
{
	const struct protocol *P = &explored_protocol;
	const struct layout *L = layouts[k->layout];
	struct cell c = {
		.protocol = P, .layout = L, .layout_id = k->layout, .level = k->level,
		.reader = BY_NAME(P->readers, k->reader ?: "lo-hi"),
		.writer = BY_NAME(P->writers, k->writer ?: "pae-pte"),
		.transition = BY_NAME(P->transitions, k->transition ?: "fault-zap"),
		.walker = BY_NAME(P->walkers, k->walker ?: "entry"),
		.consumer = BY_NAME(P->consumers, k->consumer ?: "ptdump"),
		.reclaim = k->reclaim ?: &reclaim_alone,
		.alias = k->alias, .readers = 1, .writers = 1, .slots = k->slots ?: 1, .seed = 4711,
	};
	struct tables_config tc = {
		.level = c.level, .layout = L, .reclaim = c.reclaim, .slots = c.slots,
		.mutators = 1, .tables = true, .fill = k->fill ?: 1,
	};
	bool plain = c.reader->flags & READ_REREADS;
	unsigned i;

	memset(g, 0, sizeof(*g));
	g->c = c;
	g->pt = tables_new(&tc);
	assert_non_null(g->pt);
	g->m = (struct mutator){ .writer = c.writer, .transition = c.transition,
				 .alias = c.alias, .stamps = g->stamps };
	assert_int_equal(tables_join(g->pt, &g->m, 0), 0);
	g->owners = calloc(L->delta_mod, 1);
	for (i = 0; i < c.slots; i++) {
		g->stamps[i] = stamp_first(i, L->hi_gens);
		g->owners[g->stamps[i].hi % L->delta_mod] = 1;
	}
	g->w = (struct walk){
		.pt = g->pt, .layout = L, .reader = c.reader, .walker = c.walker,
		.ops = c.consumer, .writer = c.writer, .split = P->split,
		.run = plain ? c.walker->walk_plain[k->layout] : c.walker->walk, .max_retries = 100,
	};
	assert_int_equal(oracle_learn(&g->oracle, &c, true), 0);
}

static inline void rig_break(struct rig *g)
{
	tables_part(&g->m);
	tables_free(g->pt);
	free(g->owners);
}

/* One walk of `slot`, one page long. */
static inline void rig_walk(struct rig *g, uint32_t slot)
{
	uint64_t addr = tables_addr(g->pt, slot);

	g->w.run(&g->w, addr, addr + (1u << PTE_SHIFT));
}

/* An observer that calls any entry stale that is older than what it has seen. */
static inline void rig_observer(struct rig *g, struct observer *o)
{
	assert_int_equal(observer_init(o, &g->c, &g->oracle, g->owners, 7, 0), 0);
	o->stale_guard = o->direction_guard = UINT64_MAX;
}

/* What an observer with nothing behind it makes of an act. */
static inline enum outcome rig_classify(struct rig *g, uint32_t slot, const struct act *a)
{
	struct observer o;
	unsigned k, got = NR_OUTCOMES;

	assert_int_equal(observer_init(&o, &g->c, &g->oracle, g->owners, 0, 0), 0);
	observe(&o, slot, a);
	for (k = 0; k < NR_OUTCOMES; k++)
		if (o.seen[2 * k] + o.seen[2 * k + 1])
			got = k;
	observer_destroy(&o);
	assert_int_not_equal(got, NR_OUTCOMES);
	return got;
}

/*
 * Every interleaving of a reader and a writer that wait for nobody. `reset`
 * comes before each run, `done` after it.
 */
struct interleavings {
	struct party party[2];	/* 'r', 'w' */
	void (*reset)(void *arg);
	void (*done)(void *arg, const char *script);
	void *arg;
	unsigned runs;
	char script[128];
};

/* Runs script[0..len), which has nr reads and nw writes, then all that begin with it. */
static inline void interleave(struct interleavings *x, unsigned len, unsigned nr, unsigned nw)
{
	unsigned reads, writes, j;

	assert_true(len < sizeof(x->script) - 1);
	x->script[len] = '\0';
	x->reset(x->arg);
	assert_int_equal(script_run(x->party, 2, x->script), 0);
	x->runs++;
	reads = x->party[0].accesses - nr;
	writes = x->party[1].accesses;
	x->done(x->arg, x->script);
	for (j = 0; j < reads && nw < writes; j++) {
		memset(x->script + len, 'r', j);
		x->script[len + j] = 'w';
		interleave(x, len + j + 1, nr + j, nw + 1);
	}
}

#endif
