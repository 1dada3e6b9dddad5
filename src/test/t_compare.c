/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Comparing result sets whose truth is known: simulated ones, with fixed seeds, and
 * small ones, one for each rule.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include "report/compare/compare.h"
#include "report/results/pool.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { INTERVALS = 10, MAX_CELLS = 20, MAX_RUNS = 10, MAX_LINES = MAX_CELLS * MAX_RUNS };

/* ---- result sets in memory ---- */

struct set {
	struct results rs;
	struct machine machine, *machines[2], other;
	struct calibrated calibration;
	struct result line[MAX_LINES];
	uint32_t intervals[MAX_LINES][INTERVALS];
	char names[MAX_LINES][16];
};

static struct set *set_new(const char *path)
{
	struct set *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->machine = (struct machine){ .target = "x86_64", .executor = "native", .cpu = "c", .cpus = "0,1",
				       .kernel = "k", .compiler = "gcc 12", .flags = "f", .git = "g",
				       .nr_cpus = 2 };
	s->machines[0] = &s->machine;
	s->calibration.n = 2;
	s->calibration.of[0].name = "two-words";
	s->calibration.of[0].reads = s->calibration.of[0].torn = 1000;
	s->calibration.of[1].name = "strd";
	s->calibration.of[1].reads = 1000;
	s->rs = (struct results){ .r = s->line, .machines = s->machines, .nr_machines = 1,
				  .path = path, .pool = pool_new() };
	return s;
}

static void set_free(struct set *s)
{
	pool_free(s->rs.pool);
	free(s);
}

/* Another run of cell `c`, with that many torn in each interval, of 100 ms. */
static struct result *add(struct set *s, unsigned c, enum expect torn, const double x[INTERVALS])
{
	const size_t n = s->rs.n++;
	struct result *r = &s->line[n];
	unsigned i;

	assert_true(n < MAX_LINES);
	snprintf(s->names[n], sizeof(s->names[n]), "cell%u", c);
	*r = (struct result){
		.path = "p", .scenario = s->names[n], .hash = "h", .layout = "pae", .level = "pmd",
		.walker = "entry", .reader = "lo-hi", .writer = "pae-pte", .transition = "remap",
		.consumer = "ptdump", .reclaim = "memb", .world = "native", .machine = &s->machine,
		.calibration = &s->calibration, .readers = 1, .writers = 1, .slots = 1,
		.seconds = INTERVALS / 10.0, .rounds = 1000000, .present = 1000000,
		.intervals = s->intervals[n],
		.nr_intervals = INTERVALS, .interval_ns = 100000000, .reason = "", .verdict = VERDICT_PASS,
		.has_torn_by = true,
	};
	for (i = 0; i < NR_OUTCOMES; i++)
		r->expect[i] = EXPECT_ALLOW;
	r->expect[OUTCOME_TORN] = r->expect_by[0] = r->expect_by[1] = torn;
	for (i = 0; i < INTERVALS; i++) {
		s->intervals[n][i] = (uint32_t)x[i];
		r->distinct[OUTCOME_TORN] += s->intervals[n][i];
	}
	r->torn_by[0] = r->distinct[OUTCOME_TORN];
	if (torn == EXPECT_FORBID && r->torn_by[0])
		r->verdict = VERDICT_FAIL;
	return r;
}

/* compare(), of lines whose counts a test has changed. */
static int compared(struct comparisons *c, struct results *base, struct results *now,
		    const struct compare_options *o)
{
	size_t i;

	for (i = 0; i < base->n; i++)
		result_rate_whole(&base->r[i]);
	for (i = 0; i < now->n; i++)
		result_rate_whole(&now->r[i]);
	return compare(c, base, now, o);
}

static struct result *add_even(struct set *s, unsigned c, enum expect torn, double per_interval)
{
	double x[INTERVALS];

	for (unsigned i = 0; i < INTERVALS; i++)
		x[i] = per_interval;
	return add(s, c, torn, x);
}

