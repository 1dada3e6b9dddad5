/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every writer: which words it stores in which order and with what between, and
 * what memory holds after each; every transition: what is at rest in the slot,
 * and what becomes of its table pages.
 */
#include "explored.h"

/* ---- what was done to an entry ---- */

/*
 * One letter an access. Of the slot: L H a 4-byte store, D an 8-byte one, l h
 * half of a plain one, X a read-modify-write of the low word, R r a load of the
 * high or low word; elsewhere '.' a store; w r of a barrier is w and b.
 */
struct trace {
	const entry_t *slot;
	const uint32_t *lock;
	unsigned n;
	char what[4096];
	entry_t after[4096];
	bool lock_held, unlocked_store;
};

static void trace_after(void *arg, enum access_kind k, const void *p, unsigned size)
{
	struct trace *t = arg;
	bool lo = p == (const void *)&t->slot->lo, hi = p == (const void *)&t->slot->hi;
	char c = 0;

	switch (k) {
	case ACCESS_LOAD:
		c = lo ? 'r' : hi ? 'R' : 0;
		break;
	case ACCESS_STORE:
		c = lo && size == 8 ? 'D' : lo ? 'L' : hi && size == 4 ? 'H' : '.';
		break;
	case ACCESS_STORE_PLAIN:
		c = lo ? 'l' : hi ? 'h' : '.';
		break;
	case ACCESS_RMW:
		c = lo ? 'X' : hi ? 'Y' : '.';
		break;
	case ACCESS_RMB:
		c = 'b';
		break;
	case ACCESS_WMB:
		c = 'w';
		break;
	case ACCESS_LOCK:
		t->lock_held = true;
		assert_ptr_equal(p, t->lock);
		return;
	case ACCESS_UNLOCK:
		t->lock_held = false;
		return;
	default:	/* the model's own */
		return;
	}
	if (!c)
		return;
	if ((lo || hi) && !access_loads(k) && !t->lock_held)
		t->unlocked_store = true;
	assert_true(t->n < sizeof(t->what) - 1);
	t->what[t->n] = c;
	t->after[t->n++] = *t->slot;
	t->what[t->n] = '\0';
}

static const struct explore_hooks *old_hooks;
static struct explore_hooks hooks = { .after = trace_after };

static void trace_begin(struct trace *t, const struct page_tables *pt, const entry_t *slot)
{
	memset(t, 0, sizeof(*t));
	t->slot = slot;
	t->lock = pt ? &pt->locks[0].word : NULL;
	hooks.arg = t;
	old_hooks = explore_watch(&hooks);
}

static void trace_end(void)
{
	explore_watch(old_hooks);
}

/* ---- the writers ---- */

static const struct row {
	const char *name, *set, *clear, *invalidate, *touch;
} rows[] = {
	{ "pae-pte", "HwL", "LwH", "XH", "" },
	{ "pae-pmd", "D", "LwH", "XH", "" },
	{ "pae-pmd-xchg", "D", "XRH", "XH", "" },
	{ "pae-pmd-cmpxchg", "D", "D", "XH", "" },
	{ "pae-establish", "D", "XH", "XH", "" },
	{ "lpae", "D", "D", "D", "" },
	{ "lpae-plain", "lh", "lh", "lh", "" },
	{ "mips-xpa", "HwL", "HwL", "HwL", "" },
	{ "sh-x2tlb", "HwL", "HwL", "HwL", "" },
	{ "ppc32-pte64", "HwL", "L", "HwL", "" },	/* the high word stays */
	{ "present-present", "HwL", "LwH", "HwL", "" },
	{ "wrprotect", "D", "LwH", "XH", "X" },
	{ "clear-young", "D", "LwH", "XH", "X" },
	{ "busted-low-first", "LwH", "LwH", "LwH", "" },
	{ "busted-nowmb", "HL", "LH", "HL", "" },
	{ "busted-nogp", "HwL", "LwH", "XH", "" },
};

