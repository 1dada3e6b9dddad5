/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdict's whole table, and which rule wins where two apply. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "config/names.h"
#include "judge/judge.h"

#define TR OUTCOME_TORN_READER
#define TW OUTCOME_TORN_WRITER

/* A good run of a scenario that says nothing; each test spoils one thing. */
struct case_of {
	struct scenario s;
	struct finding f;
	struct evidence e;
	char reason[REASON_LEN];
};

#define CLEAN "twin caught; nothing forbidden, under 1 in 100 distinct (95 %)"
#define CLEAN_ALONE "two words caught; nothing forbidden, under 1 in 100 distinct (95 %)"

static struct case_of *fresh(void)
{
	static struct case_of c;	/* a finding is too big for a stack */

	memset(&c, 0, sizeof(c));
	c.s.min_present = 1000;
	c.s.min_rounds = 1000;
	strcpy(c.s.control, "twin");
	c.f.present = 1000;
	c.f.fresh_present = 300;
	c.f.rounds = 1000;
	c.f.walks = 5000;
	c.f.ns = 1234567890;
	c.e = (struct evidence){ .scenario = &c.s, .finding = &c.f, .control = CONTROL_FIRED,
				 .executor_tears_words = true };
	return &c;
}

static void see(struct case_of *c, enum outcome o, uint64_t n, uint64_t distinct)
{
	c->f.outcomes[o] = n;
	c->f.distinct[o] = distinct;
}

static struct judgement judge(struct case_of *c)
{
	const struct judgement j = verdict_of(&c->e);

	memset(c->reason, 'x', sizeof(c->reason));
	judgement_reason(&j, &c->e, c->reason);
	return j;
}

/* `reason` is without its last words, which every cell has of which no prediction is known. */
static void check(struct case_of *c, enum verdict v, enum cause cause, const char *reason)
{
	static const char unpredicted[] = "; judged without a prediction";
	const struct judgement j = judge(c);
	char want[REASON_LEN];

	snprintf(want, sizeof(want), "%s%s", reason, c->e.model ? "" : unpredicted);
	assert_string_equal(verdict_names[j.verdict], verdict_names[v]);
	assert_string_equal(cause_names[j.cause], cause_names[cause]);
	assert_string_equal(c->reason, want);
}

static void check_fails(struct case_of *c, enum cause cause)
{
	const struct judgement j = judge(c);

	assert_int_equal(j.verdict, VERDICT_FAIL);
	assert_string_equal(cause_names[j.cause], cause_names[cause]);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(verdict_names[VERDICT_PASS], "pass");
	assert_string_equal(verdict_names[VERDICT_FAIL], "fail");
	assert_string_equal(verdict_names[VERDICT_INCONCLUSIVE], "inconclusive");
	assert_string_equal(expect_names[EXPECT_ALLOW], "allow");
	assert_string_equal(expect_names[EXPECT_FORBID], "forbid");
	assert_string_equal(expect_names[EXPECT_REQUIRE], "require");
	assert_string_equal(expect_names[EXPECT_UNSAID], "unsaid");
}

/* The sets, written out; and which of them a report is about. */
static void test_outcomes(void **state)
{
	const uint32_t bad = 1u << TR | 1u << TW | 1u << OUTCOME_PHANTOM | 1u << OUTCOME_INVALID_MIX |
			     1u << OUTCOME_REREAD | 1u << OUTCOME_CONFUSED | 1u << OUTCOME_FREED |
			     1u << OUTCOME_STALE;
	static const enum outcome worst_first[] = { TR, TW, OUTCOME_CONFUSED, OUTCOME_FREED, OUTCOME_STALE,
						    OUTCOME_REREAD, OUTCOME_INVALID_MIX, OUTCOME_PHANTOM };
	uint32_t seen = bad;

	(void)state;
	assert_int_equal(OUTCOMES_BAD, bad);
	assert_int_equal(OUTCOMES_COUNTED, bad & ~(1u << OUTCOME_PHANTOM | 1u << OUTCOME_INVALID_MIX));
	for (unsigned i = 0; i < 8; i++) {
		assert_int_equal(outcome_worst(seen | 1u << OUTCOME_LEAF, 0, 0), worst_first[i]);
		seen &= ~(1u << worst_first[i]);
	}
	assert_int_equal(outcome_worst(1u << OUTCOME_LEAF | 1u << OUTCOME_GAVE_UP, ~0u, ~0u), -1);
	assert_int_equal(outcome_worst(bad, 1u << OUTCOME_REREAD, bad), OUTCOME_REREAD);
	assert_int_equal(outcome_worst(bad & ~(1u << OUTCOME_REREAD), 1u << OUTCOME_REREAD, 0), TR);
	/* a control is about what it is there to show */
	assert_int_equal(outcome_worst(bad, 0, 1u << OUTCOME_CONFUSED), OUTCOME_CONFUSED);
}