/* ---- simulated ones ---- */

struct world {
	const char *what;
	unsigned runs;
	double mean;		/* torn in an interval */
	double clump;		/* mean size of a clump; 1: independent */
	double between;		/* how much the rate of a run varies: log-normal's sigma */
	double linger;		/* how much of it stays from one interval to the next */
};

/* Clumps of geometric size. */
static double clumped(double mean, double clump)
{
	double n = rpois(mean / clump), sum = n;

	if (clump > 1 && n > 0)
		sum += rnbinom(n, 1 / clump);
	return sum;
}

static void simulate_run(struct set *s, unsigned c, enum expect g, const struct world *w, double factor)
{
	const double rate = w->mean * factor * exp(w->between * norm_rand());
	double x[INTERVALS], carry = 0;

	for (unsigned i = 0; i < INTERVALS; i++) {
		x[i] = round(w->linger * carry) + clumped(rate * (1 - w->linger), w->clump);
		carry = x[i];
	}
	add(s, c, g, x);
}

static enum expect grade_of(unsigned c)
{
	return c % 2 ? EXPECT_REQUIRE : EXPECT_FORBID;
}

/* How many of `times` comparisons call something regressed; NEW's rates are factor times BASE's. */
static unsigned regressions(const struct world *w, unsigned cells, unsigned times, const double factor[2],
			    double alpha, unsigned *naive)
{
	struct compare_options o = COMPARE_DEFAULTS;
	unsigned t, c, run, found = 0;

	o.alpha = alpha;
	for (t = 0; t < times; t++) {
		struct set *s[2] = { set_new("base"), set_new("new") };
		struct comparisons k;
		double smallest = 1;

		for (unsigned side = BASE; side <= NEW; side++)
			for (c = 0; c < cells; c++)
				for (run = 0; run < w->runs; run++)
					simulate_run(s[side], c, grade_of(c), w, side ? factor[c % 2] : 1);
		assert_int_equal(compared(&k, &s[0]->rs, &s[1]->rs, &o), 0);
		assert_int_equal(k.n, cells);
		found += k.changes[REGRESSED] > 0;
		for (c = 0; c < cells; c++)
			smallest = fmin(smallest, poisson_compare(k.of[c].side[BASE].count,
								  k.of[c].side[BASE].exposure,
								  k.of[c].side[NEW].count,
								  k.of[c].side[NEW].exposure));
		*naive += smallest * cells < alpha;
		compare_free(&k);
		set_free(s[0]);
		set_free(s[1]);
	}
	return found;
}

static const double unchanged[] = { 1, 1 };

/* Equal rates: less than the nominal share of comparisons raise an alarm. */
static void no_false_alarm(void **state)
{
	static const struct world worlds[] = {
		{ "independent, plenty", 1, 1000, 1, 0, 0 },
		{ "independent, few", 1, 0.5, 1, 0, 0 },
		{ "independent, three runs", 3, 20, 1, 0, 0 },
		{ "clumps of 50", 1, 500, 50, 0, 0 },
		{ "clumps of 50, three runs", 3, 200, 50, 0, 0 },
		{ "rare clumps of 1000", 1, 200, 1000, 0, 0 },
		{ "clumps that linger", 1, 500, 50, 0, 0.5 },
		{ "runs that differ by half, five a side", 5, 1000, 1, 0.5, 0 },
		{ "ten runs that differ tenfold, in clumps that linger", 10, 50, 20, 1.2, 0.5 },
		{ "ten runs with hardly anything", 10, 0.02, 1, 0, 0 },
	};
	const unsigned times = 400;
	const double alpha = 0.05;

	(void)state;
	set_seed(20261122, 5);
	for (unsigned i = 0; i < COUNT(worlds); i++) {
		unsigned naive = 0, found = regressions(&worlds[i], 10, times, unchanged, alpha, &naive);

		print_message("# %s: %u of %u; without the guard %u\n", worlds[i].what, found, times, naive);
		assert_true(found <= alpha * times);
		/* the guard is what does it */
		if (worlds[i].clump > 1 || worlds[i].between > 0)
			assert_true(naive > times / 2);
	}
}

