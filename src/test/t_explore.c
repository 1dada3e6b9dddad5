/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The explorer: its memory models by the classic litmus tests, its reductions by
 * brute force, its verdicts by kernel.md's table of expected results.
 */
#include <errno.h>

#include "explored.h"
#include "explore/search.h"
#include "explore/visited.h"
#include "predict/cell_program.h"
#include "predict/schedule.h"

/* ---- programs of a few lines ---- */

/* x, y: a word each; e: an entry. A thread is a string, an access a letter and what it is of. */
struct small {
	struct program p;
	entry_t x, y, e;
	struct ptl l;
	struct thread_of {
		struct small *all;
		const char *code;
		unsigned id;
	} t[MAX_PARTIES];
	bool (*wanted)(const uint32_t r[8]);	/* of the watched threads, r0 r1 ... */
};

/* Registers of a thread are notes, two bits each: r0 in bits 0 and 1. */
static uint64_t ask(enum access_kind k, const void *p, unsigned size, uint64_t v)
{
	struct access a = { .kind = k, .p = p, .size = size, .value = v };

	return explore_access(&a);
}

/*
 * "Wx1" x = 1; "Rx" next register = x; "X" xchg; "w" wmb; "r" rmb; "[" "]" section; "s"
 * grace period; "<" ">" lock; "{" "}" not preempted, with one CPU. Of the entry: "Wl1" "Wh1" its words, "We1" both at once,
 * "Rl" "Rh" "Re" (3 if its words differ).
 */
static void run_small(void *arg)
{
	struct thread_of *t = arg;
	struct small *s = t->all;
	const char *c = t->code;
	unsigned reg = 0;
	uint32_t notes = 0;

	while (*c) {
		const char op = *c++;
		void *p = NULL;
		unsigned size = 4;
		uint64_t v;

		if (op == '{' || op == '}') {
			ask(op == '{' ? ACCESS_ENTER : ACCESS_EXIT, NULL, 0, SECTION_ALONE);
			continue;
		}
		if (op == 'w' || op == 'r' || op == '[' || op == ']' || op == 's') {
			ask(op == 'w' ? ACCESS_WMB : op == 'r' ? ACCESS_RMB : op == '[' ? ACCESS_ENTER :
			    op == ']' ? ACCESS_EXIT : ACCESS_SYNC, NULL, 0, 0);
			continue;
		}
		if (op == '<' || op == '>') {
			ask(op == '<' ? ACCESS_LOCK : ACCESS_UNLOCK, &s->l.word, 4, op == '<');
			continue;
		}
		switch (*c++) {
		case 'x': p = &s->x.lo; break;
		case 'y': p = &s->y.lo; break;
		case 'l': p = &s->e.lo; break;
		case 'h': p = &s->e.hi; break;
		case 'e': p = &s->e; size = 8; break;
		}
		if (op == 'R') {
			v = ask(ACCESS_LOAD, p, size, 0);
			if (size == 8)
				v = (uint32_t)v == v >> 32 ? (uint32_t)v : 3;
			notes |= (uint32_t)v << 2 * (reg++ + 4 * t->id);
			continue;
		}
		v = (uint64_t)(*c++ - '0');
		ask(op == 'X' ? ACCESS_RMW : ACCESS_STORE, p, size, size == 8 ? v << 32 | v : v);
	}
	behaviour_note(&s->p.b[t->id], 1u << 31 | notes);
}

/* Every end, with the notes of all threads; no state twice, and no other reduction. */
static uint32_t seen_notes[4096];
static unsigned seen_n;
static struct visited seen_states;

static void all_executions(struct program *p, struct state *s, unsigned depth)
{
	struct state next;
	unsigned a, alt, n, moves = 0, i;
	uint32_t *kept;
	uint64_t got;

	assert_true(depth < 60);
	if (visited_add(&seen_states, state_hash(p, s, 0), 0, &kept))
		return;
	for (a = 0; a < NR_AGENTS; a++) {
		n = agent_moves(p, s, a);
		for (alt = 0; alt < n; alt++, moves++) {
			state_copy(&next, s);
			assert_int_equal(agent_move(p, &next, a, alt, &got), 0);
			all_executions(p, &next, depth + 1);
		}
	}
	if (moves || (s->ended & p->watched) != p->watched)
		return;
	for (i = 0; i < seen_n && seen_notes[i] != state_notes(p, s); i++)
		;
	if (i == seen_n)
		seen_notes[seen_n++] = state_notes(p, s);
	assert_true(seen_n < ARRAY_SIZE(seen_notes));
}