/* Memory after each access of `what`, were it `old` before and going to be `new`. */
static void check_trace(const struct trace *t, const char *name, const char *op, const char *what,
			entry_t old, entry_t new)
{
	unsigned i;

	if (strcmp(t->what, what))
		fail_msg("%s %s: '%s', should be '%s'", name, op, t->what, what);
	for (i = 0; i < t->n; i++) {
		switch (what[i]) {
		case 'L':
		case 'l':
		case 'X':
			old.lo = new.lo;
			break;
		case 'H':
		case 'h':
			old.hi = new.hi;
			break;
		case 'D':
			old = new;
			break;
		}
		if (!entry_same(t->after[i], old))
			fail_msg("%s %s: %08x:%08x after step %u of '%s', should be %08x:%08x", name, op,
				 t->after[i].hi, t->after[i].lo, i, what, old.hi, old.lo);
	}
}

static void check_writer(const struct writer *w, const struct row *row, const struct layout *lay)
{
	entry_t old = lay->mk_huge((struct stamp){ 5, 105 }), new = lay->mk_huge((struct stamp){ 77, 9 });
	entry_t inv = lay->mk_invalid(old), touched = old;
	entry_t mem[3] = { entry(1, 2), old, entry(3, 4) };
	static struct trace t;

	trace_begin(&t, NULL, &mem[1]);
	w->set(&mem[1], new);
	trace_end();
	check_trace(&t, w->name, "set", row->set, old, new);
	assert_entry(mem[1], new);

	mem[1] = old;
	trace_begin(&t, NULL, &mem[1]);
	w->clear(&mem[1]);
	trace_end();
	check_trace(&t, w->name, "clear", row->clear, old, entry(0, 0));
	assert_entry(mem[1], entry(0, strcmp(row->clear, "L") ? 0 : old.hi));

	mem[1] = old;
	trace_begin(&t, NULL, &mem[1]);
	w->invalidate(&mem[1], inv);
	trace_end();
	check_trace(&t, w->name, "invalidate", row->invalidate, old, inv);
	assert_entry(mem[1], inv);

	mem[1] = old;
	if (!strcmp(w->name, "wrprotect"))
		touched.lo = lay->wrprotect_lo(old.lo);
	if (!strcmp(w->name, "clear-young"))
		touched.lo = lay->mkold_lo(old.lo);
	assert_int_equal(*row->touch != '\0', (w->flags & WRITE_TOUCHES) != 0);
	assert_int_equal(*row->touch != '\0', !entry_same(touched, old));
	trace_begin(&t, NULL, &mem[1]);
	w->touch(lay, &mem[1]);
	trace_end();
	check_trace(&t, w->name, "touch", row->touch, old, touched);
	assert_entry(mem[1], touched);

	assert_entry(mem[0], entry(1, 2));
	assert_entry(mem[2], entry(3, 4));
}

static void test_every_writer(void **state)
{
	const struct writer *w;
	unsigned i, n = 0, id;

	(void)state;
	for (w = explored_protocol.writers; w->name; w++, n++) {
		for (i = 0; i < ARRAY_SIZE(rows) && strcmp(rows[i].name, w->name); i++)
			;
		if (i == ARRAY_SIZE(rows))
			fail_msg("writer %s has no row here", w->name);
		for (id = 0; id < NR_LAYOUTS; id++)
			check_writer(w, &rows[i], layouts[id]);
		BY_NAME(explored_protocol.transitions, w->transition);
		assert_int_equal((w->flags & WRITE_BUSTED) != 0, !strncmp(w->name, "busted-", 7));
		assert_int_equal((w->flags & WRITE_NO_SYNC) != 0, !strcmp(w->name, "busted-nogp"));
		assert_int_equal((w->flags & WRITE_OVERWRITES) != 0, !strcmp(w->name, "present-present"));
	}
	assert_int_equal(n, ARRAY_SIZE(rows));
}

