/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cell until its question is answered. Real threads, a busy machine perhaps: what is
 * asserted holds whatever they see.
 */
#include "explored.h"

#include "judge/judge.h"
#include "session/pursue.h"

enum { MS = 1000000 };

static struct finding finding, twin_finding, unbiased;
static struct cpus cpus;
static const struct runner runner = { .cpus = &cpus };

static struct scenario scenario_of(const char *name, const char *reader, const char *writer)
{
	const struct protocol *P = &native_protocol;
	const char *transition = BY_NAME(P->writers, writer)->transition;
	struct scenario s = {
		.cell = {
			.protocol = P, .layout = layouts[LAYOUT_PAE], .layout_id = LAYOUT_PAE,
			.level = LEVEL_PMD, .reader = BY_NAME(P->readers, reader),
			.writer = BY_NAME(P->writers, writer),
			.transition = BY_NAME(P->transitions, transition),
			.walker = BY_NAME(P->walkers, "entry"), .consumer = BY_NAME(P->consumers, "ptdump"),
			.reclaim = &reclaim_alone, .readers = 1, .writers = 1, .slots = 1, .seed = 1,
		},
	};

	snprintf(s.name, sizeof(s.name), "%s", name);
	s.strength = 10;
	return s;
}

/* As a file's `require = torn`. */
static void require_torn(struct scenario *s)
{
	s->require_torn = true;
	s->expect[OUTCOME_TORN_READER] = s->expect[OUTCOME_TORN_WRITER] = EXPECT_ALLOW;
}

static struct pursued pursue_it(const struct pursuit *p)
{
	struct pursued out = { .finding = &finding, .twin = &twin_finding, .unbiased = &unbiased };

	assert_int_equal(pursue(p, &out), 0);
	assert_int_not_equal(out.power.stop, STOP_NOT_YET);
	assert_true(finding.walks > 0);
	/* rates come from the first slices, all of them whole */
	assert_true(unbiased.ns > 0 && unbiased.ns <= finding.ns && unbiased.walks <= finding.walks);
	return out;
}

static void test_required(void **state)
{
	struct scenario s = scenario_of("s", "lo-hi", "pae-pte");
	struct finding *f = &finding;

	(void)state;
	memset(f, 0, sizeof(*f));
	f->distinct[OUTCOME_TORN_READER] = 3;
	f->distinct[OUTCOME_TORN_WRITER] = 4;
	f->distinct[OUTCOME_CONFUSED] = 5;
	assert_int_equal(pursue_required(&s, f), 0);	/* nothing is */
	s.require_torn = true;
	assert_int_equal(pursue_required(&s, f), 7);
	assert_int_equal(pursue_caught(&s, f), 7);
	s.expect[OUTCOME_CONFUSED] = EXPECT_REQUIRE;
	assert_int_equal(pursue_required(&s, f), 5);
	assert_int_equal(pursue_caught(&s, f), 12);
	s.expect[OUTCOME_REREAD] = EXPECT_REQUIRE;
	assert_int_equal(pursue_required(&s, f), 0);
}

static void test_what_is_required(void **state)
{
	struct scenario s = scenario_of("torn", "lo-hi", "present-present");
	const struct pursuit p = { .runner = &runner, .scenario = &s, .most_ns = 400 * MS };
	struct pursued out;

	(void)state;
	require_torn(&s);
	out = pursue_it(&p);
	assert_true(out.power.stop == (pursue_required(&s, &finding) >= SEEN_ENOUGH ? STOP_SEEN : STOP_TIME) ||
		    out.power.stop == STOP_TIME);
	assert_true(out.power.strength <= pursue_required(&s, &finding) / 3 + 1);	/* its own */
	assert_false(out.power.in_turns);
}

