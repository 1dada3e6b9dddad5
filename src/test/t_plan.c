/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From words to an ordered plan: suites, products, controls, budgets, hashes. */
#include "config/number.h"
#include "judge/judge.h"
#include "tmpconfigs.h"

static void load(struct config *cfg)
{
	char err[ERR_LEN];

	if (config_load(cfg, "configs", err, sizeof(err)))
		fail_msg("%s", err);
}

static void choose(struct config *cfg, const char *word, struct plan *plan)
{
	char err[ERR_LEN];

	if (config_select(cfg, word, plan, err, sizeof(err)))
		fail_msg("%s", err);
}

static void add_controls(const struct config *cfg, struct plan *plan)
{
	char err[ERR_LEN];

	if (config_add_controls(cfg, plan, err, sizeof(err)))
		fail_msg("%s", err);
}

/* The plan's names, each with a blank after it. */
static void holds(const struct plan *plan, const char *names)
{
	char all[4096] = "";

	for (unsigned i = 0; i < plan->nr; i++)
		text_append(all, sizeof(all), "%s ", plan->list[i].name);
	assert_string_equal(all, names);
}

static void write_scenarios(void)
{
	write_file("scenarios/x.ini",
		   "[a]\ncontrol = ta\ntime = 3s\n[b]\n[c]\ncontrol = tc\n[d]\ncontrol = ta\n"
		   "[ta]\nrequire = torn\ncontrol = tta\n[tc]\nrequire = torn\n"
		   "[tta]\nrequire = freed\n");
}

static void test_controls(void **state)
{
	struct plan plan = { .nr = 0 };
	struct config cfg;

	(void)state;
	write_scenarios();
	load(&cfg);
	choose(&cfg, "b", &plan);
	choose(&cfg, "a", &plan);
	choose(&cfg, "c", &plan);
	choose(&cfg, "d", &plan);
	choose(&cfg, "a", &plan);	/* once is enough */
	choose(&cfg, "tc", &plan);
	holds(&plan, "b a c d tc ");
	add_controls(&cfg, &plan);
	holds(&plan, "b tta ta a tc c d ");
	assert_int_equal(plan_find(&plan, "ta")->cell.budget_ns, 3 * NS_PER_S);
	assert_int_equal(plan_find(&plan, "tta")->cell.budget_ns, 3 * NS_PER_S);
	assert_int_equal(plan_find(&plan, "tc")->cell.budget_ns, NS_PER_S);
	assert_true(plan_find(&plan, "ta")->is_control);
	assert_false(plan_find(&plan, "a")->is_control);
	add_controls(&cfg, &plan);
	holds(&plan, "b tta ta a tc c d ");
	plan_free(&plan);
	config_free(&cfg);
}

static void test_suite(void **state)
{
	struct plan plan = { .nr = 0 };
	struct config cfg;

	(void)state;
	write_scenarios();
	write_file("suites/s.ini", "[suite]\nsummary = s\nscenarios = d b\n  a\nscenarios = c\n"
		   "time = 2s\n");
	write_file("suites/small.ini", "[suite]\nbudget = 1s\nscenarios = a b\ntime = 1s\n");
	write_file("suites/outer.ini", "[suite]\ninclude = s\nscenarios = b\ntime = 300ms\n");
	load(&cfg);
	choose(&cfg, "s", &plan);
	holds(&plan, "tta ta d b a tc c ");
	for (unsigned i = 0; i < plan.nr; i++)
		assert_int_equal(plan.list[i].cell.budget_ns, 2 * NS_PER_S);
	plan_free(&plan);

	choose(&cfg, "small", &plan);	/* with its controls, four cells in one second */
	holds(&plan, "tta ta a b ");
	for (unsigned i = 0; i < plan.nr; i++)
		assert_int_equal(plan.list[i].cell.budget_ns, NS_PER_S / 4);
	plan_free(&plan);

	choose(&cfg, "configs/suites/outer.ini", &plan);
	holds(&plan, "tta ta d b a tc c ");
	for (unsigned i = 0; i < plan.nr; i++)
		assert_int_equal(plan.list[i].cell.budget_ns, 300 * NS_PER_MS);
	plan_free(&plan);
	config_free(&cfg);
}

static void test_fit_keeps_shares(void **state)
{
	struct scenario s[2] = { { .name = "a" }, { .name = "b" } };
	struct plan plan = { .nr = 0 };
	char err[ERR_LEN];

	(void)state;
	s[0].cell.budget_ns = 300 * 86400 * NS_PER_S;
	s[1].cell.budget_ns = 100 * 86400 * NS_PER_S;
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(plan_add(&plan, &s[i], err, sizeof(err)), 0);
	assert_int_equal(plan_fit(&plan, 365 * 86400 * NS_PER_S * 2), 0);
	assert_true(plan.list[0].cell.budget_ns == s[0].cell.budget_ns);
	assert_int_equal(plan_fit(&plan, 4 * NS_PER_S), 0);
	assert_int_equal(plan.list[0].cell.budget_ns, 3 * NS_PER_S);
	assert_int_equal(plan.list[1].cell.budget_ns, NS_PER_S);
	plan_free(&plan);
}