/* The tight loop, where a world has one, stores what the transition stores. */
static void test_remap_inlined(void **state)
{
	const struct protocol *const worlds[] = { &native_protocol, &widened_protocol, &explored_protocol };
	const struct writer *w;
	unsigned i, id, alias, n, found = 0;

	(void)state;
	for (i = 0; i < 3; i++)
		for (w = worlds[i]->writers; w->name; w++)
			for (id = 0; id < NR_LAYOUTS; id++)
				for (alias = 0; alias < 2 && w->remap[id]; alias++) {
					const struct layout *lay = layouts[id];
					struct mutator m = { .layout = lay, .alias = alias };
					struct stamp s = { 0, 0 }, want = s;
					entry_t e = lay->mk_huge(s);

					for (n = 0; n < 5000; n += 7) {
						unsigned k;

						w->remap[id](&m, &e, &s, 7);
						for (k = 0; k < 7; k++)
							stamp_next(&want, lay->hi_gens, alias);
						assert_entry(e, lay->mk_huge(want));
						assert_int_equal(s.lo, want.lo);
						assert_int_equal(s.hi, want.hi);
					}
					found++;
				}
	/* the native world has one for every writer, layout and kind of stamp */
	assert_true(found >= ARRAY_SIZE(rows) * NR_LAYOUTS * 2);
}

static void test_fault_zap_inlined(void **state)
{
	const struct protocol *const worlds[] = { &native_protocol, &widened_protocol, &explored_protocol };
	const struct writer *w;
	unsigned i, id, alias, n, found = 0;

	(void)state;
	for (i = 0; i < 3; i++)
		for (w = worlds[i]->writers; w->name; w++)
			for (id = 0; id < NR_LAYOUTS; id++)
				for (alias = 0; alias < 2 && w->fault_zap[id]; alias++) {
					const struct layout *lay = layouts[id];
					struct mutator m = { .layout = lay, .alias = alias };
					struct stamp s = { 0, 0 }, want = s;
					entry_t e = entry(0, 0), like = e;

					for (n = 0; n < 5000; n++) {
						w->fault_zap[id](&m, &e, &s, 1 + n % 2);
						for (unsigned k = 0; k <= n % 2; k++) {
							stamp_next(&want, lay->hi_gens, alias);
							w->set(&like, lay->mk_huge(want));
							w->clear(&like);
						}
						assert_entry(e, like);
						assert_int_equal(s.lo, want.lo);
						assert_int_equal(s.hi, want.hi);
					}
					found++;
				}
	assert_true(found >= ARRAY_SIZE(rows) * NR_LAYOUTS * 2);
}

/* ---- the transitions ---- */

/* n none, h huge, i invalidated, t table: at rest, one letter a primitive. */
static struct wrapped {
	const struct writer *real;
	struct rig *g;
	struct trace *trace;	/* may be NULL */
	char rest[4096];
	entry_t value[4096];
	unsigned n, tables_seen;
	void (*at_rest)(entry_t v);	/* may be NULL */
} wrapped;

static void note(const entry_t *p, char what)
{
	const struct layout *lay = wrapped.g->c.layout;
	entry_t v = *p;

	assert_ptr_equal(p, wrapped.g->pt->slots);
	assert_true(wrapped.n < sizeof(wrapped.rest) - 1);
	if (what == 'v')
		what = lay->leaf(v) && lay->valid(v) ? 'h' : lay->valid(v) ? 't' : '?';
	wrapped.value[wrapped.n] = v;
	wrapped.rest[wrapped.n++] = what;
	wrapped.rest[wrapped.n] = '\0';
	if (wrapped.at_rest)
		wrapped.at_rest(v);
}

static void w_set(entry_t *p, entry_t v) { wrapped.real->set(p, v); assert_entry(*p, v); note(p, 'v'); }

static void w_clear(entry_t *p)
{
	wrapped.real->clear(p);
	assert_entry(*p, entry(0, 0));
	note(p, 'n');
}

static void w_invalidate(entry_t *p, entry_t v)
{
	entry_t huge = *p;

	wrapped.real->invalidate(p, v);
	assert_entry(*p, wrapped.g->c.layout->mk_invalid(huge));
	note(p, 'i');
}

/* wrapped's at_rest is kept: set it before */
static void wrap(struct rig *g, struct writer *w)
{
	void (*at_rest)(entry_t v) = wrapped.at_rest;

	memset(&wrapped, 0, sizeof(wrapped));
	wrapped.at_rest = at_rest;
	wrapped.g = g;
	wrapped.real = g->c.writer;
	*w = *g->c.writer;
	w->set = w_set;
	w->clear = w_clear;
	w->invalidate = w_invalidate;
	g->m.writer = w;
}