static bool reachable(enum memory_model model, const char *const *code, const char *want)
{
	static struct small s;
	static struct state first;
	struct search x = { .how = SEARCH_REDUCED };
	unsigned i, reg[MAX_PARTIES * 4] = { 0 }, n = 0, k;
	uint32_t notes = 0;
	bool found = false;

	memset(&s, 0, sizeof(s));
	s.p.model = model;
	s.p.reclaims = true;
	s.p.locations = (struct locations){ 4, { &s.x, &s.y, &s.e, &s.l.word } };
	for (i = 0; code[i]; i++) {
		s.t[i] = (struct thread_of){ &s, code[i], i };
		s.p.b[i] = (struct behaviour){ .run = run_small, .arg = &s.t[i], .locations = &s.p.locations };
		assert_int_equal(behaviour_init(&s.p.b[i]), 0);
		s.p.watched |= 1u << i;
	}
	s.p.nthreads = i;
	seen_n = 0;
	state_first(&s.p, &first);
	all_executions(&s.p, &first, 0);
	visited_free(&seen_states);
	seen_states = (struct visited){ 0 };
	assert_true(seen_n > 0);
	for (k = 0; k < seen_n; k++)
		notes |= seen_notes[k];
	assert_int_equal(search_all(&x, &s.p), 0);
	assert_int_equal(x.notes, notes);	/* none is missed, as far as they can be told apart */
	/* want: "0:12 1:00": registers of thread 0 are 1 and 2, ... */
	for (k = 0; k < seen_n && !found; k++) {
		const char *w = want;

		found = true;
		for (n = 0; *w; w++) {
			if (w[1] == ':') {
				n = 4 * (unsigned)(w[0] - '0');
				w++;
			} else if (*w != ' ') {
				reg[n] = (unsigned)(*w - '0');
				found &= (seen_notes[k] >> 2 * n & 3) == reg[n];
				n++;
			}
		}
	}
	for (i = 0; i < s.p.nthreads; i++)
		behaviour_free(&s.p.b[i]);
	return found;
}

/* Who waits for sections has to say so before the search, which would miss their late beginnings. */
static void test_undeclared_sync(void **state)
{
	static const char *const code[] = { "[Rx]", "Wx1s" };
	static struct small s;
	struct search x = { .how = SEARCH_REDUCED, .max_states = 1000 };
	unsigned i;

	(void)state;
	s.p.model = MODEL_TSO;
	s.p.nthreads = ARRAY_SIZE(code);
	s.p.locations = (struct locations){ 4, { &s.x, &s.y, &s.e, &s.l.word } };
	for (i = 0; i < ARRAY_SIZE(code); i++) {
		s.t[i] = (struct thread_of){ &s, code[i], i };
		s.p.b[i] = (struct behaviour){ .run = run_small, .arg = &s.t[i], .locations = &s.p.locations };
		assert_int_equal(behaviour_init(&s.p.b[i]), 0);
		s.p.watched |= 1u << i;
	}
	assert_int_equal(search_all(&x, &s.p), -EINVAL);
	s.p.reclaims = true;
	x = (struct search){ .how = SEARCH_REDUCED, .max_states = 1000 };
	assert_int_equal(search_all(&x, &s.p), 0);
	for (i = 0; i < ARRAY_SIZE(code); i++)
		behaviour_free(&s.p.b[i]);
}