static void test_paths(void **state)
{
	struct plan plan = { .nr = 0 };
	struct config cfg;

	(void)state;
	write_scenarios();
	write_file("mine.ini", "[m]\ncontrol = tc\n[n]\n");
	load(&cfg);
	choose(&cfg, "./configs/mine.ini", &plan);
	holds(&plan, "m n ");
	choose(&cfg, "configs/mine.ini", &plan);	/* the same file by another name */
	holds(&plan, "m n ");
	add_controls(&cfg, &plan);
	holds(&plan, "tc m n ");
	plan_free(&plan);
	choose(&cfg, "configs/scenarios/x.ini", &plan);
	holds(&plan, "a b c d ta tc tta ");
	plan_free(&plan);
	config_free(&cfg);
}

/* Without any configs directory a file by its path still works. */
static void test_path_alone(void **state)
{
	struct config cfg = { .nr = 0 };
	struct plan plan = { .nr = 0 };

	(void)state;
	write_file("mine.ini", "[m]\n");
	choose(&cfg, "configs/mine.ini", &plan);
	holds(&plan, "m ");
	plan_free(&plan);
	config_free(&cfg);
}

static void test_product(void **state)
{
	struct plan plan = { .nr = 0 };
	struct config cfg;

	(void)state;
	write_scenarios();
	write_file("suites/p.ini", "[suite]\ntime = 200ms\n[product p]\nlevel = pud pmd\n"
		   "reader = read-once locked\nreader = lo-hi\nforbid = phantom\nmin_present = 7\n"
		   "[product q]\nalias = no yes\nreaders = 1 2\ntime = 50ms\n");
	load(&cfg);
	choose(&cfg, "p", &plan);
	holds(&plan, "p.pae.pud.entry.read-once.pae-pte.fault-zap.ptdump "
	      "p.pae.pud.entry.locked.pae-pte.fault-zap.ptdump "
	      "p.pae.pud.entry.lo-hi.pae-pte.fault-zap.ptdump "
	      "p.pae.pmd.entry.read-once.pae-pte.fault-zap.ptdump "
	      "p.pae.pmd.entry.locked.pae-pte.fault-zap.ptdump "
	      "p.pae.pmd.entry.lo-hi.pae-pte.fault-zap.ptdump "
	      "q.pae.pmd.entry.read-once.pae-pte.fault-zap.ptdump "
	      "q.pae.pmd.entry.read-once.pae-pte.fault-zap.ptdump.r2 "
	      "q.pae.pmd.entry.read-once.pae-pte.fault-zap.ptdump.alias "
	      "q.pae.pmd.entry.read-once.pae-pte.fault-zap.ptdump.alias.r2 ");
	assert_int_equal(plan.list[0].cell.budget_ns, 200 * NS_PER_MS);
	assert_int_equal(plan.list[0].expect[OUTCOME_PHANTOM], EXPECT_FORBID);
	assert_int_equal(plan.list[0].min_present, 7);
	assert_int_equal(plan.list[9].cell.budget_ns, 50 * NS_PER_MS);
	assert_int_equal(plan.list[9].expect[OUTCOME_PHANTOM], EXPECT_UNSAID);
	assert_int_equal(plan.rejected, 0);
	plan_free(&plan);
	config_free(&cfg);
}

/* Nothing is dropped silently, and nothing at all is an error. */
static void test_product_rejects(void **state)
{
	const char none[] = "configs/suites/q.ini:2: [product q] every one of its 2 cells is refused, "
			    "the first of all: walker pagewalk-rfc takes a snapshot";
	struct plan plan = { .nr = 0 };
	char err[ERR_LEN];
	struct config cfg;

	(void)state;
	write_scenarios();
	write_file("suites/p.ini", "[suite]\n[product p]\nwalker = pagewalk pagewalk-rfc\n"
		   "reader = plain-reread read-once\n");
	write_file("suites/q.ini", "[suite]\n[product q]\nwalker = pagewalk-rfc\nlevel = all\n"
		   "reader = plain-reread\n");
	load(&cfg);
	choose(&cfg, "p", &plan);
	assert_int_equal(plan.nr, 3);
	assert_int_equal(plan.rejected, 1);
	assert_non_null(strstr(plan.why_rejected, "takes a snapshot"));
	assert_true(config_select(&cfg, "q", &plan, err, sizeof(err)) < 0);
	assert_memory_equal(err, none, sizeof(none) - 1);
	assert_int_equal(plan.nr, 3);
	plan_free(&plan);
	config_free(&cfg);
}

