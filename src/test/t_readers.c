/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every reader against a writer, step by step, and every interleaving of the
 * pairs of kernel.md's table of expected results.
 */
#include "explored.h"

/* ---- one script each ---- */

/*
 * Memory holds A; the writer then does one of these to it, by its own set and
 * clear. LOW_SAME: A and B share the low word (aliased frames).
 */
enum scene { ZAP_FAULT, SET_B, ZAP_ONLY };

struct race {
	struct rig g;
	const struct reader *reader;
	enum scene scene;
	entry_t a, b, got;
};

static void do_read(void *arg)
{
	struct race *r = arg;

	r->got = r->reader->read(&r->g.w, r->g.pt->slots);
}

static void do_walk(void *arg)
{
	rig_walk(arg, 0);
}

static void do_write(void *arg)
{
	struct race *r = arg;
	entry_t *p = r->g.pt->slots;

	if (r->scene != SET_B)
		r->g.c.writer->clear(p);
	if (r->scene != ZAP_ONLY)
		r->g.c.writer->set(p, r->b);
}

/* want: the low and the high word, each from A, B or a clear (0). */
struct row {
	const char *reader, *writer;
	enum scene scene;
	bool alias;
	const char *script, *want;
	unsigned accesses, retries;
	enum outcome outcome;
};

#define TR OUTCOME_TORN_READER
#define TW OUTCOME_TORN_WRITER

/* For readers of one 8-byte access, whatever the mechanism. */
#define WHOLE(nm)                                                                \
	{ nm, "pae-pte", ZAP_FAULT, 0, "r wwww", "AA", 1, 0, OUTCOME_LEAF },      \
	{ nm, "pae-pte", ZAP_FAULT, 0, "w r www", "0A", 1, 0, OUTCOME_HOLE },     \
	{ nm, "pae-pte", ZAP_FAULT, 0, "www r w", "0B", 1, 0, OUTCOME_HOLE },     \
	{ nm, "pae-pte", ZAP_FAULT, 0, "wwww r", "BB", 1, 0, OUTCOME_LEAF },      \
	{ nm, "present-present", SET_B, 0, "w r w", "AB", 1, 0, TW },             \
	{ nm, "mips-xpa", ZAP_FAULT, 0, "w r www", "A0", 1, 0, TW },              \
	{ nm, "busted-low-first", ZAP_FAULT, 0, "www r w", "B0", 1, 0, TW },      \
	{ nm, "pae-pmd", SET_B, 0, "w r", "BB", 1, 0, OUTCOME_LEAF }

#define LOW_FIRST(nm)                                                            \
	{ nm, "pae-pte", ZAP_FAULT, 0, "rr wwww", "AA", 2, 0, OUTCOME_LEAF },     \
	{ nm, "pae-pte", ZAP_FAULT, 0, "r wwww r", "AB", 2, 0, TR },              \
	{ nm, "pae-pte", ZAP_FAULT, 0, "r ww r ww", "A0", 2, 0, TR },             \
	{ nm, "pae-pte", ZAP_FAULT, 0, "w rr www", "0A", 2, 0, OUTCOME_HOLE },    \
	{ nm, "pae-pmd", SET_B, 0, "r w r", "AB", 2, 0, TR },                     \
	{ nm, "present-present", SET_B, 0, "w rr w", "AB", 2, 0, TW }

#define HIGH_FIRST(nm)                                                           \
	{ nm, "pae-pte", ZAP_FAULT, 0, "rr wwww", "AA", 2, 0, OUTCOME_LEAF },     \
	{ nm, "pae-pte", ZAP_FAULT, 0, "r wwww r", "BA", 2, 0, TR },              \
	{ nm, "pae-pte", ZAP_FAULT, 0, "ww r ww r", "B0", 2, 0, TR },             \
	{ nm, "pae-pte", ZAP_FAULT, 0, "r www r w", "0A", 2, 0, OUTCOME_HOLE },   \
	{ nm, "pae-pmd", SET_B, 0, "r w r", "BA", 2, 0, TR },                     \
	{ nm, "present-present", SET_B, 0, "w rr w", "AB", 2, 0, TW }

