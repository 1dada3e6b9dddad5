/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every cell in exactly one shard, its control with it, the shards about equal. */
#include "config/number.h"
#include "config/shard.h"
#include "tmpconfigs.h"

enum { MAX_SHARDS = 40 };

static void load(struct config *cfg, const char *word, struct plan *plan)
{
	char err[ERR_LEN];

	if (config_load(cfg, "configs", err, sizeof(err)) ||
	    config_select(cfg, word, plan, err, sizeof(err)) ||
	    config_add_controls(cfg, plan, err, sizeof(err)))
		fail_msg("%s", err);
}

static uint64_t budget(const struct plan *p)
{
	uint64_t ns = 0;

	for (unsigned i = 0; i < p->nr; i++)
		ns += p->list[i].cell.budget_ns;
	return ns;
}

/* One shard of what `word` means, planned anew as another machine would. */
static void take(struct plan *plan, const char *word, unsigned number, unsigned of)
{
	struct shard s = { number, of };
	struct config cfg;

	*plan = (struct plan){ .nr = 0 };
	load(&cfg, word, plan);
	assert_int_equal(plan_shard(plan, &s), 0);
	config_free(&cfg);
}

static void names(const struct plan *plan, char *all, size_t len)
{
	*all = '\0';
	for (unsigned i = 0; i < plan->nr; i++)
		text_append(all, len, "%s ", plan->list[i].name);
}

/* With a control in the whole plan, a cell has it in its shard, and before it. */
static void has_its_control(const struct plan *whole, const struct plan *part, unsigned i)
{
	const struct scenario *s = &part->list[i], *c = plan_find(part, s->control);

	if (s->control[0] && plan_find(whole, s->control))
		assert_true(c && c < s);
}

static void is_partition(const char *word, unsigned of)
{
	struct plan whole = { .nr = 0 }, part;
	bool taken[MAX_SCENARIOS] = { false };
	unsigned nr = 0;
	struct config cfg;

	load(&cfg, word, &whole);
	for (unsigned n = 1; n <= of; n++) {
		unsigned last = 0;

		take(&part, word, n, of);
		for (unsigned i = 0; i < part.nr; i++) {
			const struct scenario *at = plan_find(&whole, part.list[i].name);

			assert_non_null(at);
			assert_true(!i || (unsigned)(at - whole.list) > last);
			last = (unsigned)(at - whole.list);
			assert_int_equal(at->cell.budget_ns, part.list[i].cell.budget_ns);
			assert_false(taken[last]);
			taken[last] = true;
			has_its_control(&whole, &part, i);
		}
		nr += part.nr;
		plan_free(&part);
	}
	assert_int_equal(nr, whole.nr);
	plan_free(&whole);
	config_free(&cfg);
}

static void write_scenarios(void)
{
	write_file("scenarios/x.ini",
		   "[a]\ncontrol = ta\ntime = 3s\n[b]\n[c]\ncontrol = tc\n[d]\ncontrol = ta\n"
		   "[ta]\nrequire = torn\ncontrol = tta\n[tc]\nrequire = torn\n"
		   "[tta]\nrequire = freed\n[e]\ntime = 2s\n");
	write_file("suites/s.ini", "[suite]\nscenarios = d b a c e\n");
	write_file("suites/p.ini", "[suite]\ntime = 200ms\n[product p]\nreader = all\nlevel = pud pmd\n"
		   "writer = pae-pte pae-pmd\n");
}

/* By hand: {tta ta d a} is 8 s, {e} 2 s, {tc c} 2 s, {b} 1 s. */
static void test_groups(void **state)
{
	static const struct {
		unsigned number, of;
		const char *holds;
	} want[] = {
		{ 1, 1, "tta ta d b a tc c e " },
		{ 1, 2, "tta ta d a " },  { 2, 2, "b tc c e " },
		{ 1, 3, "tta ta d a " },  { 2, 3, "b tc c " },	  { 3, 3, "e " },
		{ 1, 5, "tta ta d a " },  { 4, 5, "b " },	  { 5, 5, "" },
	};
	char all[1024];
	struct plan plan;

	(void)state;
	write_scenarios();
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		take(&plan, "s", want[i].number, want[i].of);
		names(&plan, all, sizeof(all));
		assert_string_equal(all, want[i].holds);
		plan_free(&plan);
	}
	for (unsigned of = 1; of <= 9; of++)
		is_partition("s", of);
}

/* Cells without controls: shards differ by one cell at most. */
static void test_balanced(void **state)
{
	struct plan plan;
	unsigned whole;

	(void)state;
	write_scenarios();
	take(&plan, "p", 1, 1);
	whole = plan.nr;
	plan_free(&plan);
	for (unsigned of = 1; of <= MAX_SHARDS; of += 3) {
		is_partition("p", of);
		for (unsigned n = 1; n <= of; n++) {
			take(&plan, "p", n, of);
			assert_in_range(plan.nr, whole / of, (whole + of - 1) / of);
			plan_free(&plan);
		}
	}
}

/* A control that the plan does not have binds nobody; nothing planned is no error. */
static void test_unplanned(void **state)
{
	struct scenario s[3] = { { .name = "a", .control = "gone" }, { .name = "b", .control = "gone" },
				 { .name = "c" } };
	struct shard first = { 1, 3 };
	struct plan plan = { .nr = 0 };
	char err[ERR_LEN];

	(void)state;
	assert_int_equal(plan_shard(&plan, &first), 0);
	for (unsigned i = 0; i < 3; i++) {
		s[i].cell.budget_ns = NS_PER_S;
		assert_int_equal(plan_add(&plan, &s[i], err, sizeof(err)), 0);
	}
	assert_int_equal(plan_shard(&plan, &first), 0);
	assert_int_equal(plan.nr, 1);
	assert_string_equal(plan.list[0].name, "a");
	plan_free(&plan);
}

static void test_words(void **state)
{
	static const char *const bad[] = { "",	 "/",	 "1",	"1/",	"/2",	 "0/2",	    "3/2",   "1/0",
					   "-1/2", "1/-2", "1/2/3", "a/b", "1 /2", "1/ 2", "1.0/2",
					   "1/4097", "00000000000000000001/2",
					   "18446744073709551617/2", "1k/2048" };
	struct shard s;
	char err[ERR_LEN];

	(void)state;
	assert_int_equal(shard_parse(&s, "2/3", err, sizeof(err)), 0);
	assert_true(s.number == 2 && s.of == 3);
	assert_int_equal(shard_parse(&s, "4096/4096", err, sizeof(err)), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_true(shard_parse(&s, bad[i], err, sizeof(err)) < 0);
		assert_non_null(strstr(err, bad[i]));
		assert_non_null(strstr(err, "for example 2/3"));
		assert_null(strchr(err, '\n'));
	}
}

/* What the project ships: run from its top, else skipped. */
static void test_shipped(void **state)
{
	struct plan plan;
	uint64_t whole;

	(void)state;
	if (access("configs/suites/quick.ini", R_OK))
		skip();
	for (unsigned of = 1; of <= 8; of++)
		is_partition("quick", of);
	take(&plan, "quick", 1, 1);
	whole = budget(&plan);
	plan_free(&plan);
	for (unsigned n = 1; n <= 3; n++) {
		take(&plan, "quick", n, 3);
		assert_true(budget(&plan) > whole / 6 && budget(&plan) < whole / 2);
		plan_free(&plan);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shipped),
		in_fresh_configs(test_groups),
		in_fresh_configs(test_balanced),
		cmocka_unit_test(test_unplanned),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