static void test_clean_pass(void **state)
{
	struct case_of *c = fresh();

	(void)state;
	check(c, VERDICT_PASS, CAUSE_PASSED_CLAIM, CLEAN);
	see(c, OUTCOME_LEAF, 1000, 900);
	see(c, OUTCOME_PHANTOM, 7, 7);
	see(c, OUTCOME_GAVE_UP, 7, 7);
	check(c, VERDICT_PASS, CAUSE_PASSED_CLAIM, CLEAN);
}

/* What a scenario does not name is graded by OUTCOMES. */
static void test_unsaid_grades(void **state)
{
	static const enum outcome forbidden[] = { TR, TW, OUTCOME_REREAD, OUTCOME_CONFUSED,
						  OUTCOME_FREED, OUTCOME_STALE };
	struct case_of *c = fresh();
	unsigned n = 0;

	(void)state;
	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		n += scenario_grade(&c->s, o) == EXPECT_FORBID;
	assert_int_equal(n, 6);
	for (n = 0; n < 6; n++) {
		c = fresh();
		see(c, forbidden[n], 1, 0);
		assert_int_equal(scenario_grade(&c->s, forbidden[n]), EXPECT_FORBID);
		check_fails(c, CAUSE_FORBIDDEN);
		c->s.expect[forbidden[n]] = EXPECT_ALLOW;
		check(c, VERDICT_PASS, CAUSE_PASSED_CLAIM, CLEAN);
	}
	c = fresh();
	see(c, OUTCOME_PHANTOM, 5, 4);
	c->s.expect[OUTCOME_PHANTOM] = EXPECT_FORBID;
	check(c, VERDICT_FAIL, CAUSE_FORBIDDEN, "phantom 5 (distinct 4), forbidden");
}

static void test_forbidden_reason(void **state)
{
	struct case_of *c = fresh();

	(void)state;
	see(c, TR, 1234, 567);
	check(c, VERDICT_FAIL, CAUSE_FORBIDDEN, "torn-by-reader 1234 (distinct 567), forbidden");
	see(c, OUTCOME_STALE, 3, 2);
	see(c, OUTCOME_CONFUSED, 900, 600);
	see(c, TW, 2, 2);
	check(c, VERDICT_FAIL, CAUSE_FORBIDDEN, "confused 900 (distinct 600), torn-by-reader 1234 (distinct 567), "
	      "stale, torn-by-writer, forbidden");
}

/* The longest reason there can be is whole. */
static void test_forbidden_longest(void **state)
{
	struct case_of *c = fresh();

	(void)state;
	for (unsigned o = 0; o < NR_OUTCOMES; o++) {
		c->s.expect[o] = EXPECT_FORBID;
		see(c, o, UINT64_MAX, UINT64_MAX);
	}
	check_fails(c, CAUSE_FORBIDDEN);
	assert_non_null(strstr(c->reason, "gave-up, forbidden"));
}

static void test_forbidden_beats_everything(void **state)
{
	struct case_of *c = fresh();

	(void)state;
	see(c, OUTCOME_FREED, 1, 1);
	c->f.interrupted = true;
	c->f.present = 0;
	c->f.rounds = 0;
	c->e.control = CONTROL_SILENT;
	c->e.executor_tears_words = false;
	check(c, VERDICT_FAIL, CAUSE_FORBIDDEN, "freed 1 (distinct 1), forbidden");
	c->s.expect[OUTCOME_CONFUSED] = EXPECT_REQUIRE;
	see(c, OUTCOME_CONFUSED, 9, 9);
	check(c, VERDICT_FAIL, CAUSE_FORBIDDEN, "freed 1 (distinct 1), forbidden");
}

