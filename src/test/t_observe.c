/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Classification: each outcome by an act made by hand and only by it, with what
 * the real writer taught the oracle; directions, harms, ages, counters, witness.
 */
#include "explored.h"

/* ---- values ---- */

/* One half of a value: of which store, and what that stored. */
enum of { ZERO, HUGE_LEAF, CLEAN, TABLE_ENTRY, INVALID };

struct half_of {
	enum of what;
	unsigned gen;
};

static entry_t stored(const struct layout *lay, unsigned colour, struct half_of h)
{
	struct stamp s = { (uint16_t)(h.gen % LO_GENS), (uint16_t)((h.gen + colour) % lay->hi_gens) };

	switch (h.what) {
	case HUGE_LEAF:
		return lay->mk_huge(s);
	case CLEAN:
		return lay->mk_clean(s);
	case TABLE_ENTRY:
		return lay->mk_table(s, 3);
	case INVALID:
		return lay->mk_invalid(lay->mk_huge(s));
	default:
		return entry(0, 0);
	}
}

static entry_t mixed(const struct rig *g, uint32_t slot, struct half_of lo, struct half_of hi)
{
	unsigned colour = stamp_first(slot, g->c.layout->hi_gens).hi;

	return entry(stored(g->c.layout, colour, lo).lo, stored(g->c.layout, colour, hi).hi);
}

static void saw(struct observer *o, uint32_t slot, enum act_kind kind, entry_t decided, entry_t used)
{
	struct act a = { .decided = decided, .used = used, .kind = kind };

	observe(o, slot, &a);
}

/* The value alone, as the entry walker would have it. */
static void saw_value(struct rig *g, struct observer *o, uint32_t slot, struct half_of lo,
		      struct half_of hi)
{
	struct act a = act_of_value(&g->c, mixed(g, slot, lo, hi));

	observe(o, slot, &a);
}

static uint64_t seen(const struct observer *o, enum outcome k)
{
	return o->seen[2 * k] + o->seen[2 * k + 1];
}

static uint64_t distinct(const struct observer *o, enum outcome k)
{
	return o->distinct[2 * k] + o->distinct[2 * k + 1];
}

/* ---- each outcome ---- */

#define Z { ZERO, 0 }
#define H(n) { HUGE_LEAF, n }
#define C(n) { CLEAN, n }
#define T(n) { TABLE_ENTRY, n }
#define I(n) { INVALID, n }
#define PAE (1 << LAYOUT_PAE)
#define LPAE (1 << LAYOUT_LPAE)
#define PUD (1 << LEVEL_PUD)
#define PMD (1 << LEVEL_PMD)
#define BOTH 3