static const struct litmus {
	const char *name, *code[MAX_PARTIES + 1], *want;
	bool possible[NR_MODELS];	/* sc, tso, weak */
} litmus[] = {
	{ "SB", { "Wx1Ry", "Wy1Rx" }, "0:0 1:0", { 0, 1, 1 } },
	{ "SB with xchg", { "Xx1Ry", "Xy1Rx" }, "0:0 1:0", { 0, 0, 0 } },
	{ "MP", { "Wx1Wy1", "RyRx" }, "1:10", { 0, 0, 1 } },
	{ "MP with wmb", { "Wx1wWy1", "RyRx" }, "1:10", { 0, 0, 1 } },
	{ "MP with rmb", { "Wx1Wy1", "RyrRx" }, "1:10", { 0, 0, 1 } },
	{ "MP with both", { "Wx1wWy1", "RyrRx" }, "1:10", { 0, 0, 0 } },
	{ "LB", { "RxWy1", "RyWx1" }, "0:1 1:1", { 0, 0, 0 } },	/* the models know no load later than a store */
	{ "CoRR", { "Wx1", "RxRx" }, "1:10", { 0, 0, 0 } },
	{ "CoWR", { "Wx1Rx" }, "0:0", { 0, 0, 0 } },
	{ "CoRW, two writers", { "Wx1", "Wx2Rx", "RxRx" }, "1:1 2:12", { 0, 0, 0 } },
	{ "2+2W", { "Wx1Wy2", "Wy1Wx2", "RxRx", "RyRy" }, "2:21 3:21", { 0, 0, 1 } },
	{ "2+2W with wmb", { "Wx1wWy2", "Wy1wWx2", "RxRx", "RyRy" }, "2:21 3:21", { 0, 0, 0 } },
	{ "IRIW", { "Wx1", "Wy1", "RxRy", "RyRx" }, "2:10 3:10", { 0, 0, 1 } },
	{ "IRIW with rmb", { "Wx1", "Wy1", "RxrRy", "RyrRx" }, "2:10 3:10", { 0, 0, 0 } },
	{ "two words stored, one load", { "Wh1Wl1", "Re" }, "1:3", { 1, 1, 1 } },
	{ "one store, two loads", { "We1", "RlRh" }, "1:10", { 0, 0, 1 } },
	{ "one store, two loads, rmb", { "We1", "RlrRh" }, "1:10", { 0, 0, 0 } },
	{ "one store, two loads, high newer", { "We1", "RlRh" }, "1:01", { 1, 1, 1 } },
	{ "one store, one load", { "We1", "Re" }, "1:3", { 0, 0, 0 } },
	{ "one store, one load, twice", { "We1We2", "Re" }, "1:3", { 0, 0, 0 } },
	{ "high wmb low, low rmb high", { "Wh1wWl1", "RlrRh" }, "1:10", { 0, 0, 0 } },
	{ "high low, low rmb high", { "Wh1Wl1", "RlrRh" }, "1:10", { 0, 0, 1 } },
	{ "no forwarding from two places", { "Wl1Re", "Wh1" }, "0:3", { 1, 1, 1 } },
	{ "lock", { "<Wl1Wh1>", "<Re>" }, "1:3", { 0, 0, 0 } },
	{ "lock on one side only", { "<Wl1Wh1>", "Re" }, "1:3", { 1, 1, 1 } },
	{ "lock orders the next holder", { "<Wx1>", "<RxRx>" }, "1:10", { 0, 0, 0 } },
	{ "grace period", { "Wx1sWy1", "[RxRy]" }, "1:01", { 0, 0, 0 } },
	{ "grace period, no section", { "Wx1sWy1", "RxRy" }, "1:01", { 1, 1, 1 } },
	{ "no grace period", { "Wx1wWy1", "[RxRy]" }, "1:01", { 1, 1, 1 } },
	{ "grace period, other order", { "Wx1sWy1", "[RyRx]" }, "1:10", { 0, 0, 0 } },
};

static void test_litmus(void **state)
{
	unsigned i, m;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(litmus); i++)
		for (m = 0; m < NR_MODELS; m++)
			if (reachable(m, litmus[i].code, litmus[i].want) != litmus[i].possible[m])
				fail_msg("%s: %s under %s should be %s", litmus[i].name, litmus[i].want,
					 model_names[m], litmus[i].possible[m] ? "possible" : "impossible");
}

/* One CPU: what nobody comes in between is one step, for the search as well. */
static void test_one_cpu(void **state)
{
	static const struct litmus one_cpu[] = {
		{ "two sections", { "{Wl1Wh1}", "{RlRh}" }, "1:01", { 0 } },
		{ "a writer's", { "{Wl1Wh1}", "RlRh" }, "1:01", { 1 } },
		{ "a writer's, one load", { "{Wl1Wh1}", "Re" }, "1:3", { 0 } },
		{ "a reader's", { "Wl1Wh1", "{RlRh}" }, "1:10", { 1 } },
		{ "a section of another kind", { "[Wl1Wh1]", "[RlRh]" }, "1:01", { 1 } },
		{ "it ends", { "{Wl1}Wh1", "{RlRh}" }, "1:10", { 1 } },
	};
	unsigned i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(one_cpu); i++)
		if (reachable(MODEL_SC, one_cpu[i].code, one_cpu[i].want) != one_cpu[i].possible[0])
			fail_msg("%s should be %s", one_cpu[i].name, one_cpu[i].possible[0] ? "possible" : "impossible");
}