#define GET_LOCKLESS(nm)                                                         \
	{ nm, "pae-pte", ZAP_FAULT, 0, "rrr wwww", "AA", 3, 0, OUTCOME_LEAF },    \
	/* the low word changed between: exactly one more look */                 \
	{ nm, "pae-pte", ZAP_FAULT, 0, "r wwww rr", "BB", 6, 1, OUTCOME_LEAF },   \
	{ nm, "pae-pte", ZAP_FAULT, 0, "r ww rr rrr ww", "00", 6, 1, OUTCOME_HOLE }, \
	{ nm, "pae-pte", ZAP_FAULT, 0, "r w rr rrr www", "0A", 6, 1, OUTCOME_HOLE }, \
	/* twice, once for each of the low word's changes */                      \
	{ nm, "pae-pte", ZAP_FAULT, 0, "rr ww r r ww rr rrr", "BB", 9, 2, OUTCOME_LEAF }, \
	{ nm, "pae-pmd", SET_B, 0, "r w rr", "BB", 6, 1, OUTCOME_LEAF },          \
	/* the high word alone changed: nothing to see by the low one */          \
	{ nm, "present-present", SET_B, 0, "r w rr w", "AB", 3, 0, TW },          \
	{ nm, "mips-xpa", ZAP_FAULT, 0, "r w rr www", "A0", 3, 0, TW },           \
	/* ABA: the low words are equal, the high one is a clear's */             \
	{ nm, "pae-pte", ZAP_FAULT, 1, "r ww r ww r", "A0", 3, 0, TR },           \
	{ nm, "pae-pmd", ZAP_FAULT, 1, "r ww r w r", "A0", 3, 0, TR },            \
	/* the same with low words that differ is seen */                         \
	{ nm, "pae-pte", ZAP_FAULT, 0, "r ww r ww r rrr", "BB", 6, 1, OUTCOME_LEAF }, \
	/* frames that alias: the mix {L, high of B} is B */                      \
	{ nm, "pae-pte", ZAP_FAULT, 1, "r www r w r", "AB", 3, 0, OUTCOME_LEAF }

static const struct row rows[] = {
	LOW_FIRST("plain-reread"),
	LOW_FIRST("plain-barrier"),
	LOW_FIRST("lo-hi"),
	LOW_FIRST("locked"),	/* the body alone: the lock is the walker's */
	HIGH_FIRST("read-once"),
	HIGH_FIRST("hi-lo"),
	{ "pmd-read-atomic", "pae-pte", ZAP_FAULT, 0, "rr wwww", "AA", 2, 0, OUTCOME_LEAF },
	{ "pmd-read-atomic", "pae-pte", ZAP_FAULT, 0, "r wwww r", "AB", 2, 0, TR },
	{ "pmd-read-atomic", "pae-pte", ZAP_FAULT, 0, "r w r www", "AA", 2, 0, OUTCOME_LEAF },
	{ "pmd-read-atomic", "pae-pte", ZAP_FAULT, 0, "r ww r ww", "A0", 2, 0, TR },
	/* low is 0: none, and the high word is not looked at */
	{ "pmd-read-atomic", "pae-pte", ZAP_FAULT, 0, "w r www", "00", 1, 0, OUTCOME_HOLE },
	{ "pmd-read-atomic", "pae-pte", ZAP_FAULT, 0, "www r w", "00", 1, 0, OUTCOME_HOLE },
	{ "pmd-read-atomic", "busted-low-first", ZAP_FAULT, 0, "www rr w", "B0", 2, 0, TW },
	GET_LOCKLESS("get-lockless"),
	GET_LOCKLESS("get-lockless-irqoff"),
	WHOLE("atomic64"),
	/* one row of names for each architecture's mechanisms */
	WHOLE("atomic64-cmpxchg8b"), WHOLE("atomic64-movq"), WHOLE("atomic64-fild"),
	WHOLE("atomic64-ldrexd"), WHOLE("atomic64-ldrd"), WHOLE("atomic64-__atomic"),
	WHOLE("pair64-vldr"), WHOLE("pair64-ldm"),
	WHOLE("busted-hoisted"),	/* its first read; see test_hoisted */
};