/* A real change in one kind of cell is found, by the right name. */
static void found(void **state)
{
	static const struct {
		struct world w;
		double forbidden, required;
		bool regressed;
	} of[] = {
		{ { "twice as often, independent", 3, 100, 1, 0, 0 }, 2, 1, true },
		{ { "twice as often, clumps of 5", 5, 1000, 5, 0, 0 }, 2, 1, true },
		{ { "half as often", 3, 100, 1, 0, 0 }, 0.5, 1, false },
		{ { "a tenth of runs tear, then all; rates differ tenfold", 10, 5, 20, 1.2, 0.5 }, 40, 1, true },
		{ { "a control at a tenth", 3, 100, 1, 0, 0 }, 1, 0.1, true },
		{ { "a control at about the margin", 10, 100, 1, 0, 0 }, 1, 0.2475, false },
		{ { "a control at a half", 3, 100, 1, 0, 0 }, 1, 0.5, false },
		{ { "a control, ten times", 3, 100, 1, 0, 0 }, 1, 10, false },
	};
	const unsigned times = 50;

	(void)state;
	set_seed(20261122, 6);
	for (unsigned i = 0; i < COUNT(of); i++) {
		const double factor[] = { of[i].forbidden, of[i].required };
		unsigned naive = 0, n = regressions(&of[i].w, 4, times, factor, 0.01, &naive);

		print_message("# %s: %u of %u\n", of[i].w.what, n, times);
		if (of[i].regressed)
			assert_true(n == times);
		else	/* right at the margin alpha's share may be */
			assert_true(n <= times / 10);
	}
}

/* wilcox.test() of R 4.2: its own example; all apart; ties, by hand. */
static void ranks(void **state)
{
	static const double x[] = { 0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46 };
	static const double y[] = { 1.15, 0.88, 0.90, 0.74, 1.21 };
	static const double low[] = { 0, 0, 0, 0, 0 }, high[] = { 1, 2, 3, 4, 5 };
	static const double one[] = { 0, 1 }, two[] = { 1, 2 };

	(void)state;
	assert_true(fabs(rank_sum(x, 10, y, 5) - 2 * 0.12720612721) < 1e-9);
	assert_true(fabs(rank_sum(y, 5, x, 10) - 2 * 0.12720612721) < 1e-9);
	assert_true(fabs(rank_sum(low, 5, high, 5) - 2.0 / 252) < 1e-12);
	/* ranks 1, 2.5, 2.5, 4: of six choices two sum to 3.5, which is the least */
	assert_true(fabs(rank_sum(one, 2, two, 2) - 2 * 2.0 / 6) < 1e-12);
	assert_true(rank_sum(low, 5, low, 5) == 1);
	assert_true(isnan(rank_sum(low, 0, high, 5)));
}

/* ---- one rule each ---- */

struct sample {
	double base, now;		/* torn in each of ten intervals */
	enum expect grade;
	enum change change;
	const char *why;		/* a part of it */
	void (*prepare)(struct set *base, struct set *now);
};

static void thin_base(struct set *b, struct set *n)
{
	(void)n;
	b->line[0].verdict = VERDICT_INCONCLUSIVE;
	b->line[0].reason = "too few present observations: 1 of 1000";
	b->line[0].present = 1;
}

static void thin_both(struct set *b, struct set *n)
{
	thin_base(b, n);
	n->line[0].present = 2;
}

static void thin_new(struct set *b, struct set *n)
{
	thin_base(n, b);
}

static void hash_moved(struct set *b, struct set *n)
{
	(void)b;
	n->line[0].hash = "other";
}

static void slots_moved(struct set *b, struct set *n)
{
	hash_moved(b, n);
	n->line[0].slots = 64;
}