/* ---- what cannot be explored is said ---- */

static struct program alone;
static entry_t own;
static struct locations own_locations = { 1, { &own } };

static void never_ends(void *arg)
{
	(void)arg;
	for (;;)
		ask(ACCESS_LOAD, &own.lo, 4, 0);
}

static void stores_elsewhere(void *arg)
{
	static uint32_t elsewhere;

	(void)arg;
	ask(ACCESS_LOAD, &own.lo, 4, 0);
	ask(ACCESS_STORE, &elsewhere, 4, 1);
}

static void does_as_it_likes(void *arg)
{
	static unsigned times;

	(void)arg;
	ask(ACCESS_LOAD, times++ % 2 ? &own.hi : &own.lo, 4, 0);
	ask(ACCESS_LOAD, &own.lo, 4, 0);
	ask(ACCESS_LOAD, &own.lo, 4, 0);
}

static int explore_alone(void (*run)(void *arg))
{
	struct search x = { .how = SEARCH_REDUCED };
	int err;

	alone = (struct program){ .nthreads = 1, .watched = 1, .locations = own_locations };
	alone.b[0] = (struct behaviour){ .run = run, .locations = &alone.locations };
	assert_int_equal(behaviour_init(&alone.b[0]), 0);
	err = search_all(&x, &alone);
	behaviour_free(&alone.b[0]);
	return err;
}

static void test_refusals(void **state)
{
	(void)state;
	assert_int_equal(explore_alone(stores_elsewhere), -EFAULT);
	assert_int_equal(explore_alone(does_as_it_likes), -EFAULT);
}

/* Every state of it is one it has been in: no new node, and no end either. */
static void test_a_loop_is_a_loop(void **state)
{
	struct search x = { .how = SEARCH_REDUCED, .max_states = 100 };

	(void)state;
	alone = (struct program){ .nthreads = 1, .watched = 1, .locations = own_locations };
	alone.b[0] = (struct behaviour){ .run = never_ends, .locations = &alone.locations };
	assert_int_equal(behaviour_init(&alone.b[0]), 0);
	assert_int_equal(search_all(&x, &alone), 0);
	assert_true(x.states <= 2);
	assert_int_equal(x.executions, 0);
	behaviour_free(&alone.b[0]);
}

/* A lock and what it guards may lie side by side, a word each. */
static struct { uint32_t one, other; } side_by_side;

static void stores_and_loads(void *arg)
{
	ask(ACCESS_STORE, &side_by_side.one, 4, 1);
	behaviour_note(arg, ask(ACCESS_LOAD, &side_by_side.other, 4, 0) ? 1 : 2);
}

static void test_words_side_by_side(void **state)
{
	struct search x = { .how = SEARCH_REDUCED };

	(void)state;
	alone = (struct program){ .nthreads = 1, .watched = 1, .locations = { 2, { &side_by_side.one, &side_by_side.other } } };
	alone.initial[1] = 1;
	alone.b[0] = (struct behaviour){ .run = stores_and_loads, .arg = &alone.b[0], .locations = &alone.locations };
	assert_int_equal(behaviour_init(&alone.b[0]), 0);
	assert_int_equal(search_all(&x, &alone), 0);
	assert_int_equal(x.notes, 1);
	behaviour_free(&alone.b[0]);
}

/* Of two notes, the one that voids what is noted after it: is the other sound? */
enum { A_BAD = 1, A_VOID = 2 };
static uint32_t noted_first;

static void notes_both(void *arg)
{
	ask(ACCESS_LOAD, &side_by_side.one, 4, 0);
	behaviour_note(arg, noted_first);
	ask(ACCESS_LOAD, &side_by_side.other, 4, 0);
	behaviour_note(arg, A_BAD | A_VOID);
	ask(ACCESS_STORE, &side_by_side.one, 4, 1);
}

