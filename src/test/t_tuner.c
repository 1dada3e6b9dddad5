/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tuner on machines that are made up: it finds about the best there is, gives up in
 * bounded time where nothing shows, and asks the same again when it is answered the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <math.h>
#include <cmocka.h>

#include "stress/tuner.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static uint32_t rng;

static double uniform(void)
{
	rng ^= rng << 13;
	rng ^= rng >> 17;
	rng ^= rng << 5;
	return (rng + 0.5) / 4294967296.0;
}

static uint64_t poisson(double mean)
{
	double p = 1, limit;
	uint64_t k = 0;

	if (mean > 50) {	/* near enough */
		double z = sqrt(-2 * log(uniform())) * cos(2 * 3.14159265358979 * uniform());
		double v = mean + z * sqrt(mean);

		return v < 0 ? 0 : (uint64_t)(v + 0.5);
	}
	for (limit = exp(-mean); (p *= uniform()) > limit; k++)
		;
	return k;
}

/* A hill in the logarithm of a key: 1 at `top`, 1/e at `width` times more or less. */
static double hill(uint32_t at, double top, double width)
{
	double x = log((at + 1.0) / (top + 1)) / log(width);

	return exp(-x * x);
}

/* Tears a second; what else the machine does is no part of it. */
static double few_slots(const struct strategy *s)	/* held, at one slot */
{
	if (s->id != STRATEGY_PACED)
		return s->id == STRATEGY_FREE ? 3 : s->id == STRATEGY_SPREAD ? 30 : 50;
	return 1e5 * hill(s->key[KEY_hold], 700, 6) * hill(s->key[KEY_slots], 1, 4);
}

static double many_slots(const struct strategy *s)	/* spread, no matter how long held */
{
	if (s->id == STRATEGY_FREE)
		return 2e5;
	return 3e6 * hill(s->key[KEY_slots], 24, 8) / (1 + s->key[KEY_hold] / 100.0);
}

static double interrupts(const struct strategy *s)	/* only these show anything */
{
	return s->id == STRATEGY_POKED ? 8000 * hill(s->key[KEY_poke], 4, 10) : 0;
}

static double steps(const struct strategy *s)
{
	return s->id == STRATEGY_STEPPED ? 140 * hill(s->key[KEY_steps], 8, 8) *
					   hill(s->key[KEY_hold], 60, 10) : 0;
}

static double alternating(const struct strategy *s)	/* mispredicted: few slots, a look each */
{
	if (s->id != STRATEGY_PACED)
		return 0;
	return 600 * hill(s->key[KEY_slots], 3, 2.5) * hill(s->key[KEY_looks], 1, 8) *
	       hill(s->key[KEY_hold], 4000, 5);
}

static double one_cpu(const struct strategy *s)
{
	return s->id == STRATEGY_YIELDED ? 900 * hill(s->key[KEY_hold], 8000, 10) : 20;
}

static double silent(const struct strategy *s)
{
	(void)s;
	return 0;
}

static const struct machine {
	const char *name;
	double (*rate)(const struct strategy *s);
	double best;
	unsigned cpus;
} machines[] = {
	{ "few slots", few_slots, 1e5, 2 }, { "many slots", many_slots, 3e6, 2 },
	{ "interrupts", interrupts, 8000, 2 }, { "steps", steps, 140, 2 },
	{ "alternating", alternating, 600, 2 }, { "one CPU", one_cpu, 900, 1 },
};

enum { SLICE_NS = 20000000, SEEDS = 200, MOST_SLICES = 400 };

/* Every strategy there is, whatever this machine lacks. */
static unsigned arms_of(struct strategy arms[TUNER_ARMS], unsigned cpus)
{
	static const char *const more[] = { "poked,hold=0,poke=64", "poked,hold=300,poke=1",
					    "stepped,hold=100,steps=8", "stepped,hold=1000,steps=64" };
	const struct cpus c = { .n = cpus };
	unsigned n = tuner_presets(arms, &c), kept = 0, i;
	char err[256];

	for (i = 0; i < n; i++)
		if (arms[i].id != STRATEGY_POKED && arms[i].id != STRATEGY_STEPPED)
			arms[kept++] = arms[i];
	for (i = 0; cpus > 1 && i < ARRAY_SIZE(more); i++)
		assert_int_equal(strategy_parse(&arms[kept++], more[i], err, sizeof(err)), 0);
	return kept;
}

/* Tunes; on a busy machine most of a slice is somebody else's. Returns the rate of what it chose. */
static double tuned(struct tuner *t, const struct machine *m, uint32_t seed, bool busy)
{
	struct strategy arms[TUNER_ARMS];
	const struct strategy *s;

	rng = seed * 2654435761u | 1;
	tuner_init(t, arms, arms_of(arms, m->cpus), seed);
	while ((s = tuner_next(t))) {
		const double share = busy ? 0.02 + 0.4 * uniform() * uniform() : 1;
		const double rate = m->rate(s);

		tuner_tell(t, poisson(rate * share * SLICE_NS / 1e9), poisson(1e5 * share), SLICE_NS);
		assert_true(t->slices <= MOST_SLICES);
	}
	return m->rate(&tuner_best(t)->strategy);
}

static void test_finds_the_best(void **state)
{
	unsigned i, seed, good[2];
	static struct tuner t;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(machines); i++) {
		const struct machine *m = &machines[i];

		good[0] = good[1] = 0;
		for (seed = 1; seed <= SEEDS; seed++) {
			good[0] += tuned(&t, m, seed, false) >= m->best / 2;
			good[1] += tuned(&t, m, seed, true) >= m->best / 4;
		}
		print_message("%s: half the best %u of %u, a quarter when busy %u\n", m->name, good[0], SEEDS,
			      good[1]);
		assert_true(good[0] >= SEEDS * 19 / 20);
		assert_true(good[1] >= SEEDS * 3 / 4);
	}
}

static void test_gives_up(void **state)
{
	static const struct machine dead = { "silent", silent, 0, 2 };
	static struct tuner t;
	unsigned arms;

	(void)state;
	tuned(&t, &dead, 1, false);
	arms = t.nr;
	assert_int_equal(t.slices, arms * 8);	/* all alike: it does not run after noise */
	assert_int_equal(tuner_best(&t)->bad, 0);
	assert_true(tuner_best(&t)->fresh > 0);
	assert_null(tuner_next(&t));
}

static void test_nothing_to_choose(void **state)
{
	static struct tuner t;
	struct strategy only = strategy_of(STRATEGY_FREE);

	(void)state;
	tuner_init(&t, &only, 1, 1);
	while (tuner_next(&t))
		tuner_tell(&t, 5, 5, SLICE_NS);
	assert_int_equal(tuner_best(&t)->strategy.id, STRATEGY_FREE);
	assert_true(t.slices < 10);
	tuner_init(&t, &only, 0, 1);
	assert_null(tuner_next(&t));
}

static void test_repeatable(void **state)
{
	static struct tuner a, b;
	unsigned i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(machines); i++) {
		tuned(&a, &machines[i], 7, true);
		tuned(&b, &machines[i], 7, true);
		assert_memory_equal(&a, &b, sizeof(a));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds_the_best),
		cmocka_unit_test(test_gives_up),
		cmocka_unit_test(test_nothing_to_choose),
		cmocka_unit_test(test_repeatable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