static void reader_moved(struct set *b, struct set *n)
{
	hash_moved(b, n);
	n->line[0].reader = "atomic64";
}

static void one_cpu(struct set *b, struct set *n)
{
	(void)b;
	n->machine.nr_cpus = 1;
}

static void strd_tears(struct set *b, struct set *n)
{
	(void)b;
	n->calibration.of[1].torn = 7;
	n->line[0].verdict = VERDICT_INCONCLUSIVE;
	n->line[0].reason = "this executor tears strd (qemu)";
	n->line[0].primitive = "strd";
}

static void strd_tears_both(struct set *b, struct set *n)
{
	strd_tears(n, b);
	strd_tears(b, n);
}

/* It tears, and this cell does not care. */
static void strd_tears_elsewhere(struct set *b, struct set *n)
{
	(void)b;
	n->calibration.of[1].torn = 7;
}

static void words_whole(struct set *b, struct set *n)
{
	(void)b;
	n->calibration.of[0].torn = 0;
}

static void not_run(struct set *b, struct set *n)
{
	(void)b;
	n->line[0].seconds = 0;
	n->line[0].reason = "not enough memory";
}

static void voided(struct set *b, struct set *n)
{
	(void)n;
	b->line[0].errata = b->line[0].reason = "void by ERRATA of today: the oracle slept";
}

static void gone(struct set *b, struct set *n)
{
	(void)b;
	n->rs.n = 0;
}

static void added(struct set *b, struct set *n)
{
	(void)n;
	b->rs.n = 0;
}

static void move_outcome(struct set *s, enum outcome o)
{
	struct result *r = &s->line[0];

	r->distinct[o] = r->distinct[OUTCOME_TORN];
	r->distinct[OUTCOME_TORN] = r->torn_by[0] = 0;
	r->expect[OUTCOME_TORN] = r->expect_by[0] = r->expect_by[1] = EXPECT_ALLOW;
	r->expect[o] = EXPECT_REQUIRE;
	memset(s->intervals, 0, sizeof(s->intervals));
}

static void invalid_mix(struct set *b, struct set *n)
{
	move_outcome(b, OUTCOME_INVALID_MIX);
	move_outcome(n, OUTCOME_INVALID_MIX);
}

/* The intervals count torn ones, which say nothing of the invalid mixes. */
static void invalid_mix_beside_torn(struct set *b, struct set *n)
{
	invalid_mix(b, n);
	for (unsigned i = 0; i < INTERVALS; i++)
		b->intervals[0][i] = n->intervals[0][i] = 5;
}

/* Only the writer's tears are forbidden, and these are the reader's. */
static void by_writer(struct set *b, struct set *n)
{
	b->line[0].expect_by[0] = n->line[0].expect_by[0] = EXPECT_ALLOW;
	n->line[0].verdict = VERDICT_PASS;
}

/* One burst, as large as all of an even run. */
static void burst(struct set *b, struct set *n)
{
	(void)b;
	memset(n->intervals[0], 0, sizeof(n->intervals[0]));
	n->intervals[0][4] = (uint32_t)n->line[0].distinct[OUTCOME_TORN];
}

/* One observation a side. */
static void few(struct set *b, struct set *n)
{
	b->line[0].distinct[OUTCOME_TORN] = n->line[0].distinct[OUTCOME_TORN] = 1;
	memset(b->intervals[0], 0, sizeof(b->intervals[0]));
	memset(n->intervals[0], 0, sizeof(n->intervals[0]));
	b->intervals[0][3] = n->intervals[0][7] = 1;
}

static void slow_rounds(struct set *b, struct set *n)
{
	(void)b;
	n->line[0].rounds /= 20;
}