static entry_t mix(const struct race *r, const char *want)
{
	const entry_t from[2] = { r->a, r->b };

	return entry(want[0] == '0' ? 0 : from[want[0] == 'B'].lo,
		     want[1] == '0' ? 0 : from[want[1] == 'B'].hi);
}

static void run_row(const struct row *row, enum layout_id id)
{
	static struct race r;
	struct rig_config k = {
		.layout = id, .level = LEVEL_PMD, .writer = row->writer, .alias = row->alias,
		.transition = row->scene == SET_B ? "remap" : "fault-zap",
	};
	struct party party[] = { { 'r', do_read, &r, 0 }, { 'w', do_write, &r, 0 } };
	struct stamp s = { 0 };
	enum outcome want = row->outcome;
	struct act act;

	rig_make(&r.g, &k);
	r.reader = BY_NAME(explored_protocol.readers, row->reader);
	r.scene = row->scene;
	stamp_next(&s, r.g.c.layout->hi_gens, row->alias);
	r.a = r.g.c.layout->mk_huge(s);
	stamp_next(&s, r.g.c.layout->hi_gens, row->alias);
	r.b = r.g.c.layout->mk_huge(s);
	r.g.pt->slots[0] = r.a;
	r.g.w.retries_left = 100;
	assert_int_equal(script_run(party, 2, row->script), 0);
	act = act_of_value(&r.g.c, r.got);
	/* pmd_none() looks at the low word alone on PAE, at both on LPAE */
	if (id == LAYOUT_LPAE && r.got.lo == 0 && r.got.hi)
		want = OUTCOME_PHANTOM;
	if (!entry_same(r.got, mix(&r, row->want)) || party[0].accesses != row->accesses ||
	    r.g.w.retries != row->retries || rig_classify(&r.g, 0, &act) != want)
		fail_msg("%s, %s on %s, script '%s': %08x:%08x (A %08x:%08x, B %08x:%08x) not %s, "
			 "%u accesses not %u, %u retries not %u, %s not %s",
			 row->reader, row->writer, r.g.c.layout->name, row->script, r.got.hi, r.got.lo,
			 r.a.hi, r.a.lo, r.b.hi, r.b.lo, row->want, party[0].accesses, row->accesses,
			 (unsigned)r.g.w.retries, row->retries,
			 outcome_kinds[rig_classify(&r.g, 0, &act)].name, outcome_kinds[want].name);
	rig_break(&r.g);
}

static void test_every_reader_by_script(void **state)
{
	const struct reader *reader;
	unsigned i, n;

	(void)state;
	for (reader = explored_protocol.readers; reader->name; reader++) {
		for (i = n = 0; i < ARRAY_SIZE(rows); i++) {
			if (strcmp(rows[i].reader, reader->name))
				continue;
			run_row(&rows[i], LAYOUT_PAE);
			run_row(&rows[i], LAYOUT_LPAE);
			n++;
		}
		if (!n)
			fail_msg("reader %s has no row here", reader->name);
	}
}

/* The retries of a walk used up: the last look is taken as it is, torn or not. */
static void test_get_lockless_loops_on(void **state)
{
	static struct race r;
	struct rig_config k = { .layout = LAYOUT_PAE, .level = LEVEL_PMD };
	struct party party[] = { { 'r', do_read, &r, 0 }, { 'w', do_write, &r, 0 } };

	(void)state;
	rig_make(&r.g, &k);
	r.reader = BY_NAME(explored_protocol.readers, "get-lockless");
	r.scene = ZAP_FAULT;
	r.a = r.g.c.layout->mk_huge((struct stamp){ 1, 1 });
	r.b = r.g.c.layout->mk_huge((struct stamp){ 2, 2 });
	r.g.pt->slots[0] = r.a;
	r.g.w.retries_left = 0;	/* of the walk: the reader's loop has no bound of its own */
	assert_int_equal(script_run(party, 2, "r ww r ww r"), 0);
	assert_int_equal(party[0].accesses, 6);
	assert_int_equal(r.g.w.retries, 1);
	assert_entry(r.got, r.b);
	assert_int_equal(r.g.w.retries_left, 0);
	rig_break(&r.g);
}