static const struct row {
	int layouts, levels;
	const char *writer, *transition;
	struct half_of decided, lo, hi;	/* decided ZERO: on the value used */
	enum act_kind kind;
	bool freed;
	enum outcome outcome;
	const char *reader;		/* NULL: lo-hi */
} rows[] = {
	{ BOTH, BOTH, "pae-pte", "fault-zap", Z, Z, Z, ACT_HOLE, 0, OUTCOME_HOLE, 0 },
	{ PAE, PMD, "pae-pte", "fault-zap", Z, Z, H(3), ACT_HOLE, 0, OUTCOME_HOLE, 0 },
	{ BOTH, BOTH, "pae-pte", "fault-zap", Z, H(3), H(3), ACT_LEAF, 0, OUTCOME_LEAF, 0 },
	{ BOTH, BOTH, "pae-pmd", "split-anon", Z, I(3), I(3), ACT_LEAF, 0, OUTCOME_LEAF, 0 },
	{ BOTH, BOTH, "pae-pte", "split-clear", Z, T(3), T(3), ACT_TABLE, 0, OUTCOME_TABLE, 0 },
	/* halves of two stores: the reader's ... */
	{ BOTH, BOTH, "pae-pte", "fault-zap", Z, H(3), H(4), ACT_LEAF, 0, OUTCOME_TORN_READER, 0 },
	{ BOTH, BOTH, "pae-pte", "fault-zap", Z, H(4), H(3), ACT_LEAF, 0, OUTCOME_TORN_READER, 0 },
	{ BOTH, BOTH, "pae-pte", "fault-zap", Z, H(3), Z, ACT_LEAF, 0, OUTCOME_TORN_READER, 0 },
	{ BOTH, BOTH, "pae-pte", "split-clear", Z, T(3), H(2), ACT_TABLE, 0, OUTCOME_TORN_READER, 0 },
	{ BOTH, BOTH, "pae-pte", "split-clear", Z, T(3), H(3), ACT_TABLE, 0, OUTCOME_TORN_READER, 0 },
	{ BOTH, BOTH, "present-present", "remap", Z, H(4), H(3), ACT_LEAF, 0, OUTCOME_TORN_READER, 0 },
	{ BOTH, BOTH, "present-present", "remap", Z, H(3), H(5), ACT_LEAF, 0, OUTCOME_TORN_READER, 0 },
	{ PAE, BOTH, "pae-establish", "split-anon", Z, H(3), I(3), ACT_LEAF, 0, OUTCOME_TORN_READER, 0 },
	/* ... or what memory itself held */
	{ BOTH, BOTH, "mips-xpa", "fault-zap", Z, H(3), Z, ACT_LEAF, 0, OUTCOME_TORN_WRITER, 0 },
	{ BOTH, BOTH, "sh-x2tlb", "fault-zap", Z, H(3), Z, ACT_LEAF, 0, OUTCOME_TORN_WRITER, 0 },
	{ BOTH, BOTH, "mips-xpa", "fault-zap", Z, H(3), H(4), ACT_LEAF, 0, OUTCOME_TORN_READER, 0 },
	{ BOTH, BOTH, "mips-xpa", "split-direct", Z, H(3), T(4), ACT_LEAF, 0, OUTCOME_TORN_WRITER, 0 },
	{ BOTH, BOTH, "present-present", "remap", Z, H(3), H(4), ACT_LEAF, 0, OUTCOME_TORN_WRITER, 0 },
	{ BOTH, BOTH, "busted-low-first", "remap", Z, H(4), H(3), ACT_LEAF, 0, OUTCOME_TORN_WRITER, 0 },
	{ BOTH, BOTH, "busted-low-first", "fault-zap", Z, H(3), Z, ACT_LEAF, 0, OUTCOME_TORN_WRITER, 0 },
	/* in this order only; out of order see test_stores_out_of_order */
	{ BOTH, BOTH, "busted-nowmb", "fault-zap", Z, H(3), Z, ACT_LEAF, 0, OUTCOME_TORN_READER, 0 },
	/* what a plain store compiled to is not known: only one load can tell */
	{ BOTH, BOTH, "lpae-plain", "fault-zap", Z, H(3), Z, ACT_LEAF, 0, OUTCOME_TORN_READER, 0 },
	{ BOTH, BOTH, "lpae-plain", "fault-zap", Z, H(3), Z, ACT_LEAF, 0, OUTCOME_TORN_WRITER, "atomic64" },
	{ BOTH, BOTH, "lpae-plain", "remap", Z, H(4), H(3), ACT_LEAF, 0, OUTCOME_TORN_WRITER, "atomic64" },
	{ BOTH, BOTH, "lpae-plain", "remap", Z, H(3), H(4), ACT_LEAF, 0, OUTCOME_TORN_WRITER, "atomic64" },
	{ BOTH, BOTH, "lpae", "fault-zap", Z, H(3), Z, ACT_LEAF, 0, OUTCOME_TORN_READER, "atomic64" },
	{ PAE, PUD, "pae-pte", "fault-zap", Z, Z, H(3), ACT_LEAF, 0, OUTCOME_PHANTOM, 0 },
	{ LPAE, BOTH, "pae-pte", "fault-zap", Z, Z, H(3), ACT_LEAF, 0, OUTCOME_PHANTOM, 0 },
	/* at rest, but {0, high} all the same */
	{ PAE, PUD, "ppc32-pte64", "fault-zap", Z, Z, H(3), ACT_LEAF, 0, OUTCOME_PHANTOM, 0 },
	{ PAE, PMD, "ppc32-pte64", "fault-zap", Z, Z, H(3), ACT_HOLE, 0, OUTCOME_HOLE, 0 },
	{ BOTH, BOTH, "ppc32-pte64", "fault-zap", Z, H(3), H(2), ACT_LEAF, 0, OUTCOME_TORN_READER, 0 },
	{ PAE, BOTH, "pae-establish", "split-anon", Z, I(3), H(3), ACT_LEAF, 0, OUTCOME_INVALID_MIX, 0 },
	{ BOTH, BOTH, "pae-establish", "split-anon", Z, I(3), H(4), ACT_LEAF, 0, OUTCOME_INVALID_MIX, 0 },
	{ BOTH, BOTH, "pae-establish", "split-anon", Z, I(3), Z, ACT_LEAF, 0, OUTCOME_INVALID_MIX, 0 },
	/* what the walk did with a whole value */
	{ BOTH, BOTH, "pae-pte", "fault-zap", H(3), H(4), H(4), ACT_LEAF, 0, OUTCOME_REREAD, 0 },
	{ BOTH, BOTH, "pae-pte", "fault-zap", H(3), Z, Z, ACT_TABLE, 0, OUTCOME_REREAD, 0 },
	{ BOTH, BOTH, "pae-pte", "split-clear", T(3), T(4), T(4), ACT_TABLE, 1, OUTCOME_REREAD, 0 },
	{ BOTH, BOTH, "pae-pte", "fault-zap", Z, H(3), H(3), ACT_TABLE, 0, OUTCOME_CONFUSED, 0 },
	{ BOTH, BOTH, "pae-pte", "split-clear", T(2), H(3), H(3), ACT_TABLE, 1, OUTCOME_CONFUSED, 0 },
	{ BOTH, BOTH, "pae-pte", "split-clear", Z, T(3), T(3), ACT_TABLE, 1, OUTCOME_FREED, 0 },
	{ BOTH, BOTH, "pae-pte", "fault-zap", Z, H(3), H(3), ACT_GAVE_UP, 0, OUTCOME_GAVE_UP, 0 },
	{ BOTH, BOTH, "pae-pte", "fault-zap", Z, H(3), H(4), ACT_GAVE_UP, 0, OUTCOME_GAVE_UP, 0 },
	{ BOTH, BOTH, "pae-pte", "fault-zap", Z, Z, Z, ACT_NONE, 0, OUTCOME_GAVE_UP, 0 },
	/* the value before the deed: torn beats confused, reread and freed */
	{ BOTH, BOTH, "pae-pte", "split-clear", T(2), H(3), H(4), ACT_TABLE, 1, OUTCOME_TORN_READER, 0 },
};