/*
 * Of four rounds beginning with stamp 0. stores: the letters that carry a new
 * stamp each, in order; collapse and the splits have one for the table too.
 */
static const struct life {
	const char *name, *rest;
	bool tables, clears;
} lives[] = {
	{ "fault-zap", "hnhnhnhn", false, true },
	{ "split-clear", "hntn" "hnhn" "hntn" "hnhn", true, true },
	{ "split-anon", "hitn" "hitn" "hitn" "hitn", true, true },
	{ "split-direct", "htn" "htn" "htn" "htn", true, true },
	{ "collapse", "tnhn" "tnhn" "tnhn" "tnhn", true, true },
	{ "remap", "hhhh", false, false },
};

/* A value's stamp is the next one; alias: the low word's counter stands still. */
static void check_values(const struct rig *g, bool alias)
{
	const struct layout *lay = g->c.layout;
	struct stamp s = stamp_first(0, lay->hi_gens);
	struct half_lo lo;
	struct half_hi hi;
	unsigned i;

	for (i = 0; i < wrapped.n; i++) {
		const entry_t v = wrapped.value[i];

		lo = lay->half_lo(v.lo);
		hi = lay->half_hi(v.hi);
		switch (wrapped.rest[i]) {
		case 'n':
			assert_entry(v, entry(0, 0));
			break;
		case 'i':
			/* PRESENT off; inverted on PAE, in both words */
			assert_false(lay->valid(v));
			assert_false(lay->none(g->c.level, v));
			assert_int_equal(lo.gen, s.lo);
			assert_int_equal(hi.gen, s.hi);
			assert_int_equal(hi.what, lay == layouts[LAYOUT_PAE] ? HALF_INVERTED :
									     HALF_STAMPED);
			if (lay == layouts[LAYOUT_PAE]) {
				entry_t huge = wrapped.value[i - 1];

				assert_int_equal(lo.what, HALF_INVERTED);
				assert_int_equal((v.lo ^ huge.lo) & 0xffe00000u, 0xffe00000u);
				assert_int_equal((v.hi ^ huge.hi) & 0x000fffffu, 0x000fffffu);
				/* pmd_pfn() undoes it */
				assert_int_equal(lay->pfn(v), lay->pfn(huge));
			}
			break;
		default:
			stamp_next(&s, lay->hi_gens, alias);
			assert_int_equal(lo.what, HALF_STAMPED);
			assert_int_equal(hi.what, HALF_STAMPED);
			assert_int_equal(lo.gen, s.lo);
			assert_int_equal(hi.gen, s.hi);
			assert_int_equal(lo.table_id != 0, wrapped.rest[i] == 't');
		}
	}
	assert_int_equal(g->stamps[0].lo, s.lo);
	assert_int_equal(g->stamps[0].hi, s.hi);
}

static void check_life(const struct transition *t, const struct life *life, enum layout_id id,
		       enum level l, bool alias, const char *writer)
{
	struct rig_config k = { .layout = id, .level = l, .transition = t->name, .alias = alias,
				.writer = writer, .fill = 4 };
	static struct rig g;
	struct writer w;

	rig_make(&g, &k);
	wrap(&g, &w);
	if (!t->clears)
		g.pt->slots[0] = layouts[id]->mk_huge(g.stamps[0]);
	/* one round at a time must be four rounds */
	t->rounds(&g.m, 0, 1);
	t->rounds(&g.m, 0, 3);
	if (strcmp(wrapped.rest, life->rest))
		fail_msg("%s on %s: '%s' at rest, should be '%s'", t->name, layouts[id]->name,
			 wrapped.rest, life->rest);
	check_values(&g, alias);
	assert_int_equal(t->makes_tables, life->tables);
	assert_int_equal(t->clears, life->clears);
	assert_int_equal(g.m.starved, 0);
	rig_break(&g);
}

static void test_every_transition(void **state)
{
	const struct transition *t;
	unsigned i, n = 0, id, alias;

	(void)state;
	wrapped.at_rest = NULL;
	for (t = explored_protocol.transitions; t->name; t++, n++) {
		for (i = 0; i < ARRAY_SIZE(lives) && strcmp(lives[i].name, t->name); i++)
			;
		if (i == ARRAY_SIZE(lives))
			fail_msg("transition %s has no row here", t->name);
		for (id = 0; id < NR_LAYOUTS; id++)
			for (alias = 0; alias < 2; alias++) {
				check_life(t, &lives[i], id, LEVEL_PMD, alias, "pae-pmd");
				check_life(t, &lives[i], id, LEVEL_PUD, alias, "pae-pte");
			}
	}
	assert_int_equal(n, ARRAY_SIZE(lives));
}