/* plain-reread decides on one value and uses another; a snapshot does not. */
static void test_entry_walker_rereads(void **state)
{
	static const struct { const char *reader; enum outcome outcome; unsigned accesses; } c[] = {
		{ "plain-reread", OUTCOME_REREAD, 4 },
		{ "plain-barrier", OUTCOME_LEAF, 2 },
	};
	static struct race r;
	struct rig_config k = { .level = LEVEL_PMD, .transition = "remap", .writer = "pae-pmd" };
	struct party party[] = { { 'r', do_walk, &r.g, 0 }, { 'w', do_write, &r, 0 } };
	unsigned i, id;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(c); i++)
		for (id = 0; id < NR_LAYOUTS; id++) {
			k.layout = id;
			k.reader = c[i].reader;
			rig_make(&r.g, &k);
			r.scene = SET_B;
			r.a = r.g.c.layout->mk_huge((struct stamp){ 1, 1 });
			r.b = r.g.c.layout->mk_huge((struct stamp){ 2, 2 });
			r.g.pt->slots[0] = r.a;
			assert_int_equal(script_run(party, 2, "rr w rr"), 0);
			assert_int_equal(party[0].accesses, c[i].accesses);
			assert_entry(r.g.w.act.decided, r.a);
			assert_entry(r.g.w.act.used, i == 0 ? r.b : r.a);
			assert_int_equal(r.g.w.act.kind, ACT_LEAF);
			assert_int_equal(rig_classify(&r.g, 0, &r.g.w.act), c[i].outcome);
			rig_break(&r.g);
		}
}

/* The control's second value is its first one again: stale once B was seen. */
static void test_hoisted(void **state)
{
	struct rig_config k = { .level = LEVEL_PMD, .reader = "busted-hoisted",
				.writer = "pae-pmd", .transition = "remap" };
	const struct reader *reader = BY_NAME(explored_protocol.readers, "busted-hoisted");
	static struct rig g;
	struct observer o;
	entry_t v[2], got;
	unsigned i;

	(void)state;
	rig_make(&g, &k);
	rig_observer(&g, &o);
	for (i = 0; i < 2; i++)
		v[i] = g.c.layout->mk_huge((struct stamp){ (uint16_t)(i + 1), (uint16_t)(i + 1) });
	g.pt->slots[0] = v[0];
	for (i = 0; i < 20; i++) {
		struct act a;

		if (i == 1)
			g.pt->slots[0] = v[1];
		got = reader->read(&g.w, g.pt->slots);
		assert_entry(got, i == 0 || (i % 2 && i < 16) ? v[0] : v[1]);
		a = act_of_value(&g.c, got);
		observe(&o, 0, &a);
	}
	/* reads 3, 5 ... 15; 1 came before anything newer was seen */
	assert_int_equal(o.seen[2 * OUTCOME_STALE + 1], 7);
	observer_destroy(&o);
	rig_break(&g);
}

/* ---- every interleaving: the table of kernel.md section 4 ---- */

#define BIT(x) (1u << OUTCOME_##x)
enum {
	HLT = BIT(HOLE) | BIT(LEAF) | BIT(TABLE),
	HL = BIT(HOLE) | BIT(LEAF),
	L = BIT(LEAF),
	P = BIT(PHANTOM), R = BIT(TORN_READER), W = BIT(TORN_WRITER), I = BIT(INVALID_MIX),
};

enum { NR_COLUMNS = 6 };
static const char *const columns[NR_COLUMNS] = {
	"lo-hi", "hi-lo", "read-once", "pmd-read-atomic", "get-lockless", "atomic64",
};