static const struct sample samples[] = {
	{ 0, 0, EXPECT_FORBID, SAME, "clean in both", NULL },
	{ 0, 100, EXPECT_FORBID, REGRESSED, "more of what is forbidden", NULL },
	{ 100, 0, EXPECT_FORBID, IMPROVED, "less of what is forbidden", NULL },
	{ 100, 300, EXPECT_FORBID, REGRESSED, "more of", NULL },
	{ 1000, 1000, EXPECT_FORBID, SAME, "", NULL },
	{ 1, 1, EXPECT_FORBID, NOT_COMPARABLE, "too little exposure: torn could have changed 4-fold", few },
	{ 0, 100, EXPECT_FORBID, NOT_COMPARABLE, "NEW fails, and BASE looked too little", burst },
	{ 0, 0, EXPECT_FORBID, NOT_COMPARABLE, "BASE: too few present", thin_base },
	{ 0, 0, EXPECT_FORBID, NOT_COMPARABLE, "NEW: too few present", thin_new },
	{ 0, 100, EXPECT_FORBID, NOT_COMPARABLE, "too little exposure in BASE: too few", thin_base },
	{ 100, 0, EXPECT_FORBID, NOT_COMPARABLE, "too little exposure in NEW: too few", thin_new },
	{ 0, 100, EXPECT_FORBID, REGRESSED, "more of", thin_both },
	{ 1000, 10, EXPECT_REQUIRE, REGRESSED, "loss of power", NULL },
	{ 1000, 0, EXPECT_REQUIRE, REGRESSED, "loss of power", NULL },
	{ 1000, 500, EXPECT_REQUIRE, SAME, "", NULL },
	{ 100, 24, EXPECT_REQUIRE, NOT_COMPARABLE, "too little exposure", NULL },	/* about the margin */
	{ 10, 1000, EXPECT_REQUIRE, IMPROVED, "much more often", NULL },
	{ 1000, 2000, EXPECT_REQUIRE, SAME, "", NULL },
	{ 0, 0, EXPECT_REQUIRE, NOT_COMPARABLE, "fired in neither", NULL },
	{ 1, 1, EXPECT_REQUIRE, NOT_COMPARABLE, "too little exposure", few },
	{ 0, 0, EXPECT_ALLOW, SAME, "clean", NULL },
	{ 1000, 900, EXPECT_ALLOW, SAME, "", NULL },
	{ 1000, 10, EXPECT_ALLOW, NOT_COMPARABLE, "much less of what is allowed", NULL },
	{ 100, 100, EXPECT_FORBID, NOT_COMPARABLE, "another question: other expectations", hash_moved },
	{ 100, 100, EXPECT_FORBID, NOT_COMPARABLE, "another question: slots 1 and 64", slots_moved },
	{ 100, 100, EXPECT_FORBID, NOT_COMPARABLE, "reader lo-hi and atomic64", reader_moved },
	{ 100, 100, EXPECT_FORBID, NOT_COMPARABLE, "one CPU against several: 2 and 1", one_cpu },
	{ 0, 100, EXPECT_FORBID, NOT_COMPARABLE, "strd tears in NEW only", strd_tears },
	{ 1, 100, EXPECT_FORBID, NOT_COMPARABLE, "strd tears on both", strd_tears_both },
	{ 0, 100, EXPECT_FORBID, REGRESSED, "more of", strd_tears_elsewhere },
	{ 100, 0, EXPECT_REQUIRE, NOT_COMPARABLE, "NEW's executor shows no torn words", words_whole },
	{ 100, 0, EXPECT_FORBID, NOT_COMPARABLE, "NEW was not run: not enough memory", not_run },
	{ 0, 100, EXPECT_FORBID, NOT_COMPARABLE, "BASE: void by ERRATA of today", voided },
	{ 100, 100, EXPECT_FORBID, NOT_COMPARABLE, "not in NEW", gone },
	{ 100, 100, EXPECT_FORBID, NOT_COMPARABLE, "not in BASE", added },
	{ 1000, 900, EXPECT_ALLOW, SAME, "", invalid_mix },
	{ 1000, 1, EXPECT_ALLOW, NOT_COMPARABLE, "nothing tells how clumped invalid-mix", invalid_mix },
	{ 1000, 1, EXPECT_ALLOW, NOT_COMPARABLE, "nothing tells how clumped", invalid_mix_beside_torn },
	{ 0, 100, EXPECT_FORBID, SAME, "clean", by_writer },
};

