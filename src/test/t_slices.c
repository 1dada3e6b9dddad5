/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings of slices add up; a claim and its twin take turns until enough is enough. */
#include "explored.h"

#include "machine/reclaim.h"
#include "stress/slices.h"

enum { MS = 1000000 };

static struct finding part_of(unsigned number)
{
	struct finding f = { .ns = 10 * MS + MS / 2, .walks = 100, .rounds = 10, .present = 50,
			     .fresh_present = 5, .retries = 2, .interval_ns = MS, .nr_intervals = 11,
			     .unpinned = number };
	unsigned i;

	for (i = 0; i < 11; i++)
		f.intervals[i] = number * 100 + i;
	f.distinct[OUTCOME_LEAF] = 4;
	f.outcomes[OUTCOME_LEAF] = 40;
	if (number) {
		f.distinct[OUTCOME_TORN_READER] = number;
		f.first_ns[OUTCOME_TORN_READER] = 7;
		f.witness[OUTCOME_TORN_READER] = (struct witness){ .seen = true, .slot = number, .ns = 7 };
	}
	return f;
}

static void test_add(void **state)
{
	static struct finding total, part;
	uint64_t counted = 0, all = 0;
	unsigned i, k;

	(void)state;
	memset(&total, 0, sizeof(total));
	for (i = 0; i < 3; i++) {
		part = part_of(i);
		finding_add(&total, &part);
	}
	assert_int_equal(total.ns, 31 * MS + MS / 2);
	assert_int_equal(total.walks, 300);
	assert_int_equal(total.rounds, 30);
	assert_int_equal(total.present, 150);
	assert_int_equal(total.fresh_present, 15);
	assert_int_equal(total.retries, 6);
	assert_int_equal(total.distinct[OUTCOME_TORN_READER], 3);
	assert_int_equal(total.outcomes[OUTCOME_LEAF], 120);
	assert_int_equal(total.unpinned, 2);
	/* the first was in the second part, so long after the start */
	assert_int_equal(total.first_ns[OUTCOME_TORN_READER], 10 * MS + MS / 2 + 7);
	assert_int_equal(total.witness[OUTCOME_TORN_READER].slot, 1);
	assert_int_equal(total.witness[OUTCOME_TORN_READER].ns, total.first_ns[OUTCOME_TORN_READER]);
	assert_int_equal(total.first_ns[OUTCOME_LEAF], 0);
	/* the second part's first interval begins in the middle of the first part's last one */
	assert_int_equal(total.intervals[9], 9);
	assert_int_equal(total.intervals[10], 10 + 100);
	assert_int_equal(total.intervals[11], 101);

	/* however long: every count is in some interval, and there is room */
	for (; i < 4000; i++) {
		part = part_of(i % 3);
		finding_add(&total, &part);
	}
	for (i = 0; i < 4000; i++)
		for (k = 0; k < 11; k++)
			all += i % 3 * 100 + k;
	for (k = 0; k < total.nr_intervals; k++)
		counted += total.intervals[k];
	assert_int_equal(counted, all);
	assert_true(total.nr_intervals <= MAX_INTERVALS);
	assert_true(total.nr_intervals * total.interval_ns >= total.ns - total.interval_ns);
	assert_true((total.nr_intervals - 1) * total.interval_ns <= total.ns);
}

/* ---- really ---- */

struct asked {
	unsigned pairs, most;
	uint64_t claim_walks, twin_walks;
	bool alone;
};

static bool go_on(void *arg, const struct finding *claim, const struct finding *twin)
{
	struct asked *a = arg;

	assert_int_equal(twin == NULL, a->alone);
	assert_true(claim->ns >= 2 * MS);
	assert_int_equal(claim->interval_ns, SLICE_INTERVAL_NS);
	a->claim_walks += claim->walks;
	a->twin_walks += twin ? twin->walks : 0;
	return ++a->pairs < a->most;
}

static struct cell cell_of(const char *reader, const char *strategy)
{
	const struct protocol *P = &native_protocol;
	struct cell c = {
		.protocol = P, .layout = layouts[LAYOUT_PAE], .layout_id = LAYOUT_PAE, .level = LEVEL_PMD,
		.reader = BY_NAME(P->readers, reader), .writer = BY_NAME(P->writers, "pae-pte"),
		.transition = BY_NAME(P->transitions, "fault-zap"), .walker = BY_NAME(P->walkers, "entry"),
		.consumer = BY_NAME(P->consumers, "ptdump"), .reclaim = &reclaim_alone,
		.readers = 1, .writers = 1, .slots = 1, .budget_ns = 77 * MS,
	};
	char err[256];

	assert_int_equal(strategy_parse(&c.strategy, strategy, err, sizeof(err)), 0);
	return c;
}

struct second {
	volatile sig_atomic_t *interrupted;
	unsigned runs;
};

/* Runs show themselves as they begin: the twin's is the second. */
static void interrupt_second(void *arg, const struct progress *p)
{
	struct second *s = arg;

	(void)p;
	*s->interrupted = ++s->runs >= 2;
}

static void test_turns(void **state)
{
	static struct finding claim, twin;
	static struct cpus cpus;
	const struct cell clean = cell_of("get-lockless", "paced,hold=50");
	const struct cell busted = cell_of("lo-hi", "paced,hold=50");
	struct asked asked = { .most = 4 };
	struct pair_of_cells p = { .claim = &clean, .twin = &busted, .slice_ns = 2 * MS, .go_on = go_on,
				   .arg = &asked };
	struct runner r = { .cpus = &cpus };
	volatile sig_atomic_t interrupted = 1;
	struct second second = { .interrupted = &interrupted };

	(void)state;
	cpus_allowed(&cpus);
	assert_int_equal(slices_run(&r, &p, &claim, &twin), 0);
	assert_int_equal(asked.pairs, 4);
	assert_true(claim.walks > 0 && claim.walks == asked.claim_walks);
	assert_true(twin.walks > 0 && twin.walks == asked.twin_walks);
	assert_true(claim.ns >= 8 * MS && twin.ns >= 8 * MS);
	assert_false(claim.interrupted);

	p.twin = NULL;
	asked = (struct asked){ .most = 1, .alone = true };
	assert_int_equal(slices_run(&r, &p, &claim, &twin), 0);
	assert_int_equal(asked.pairs, 1);

	r.interrupted = &interrupted;	/* nobody is asked, and what there is says so */
	asked = (struct asked){ .most = 1, .alone = true };
	assert_int_equal(slices_run(&r, &p, &claim, &twin), 0);
	assert_int_equal(asked.pairs, 0);
	assert_true(claim.interrupted);

	/* so too where it came while the twin ran: its claim lacks its evidence */
	p.twin = &busted;
	p.slice_ns = 200 * MS;	/* long enough to be interrupted, too short to be shown twice */
	r.show = interrupt_second;
	r.arg = &second;
	interrupted = 0;
	asked = (struct asked){ .most = 1000 };
	assert_int_equal(slices_run(&r, &p, &claim, &twin), 0);
	assert_true(claim.interrupted && claim.walks > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