static void run_row(const struct row *r, enum layout_id id, enum level l)
{
	struct rig_config k = { .layout = id, .level = l, .writer = r->writer,
				.transition = r->transition, .reader = r->reader };
	static struct rig g;
	struct observer o;
	entry_t used, decided;
	unsigned j;

	rig_make(&g, &k);
	rig_observer(&g, &o);
	used = mixed(&g, 0, r->lo, r->hi);
	decided = r->decided.what == ZERO ? used : mixed(&g, 0, r->decided, r->decided);
	observe(&o, 0, &(struct act){ .decided = decided, .used = used, .kind = (uint8_t)r->kind,
				      .freed = r->freed });
	for (j = 0; j < NR_OUTCOMES; j++)
		if (seen(&o, j) != (j == r->outcome) || distinct(&o, j) != (j == r->outcome))
			fail_msg("row %d, %s %s on %s level %d, %08x:%08x: %s %u, should be %s",
				 (int)(r - rows), r->writer, r->transition, layouts[id]->name, l,
				 used.hi, used.lo, outcome_kinds[j].name, (unsigned)seen(&o, j),
				 outcome_kinds[r->outcome].name);
	assert_int_equal(o.seen[2 * r->outcome + 1], layouts[id]->valid(used));
	assert_int_equal(o.bad, r->outcome == OUTCOME_TORN_READER || r->outcome == OUTCOME_TORN_WRITER ||
					r->outcome == OUTCOME_REREAD || r->outcome == OUTCOME_CONFUSED ||
					r->outcome == OUTCOME_FREED);
	observer_destroy(&o);
	rig_break(&g);
}

static void test_each_outcome(void **state)
{
	unsigned i, id, l, reached = 1u << OUTCOME_STALE;	/* see test_stale */

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (id = 0; id < NR_LAYOUTS; id++)
			for (l = LEVEL_PUD; l <= LEVEL_PMD; l++)
				if (rows[i].layouts >> id & 1 && rows[i].levels >> l & 1)
					run_row(&rows[i], id, l);
		reached |= 1u << rows[i].outcome;
	}
	assert_int_equal(reached, (1u << NR_OUTCOMES) - 1);
}