static void rules(void **state)
{
	struct compare_options o = COMPARE_DEFAULTS;

	(void)state;
	for (unsigned i = 0; i < COUNT(samples); i++) {
		const struct sample *x = &samples[i];
		struct set *b = set_new("base"), *n = set_new("new");
		struct comparisons c;

		add_even(b, 0, x->grade, x->base);
		add_even(n, 0, x->grade, x->now);
		if (x->prepare)
			x->prepare(b, n);
		assert_int_equal(compared(&c, &b->rs, &n->rs, &o), 0);
		assert_int_equal(c.n, 1);
		if (c.of[0].change != x->change || !strstr(c.of[0].why, x->why)) {
			print_error("sample %u: %s, \"%s\"; not %s, \"%s\"\n", i,
				    change_names[c.of[0].change], c.of[0].why, change_names[x->change],
				    x->why);
			fail();
		}
		assert_int_equal(compare_exit(&c), x->change == REGRESSED ? 1 :
				 x->change == NOT_COMPARABLE ? 4 : 0);
		compare_free(&c);
		set_free(b);
		set_free(n);
	}
}

/* What matters comes first, and the exit code is the worst one's. */
static void order(void **state)
{
	static const enum change want[] = { REGRESSED, NOT_COMPARABLE, IMPROVED, NOT_COMPARABLE, SAME };
	struct set *b = set_new("base"), *n = set_new("new");
	struct compare_options o = COMPARE_DEFAULTS;
	struct comparisons c;

	(void)state;
	add_even(b, 0, EXPECT_FORBID, 0);	/* same */
	add_even(b, 1, EXPECT_REQUIRE, 0)->distinct[OUTCOME_TORN] = 1;	/* too little */
	add_even(b, 2, EXPECT_FORBID, 100);	/* improved */
	add_even(b, 3, EXPECT_FORBID, 0);	/* NEW fails, too little to say */
	add_even(b, 4, EXPECT_FORBID, 0);	/* regressed */
	add_even(n, 0, EXPECT_FORBID, 0);
	add_even(n, 1, EXPECT_REQUIRE, 0)->distinct[OUTCOME_TORN] = 1;
	add_even(n, 2, EXPECT_FORBID, 0);
	add_even(n, 3, EXPECT_FORBID, 0)->distinct[OUTCOME_TORN] = 1;
	add_even(n, 4, EXPECT_FORBID, 100);
	assert_int_equal(compared(&c, &b->rs, &n->rs, &o), 0);
	for (unsigned i = 0; i < COUNT(want); i++)
		assert_int_equal(c.of[i].change, want[i]);
	assert_true(c.of[1].fails_now);
	assert_int_equal(compare_exit(&c), 1);
	assert_int_equal(c.tested, 4);
	compare_free(&c);
	set_free(b);
	set_free(n);
}

/* Runs are pooled; of other questions and void ones are not. */
static void pooling(void **state)
{
	struct set *b = set_new("base"), *n = set_new("new");
	struct compare_options o = COMPARE_DEFAULTS;
	struct comparisons c;

	(void)state;
	add_even(b, 0, EXPECT_REQUIRE, 50)->hash = "old";
	add_even(b, 0, EXPECT_REQUIRE, 70)->errata = "void";
	add_even(b, 0, EXPECT_REQUIRE, 100);
	add_even(b, 0, EXPECT_REQUIRE, 120);
	add_even(n, 0, EXPECT_REQUIRE, 110);
	assert_int_equal(compared(&c, &b->rs, &n->rs, &o), 0);
	assert_int_equal(c.of[0].side[BASE].runs, 2);
	assert_int_equal(c.of[0].side[BASE].voided, 1);
	assert_int_equal(c.of[0].side[BASE].outdated, 1);
	assert_int_equal(c.voided[BASE], 1);
	assert_true(c.of[0].side[BASE].count == 2200);
	assert_true(c.of[0].side[BASE].rate == 1100);
	assert_int_equal(c.of[0].change, SAME);
	compare_free(&c);
	set_free(b);
	set_free(n);
}