static void test_what_is_voided_is_not_sound(void **state)
{
	(void)state;
	for (noted_first = A_BAD; noted_first <= A_VOID; noted_first++) {
		struct search x = { .how = SEARCH_REDUCED, .voids = A_VOID };

		alone = (struct program){ .nthreads = 1, .watched = 1, .locations = { 2, { &side_by_side.one, &side_by_side.other } } };
		alone.b[0] = (struct behaviour){ .run = notes_both, .arg = &alone.b[0], .locations = &alone.locations };
		assert_int_equal(behaviour_init(&alone.b[0]), 0);
		assert_int_equal(search_all(&x, &alone), 0);
		assert_int_equal(x.notes, A_BAD | A_VOID);
		assert_int_equal(x.sound, noted_first == A_BAD ? A_BAD : 0);
		behaviour_free(&alone.b[0]);
	}
}

/* ---- cells ---- */

struct cell_of {
	const char *reader, *writer, *transition, *walker, *consumer;
	bool alias;
	enum layout_id layout;
	enum level level;
	const char *reclaim;
};

static struct cell cell_named(const struct cell_of *k)
{
	const struct protocol *P = &native_protocol;
	const struct reclaim *const *r = reclaims;

	while (strcmp((*r)->name, k->reclaim ?: "memb"))
		r++;
	return (struct cell){
		.protocol = P, .layout = layouts[k->layout], .layout_id = k->layout,
		.level = k->level ?: LEVEL_PMD, .reader = BY_NAME(P->readers, k->reader),
		.writer = BY_NAME(P->writers, k->writer),
		.transition = BY_NAME(P->transitions, k->transition ?: "fault-zap"),
		.walker = BY_NAME(P->walkers, k->walker ?: "entry"),
		.consumer = BY_NAME(P->consumers, k->consumer ?: "ptdump"), .reclaim = *r,
		.alias = k->alias, .readers = 1, .writers = 1, .slots = 1,
	};
}

static struct search explore(const struct cell_of *k, enum memory_model model, enum search_how how,
			     unsigned rounds, bool all_shapes, unsigned tears)
{
	const struct cell c = cell_named(k);
	struct bounds bounds = bounds_of(&c);
	struct search x = { .how = how, .max_states = 50000000 };
	struct cell_program *b;
	int err;

	bounds.rounds = rounds ?: bounds.rounds;
	b = cell_program_new(&c, &bounds, model, tears, &err);
	assert_int_equal(err, 0);
	cell_program_base(b)->shapes = all_shapes ? SHAPES_ALL : SHAPES_TELLING;
	assert_int_equal(search_all(&x, cell_program_base(b)), 0);
	if (!x.complete)
		fail_msg("%s/%s: %s", k->reader, k->writer, x.why);
	cell_program_free(b);
	return x;
}

/* Small enough for every interleaving. */
static const struct cell_of small_cells[] = {
	{ .reader = "lo-hi", .writer = "pae-pte" },
	{ .reader = "read-once", .writer = "pae-pmd" },
	{ .reader = "plain-barrier", .writer = "busted-low-first", .transition = "remap" },
	{ .reader = "pmd-read-atomic", .writer = "pae-pmd" },
	{ .reader = "get-lockless", .writer = "pae-pmd-cmpxchg" },
	{ .reader = "get-lockless", .writer = "present-present", .transition = "remap", .alias = true },
	{ .reader = "atomic64", .writer = "mips-xpa" },
	{ .reader = "atomic64", .writer = "lpae-plain", .layout = LAYOUT_LPAE },
	{ .reader = "locked", .writer = "pae-pmd" },
	{ .reader = "get-lockless-irqoff", .writer = "pae-pmd", .alias = true },
	{ .reader = "atomic64", .writer = "pae-pmd", .consumer = "hmm" },
	{ .reader = "atomic64", .writer = "pae-pmd", .walker = "gup-fast", .consumer = "gup" },
};

static void test_brute_force_agrees(void **state)
{
	unsigned i, m;
	uint64_t fewer = 0;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(small_cells); i++)
		for (m = 0; m < NR_MODELS; m++) {
			const struct cell_of *k = &small_cells[i];
			struct search brute = explore(k, m, SEARCH_BRUTE, 1, true, 0);
			struct search sleep = explore(k, m, SEARCH_SLEEP, 1, false, 0);
			struct search reduced = explore(k, m, SEARCH_REDUCED, 1, false, 0);

			if (brute.notes != sleep.notes || brute.notes != reduced.notes)
				fail_msg("%s, %s, %s: brute %x, sleep sets %x, reduced %x", k->reader,
					 k->writer, model_names[m], brute.notes, sleep.notes, reduced.notes);
			assert_true(sleep.executions <= brute.executions);
			assert_true(reduced.executions <= sleep.executions);
			fewer += sleep.executions < brute.executions;
		}
	assert_true(fewer > ARRAY_SIZE(small_cells) * 2);
}