/* Without a wmb, and on a machine that reorders, memory is seen to hold both mixes. */
static void test_stores_out_of_order(void **state)
{
	static const struct {
		const char *writer, *transition;
		struct half_of lo, hi;
		bool held[2];	/* by stores_in_order */
	} c[] = {
		{ "busted-nowmb", "fault-zap", H(3), Z, { true, false } },
		{ "busted-nowmb", "fault-zap", Z, H(3), { true, true } },
		{ "busted-nowmb", "remap", H(4), H(3), { true, false } },
		{ "busted-nowmb", "remap", H(3), H(4), { true, true } },
		/* the wmb inside a set does not order it with the next one */
		{ "present-present", "remap", H(3), H(5), { true, false } },
		{ "present-present", "remap", H(4), H(3), { false, false } },
		{ "pae-pte", "fault-zap", H(3), Z, { false, false } },
		{ "mips-xpa", "fault-zap", H(3), Z, { true, true } },
		/* xchg is a barrier before the high word, as wmb is */
		{ "pae-establish", "split-anon", I(3), H(3), { true, true } },
	};
	unsigned i, in_order;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(c); i++)
		for (in_order = 0; in_order < 2; in_order++) {
			struct rig_config k = { .level = LEVEL_PMD, .writer = c[i].writer,
						.transition = c[i].transition };
			static struct rig g;
			struct signature s;

			rig_make(&g, &k);
			assert_int_equal(oracle_learn(&g.oracle, &g.c, in_order), 0);
			s = oracle_signature(&g.oracle, mixed(&g, 0, c[i].lo, c[i].hi), 0);
			if ((oracle_held(&g.oracle, &s) >= 0) != c[i].held[in_order])
				fail_msg("row %u in order %u", i, in_order);
			assert_false(oracle_whole(&g.oracle, &s));
			rig_break(&g);
		}
}

/* Every cell there can be is learnt: no list is too short. */
static void test_oracle_learns_all(void **state)
{
	const struct protocol *P = &explored_protocol;
	const struct writer *w;
	const struct transition *t;
	const struct layout *const *lay;
	unsigned i;

	(void)state;
	for (lay = layouts; *lay; lay++)
		for (w = P->writers; w->name; w++)
			for (t = P->transitions; t->name; t++)
				for (i = 0; i < 16; i++) {
					struct cell c = {
						.layout = *lay, .writer = w, .transition = t,
						.level = i & 1 ? LEVEL_PUD : LEVEL_PMD, .alias = i & 2,
						.consumer = BY_NAME(P->consumers, i & 4 ? "dirty" : "ptdump"),
					};
					struct oracle o;

					assert_int_equal(oracle_learn(&o, &c, i & 8), 0);
					assert_true(o.nr_whole >= 1);
				}
}

/* ---- direction ---- */

static void test_direction(void **state)
{
	static const struct {
		const char *writer, *transition;
		struct half_of lo, hi;
		bool by_lesson;		/* certain without a look before */
		int direction;		/* -1: not certain */
	} c[] = {
		{ "busted-low-first", "remap", H(8), H(7), true, LOW_NEWER },
		{ "present-present", "remap", H(7), H(8), true, HIGH_NEWER },
		{ "mips-xpa", "fault-zap", H(7), Z, true, HIGH_NEWER },
		{ "busted-low-first", "fault-zap", H(7), Z, true, LOW_NEWER },
		{ "pae-pmd", "remap", H(7), H(9), false, HIGH_NEWER },
		{ "pae-pmd", "remap", H(9), H(7), false, LOW_NEWER },
		{ "pae-pte", "fault-zap", H(2039), H(2041), false, HIGH_NEWER },
		{ "pae-pte", "fault-zap", H(2041), H(2039), false, LOW_NEWER },
		/* {low, 0}: this low word was seen before, or never */
		{ "pae-pte", "fault-zap", H(5), Z, false, HIGH_NEWER },
		{ "pae-pte", "fault-zap", H(6), Z, false, -1 },
	};
	unsigned i, id, guard, looked;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(c); i++)
		for (id = 0; id < NR_LAYOUTS; id++)
			for (guard = 0; guard < 2; guard++)
				for (looked = 0; looked < 2; looked++) {
					struct rig_config k = { .layout = id, .level = LEVEL_PMD,
								.writer = c[i].writer,
								.transition = c[i].transition };
					bool certain = c[i].direction >= 0 &&
						       (c[i].by_lesson || (guard && looked));
					static struct rig g;
					struct observer o;

					rig_make(&g, &k);
					rig_observer(&g, &o);
					if (!guard)
						o.stale_guard = o.direction_guard = 0;
					if (looked)
						saw_value(&g, &o, 0, (struct half_of)H(5),
							  (struct half_of)H(5));
					saw_value(&g, &o, 0, c[i].lo, c[i].hi);
					assert_int_equal(seen(&o, OUTCOME_TORN_READER) +
							 seen(&o, OUTCOME_TORN_WRITER), 1);
					if (o.direction[LOW_NEWER] !=
						    (certain && c[i].direction == LOW_NEWER) ||
					    o.direction[HIGH_NEWER] !=
						    (certain && c[i].direction == HIGH_NEWER))
						fail_msg("row %u on %s, guard %u, looked %u: low %u high %u", i,
							 layouts[id]->name, guard, looked,
							 (unsigned)o.direction[LOW_NEWER],
							 (unsigned)o.direction[HIGH_NEWER]);
					observer_destroy(&o);
					rig_break(&g);
				}
}