static void test_interrupted(void **state)
{
	struct case_of *c = fresh();

	(void)state;
	c->f.interrupted = true;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_INTERRUPTED, "interrupted after 1234 ms");
	c->f.present = 0;
	c->e.control = CONTROL_SILENT;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_INTERRUPTED, "interrupted after 1234 ms");
	c->s.require_torn = true;
	c->s.expect[TR] = c->s.expect[TW] = EXPECT_ALLOW;
	see(c, TR, 1, 1);
	check(c, VERDICT_INCONCLUSIVE, CAUSE_INTERRUPTED, "interrupted after 1234 ms");
}

static void test_floor(void **state)
{
	struct case_of *c = fresh();

	(void)state;
	c->f.present = 12;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_THIN_PRESENT, "too few present observations: 12 of 1000");
	c->f.rounds = 13;
	c->e.control = CONTROL_SILENT;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_THIN_PRESENT, "too few present observations: 12 of 1000");
	c->f.present = 1000;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_THIN_ROUNDS, "too few writer rounds: 13 of 1000");
	c->f.rounds = 1000;
	c->f.fresh_present = 99;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_THIN_DISTINCT, "too few distinct present observations: 99 of 100");
	c->f.fresh_present = 300;
	c->s.min_present = c->s.min_rounds = 0;
	c->f.present = c->f.rounds = 0;
	c->e.control = CONTROL_FIRED;
	check(c, VERDICT_PASS, CAUSE_PASSED_CLAIM, CLEAN);
}

static void test_control(void **state)
{
	struct case_of *c = fresh();

	(void)state;
	c->e.control = CONTROL_SILENT;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_CONTROL_SILENT, "control twin did not fire");
	c->e.control = CONTROL_NOT_RUN;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_CONTROL_NOT_RUN, "control twin was not run");
	c->e.control = CONTROL_NONE;
	check(c, VERDICT_PASS, CAUSE_PASSED_CLAIM, CLEAN_ALONE);
	c->e.executor_tears_words = false;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_NO_TEARS_SHOWN,
	      "this executor does not show torn words, so a clean run proves nothing");
	c->e.control = CONTROL_FIRED;
	check(c, VERDICT_PASS, CAUSE_PASSED_CLAIM, CLEAN);
}

static void test_required_seen(void **state)
{
	struct case_of *c = fresh();

	(void)state;
	c->s.expect[OUTCOME_CONFUSED] = EXPECT_REQUIRE;
	see(c, OUTCOME_CONFUSED, 1, 1);
	check(c, VERDICT_PASS, CAUSE_PASSED_REQUIRED, "confused as required");
	assert_true(control_fired(&c->s, &c->f));
	c->s.expect[OUTCOME_REREAD] = EXPECT_REQUIRE;
	see(c, OUTCOME_REREAD, 1, 1);
	/* no floor, no control, no calibration: it was seen */
	c->f.present = c->f.rounds = 0;
	c->e.control = CONTROL_SILENT;
	c->e.executor_tears_words = false;
	check(c, VERDICT_PASS, CAUSE_PASSED_REQUIRED, "reread, confused as required");
}

/* A primitive that the CPU promises and the executor tears: the executor's fault, not a failure. */
static void test_blame(void **state)
{
	struct case_of *c = fresh();

	(void)state;
	c->e.broken_primitive = "ldrd";
	c->e.executor = "qemu-arm 7.2.22";
	c->e.primitive_promised = true;
	check(c, VERDICT_PASS, CAUSE_PASSED_CLAIM, CLEAN);
	see(c, TR, 3, 2);
	check(c, VERDICT_INCONCLUSIVE, CAUSE_BLAMES_EXECUTOR, "this executor tears ldrd (qemu-arm 7.2.22; fixed in QEMU "
	      "8.2.10, 9.2.3, 10.0): not the protocol's fault");
	c->e.executor = "native";
	check(c, VERDICT_INCONCLUSIVE, CAUSE_BLAMES_EXECUTOR, "this executor tears ldrd (native): not the protocol's fault");
	c->e.primitive_promised = false;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_UNPROMISED, "ldrd tears here, and this CPU never promised otherwise");
	/* a tear does not excuse what else is forbidden */
	see(c, OUTCOME_FREED, 1, 1);
	check_fails(c, CAUSE_FORBIDDEN);
	see(c, OUTCOME_FREED, 0, 0);
	c->e.broken_primitive = NULL;
	check_fails(c, CAUSE_FORBIDDEN);
}