/* What was found for the twin is kept, and the next claim of that twin runs by it. */
static void test_claim_as_its_twin(void **state)
{
	struct scenario claim = scenario_of("whole", "atomic64", "pae-pmd");
	struct scenario twin = scenario_of("torn", "lo-hi", "present-present");
	struct tuned tuned = { 0 }, before;
	const struct pursuit p = { .runner = &runner, .scenario = &claim, .twin = &twin, .most_ns = 500 * MS,
				   .tuned = &tuned };
	struct pursued out;
	char err[256];

	(void)state;
	claim.expect[OUTCOME_TORN_READER] = claim.expect[OUTCOME_TORN_WRITER] = EXPECT_FORBID;
	require_torn(&twin);
	out = pursue_it(&p);
	assert_true(tuned.known);
	assert_memory_equal(&tuned, &out.by, sizeof(tuned));
	assert_true(twin_finding.walks > 0);
	assert_true(out.power.strength <= pursue_caught(&twin, &twin_finding));
	assert_true(out.power.stop != STOP_STRONG || out.power.strength >= claim.strength);
	assert_int_not_equal(out.power.stop, STOP_SEEN);

	assert_int_equal(strategy_parse(&tuned.strategy, "spread,slots=3", err, sizeof(err)), 0);
	tuned.bad = 0;
	before = tuned;
	out = pursue_it(&p);
	assert_memory_equal(&before, &tuned, sizeof(tuned));
	assert_memory_equal(&before, &out.by, sizeof(tuned));

	/* what it showed when it was tuned for it no longer shows: once more */
	tuned.bad = UINT32_MAX;
	tuned.ns = 1;
	before = tuned;
	out = pursue_it(&p);
	assert_true(tuned.known && tuned.ns > 1);
	assert_memory_equal(&tuned, &out.by, sizeof(tuned));
}

/* What the explorer calls possible is looked for as long as there is time, however strong that is. */
static void test_sought(void **state)
{
	struct scenario claim = scenario_of("whole", "atomic64", "pae-pmd");
	struct scenario twin = scenario_of("torn", "lo-hi", "present-present");
	const struct pursuit p = { .runner = &runner, .scenario = &claim, .twin = &twin, .most_ns = 300 * MS,
				   .sought = true };

	(void)state;
	require_torn(&twin);
	assert_int_equal(pursue_it(&p).power.stop, STOP_TIME);
}

/* A twin that cannot be caught: the whole ladder, and then it says that it was silent. */
static void test_silent_twin(void **state)
{
	struct scenario claim = scenario_of("whole", "atomic64", "pae-pmd");
	struct scenario twin = scenario_of("whole too", "atomic64", "pae-pmd-cmpxchg");
	const struct pursuit p = { .runner = &runner, .scenario = &claim, .twin = &twin, .most_ns = 500 * MS };
	struct pursued out;

	(void)state;
	require_torn(&twin);
	out = pursue_it(&p);
	assert_int_equal(out.power.rung, RUNG_SILENT);
	assert_int_equal(out.power.strength, 0);
	assert_int_equal(out.power.stop, STOP_TIME);
}

/* The widened rung is named as what runs it again. */
static void test_widened(void **state)
{
	struct scenario s = scenario_of("torn", "lo-hi", "pae-pte");
	const struct pursuit p = { .runner = &runner, .scenario = &s, .most_ns = 200 * MS };
	struct pursued out;

	(void)state;
	require_torn(&s);
	s.cell.strategy = strategy_of(STRATEGY_WIDENED);
	s.strategy_given = true;
	out = pursue_it(&p);
	assert_int_equal(out.power.rung, RUNG_WIDENED);
	assert_int_equal(out.power.strategy.id, STRATEGY_WIDENED);
	assert_int_equal(out.by.strategy.id, STRATEGY_FREE);
}

/* --strategy: what was said is not tuned. */
static void test_as_given(void **state)
{
	struct scenario s = scenario_of("torn", "lo-hi", "pae-pte");
	const struct pursuit p = { .runner = &runner, .scenario = &s, .most_ns = 200 * MS };
	struct pursued out;
	char err[256];

	(void)state;
	require_torn(&s);
	assert_int_equal(strategy_parse(&s.cell.strategy, "spread,slots=2", err, sizeof(err)), 0);
	s.strategy_given = true;
	out = pursue_it(&p);
	assert_int_equal(out.power.rung, RUNG_AS_GIVEN);
	assert_memory_equal(&out.by.strategy, &s.cell.strategy, sizeof(s.cell.strategy));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_required),
		cmocka_unit_test(test_what_is_required),
		cmocka_unit_test(test_claim_as_its_twin),
		cmocka_unit_test(test_sought),
		cmocka_unit_test(test_silent_twin),
		cmocka_unit_test(test_widened),
		cmocka_unit_test(test_as_given),
	};

	cpus_allowed(&cpus);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