/* Longer ones: sleep sets alone against states kept, and plain accesses in all their shapes. */
static void test_reductions_agree(void **state)
{
	static const struct cell_of cells[] = {
		{ .reader = "get-lockless", .writer = "pae-pte" },
		{ .reader = "get-lockless", .writer = "mips-xpa", .alias = true },
		{ .reader = "plain-barrier", .writer = "lpae-plain", .layout = LAYOUT_LPAE },
		{ .reader = "plain-barrier", .writer = "pae-establish" },
		{ .reader = "read-once", .writer = "pae-pte", .walker = "pagewalk-rfc",
		  .transition = "fault-zap" },
	};
	unsigned i, m;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cells); i++)
		for (m = 0; m < NR_MODELS; m++) {
			struct search a = explore(&cells[i], m, SEARCH_SLEEP, 2, false, 0);
			struct search b = explore(&cells[i], m, SEARCH_REDUCED, 2, false, 0);
			struct search c = explore(&cells[i], m, SEARCH_REDUCED, 2, true, 0);

			if (a.notes != b.notes || b.notes != c.notes)
				fail_msg("%s, %s, %s: %x %x %x", cells[i].reader, cells[i].writer,
					 model_names[m], a.notes, b.notes, c.notes);
		}
}

/* ---- kernel.md, section 4 ---- */

enum { TR = 1 << OUTCOME_TORN_READER, TW = 1 << OUTCOME_TORN_WRITER, IM = 1 << OUTCOME_INVALID_MIX,
       BAD = TR | TW | IM };

static const struct expected {
	const char *writer, *transition;
	unsigned two_loads, get_lockless, aba, atomic64;	/* what is possible of BAD */
} expected[] = {
	{ "pae-pte", "fault-zap", TR, 0, TR, 0 },
	{ "pae-pmd", "fault-zap", TR, 0, TR, 0 },
	{ "mips-xpa", "fault-zap", TR | TW, TW, TW, TW },
	{ "sh-x2tlb", "fault-zap", TR | TW, TW, TW, TW },
	{ "busted-low-first", "fault-zap", TR | TW, TW, TW, TW },
	{ "present-present", "remap", TR | TW, TW, 0, TW },	/* alias: only the high word changes */
	{ "pae-pmd-cmpxchg", "remap", TR, 0, 0, 0 },
	{ "pae-establish", "split-anon", TR | IM, IM, TR | IM, IM },
};

static void test_expected_results(void **state)
{
	unsigned i, m;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(expected); i++)
		for (m = MODEL_SC; m <= MODEL_TSO; m++) {
			const struct expected *x = &expected[i];
			struct cell_of k = { .writer = x->writer, .transition = x->transition };
			const struct { const char *reader; bool alias; unsigned want; } cols[] = {
				{ "lo-hi", false, x->two_loads },
				{ "pmd-read-atomic", false, x->two_loads },
				{ "get-lockless", false, x->get_lockless },
				{ "get-lockless", true, x->aba },
				{ "atomic64", false, x->atomic64 },
			};
			unsigned j, got;

			for (j = 0; j < ARRAY_SIZE(cols); j++) {
				k.reader = cols[j].reader;
				k.alias = cols[j].alias;
				got = explore(&k, m, SEARCH_REDUCED, 0, false, 0).notes & BAD;
				if (got != cols[j].want)
					fail_msg("%s x %s%s under %s: %x, should be %x", x->writer,
						 k.reader, k.alias ? " (alias)" : "", model_names[m], got,
						 cols[j].want);
			}
		}
}