static void test_required_unseen(void **state)
{
	struct case_of *c = fresh();

	(void)state;
	c->f.rounds = UNSEEN_ROUNDS;
	c->f.fresh_present = UNSEEN_DISTINCT;
	c->s.expect[OUTCOME_CONFUSED] = EXPECT_REQUIRE;
	check(c, VERDICT_FAIL, CAUSE_REQUIRED_UNSEEN, "required confused not seen in 5000 observations");
	assert_false(control_fired(&c->s, &c->f));
	c->s.expect[OUTCOME_REREAD] = EXPECT_REQUIRE;
	check(c, VERDICT_FAIL, CAUSE_REQUIRED_UNSEEN, "required reread, confused not seen in 5000 observations");
	see(c, OUTCOME_CONFUSED, 1, 1);
	check(c, VERDICT_FAIL, CAUSE_REQUIRED_UNSEEN, "required reread not seen in 5000 observations");
	assert_false(control_fired(&c->s, &c->f));
	c->e.executor_tears_words = false;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_NO_TEARS_SHOWN,
	      "required reread not seen, and this executor does not show torn words");
	c->e.executor_tears_words = true;
	c->f.fresh_present = UNSEEN_DISTINCT - 1;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_THIN_DISTINCT,
	      "required reread not seen, in only 99999 distinct present observations");
	c->f.fresh_present = UNSEEN_DISTINCT;
	c->f.rounds = UNSEEN_ROUNDS - 1;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_THIN_ROUNDS, "required reread not seen, in only 999999 rounds");
	c->f.rounds = 999;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_THIN_ROUNDS, "too few writer rounds: 999 of 1000");
	c->f.present = 0;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_THIN_PRESENT, "too few present observations: 0 of 1000");
}

static void test_required_torn(void **state)
{
	struct case_of *c = fresh();

	(void)state;
	c->f.rounds = UNSEEN_ROUNDS;
	c->f.fresh_present = UNSEEN_DISTINCT;
	c->s.require_torn = true;
	c->s.expect[TR] = c->s.expect[TW] = EXPECT_ALLOW;
	assert_true(scenario_requires(&c->s));
	check(c, VERDICT_FAIL, CAUSE_REQUIRED_UNSEEN, "required torn not seen in 5000 observations");
	see(c, TW, 1, 1);
	check(c, VERDICT_PASS, CAUSE_PASSED_REQUIRED, "torn as required");
	assert_true(control_fired(&c->s, &c->f));
	see(c, TW, 0, 0);
	see(c, TR, 1, 1);
	check(c, VERDICT_PASS, CAUSE_PASSED_REQUIRED, "torn as required");
	c->s.expect[OUTCOME_FREED] = EXPECT_REQUIRE;
	check(c, VERDICT_FAIL, CAUSE_REQUIRED_UNSEEN, "required freed not seen in 5000 observations");
}

/* By the writer required: by the reader is still forbidden. */
static void test_required_one_forbidden_other(void **state)
{
	struct case_of *c = fresh();

	(void)state;
	c->s.expect[TW] = EXPECT_REQUIRE;
	see(c, TW, 10, 10);
	check(c, VERDICT_PASS, CAUSE_PASSED_REQUIRED, "torn-by-writer as required");
	see(c, TR, 1, 1);
	check(c, VERDICT_FAIL, CAUSE_FORBIDDEN, "torn-by-reader 1 (distinct 1), forbidden");
}

static void test_control_needs_require(void **state)
{
	struct case_of *c = fresh();

	(void)state;
	see(c, TR, 10, 10);
	assert_false(scenario_requires(&c->s));
	assert_false(control_fired(&c->s, &c->f));
}

/* ---- what the explorer says ---- */

static struct case_of *foreseen(uint32_t possible)
{
	struct case_of *c = fresh();

	c->e.model = "tso";
	c->e.possible = possible;
	return c;
}

#define WHOLE_ENTRIES (1u << OUTCOME_HOLE | 1u << OUTCOME_LEAF)