/* ---- harm ---- */

static void check_harm(uint32_t slot, enum layout_id id, struct half_of lo, struct half_of hi,
		       bool warned, enum harm want)
{
	struct rig_config k = { .layout = id, .level = LEVEL_PMD, .writer = "pae-pmd",
				.transition = "fault-zap", .slots = 3, .consumer = "dirty" };
	static struct rig g;
	struct observer o;
	struct act a;
	unsigned h, got = NR_HARMS;

	rig_make(&g, &k);
	rig_observer(&g, &o);
	a = act_of_value(&g.c, mixed(&g, slot, lo, hi));
	a.warned = warned;
	observe(&o, slot, &a);
	assert_int_equal(seen(&o, OUTCOME_TORN_READER), 1);
	for (h = 0; h < NR_HARMS; h++)
		if (h != HARM_WARNED && o.harm[h]) {
			assert_int_equal(o.harm[h], 1);
			assert_int_equal(got, NR_HARMS);
			got = h;
		}
	assert_int_equal(got, want);
	assert_int_equal(o.harm[HARM_WARNED], warned);
	observer_destroy(&o);
	rig_break(&g);
}

/* Slots 0, 1, 2 have the colours 0, 37, 74: a shift of 37 is a neighbour's frame. */
static void test_harm(void **state)
{
	const struct half_of zero = Z, five = H(5), six = H(6), up = H(42), down = H(5 + 2040 * 2 - 37);
	const struct half_of down_lpae = H(5 + 255 - 37), dirty = C(5), table = T(5);

	(void)state;
	for (unsigned id = 0; id < NR_LAYOUTS; id++) {
		check_harm(0, id, five, zero, false, HARM_WILD);
		check_harm(0, id, five, six, false, HARM_WILD);
		check_harm(0, id, six, five, true, HARM_WILD);
		/* the frame is right, the flags are mixed */
		check_harm(0, id, dirty, table, true, HARM_MASKED);
		check_harm(2, id, dirty, table, false, HARM_MASKED);
		check_harm(0, id, five, up, false, HARM_ALIAS);	/* slot 1's */
		check_harm(1, id, five, up, false, HARM_ALIAS);	/* slot 2's */
		check_harm(2, id, five, up, false, HARM_WILD);	/* no slot's */
	}
	check_harm(0, LAYOUT_PAE, five, down, false, HARM_WILD);
	check_harm(1, LAYOUT_PAE, five, down, false, HARM_ALIAS);	/* slot 0's */
	check_harm(2, LAYOUT_PAE, five, down, false, HARM_ALIAS);	/* slot 1's */
	check_harm(2, LAYOUT_LPAE, five, down_lpae, false, HARM_ALIAS);
}

/* ---- age, and what counts as distinct ---- */

static void test_stale(void **state)
{
	static const struct {
		unsigned first, second;
		bool stale;
	} c[] = {
		{ 5, 3, true }, { 5, 4, true }, { 5, 6, false }, { 3, 5, false },
		{ 2039, 2040, false }, { 2040, 2039, true }, { 5, 5 + 1000, false },
	};
	unsigned i, id, guard;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(c); i++)
		for (id = 0; id < NR_LAYOUTS; id++)
			for (guard = 0; guard < 2; guard++) {
				struct rig_config k = { .layout = id, .level = LEVEL_PMD, .slots = 2 };
				const struct half_of a = H(c[i].first), b = H(c[i].second), z = Z;
				bool stale = c[i].stale && guard;
				static struct rig g;
				struct observer o;

				rig_make(&g, &k);
				rig_observer(&g, &o);
				if (!guard)
					o.stale_guard = o.direction_guard = 0;
				saw_value(&g, &o, 0, a, a);
				/* another slot's age is its own; a hole between is no age */
				saw_value(&g, &o, 1, b, b);
				saw_value(&g, &o, 0, z, z);
				assert_int_equal(seen(&o, OUTCOME_STALE), 0);
				saw_value(&g, &o, 0, b, b);
				assert_int_equal(seen(&o, OUTCOME_STALE), stale);
				assert_int_equal(seen(&o, OUTCOME_LEAF), stale ? 2 : 3);
				/* once more the same: stale still, but no new evidence */
				saw_value(&g, &o, 0, b, b);
				assert_int_equal(seen(&o, OUTCOME_STALE), stale * 2);
				assert_int_equal(distinct(&o, OUTCOME_STALE), stale);
				/* the newest is not forgotten over it */
				saw_value(&g, &o, 0, a, a);
				if (stale)
					assert_int_equal(seen(&o, OUTCOME_STALE), 2);
				observer_destroy(&o);
				rig_break(&g);
			}
}