/* busted-nowmb: harmless where stores stay in order, torn where they do not. */
static void test_weak_is_weaker(void **state)
{
	struct cell_of k = { .reader = "get-lockless", .writer = "busted-nowmb" };
	unsigned i, m;

	(void)state;
	assert_false(explore(&k, MODEL_TSO, SEARCH_REDUCED, 0, false, 0).notes & (TR | TW));
	assert_true(explore(&k, MODEL_WEAK, SEARCH_REDUCED, 0, false, 0).notes & (TR | TW));
	for (i = 0; i < ARRAY_SIZE(small_cells); i++) {
		uint32_t notes[NR_MODELS];

		for (m = 0; m < NR_MODELS; m++)
			notes[m] = explore(&small_cells[i], m, SEARCH_REDUCED, 0, false, 0).notes;
		assert_false(notes[MODEL_SC] & ~notes[MODEL_TSO]);
		assert_false(notes[MODEL_TSO] & ~notes[MODEL_WEAK]);
	}
}

static void test_tearing_executor(void **state)
{
	struct cell_of k = { .reader = "atomic64", .writer = "lpae", .layout = LAYOUT_LPAE };
	struct cell_of set = { .reader = "atomic64", .writer = "lpae", .layout = LAYOUT_LPAE,
			       .transition = "remap" };

	(void)state;
	assert_false(explore(&k, MODEL_WEAK, SEARCH_REDUCED, 0, false, 0).notes & (TR | TW));
	assert_true(explore(&k, MODEL_WEAK, SEARCH_REDUCED, 0, false, TEARS_LOAD64).notes & TR);
	assert_true(explore(&set, MODEL_WEAK, SEARCH_REDUCED, 0, false, TEARS_STRD).notes & TW);
}

/* ---- the walks the README answers its questions with ---- */

static void test_stories(void **state)
{
	const uint32_t confused = 1u << OUTCOME_CONFUSED, freed = 1u << OUTCOME_FREED;
	const struct cell_of gup = { .reader = "read-once", .writer = "pae-pte", .walker = "gup-fast",
				     .transition = "split-direct", .consumer = "gup" };
	struct cell_of gup_atomic = gup;
	const struct cell_of cve = { .reader = "plain-reread", .writer = "pae-pmd", .walker = "pagewalk",
				     .transition = "split-clear", .consumer = "numa-maps", .level = LEVEL_PUD };
	struct cell_of fixed = cve, rfc = cve;
	struct cell_of gone = { .reader = "atomic64", .writer = "pae-pmd", .walker = "pagewalk-2026",
				.transition = "split-clear", .reclaim = "busted" };
	unsigned m;

	(void)state;
	gup_atomic.reader = "atomic64";
	fixed.walker = "pagewalk-2026";
	fixed.reader = rfc.reader = "atomic64";
	rfc.walker = "pagewalk-rfc";
	for (m = 0; m < NR_MODELS; m++) {
		assert_true(explore(&gup, m, SEARCH_REDUCED, 0, false, 0).notes & TR);
		assert_false(explore(&gup_atomic, m, SEARCH_REDUCED, 0, false, 0).notes & TR);
		assert_true(explore(&cve, m, SEARCH_REDUCED, 0, false, 0).notes & confused);
		assert_true(explore(&rfc, m, SEARCH_REDUCED, 0, false, 0).notes & confused);
		assert_false(explore(&fixed, m, SEARCH_REDUCED, 0, false, 0).notes & confused);
		assert_true(explore(&gone, m, SEARCH_REDUCED, 0, false, 0).notes & freed);
	}
	gone.reclaim = "memb";
	for (m = 0; m < NR_MODELS; m++)
		assert_false(explore(&gone, m, SEARCH_REDUCED, 0, false, 0).notes & freed);
}

/* A value that outlives its walk needs more than one walk to be stale. */
static void test_stale(void **state)
{
	struct cell_of k = { .reader = "busted-hoisted", .writer = "pae-pmd" };

	(void)state;
	assert_true(explore(&k, MODEL_SC, SEARCH_REDUCED, 0, false, 0).notes & 1u << OUTCOME_STALE);
	k.reader = "atomic64";
	assert_false(explore(&k, MODEL_SC, SEARCH_REDUCED, 0, false, 0).notes & 1u << OUTCOME_STALE);
}

/* ---- witnesses ---- */

/* Plays a schedule; *held: did the slot (location 0) ever hold what the last load of it got? */
static uint32_t play(struct cell_program *b, const struct schedule *how)
{
	struct state *s = calloc(1, sizeof(*s));
	uint64_t got;
	uint32_t notes;
	unsigned i;

	state_first(cell_program_base(b), s);
	for (i = 0; i < how->n; i++) {
		assert_true(how->move[i].alt < agent_moves(cell_program_base(b), s, how->move[i].agent));
		assert_int_equal(agent_move(cell_program_base(b), s, how->move[i].agent, how->move[i].alt, &got), 0);
	}
	notes = state_notes(cell_program_base(b), s);
	free(s);
	return notes;
}