static void test_seen_but_impossible(void **state)
{
	struct case_of *c = foreseen(WHOLE_ENTRIES);

	(void)state;
	see(c, OUTCOME_LEAF, 1000, 900);
	check(c, VERDICT_PASS, CAUSE_PASSED_CLAIM, CLEAN);
	/* allowed by the scenario, and yet */
	see(c, OUTCOME_PHANTOM, 3, 2);
	check(c, VERDICT_FAIL, CAUSE_ALARM, "ALARM: phantom 3 (distinct 2) seen, which the explorer calls impossible "
	      "under tso: CPU, emulator, compiler or tester is wrong");
	c->e.model = NULL;	/* not known: no alarm */
	check(c, VERDICT_PASS, CAUSE_PASSED_CLAIM, CLEAN);
	/* before what is forbidden, and however poor the run */
	c = foreseen(WHOLE_ENTRIES);
	c->f.present = 1;
	c->f.interrupted = true;
	see(c, TR, 1, 1);
	check_fails(c, CAUSE_ALARM);
	assert_non_null(strstr(c->reason, "ALARM: torn-by-reader 1"));
	/* who tore it is not certain enough for an alarm */
	c = foreseen(WHOLE_ENTRIES | 1u << TW);
	see(c, TR, 1, 1);
	check(c, VERDICT_FAIL, CAUSE_FORBIDDEN, "torn-by-reader 1 (distinct 1), forbidden");
	/* a primitive that tears is in the prediction already */
	c = foreseen(WHOLE_ENTRIES);
	c->e.broken_primitive = "ldrd";
	c->e.primitive_promised = true;
	c->e.executor = "qemu-arm";
	see(c, TR, 1, 1);
	check_fails(c, CAUSE_ALARM);
}

static void test_possible_but_unseen(void **state)
{
	struct case_of *c = foreseen(WHOLE_ENTRIES | 1u << TR);

	(void)state;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_GAP, "torn-by-reader is possible under tso (explorer) and was not seen: "
	      "under 1 in 100 distinct (95 %)");
	/* allowed: a gap that is listed */
	c->s.expect[TR] = EXPECT_ALLOW;
	check(c, VERDICT_PASS, CAUSE_PASSED_CLAIM, CLEAN "; possible, not seen: torn-by-reader");
	see(c, TR, 5, 5);
	check(c, VERDICT_PASS, CAUSE_PASSED_CLAIM, CLEAN);
	c->e.possible |= 1u << OUTCOME_STALE | 1u << OUTCOME_PHANTOM;
	c->s.expect[OUTCOME_STALE] = EXPECT_ALLOW;
	check(c, VERDICT_PASS, CAUSE_PASSED_CLAIM, CLEAN "; possible, not seen: phantom, stale");
}

static void test_required_and_impossible(void **state)
{
	struct case_of *c = foreseen(WHOLE_ENTRIES);

	(void)state;
	c->s.require_torn = true;
	c->f.fresh_present = c->f.present = c->f.rounds = 10000000;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_REQUIRED_IMPOSSIBLE, "required torn is impossible under tso (explorer): this platform "
	      "cannot show it");
	c->s.expect[TR] = c->s.expect[TW] = EXPECT_ALLOW;
	c->e.possible |= 1u << TW;
	check_fails(c, CAUSE_REQUIRED_UNSEEN);	/* it had every chance */
	see(c, TW, 1, 1);
	check(c, VERDICT_PASS, CAUSE_PASSED_REQUIRED, "torn as required");
	c = foreseen(WHOLE_ENTRIES);
	c->s.expect[OUTCOME_CONFUSED] = EXPECT_REQUIRE;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_REQUIRED_IMPOSSIBLE, "required confused is impossible under tso "
	      "(explorer): this platform cannot show it");
}

/* ---- what was not measured to the end, and what is not known ---- */

static void test_could_not_start(void **state)
{
	const struct cell_names names = { 0 };
	struct case_of *c = fresh();
	char err[ERR_LEN];

	(void)state;
	memset(&c->f, 0, sizeof(c->f));
	assert_int_equal(cell_resolve(&names, &c->s.cell, err, sizeof(err)), 0);
	c->e.error = -ENOMEM;
	assert_int_equal(judge(c).cause, CAUSE_NO_MEMORY);
	assert_non_null(strstr(c->reason, "not enough memory: needs "));
	c->e.error = -E2BIG;
	assert_int_equal(judge(c).cause, CAUSE_TOO_MANY_VALUES);
	c->e.error = -EAGAIN;
	assert_int_equal(judge(c).cause, CAUSE_COULD_NOT_START);
	assert_int_equal(judge(c).verdict, VERDICT_INCONCLUSIVE);
	assert_string_equal(c->reason, "could not be run: Resource temporarily unavailable");
}