/* The guard runs from before the newest store was read, not from after. */
static void test_stale_guard(void **state)
{
	struct rig_config k = { .level = LEVEL_PMD };
	const struct half_of a = H(5), b = H(3), z = Z;
	static struct rig g;
	struct observer o;

	(void)state;
	rig_make(&g, &k);
	rig_observer(&g, &o);
	saw_value(&g, &o, 0, z, z);
	saw_value(&g, &o, 0, a, a);
	assert_true(o.last[0].gen_known);
	assert_int_equal(o.last[0].gen, 5);
	assert_true(o.last[0].not_before < o.ticks);
	/* as if that look had been long ago: a writer may have gone round since */
	o.stale_guard = 1ull << 40;
	o.last[0].not_before -= o.stale_guard + 1;
	saw_value(&g, &o, 0, b, b);
	assert_int_equal(seen(&o, OUTCOME_STALE), 0);
	assert_int_equal(seen(&o, OUTCOME_LEAF), 2);
	assert_int_equal(o.last[0].gen, 3);
	observer_destroy(&o);
	rig_break(&g);
}

/* From the speed of the writer: half way round, two stores a round, four times faster. */
static void test_guards(void **state)
{
	static const struct { enum layout_id id; bool alias; uint64_t stale, direction; } c[] = {
		{ LAYOUT_PAE, 0, 1020 * 100 / 8, 1020 * 100 / 8 },
		{ LAYOUT_PAE, 1, 2040 * 100 / 8, 1020 * 100 / 8 },
		{ LAYOUT_LPAE, 0, 1020 * 100 / 8, 127 * 100 / 8 },
		{ LAYOUT_LPAE, 1, 127 * 100 / 8, 127 * 100 / 8 },
	};
	unsigned i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(c); i++) {
		struct rig_config k = { .layout = c[i].id, .level = LEVEL_PMD, .alias = c[i].alias };
		static struct rig g;
		struct observer o;

		rig_make(&g, &k);
		assert_int_equal(observer_init(&o, &g.c, &g.oracle, g.owners, 0, 100 * 1024), 0);
		assert_int_equal(o.stale_guard, c[i].stale);
		assert_int_equal(o.direction_guard, c[i].direction);
		observer_destroy(&o);
		rig_break(&g);
	}
}

/* alias: the low words are all one, the high word alone has an age. */
static void test_alias(void **state)
{
	unsigned id;

	(void)state;
	for (id = 0; id < NR_LAYOUTS; id++) {
		struct rig_config k = { .layout = id, .level = LEVEL_PMD, .alias = true };
		const struct half_of low = H(0), five = H(5), three = H(3), z = Z;
		static struct rig g;
		struct observer o;

		rig_make(&g, &k);
		rig_observer(&g, &o);
		saw_value(&g, &o, 0, low, five);
		assert_int_equal(seen(&o, OUTCOME_LEAF), 1);
		saw_value(&g, &o, 0, low, three);
		assert_int_equal(seen(&o, OUTCOME_STALE), 1);
		saw_value(&g, &o, 0, low, z);
		assert_int_equal(seen(&o, OUTCOME_TORN_READER), 1);
		assert_int_equal(o.harm[HARM_WILD], 1);
		observer_destroy(&o);
		rig_break(&g);
	}
}