static const struct shortest {
	struct cell_of k;
	enum memory_model model;
	enum outcome outcome;
	int steps;		/* -ENOENT: there is none */
} shortest[] = {
	/* set, low, clear, high */
	{ { .reader = "lo-hi", .writer = "pae-pte" }, MODEL_SC, OUTCOME_TORN_READER, 8 },
	{ { .reader = "get-lockless", .writer = "pae-pte" }, MODEL_SC, OUTCOME_TORN_READER, -ENOENT },
	{ { .reader = "get-lockless", .writer = "pae-pte" }, MODEL_WEAK, OUTCOME_TORN_WRITER, -ENOENT },
	/* A's high, low; the reader's low; A away; high; B's high, low; low again: rmb twice, wmb thrice */
	{ { .reader = "get-lockless", .writer = "pae-pte", .alias = true }, MODEL_SC, OUTCOME_TORN_READER, 14 },
	{ { .reader = "atomic64", .writer = "present-present", .transition = "remap" }, MODEL_SC,
	  OUTCOME_TORN_WRITER, 2 },
	{ { .reader = "hi-lo", .writer = "pae-pmd", .transition = "remap" }, MODEL_SC, OUTCOME_TORN_READER, 3 },
};

static void test_witness_is_shortest_and_replays(void **state)
{
	struct schedule *how = malloc(sizeof(*how)), *again = malloc(sizeof(*again));
	char word[SCHEDULE_WORD], err[256], *text = NULL;
	size_t len;
	unsigned i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(shortest); i++) {
		const struct shortest *x = &shortest[i];
		const struct cell c = cell_named(&x->k);
		const struct bounds bounds = bounds_of(&c);
		uint32_t notes = 0;
		int e;
		struct cell_program *b = cell_program_new(&c, &bounds, x->model, 0, &e);
		FILE *f;

		assert_non_null(b);
		e = search_witness(cell_program_base(b), 1u << x->outcome, 0, how);
		if (x->steps < 0) {
			assert_int_equal(e, x->steps);
			cell_program_free(b);
			continue;
		}
		assert_int_equal(e, 0);
		if ((int)how->n != x->steps)
			fail_msg("%s x %s: %u steps", x->k.reader, x->k.writer, how->n);
		assert_true(play(b, how) & 1u << x->outcome);
		schedule_word(b, how, word);
		assert_int_equal(schedule_parse(b, word, again, err, sizeof(err)), 0);
		assert_int_equal(again->n, how->n);
		f = open_memstream(&text, &len);
		assert_int_equal(schedule_print(f, b, again, &notes, err, sizeof(err)), 0);
		fclose(f);
		assert_true(notes & 1u << x->outcome);
		assert_non_null(strstr(text, "load"));
		free(text);
		/* one move too few: the walk has not ended; a letter of nobody; a move that is not there */
		how->n--;
		assert_false(play(b, how) & 1u << x->outcome);
		assert_int_equal(schedule_parse(b, "WW?", again, err, sizeof(err)), -EINVAL);
		assert_non_null(strstr(err, "\"?\" (letter 3)"));
		assert_int_equal(schedule_parse(b, "W9", again, err, sizeof(err)), 0);
		f = open_memstream(&text, &len);
		assert_int_equal(schedule_print(f, b, again, &notes, err, sizeof(err)), -EINVAL);
		fclose(f);
		free(text);
		cell_program_free(b);
	}
	free(how);
	free(again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_undeclared_sync),
		cmocka_unit_test(test_litmus),
		cmocka_unit_test(test_one_cpu),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_a_loop_is_a_loop),
		cmocka_unit_test(test_words_side_by_side),
		cmocka_unit_test(test_what_is_voided_is_not_sound),
		cmocka_unit_test(test_brute_force_agrees),
		cmocka_unit_test(test_reductions_agree),
		cmocka_unit_test(test_expected_results),
		cmocka_unit_test(test_weak_is_weaker),
		cmocka_unit_test(test_tearing_executor),
		cmocka_unit_test(test_stories),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_witness_is_shortest_and_replays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