static void test_unpredicted(void **state)
{
	struct case_of *c = fresh();

	(void)state;
	judge(c);
	assert_string_equal(c->reason, "twin caught; nothing forbidden, under 1 in 100 distinct (95 %); "
			    "judged without a prediction");
	c->e.model = "tso";
	judge(c);
	assert_string_equal(c->reason, "twin caught; nothing forbidden, under 1 in 100 distinct (95 %)");
}

/* A run of claim and twin in turns. */
static struct case_of *in_turns(struct power *p, uint64_t strength)
{
	struct case_of *c = fresh();

	*p = (struct power){ .in_turns = true, .twin_distinct = 4211, .strength = strength };
	c->e.power = p;
	return c;
}

/* How much the twin was caught is what counts, not how much was looked at. */
static void test_in_turns(void **state)
{
	static const char sentence[] = "twin caught 4,211 times in the time the claim was watched; "
				       "a hole 1/1,400 as wide would have shown (95 %)";
	struct power p;
	struct case_of *c = in_turns(&p, 1400);
	char want[REASON_LEN];

	(void)state;
	check(c, VERDICT_PASS, CAUSE_PASSED_CLAIM, sentence);
	c->f.present = c->f.fresh_present = c->f.rounds = 1;
	check(c, VERDICT_PASS, CAUSE_PASSED_CLAIM, sentence);
	c->s.min_present = USUAL_FLOOR + 1;	/* a file's own floor */
	check(c, VERDICT_INCONCLUSIVE, CAUSE_THIN_PRESENT, "too few present observations: 1 of 1001");
	c = in_turns(&p, 1400);
	c->e.executor_tears_words = false;	/* this executor tears: its twin was caught */
	check(c, VERDICT_PASS, CAUSE_PASSED_CLAIM, sentence);
	c->e.control = CONTROL_SILENT;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_CONTROL_SILENT, "control twin did not fire beside it");

	c = in_turns(&p, LEAST_STRENGTH - 1);
	p.twin_distinct = 31;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_THIN_STRENGTH,
	      "twin caught only 31 times beside it: nothing narrower than 1/9 of it would have shown");
	p.strength = 0;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_THIN_STRENGTH,
	      "twin caught only 31 times beside it: nothing narrower than 1/1 of it would have shown");
	c = in_turns(&p, LEAST_STRENGTH);
	p.twin_distinct = 1234567;
	check(c, VERDICT_PASS, CAUSE_PASSED_CLAIM, "twin caught 1,234,567 times in the time the claim was "
	      "watched; a hole 1/10 as wide would have shown (95 %)");

	/* what was seen wins, and so does what could be seen and was not */
	c = in_turns(&p, 1400);
	see(c, TR, 1, 1);
	check_fails(c, CAUSE_FORBIDDEN);
	c = in_turns(&p, 1400);
	c->e.model = "tso";
	c->e.possible = 1u << TR;
	assert_int_equal(judge(c).cause, CAUSE_GAP);

	c = in_turns(&p, 1400);
	p.rung = RUNG_TUNED;
	p.strategy.id = STRATEGY_PACED;
	snprintf(want, sizeof(want), "%s; tuned: paced", sentence);
	check(c, VERDICT_PASS, CAUSE_PASSED_CLAIM, want);
	p.rung = RUNG_WIDENED;
	snprintf(want, sizeof(want), "%s; on the widened rung only", sentence);
	check(c, VERDICT_PASS, CAUSE_PASSED_CLAIM, want);
}

/* What is required and not seen after the ladder is never a failure, whatever was looked at. */
static void test_ladder(void **state)
{
	struct power p = { .rung = RUNG_SILENT };
	struct case_of *c = fresh();

	(void)state;
	c->e.power = &p;
	c->s.require_torn = true;
	c->s.expect[TR] = c->s.expect[TW] = EXPECT_ALLOW;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_LADDER_SILENT, "required torn not seen on any rung of the ladder");
	c->f.rounds = c->f.fresh_present = c->f.present = UINT64_MAX / 2;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_LADDER_SILENT, "required torn not seen on any rung of the ladder");
	p.given = true;
	check(c, VERDICT_INCONCLUSIVE, CAUSE_LADDER_SILENT,
	      "required torn not seen by the strategy that was given");
	see(c, TW, 1, 1);
	p.rung = RUNG_INTERRUPTED;
	p.strategy.id = STRATEGY_STEPPED;
	check(c, VERDICT_PASS, CAUSE_PASSED_REQUIRED, "torn as required; interrupted: stepped");
}