static void test_distinct(void **state)
{
	struct rig_config k = { .level = LEVEL_PMD, .slots = 2, .writer = "pae-pmd",
				.transition = "remap" };
	const struct half_of a = H(5), b = H(6), torn = H(9);
	static struct rig g;
	struct observer o;
	struct act act;
	unsigned i;

	(void)state;
	rig_make(&g, &k);
	assert_int_equal(observer_init(&o, &g.c, &g.oracle, g.owners, 0, 0), 0);
	for (i = 0; i < 10; i++)
		saw_value(&g, &o, 0, a, a);
	assert_int_equal(distinct(&o, OUTCOME_LEAF), 1);
	saw_value(&g, &o, 0, b, b);
	saw_value(&g, &o, 0, a, a);	/* A, B, A: three episodes */
	assert_int_equal(distinct(&o, OUTCOME_LEAF), 3);
	saw_value(&g, &o, 1, a, a);	/* another slot's first */
	saw_value(&g, &o, 0, a, a);
	assert_int_equal(distinct(&o, OUTCOME_LEAF), 4);
	/* a torn value looked at many times is one piece of evidence */
	for (i = 0; i < 10; i++)
		saw_value(&g, &o, 0, a, torn);
	observe_same(&o, 0, 90);
	assert_int_equal(seen(&o, OUTCOME_TORN_READER), 100);
	assert_int_equal(distinct(&o, OUTCOME_TORN_READER), 1);
	assert_int_equal(o.bad, 1);
	assert_int_equal(o.harm[HARM_WILD], 1);
	/* the same value, but something else was done with it */
	saw_value(&g, &o, 0, a, a);
	act = act_of_value(&g.c, mixed(&g, 0, a, a));
	act.kind = ACT_TABLE;
	observe(&o, 0, &act);
	observe(&o, 0, &act);
	assert_int_equal(seen(&o, OUTCOME_CONFUSED), 2);
	assert_int_equal(distinct(&o, OUTCOME_CONFUSED), 1);
	/* decided on something else: each is a change of its own */
	act = act_of_value(&g.c, mixed(&g, 0, b, b));
	act.decided = mixed(&g, 0, a, a);
	observe(&o, 0, &act);
	observe(&o, 0, &act);
	assert_int_equal(distinct(&o, OUTCOME_REREAD), 2);
	observer_destroy(&o);
	rig_break(&g);
}

/* Whatever is seen, nothing seen is lost. */
static void test_counters(void **state)
{
	static const enum act_kind kinds[] = { ACT_NONE, ACT_HOLE, ACT_LEAF, ACT_TABLE, ACT_GAVE_UP };
	struct rig_config k = { .level = LEVEL_PUD, .slots = 4, .transition = "split-anon",
				.writer = "pae-establish" };
	static struct rig g;
	struct observer o;
	uint64_t n = 0, s = 0, d = 0, torn, last_seen;
	uint32_t x = 1;
	unsigned i, id;

	(void)state;
	for (id = 0; id < NR_LAYOUTS; id++) {
		k.layout = id;
		rig_make(&g, &k);
		rig_observer(&g, &o);
		n = s = d = last_seen = 0;
		for (i = 0; i < 20000; i++) {
			uint32_t slot;
			struct half_of lo, hi, dec;
			struct act a;

			x = x * 1664525u + 1013904223u;
			slot = x >> 30;
			lo = (struct half_of){ x >> 8 & 3 ? (x >> 8 & 7) % 5 : HUGE_LEAF, x >> 12 & 3 };
			hi = x >> 14 & 3 ? lo : (struct half_of){ (x >> 16 & 7) % 5, x >> 20 & 3 };
			dec = x >> 22 & 3 ? lo : hi;
			a = (struct act){ .used = mixed(&g, slot, lo, hi), .decided = mixed(&g, slot, dec, hi),
					  .kind = (uint8_t)kinds[(x >> 24 & 31) % 5], .freed = !(x >> 5 & 7) };
			observe(&o, slot, &a);
			n++;
			if (!(x >> 3 & 3)) {
				observe_same(&o, slot, x >> 26);
				n += x >> 26;
			}
		}
		for (i = 0; i < 2 * NR_OUTCOMES; i++) {
			s += o.seen[i];
			d += o.distinct[i];
			assert_true(o.distinct[i] <= o.seen[i]);
			last_seen += o.distinct[i] != 0;
		}
		assert_int_equal(s, n);
		assert_true(d <= n && d > 0);
		assert_true(last_seen >= 9);	/* the walk was a varied one */
		torn = distinct(&o, OUTCOME_TORN_READER) + distinct(&o, OUTCOME_TORN_WRITER);
		assert_true(torn > 0);
		assert_int_equal(o.harm[HARM_WILD] + o.harm[HARM_ALIAS] + o.harm[HARM_MASKED], torn);
		assert_true(o.direction[LOW_NEWER] + o.direction[HIGH_NEWER] <= torn);
		for (i = 0; i < NR_OUTCOMES; i++) {
			assert_int_equal(o.first_ns[i] != 0, seen(&o, i) != 0);
			assert_int_equal(o.witness[i].seen, seen(&o, i) != 0);
		}
		observer_destroy(&o);
		rig_break(&g);
	}
}

/* ---- the witness ---- */

static void assert_says(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("'%s' does not say '%s'", text, what);
}

static void explain(const struct observer *o, enum outcome k, char text[WITNESS_LEN])
{
	const struct witness w = witness_of(o, k);

	witness_text(&w, k, text, WITNESS_LEN);
}