/* What a reader may be told; PHANTOM aside, which none() decides. */
static const struct pair {
	const char *writer, *transition;
	bool alias;
	unsigned reachable[NR_COLUMNS];
} pairs[] = {
	/* the documented order: get-lockless clean, torn when low words are equal */
	{ "pae-pte", "fault-zap", 0, { HL | R, HL | R, HL | R, HL | R, HL, HL } },
	{ "pae-pte", "fault-zap", 1, { HL | R, HL | R, HL | R, HL | R, HL | R, HL } },
	{ "pae-pmd", "fault-zap", 0, { HL | R, HL | R, HL | R, HL | R, HL, HL } },
	{ "pae-pmd", "fault-zap", 1, { HL | R, HL | R, HL | R, HL | R, HL | R, HL } },
	{ "pae-pmd-xchg", "fault-zap", 0, { HL | R, HL | R, HL | R, HL | R, HL, HL } },
	{ "pae-pmd-cmpxchg", "fault-zap", 0, { HL | R, HL | R, HL | R, HL | R, HL, HL } },
	/* against the order: memory itself holds the mix */
	{ "mips-xpa", "fault-zap", 0, { HL | R | W, HL | R | W, HL | R | W, HL | R | W, HL | W, HL | W } },
	{ "sh-x2tlb", "fault-zap", 0, { HL | R | W, HL | R | W, HL | R | W, HL | R | W, HL | W, HL | W } },
	{ "busted-low-first", "fault-zap", 0,
	  { HL | R | W, HL | R | W, HL | R | W, HL | R | W, HL | W, HL | W } },
	{ "busted-low-first", "remap", 0, { L | R | W, L | R | W, L | R | W, L | R | W, L | W, L | W } },
	/* present over present */
	{ "present-present", "remap", 0, { L | R | W, L | R | W, L | R | W, L | R | W, L | W, L | W } },
	{ "pae-pmd", "remap", 0, { L | R, L | R, L | R, L | R, L, L } },
	{ "pae-establish", "split-anon", 0,
	  { HLT | R | I, HLT | R | I, HLT | R | I, HLT | R | I, HLT | I, HLT | I } },
};

struct pair_race {
	struct rig g;
	unsigned rounds, reachable;
	bool live;
	const struct rig_config *config;
	char example[NR_OUTCOMES][64];
};

static void race_rounds(void *arg)
{
	struct pair_race *r = arg;

	r->g.c.transition->rounds(&r->g.m, 0, r->rounds);
}

static void race_reset(void *arg)
{
	struct pair_race *r = arg;
	const struct layout *lay = r->g.c.layout;

	r->g.stamps[0] = stamp_first(0, lay->hi_gens);
	r->g.w.retries = 0;
	r->g.pt->slots[0] = r->g.c.transition->clears ? entry(0, 0) : lay->mk_huge(r->g.stamps[0]);
}

static void race_done(void *arg, const char *script)
{
	struct pair_race *r = arg;
	enum outcome k = rig_classify(&r->g, 0, &r->g.w.act);

	if (!(r->reachable & 1u << k))
		snprintf(r->example[k], sizeof(r->example[k]), "%s", script);
	r->reachable |= 1u << k;
}

static void names_of(unsigned set, char *buf, size_t len)
{
	unsigned k;
	size_t n = 0;

	buf[0] = '\0';
	for (k = 0; k < NR_OUTCOMES; k++)
		if (set & 1u << k && n < len)
			n += (size_t)snprintf(buf + n, len - n, " %s", outcome_kinds[k].name);
}

static unsigned reachable(struct pair_race *r, const struct rig_config *k, unsigned rounds)
{
	struct interleavings x = {
		.party = { { 'r', do_walk, &r->g, 0 }, { 'w', race_rounds, r, 0 } },
		.reset = race_reset, .done = race_done, .arg = r,
	};

	memset(r, 0, sizeof(*r));
	rig_make(&r->g, k);
	r->rounds = rounds;
	interleave(&x, 0, 0, 0);
	assert_true(x.runs > 2);
	rig_break(&r->g);
	return r->reachable;
}

/*
 * {0, high}: hole where none() reads the low word alone, phantom where it reads
 * both. pmd-read-atomic never makes one. Which pairs leave one behind at all:
 */
static bool makes_phantoms(const char *reader, const char *writer)
{
	if (!strcmp(reader, "pmd-read-atomic"))
		return false;
	/* get-lockless too: a low word of 0 is equal to the next one (ABA) */
	return strcmp(reader, "atomic64") || strcmp(writer, "pae-pmd-cmpxchg");
}

/*
 * Two rounds, so that a low word can come back. Where that is not the point, one
 * will do: interleavings of a reader that retries are many.
 */