/* For the dirty helper leaves are installed clean, and only leaves. */
static void test_clean(void **state)
{
	struct rig_config k = { .level = LEVEL_PMD, .transition = "split-direct", .consumer = "dirty" };
	static struct rig g;
	struct writer w;
	unsigned id, i;

	(void)state;
	for (id = 0; id < NR_LAYOUTS; id++) {
		const struct layout *lay = layouts[id];

		k.layout = id;
		rig_make(&g, &k);
		wrap(&g, &w);
		g.m.clean = true;
		g.c.transition->rounds(&g.m, 0, 2);
		for (i = 0; i < wrapped.n; i++)
			if (wrapped.rest[i] == 'h')
				assert_false(lay->write(wrapped.value[i]) || lay->dirty(wrapped.value[i]));
		rig_break(&g);
	}
}

/* With the lock shared, no word of the slot is stored without it. */
static void test_lock_covers_every_store(void **state)
{
	const struct transition *t;
	unsigned lock;

	(void)state;
	wrapped.at_rest = NULL;
	for (t = explored_protocol.transitions; t->name; t++)
		for (lock = 0; lock < 2; lock++) {
			struct rig_config k = { .level = LEVEL_PMD, .transition = t->name,
						.writer = "wrprotect" };
			static struct trace trace;
			static struct rig g;

			rig_make(&g, &k);
			g.m.lock = lock;
			trace_begin(&trace, g.pt, g.pt->slots);
			t->rounds(&g.m, 0, 4);
			trace_end();
			assert_false(trace.lock_held);
			assert_int_equal(trace.unlocked_store, !lock);
			assert_int_equal(g.pt->locks[0].word, 0);
			rig_break(&g);
		}
}

/* A touch follows every leaf's set, and nothing else's. */
static void test_touch(void **state)
{
	static const struct { const char *transition, *want; } c[] = {
		{ "fault-zap", "DXLwH" },
		{ "split-direct", "DX" "w" "D" "LwH" },
		{ "collapse", "w" "D" "LwH" "DX" "LwH" },
		{ "remap", "DX" },
	};
	unsigned i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(c); i++) {
		struct rig_config k = { .level = LEVEL_PMD, .writer = "clear-young",
					.transition = c[i].transition };
		static struct trace t;
		static struct rig g;

		rig_make(&g, &k);
		trace_begin(&t, g.pt, g.pt->slots);
		g.c.transition->rounds(&g.m, 0, 1);
		trace_end();
		assert_string_equal(t.what, c[i].want);
		rig_break(&g);
	}
}

/* ---- table pages ---- */

static const struct reclaim *busted(void)
{
	const struct reclaim *const *r = reclaims;

	while (*r && strcmp((*r)->name, "busted"))
		r++;
	assert_non_null(*r);
	return *r;
}

static bool poisoned_whole(const struct page_tables *pt, const entry_t *table)
{
	unsigned i;

	for (i = 0; i < TABLE_ENTRIES && pt->poisoned(table[i]); i++)
		;
	return i == TABLE_ENTRIES;
}

enum { FILL = TABLE_ENTRIES };

/* A published table is found by its frame, and holds what it should. */
static void check_published(entry_t v)
{
	const struct rig *g = wrapped.g;
	const struct layout *lay = g->c.layout;
	struct arrival a;
	unsigned i, filled;
	struct stamp s;

	if (wrapped.rest[wrapped.n - 1] != 't')
		return;
	assert_true(g->pt->lookup(g->pt, lay->pfn(v), &a));
	assert_true(g->pt->still_there(&a));
	s = g->stamps[0];
	filled = strncmp(g->c.transition->name, "split-", 6) || !strcmp(g->c.transition->name, "split-clear") ?
			 1 : FILL;
	for (i = 0; i < TABLE_ENTRIES; i++)
		assert_entry(a.table[i], i >= filled ? entry(0, 0) :
				     g->c.level == LEVEL_PUD ? lay->mk_huge(s) : lay->mk_pte(s, i));
	wrapped.tables_seen++;
}