/* Old results have these names; scripts and gates have these sets. */
static void test_causes(void **state)
{
	static const struct {
		const char *name;
		enum verdict verdict;
		unsigned flags;
	} all[] = {
		{ "passed-claim", VERDICT_PASS, 0 }, { "passed-required", VERDICT_PASS, 0 },
		{ "forbidden", VERDICT_FAIL, 0 }, { "alarm", VERDICT_FAIL, 0 },
		{ "required-unseen", VERDICT_FAIL, 0 },
		{ "required-impossible", VERDICT_INCONCLUSIVE, 0 },
		{ "thin-present", VERDICT_INCONCLUSIVE, CAUSE_THIN },
		{ "thin-rounds", VERDICT_INCONCLUSIVE, CAUSE_THIN },
		{ "thin-distinct", VERDICT_INCONCLUSIVE, CAUSE_THIN },
		{ "thin-strength", VERDICT_INCONCLUSIVE, CAUSE_THIN },
		{ "ladder-silent", VERDICT_INCONCLUSIVE, CAUSE_THIN },
		{ "no-tears-shown", VERDICT_INCONCLUSIVE, 0 },
		{ "control-silent", VERDICT_INCONCLUSIVE, CAUSE_THIN },
		{ "control-not-run", VERDICT_INCONCLUSIVE, 0 }, { "gap", VERDICT_INCONCLUSIVE, CAUSE_THIN },
		{ "blames-executor", VERDICT_INCONCLUSIVE, 0 },
		{ "unpromised-primitive", VERDICT_INCONCLUSIVE, 0 },
		{ "interrupted", VERDICT_INCONCLUSIVE, CAUSE_AGAIN },
		{ "no-memory", VERDICT_INCONCLUSIVE, CAUSE_AGAIN },
		{ "too-many-values", VERDICT_INCONCLUSIVE, CAUSE_AGAIN },
		{ "could-not-start", VERDICT_INCONCLUSIVE, CAUSE_AGAIN },
		{ "void", VERDICT_INCONCLUSIVE, 0 }, { "unknown", VERDICT_INCONCLUSIVE, 0 },
		{ "source-shows", VERDICT_FAIL, 0 }, { "source-cannot", VERDICT_PASS, 0 },
		{ "source-outside", VERDICT_PASS, 0 }, { "no-twin", VERDICT_INCONCLUSIVE, 0 },
		{ "no-stub", VERDICT_INCONCLUSIVE, 0 }, { "unfinished", VERDICT_INCONCLUSIVE, 0 },
		{ "kernel-log", VERDICT_FAIL, 0 }, { "unsure", VERDICT_INCONCLUSIVE, CAUSE_THIN },
		{ "unknown-values", VERDICT_INCONCLUSIVE, CAUSE_THIN }, { "wrong-pages", VERDICT_INCONCLUSIVE, 0 },
		{ "no-truth", VERDICT_INCONCLUSIVE, 0 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		unsigned c = 0;

		while (c < NR_CAUSES && strcmp(cause_names[c], all[i].name))
			c++;
		if (c == NR_CAUSES)
			fail_msg("no cause is called %s", all[i].name);
		assert_int_equal(cause_kinds[c].verdict, all[i].verdict);
		assert_int_equal(cause_kinds[c].flags, all[i].flags);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_clean_pass),
		cmocka_unit_test(test_could_not_start),
		cmocka_unit_test(test_unpredicted),
		cmocka_unit_test(test_causes),
		cmocka_unit_test(test_in_turns),
		cmocka_unit_test(test_ladder),
		cmocka_unit_test(test_seen_but_impossible),
		cmocka_unit_test(test_possible_but_unseen),
		cmocka_unit_test(test_required_and_impossible),
		cmocka_unit_test(test_unsaid_grades),
		cmocka_unit_test(test_forbidden_reason),
		cmocka_unit_test(test_forbidden_longest),
		cmocka_unit_test(test_forbidden_beats_everything),
		cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_floor),
		cmocka_unit_test(test_control),
		cmocka_unit_test(test_required_seen),
		cmocka_unit_test(test_blame),
		cmocka_unit_test(test_required_unseen),
		cmocka_unit_test(test_required_torn),
		cmocka_unit_test(test_required_one_forbidden_other),
		cmocka_unit_test(test_control_needs_require),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