static unsigned rounds_for(const struct pair *p, unsigned column, enum level l)
{
	if (!strcmp(p->transition, "split-anon"))
		return 1;
	if (strcmp(columns[column], "get-lockless") || !strcmp(p->transition, "remap") ||
	    !strcmp(p->writer, "pae-pmd-cmpxchg"))
		return 2;
	if (p->alias)
		return 2;
	return l == LEVEL_PMD && (!strcmp(p->writer, "pae-pte") || !strcmp(p->writer, "pae-pmd")) ? 2 : 1;
}

static void check_pair(const struct pair *p, unsigned column, enum layout_id id, enum level l)
{
	static struct pair_race r;
	struct rig_config k = {
		.layout = id, .level = l, .reader = columns[column], .writer = p->writer,
		.transition = p->transition, .alias = p->alias,
	};
	bool both_words = l == LEVEL_PUD || id == LAYOUT_LPAE;
	unsigned want = p->reachable[column], got = reachable(&r, &k, rounds_for(p, column, l));
	char got_names[200], want_names[200];

	if (both_words && strcmp(p->transition, "remap") && makes_phantoms(columns[column], p->writer))
		want |= P;
	/* no inversion on lpae: the invalidation changes one word, only a reader can mix it */
	if (id == LAYOUT_LPAE && column >= 4)
		want &= ~(unsigned)I;
	names_of(got, got_names, sizeof(got_names));
	names_of(want, want_names, sizeof(want_names));
	if (got != want)
		fail_msg("%s x %s %s%s on %s level %d:%s; should be%s (tr %s, tw %s)", columns[column],
			 p->writer, p->transition, p->alias ? " alias" : "", layouts[id]->name, l,
			 got_names, want_names, r.example[TR], r.example[TW]);
}

static void test_reachable_outcomes(void **state)
{
	unsigned i, c, id;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(pairs); i++)
		for (c = 0; c < NR_COLUMNS; c++)
			for (id = 0; id < NR_LAYOUTS; id++) {
				check_pair(&pairs[i], c, id, LEVEL_PMD);
				if (id == LAYOUT_PAE)	/* lpae's none() is one for all levels */
					check_pair(&pairs[i], c, id, LEVEL_PUD);
			}
}

/*
 * `locked`: read and use under the lock, so of every interleaving of set's two
 * words, none shows. The scripts end in turns: each side may wait for the other.
 */
static void test_locked_never_sees_a_half(void **state)
{
	enum { LEN = 11, TURNS = 24 };
	static const char *const reader_names[] = { "locked", "lo-hi" };
	static struct pair_race r;
	unsigned i, j, seen[2] = { 0 };
	char script[LEN + 2 * TURNS + 1];

	(void)state;
	for (j = 0; j < 2; j++) {
		struct rig_config k = { .level = LEVEL_PMD, .reader = reader_names[j],
					.writer = "present-present", .transition = "remap" };
		struct party party[] = { { 'r', do_walk, &r.g, 0 }, { 'w', race_rounds, &r, 0 } };

		memset(&r, 0, sizeof(r));
		rig_make(&r.g, &k);
		r.rounds = 2;
		r.g.m.lock = true;
		for (i = 0; i < 1u << LEN; i++) {
			unsigned b;

			for (b = 0; b < LEN; b++)
				script[b] = i >> b & 1 ? 'w' : 'r';
			for (b = 0; b < TURNS; b++)
				memcpy(script + LEN + 2 * b, "rw", 3);
			race_reset(&r);
			assert_int_equal(script_run(party, 2, script), 0);
			assert_int_equal(r.g.pt->locks[0].word, 0);
			seen[j] |= 1u << rig_classify(&r.g, 0, &r.g.w.act);
		}
		rig_break(&r.g);
	}
	assert_int_equal(seen[0], L);
	assert_int_equal(seen[1], L | R | W);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_reader_by_script),
		cmocka_unit_test(test_get_lockless_loops_on),
		cmocka_unit_test(test_entry_walker_rereads),
		cmocka_unit_test(test_hoisted),
		cmocka_unit_test(test_reachable_outcomes),
		cmocka_unit_test(test_locked_never_sees_a_half),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