/* Runs that were calibrated one by one: it tears in the first, and is its cause. */
static void blame_in_any_run(void **state)
{
	struct set *b = set_new("base"), *n = set_new("new");
	struct compare_options o = COMPARE_DEFAULTS;
	struct calibrated tears = n->calibration;
	struct comparisons c;
	struct result *r;

	(void)state;
	tears.of[1].torn = 7;
	add_even(b, 0, EXPECT_FORBID, 0);
	r = add_even(n, 0, EXPECT_FORBID, 100);
	r->calibration = &tears;
	r->reason = "this executor tears strd (qemu)";
	r->primitive = "strd";
	add_even(n, 0, EXPECT_FORBID, 0);
	assert_int_equal(compared(&c, &b->rs, &n->rs, &o), 0);
	assert_string_equal(c.of[0].why, "strd tears in NEW only");
	compare_free(&c);
	set_free(b);
	set_free(n);
}

/* One executor a side: matched whatever they are. Several: each with its own kind. */
static void legs(void **state)
{
	struct set *b = set_new("base"), *n = set_new("new");
	struct compare_options o = COMPARE_DEFAULTS;
	struct comparisons c;

	(void)state;
	n->machine.compiler = "clang 14";
	n->machine.target = "i686";
	add_even(b, 0, EXPECT_REQUIRE, 100);
	add_even(n, 0, EXPECT_REQUIRE, 100);
	assert_int_equal(compared(&c, &b->rs, &n->rs, &o), 0);
	assert_int_equal(c.n, 1);
	assert_string_equal(c.of[0].leg, "");
	assert_int_equal(c.of[0].change, SAME);
	compare_free(&c);

	n->other = b->machine;
	n->other.compiler = "gcc 13.1";
	n->other.index = 1;
	n->machines[1] = &n->other;
	n->rs.nr_machines = 2;
	add_even(n, 0, EXPECT_REQUIRE, 100)->machine = &n->other;
	assert_int_equal(compared(&c, &b->rs, &n->rs, &o), 0);
	assert_int_equal(c.n, 2);
	assert_int_equal(c.of[0].change, NOT_COMPARABLE);
	assert_string_equal(c.of[0].leg, "i686 native clang");
	assert_int_equal(c.of[1].change, SAME);
	assert_string_equal(c.of[1].leg, "x86_64 native gcc");
	compare_free(&c);
	set_free(b);
	set_free(n);
}

/* A slow executor: a twentieth as often a second, as often a round. */
static void per_round(void **state)
{
	struct compare_options o = COMPARE_DEFAULTS;
	struct set *b = set_new("base"), *n = set_new("new");
	struct comparisons c;

	(void)state;
	add_even(b, 0, EXPECT_REQUIRE, 1000);
	add_even(n, 0, EXPECT_REQUIRE, 50);
	slow_rounds(b, n);
	assert_int_equal(compared(&c, &b->rs, &n->rs, &o), 0);
	assert_int_equal(c.of[0].change, REGRESSED);
	compare_free(&c);
	o.per_round = true;
	assert_int_equal(compared(&c, &b->rs, &n->rs, &o), 0);
	assert_int_equal(c.of[0].change, SAME);
	compare_free(&c);
	set_free(b);
	set_free(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_false_alarm), cmocka_unit_test(found), cmocka_unit_test(ranks), cmocka_unit_test(rules),
		cmocka_unit_test(order),	  cmocka_unit_test(pooling), cmocka_unit_test(legs),
		cmocka_unit_test(per_round),	  cmocka_unit_test(blame_in_any_run),
	};

	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