static void test_too_many(void **state)
{
	const char text[] = "configs/suites/p.ini:2: [product p] more than 4096 cells planned; \"p.";
	struct plan plan = { .nr = 0 };
	char err[ERR_LEN];
	struct config cfg;

	(void)state;
	write_scenarios();
	write_file("suites/p.ini", "[suite]\n[product p]\nlayout = all\nlevel = all\nreader = all\n"
		   "writer = all\ntransition = all\nseed = 1 2 3 4\n");
	load(&cfg);
	assert_true(config_select(&cfg, "p", &plan, err, sizeof(err)) < 0);
	assert_memory_equal(err, text, sizeof(text) - 1);
	plan_free(&plan);
	config_free(&cfg);
}

static void said(struct scenario *s, const char *key, const char *value)
{
	struct cell_names n = { .set = 0 };
	char err[ERR_LEN];

	*s = (struct scenario){ .min_present = 1000 };
	if (key)
		assert_int_equal(cell_set(&n, key, value, err, sizeof(err)), 0);
	assert_int_equal(cell_resolve(&n, &s->cell, err, sizeof(err)), 0);
}

static void test_hash(void **state)
{
	static const char *const different[][2] = {
		{ "layout", "lpae" },	   { "level", "pud" },	    { "walker", "gup-fast" },
		{ "reader", "lo-hi" },	   { "writer", "pae-pmd" }, { "transition", "remap" },
		{ "consumer", "gup" },	   { "reclaim", "mb" },	    { "world", "widened" },
		{ "alias", "yes" },	   { "readers", "2" },	    { "writers", "2" },
		{ "slots", "2" },
	};
	static const char *const same[][2] = { { "seed", "2" }, { "time", "9s" }, { "level", "pmd" } };
	struct scenario s;
	uint64_t usual;

	(void)state;
	said(&s, NULL, NULL);
	usual = scenario_hash(&s);
	/* of the canonical text as it was first published; results depend on it */
	assert_true(usual == UINT64_C(0xf2eb6cf8cc67d0a6));
	for (size_t i = 0; i < sizeof(different) / sizeof(different[0]); i++) {
		said(&s, different[i][0], different[i][1]);
		assert_true(scenario_hash(&s) != usual);
	}
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		said(&s, same[i][0], same[i][1]);
		assert_true(scenario_hash(&s) == usual);
	}
	said(&s, NULL, NULL);
	strcpy(s.name, "name");
	strcpy(s.control, "twin");
	assert_true(scenario_hash(&s) == usual);
	s.expect[OUTCOME_TORN_READER] = EXPECT_FORBID;	/* as it is anyway */
	assert_true(scenario_hash(&s) == usual);
	s.expect[OUTCOME_TORN_READER] = EXPECT_ALLOW;
	assert_true(scenario_hash(&s) != usual);
	said(&s, NULL, NULL);
	s.require_torn = true;
	assert_true(scenario_hash(&s) != usual);
}

/* What the project ships: run from its top, else skipped. */
static void test_shipped(void **state)
{
	struct plan plan = { .nr = 0 };
	uint64_t sum = 0;
	struct config cfg;

	(void)state;
	if (access("configs/suites/quick.ini", R_OK))
		skip();
	load(&cfg);
	choose(&cfg, "quick", &plan);
	assert_in_range(plan.nr + plan.unusable, 30, 36);
	assert_int_equal(plan.rejected, 0);
	for (unsigned i = 0; i < plan.nr; i++) {
		const struct scenario *s = &plan.list[i], *c;

		sum += s->cell.budget_ns;
		if (scenario_requires(s))
			continue;
		c = plan_find(&plan, s->control);
		assert_true(c && c < s && c->is_control);
	}
	assert_true(sum <= 55 * NS_PER_S);
	plan_free(&plan);
	choose(&cfg, "ci", &plan);
	assert_in_range(plan.nr + plan.unusable, 36, 42);
	assert_int_equal(plan.list[0].cell.budget_ns, 800 * NS_PER_MS);
	plan_free(&plan);
	choose(&cfg, "full", &plan);
	assert_in_range(plan.nr, 500, MAX_SCENARIOS);
	plan_free(&plan);
	config_free(&cfg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shipped),
		in_fresh_configs(test_controls),
		in_fresh_configs(test_suite),
		in_fresh_configs(test_paths),
		in_fresh_configs(test_path_alone),
		in_fresh_configs(test_product),
		in_fresh_configs(test_product_rejects),
		in_fresh_configs(test_too_many),
		cmocka_unit_test(test_fit_keeps_shares),
		cmocka_unit_test(test_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