static void test_filled_before_published(void **state)
{
	const struct transition *t;
	unsigned id, l;

	(void)state;
	for (t = explored_protocol.transitions; t->name; t++)
		for (id = 0; id < NR_LAYOUTS && t->makes_tables; id++)
			for (l = LEVEL_PUD; l <= LEVEL_PMD; l++) {
				/* freed at once: the next table is the same page, poisoned */
				struct rig_config k = { .layout = id, .level = l, .transition = t->name,
							.fill = FILL, .reclaim = busted() };
				static struct rig g;
				struct writer w;

				rig_make(&g, &k);
				wrapped.at_rest = check_published;
				wrap(&g, &w);
				t->rounds(&g.m, 0, 4);
				assert_true(wrapped.tables_seen >= 2);
				wrapped.at_rest = NULL;
				rig_break(&g);
			}
}

/* ... and it did before the wmb that the publishing store comes right after. */
static struct before_wmb {
	const entry_t *table;
	unsigned n, filled;
	char then;	/* after the first wmb that saw all of the table */
} before_wmb;

static void look_at_wmb(void *arg, enum access_kind k, const void *p, unsigned size)
{
	struct before_wmb *b = arg;
	unsigned i;

	(void)p;
	if (b->filled && !b->then && !access_loads(k))
		b->then = size == 8 && k == ACCESS_STORE ? 'D' : '?';
	if (k != ACCESS_WMB || b->filled)
		return;
	for (i = 0; i < b->n && b->table[i].lo && !wrapped.g->pt->poisoned(b->table[i]); i++)
		;
	b->filled = i == b->n;
}

static void keep_table(entry_t v);

/* The grace period: how often it was asked for, and what was true during it. */
static struct grace {
	struct rig *g;
	unsigned waits, nr;
	struct arrival freed[1024];
	bool gone_early;
	unsigned seen_after[2];
	entry_t memory;
} grace;

static void test_wmb_before_publishing(void **state)
{
	const struct transition *t;

	(void)state;
	for (t = explored_protocol.transitions; t->name; t++) {
		struct rig_config k = { .level = LEVEL_PMD, .transition = t->name, .writer = "pae-pmd",
					.fill = FILL, .reclaim = busted() };
		struct explore_hooks h = { .after = look_at_wmb, .arg = &before_wmb };
		static struct rig g;
		struct writer w;

		if (!t->makes_tables)
			continue;
		/* freed at once, so the next table is the same page */
		rig_make(&g, &k);
		memset(&grace, 0, sizeof(grace));
		wrapped.at_rest = keep_table;
		wrap(&g, &w);
		t->rounds(&g.m, 0, 2);
		wrapped.at_rest = NULL;
		memset(&before_wmb, 0, sizeof(before_wmb));
		before_wmb.table = grace.freed[0].table;
		before_wmb.n = strcmp(t->name, "split-anon") && strcmp(t->name, "split-direct") ? 1 : FILL;
		old_hooks = explore_watch(&h);
		t->rounds(&g.m, 0, 2);
		explore_watch(old_hooks);
		assert_true(before_wmb.filled);
		assert_int_equal(before_wmb.then, 'D');
		rig_break(&g);
	}
}

static void count_wait(void)
{
	unsigned i;

	grace.waits++;
	grace.memory = grace.g->pt->slots[0];
	for (i = 0; i < grace.nr; i++)
		if (!grace.g->pt->still_there(&grace.freed[i]) ||
		    grace.g->pt->poisoned(grace.freed[i].table[0]))
			grace.gone_early = true;
}

static void nothing(void) {}

static const struct reclaim counting = {
	.name = "counting", .online = nothing, .offline = nothing, .enter = nothing, .exit = nothing,
	.quiesce = nothing, .synchronize = count_wait,
};

static void keep_table(entry_t v)
{
	struct arrival a;

	if (wrapped.rest[wrapped.n - 1] != 't' || grace.nr == ARRAY_SIZE(grace.freed))
		return;
	assert_true(wrapped.g->pt->lookup(wrapped.g->pt, wrapped.g->c.layout->pfn(v), &a));
	grace.freed[grace.nr++] = a;
}