static void test_witness(void **state)
{
	struct rig_config k = { .level = LEVEL_PMD, .slots = 3, .writer = "present-present",
				.transition = "remap" };
	const struct half_of three = H(3), four = H(4), nine = H(9), ten = H(10);
	static struct rig g;
	struct observer o;
	char text[WITNESS_LEN], words[32];
	entry_t v;

	(void)state;
	rig_make(&g, &k);
	rig_observer(&g, &o);
	o.start_ns = now_ns();
	saw_value(&g, &o, 1, three, four);
	v = mixed(&g, 1, three, four);
	saw_value(&g, &o, 2, nine, ten);	/* the first is kept */
	assert_int_equal(seen(&o, OUTCOME_TORN_WRITER), 2);
	explain(&o, OUTCOME_TORN_WRITER, text);
	snprintf(words, sizeof(words), "%08x:%08x", v.hi, v.lo);
	assert_says(text, words);
	assert_says(text, "low from store #3,");
	assert_says(text, "high from store #4,");	/* slot 1's own count */
	assert_says(text, "1 store apart");
	assert_says(text, "high is newer");
	assert_says(text, "slot 1,");
	assert_says(text, "reader 7 on CPU ");
	assert_null(strstr(text, "CPU -1"));
	assert_says(text, "seed 4711");
	assert_says(text, "memory itself held the mix");
	assert_null(strchr(text, '\n'));
	observer_destroy(&o);
	rig_break(&g);
}

/* The longest text there can be is whole, and the words it decided on are in it. */
static void test_witness_longest(void **state)
{
	struct rig_config k = { .level = LEVEL_PMD, .slots = 1, .transition = "split-anon",
				.writer = "pae-establish" };
	static struct rig g;
	struct observer o;
	char text[WITNESS_LEN], words[40];
	unsigned i;
	entry_t used, decided;

	(void)state;
	rig_make(&g, &k);
	g.c.slots = MAX_SLOTS;
	g.c.seed = UINT32_MAX;
	rig_observer(&g, &o);
	o.thread = 63;
	for (i = 0; i < NR_OUTCOMES; i++) {
		used = mixed(&g, MAX_SLOTS - 1, (struct half_of)I(2039), (struct half_of)H(1019));
		decided = mixed(&g, MAX_SLOTS - 1, (struct half_of)H(7), (struct half_of)H(8));
		o.witness[i] = (struct witness){ .used = used, .decided = decided, .slot = MAX_SLOTS - 1,
						 .ns = 604800ull * 1000000000, .cpu = 1023, .seen = true,
						 .direction_known = true, .newer = HIGH_NEWER };
		explain(&o, i, text);
		assert_true(strlen(text) < WITNESS_LEN - 1);
		snprintf(words, sizeof(words), "decided on %08x:%08x", decided.hi, decided.lo);
		assert_says(text, words);
		assert_says(text, "low from the invalidation of store #2039");
		assert_says(text, "seed 4294967295");
	}
	observer_destroy(&o);
	rig_break(&g);
}

static void test_witness_halves(void **state)
{
	struct rig_config k = { .level = LEVEL_PMD };
	static struct rig g;
	struct observer o;
	char text[WITNESS_LEN];

	(void)state;
	rig_make(&g, &k);
	rig_observer(&g, &o);
	saw(&o, 0, ACT_LEAF, mixed(&g, 0, (struct half_of)H(5), (struct half_of)Z),
	    mixed(&g, 0, (struct half_of)H(5), (struct half_of)Z));
	explain(&o, OUTCOME_TORN_READER, text);
	assert_says(text, "low from store #5, high from a clear:");
	assert_null(strstr(text, "decided"));
	assert_null(strstr(text, "newer"));
	assert_null(strstr(text, "apart"));
	o.witness[OUTCOME_TORN_READER].used = entry(0xffffffff, 0x000fffff);
	explain(&o, OUTCOME_TORN_READER, text);
	assert_says(text, "low from no store at all, high from no store at all");
	observer_destroy(&o);
	rig_break(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_outcome),
		cmocka_unit_test(test_stores_out_of_order),
		cmocka_unit_test(test_oracle_learns_all),
		cmocka_unit_test(test_direction),
		cmocka_unit_test(test_harm),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_stale_guard),
		cmocka_unit_test(test_guards),
		cmocka_unit_test(test_alias),
		cmocka_unit_test(test_distinct),
		cmocka_unit_test(test_counters),
		cmocka_unit_test(test_witness),
		cmocka_unit_test(test_witness_longest),
		cmocka_unit_test(test_witness_halves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