static void begin_reclaim(struct rig *g, struct writer *w, const char *transition, enum layout_id id,
			  const struct reclaim *reclaim)
{
	struct rig_config k = { .layout = id, .level = LEVEL_PMD, .transition = transition,
				.reclaim = reclaim, .fill = TABLE_ENTRIES };

	rig_make(g, &k);
	memset(&grace, 0, sizeof(grace));
	grace.g = g;
	wrapped.at_rest = keep_table;
	wrap(g, w);
}

/* 254 freed pages are all still there; the 255th waits once, then all are gone. */
static void test_batch_waits_for_a_grace_period(void **state)
{
	enum { BATCH = 255 };
	static const char *const makers[] = { "split-anon", "split-direct", "collapse" };
	static struct rig g;
	struct writer w;
	unsigned i, j, id;

	(void)state;
	for (j = 0; j < ARRAY_SIZE(makers); j++)
		for (id = 0; id < NR_LAYOUTS; id++) {
			begin_reclaim(&g, &w, makers[j], id, &counting);
			g.c.transition->rounds(&g.m, 0, BATCH - 1);
			assert_int_equal(grace.nr, BATCH - 1);
			assert_int_equal(grace.waits, 0);
			for (i = 0; i < BATCH - 1; i++) {
				struct arrival a;

				assert_true(g.pt->still_there(&grace.freed[i]));
				assert_true(g.pt->lookup(g.pt, grace.freed[i].pfn, &a));
				assert_false(g.pt->poisoned(a.table[0]));
			}
			g.c.transition->rounds(&g.m, 0, 1);
			assert_int_equal(grace.waits, 1);
			assert_false(grace.gone_early);
			for (i = 0; i < BATCH; i++) {
				struct arrival a;

				assert_false(g.pt->still_there(&grace.freed[i]));
				assert_false(g.pt->lookup(g.pt, grace.freed[i].pfn, &a));
				assert_true(poisoned_whole(g.pt, grace.freed[i].table));
			}
			/* the pool never runs dry, and pages come back empty */
			g.c.transition->rounds(&g.m, 0, 500);
			assert_int_equal(g.m.starved, 0);
			assert_int_equal(grace.waits, (BATCH + 500) / BATCH);
			rig_break(&g);
		}
	wrapped.at_rest = NULL;
}

/* reclaim busted: gone the moment it is freed, and nobody is waited for. */
static void test_busted_reclaims_at_once(void **state)
{
	static const char *const makers[] = { "split-anon", "split-direct", "collapse", "split-clear" };
	static struct reclaim at_once;
	static struct rig g;
	struct writer w;
	unsigned i, j;

	(void)state;
	assert_true(busted()->at_once);
	at_once = *busted();
	at_once.synchronize = count_wait;
	for (j = 0; j < ARRAY_SIZE(makers); j++) {
		begin_reclaim(&g, &w, makers[j], LAYOUT_PAE, &at_once);
		for (i = 0; i < 40; i++) {
			struct arrival a;

			g.c.transition->rounds(&g.m, 0, 1);
			if (!grace.nr)
				continue;
			assert_false(g.pt->still_there(&grace.freed[grace.nr - 1]));
			assert_false(g.pt->lookup(g.pt, grace.freed[grace.nr - 1].pfn, &a));
			assert_true(poisoned_whole(g.pt, grace.freed[grace.nr - 1].table));
		}
		assert_true(grace.nr >= 20);
		assert_int_equal(grace.waits, 0);
		rig_break(&g);
	}
	wrapped.at_rest = NULL;
}

/* Of every table: is its page still there at the slot's next two rests? */
static void keep_table_and_look(entry_t v)
{
	const char *rest = wrapped.rest + wrapped.n;

	keep_table(v);
	if (wrapped.n >= 2 && rest[-2] == 't')
		grace.seen_after[0] += grace.g->pt->still_there(&grace.freed[grace.nr - 1]);
	if (wrapped.n >= 3 && rest[-3] == 't')
		grace.seen_after[1] += grace.g->pt->still_there(&grace.freed[grace.nr - 1]);
}

/* Nothing is freed that memory still points to; collapse waits for the new leaf too. */
static void test_freed_after_the_clear(void **state)
{
	static const struct { const char *transition; unsigned tables, after_leaf; } c[] = {
		{ "split-anon", 4, 0 }, { "split-direct", 4, 0 }, { "split-clear", 2, 0 },
		{ "collapse", 4, 4 },
	};
	static struct rig g;
	struct writer w;
	unsigned i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(c); i++) {
		begin_reclaim(&g, &w, c[i].transition, LAYOUT_PAE, busted());
		wrapped.at_rest = keep_table_and_look;
		g.c.transition->rounds(&g.m, 0, 4);
		assert_int_equal(grace.nr, c[i].tables);
		assert_int_equal(grace.seen_after[0], c[i].tables);
		assert_int_equal(grace.seen_after[1], c[i].after_leaf);
		assert_false(g.pt->still_there(&grace.freed[grace.nr - 1]));
		rig_break(&g);
	}
	wrapped.at_rest = NULL;
}

/* The reader's protocol: a wait after every clear, at none, unless busted-nogp. */
static void test_sync_after_every_clear(void **state)
{
	static const struct { const char *transition; unsigned waits; } c[] = {
		{ "fault-zap", 4 }, { "split-clear", 8 }, { "split-anon", 4 }, { "split-direct", 4 },
		{ "collapse", 8 }, { "remap", 0 },
	};
	static const char *const writers[] = { "pae-pte", "busted-nogp" };
	static struct rig g;
	unsigned i, j, sync;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(c); i++)
		for (j = 0; j < ARRAY_SIZE(writers); j++)
			for (sync = 0; sync < 2; sync++) {
				struct rig_config k = { .level = LEVEL_PMD, .transition = c[i].transition,
							.writer = writers[j], .reclaim = &counting };

				rig_make(&g, &k);
				memset(&grace, 0, sizeof(grace));
				grace.g = &g;
				grace.memory = entry(1, 1);
				g.m.sync = sync;
				g.c.transition->rounds(&g.m, 0, 4);
				assert_int_equal(grace.waits, sync && j == 0 ? c[i].waits : 0);
				if (grace.waits)
					assert_entry(grace.memory, entry(0, 0));
				rig_break(&g);
			}
}

/* One grace period for the slots of a pass; only a round with one clear at its end can wait for it. */
static void test_sync_at_the_end_of_a_pass(void **state)
{
	static const char *const writers[] = { "pae-pte", "busted-nogp" };
	static struct rig g;
	const struct transition *t;
	unsigned j;

	(void)state;
	for (t = explored_protocol.transitions; t->name; t++)
		assert_true(!t->end_pass == (strcmp(t->name, "fault-zap") != 0));
	for (j = 0; j < ARRAY_SIZE(writers); j++) {
		struct rig_config k = { .level = LEVEL_PMD, .transition = "fault-zap", .writer = writers[j],
					.reclaim = &counting };

		rig_make(&g, &k);
		memset(&grace, 0, sizeof(grace));
		grace.g = &g;
		grace.memory = entry(1, 1);
		g.m.sync = g.m.sync_later = true;
		g.c.transition->rounds(&g.m, 0, 4);
		assert_int_equal(grace.waits, 0);
		g.c.transition->end_pass(&g.m);
		assert_int_equal(grace.waits, j == 0);
		if (grace.waits)
			assert_entry(grace.memory, entry(0, 0));
		rig_break(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_writer),
		cmocka_unit_test(test_remap_inlined),
		cmocka_unit_test(test_fault_zap_inlined),
		cmocka_unit_test(test_every_transition),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_lock_covers_every_store),
		cmocka_unit_test(test_touch),
		cmocka_unit_test(test_filled_before_published),
		cmocka_unit_test(test_wmb_before_publishing),
		cmocka_unit_test(test_batch_waits_for_a_grace_period),
		cmocka_unit_test(test_busted_reclaims_at_once),
		cmocka_unit_test(test_freed_after_the_clear),
		cmocka_unit_test(test_sync_after_every_clear),
		cmocka_unit_test(test_sync_at_the_end_of_a_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
