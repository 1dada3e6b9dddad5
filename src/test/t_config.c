/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scenario and suite files: what is read, and the one line for what is wrong. */
#include <errno.h>

#include "config/listing.h"
#include "tmpconfigs.h"

#define KEYS "summary control min_present min_rounds allow forbid require layout level walker " \
	     "reader writer transition consumer reclaim world alias readers writers slots time seed"
#define OUTCOME_NAMES "hole leaf table torn-by-reader torn-by-writer phantom invalid-mix reread " \
		      "confused freed stale gave-up torn"

static void load(struct config *cfg)
{
	char err[ERR_LEN] = "";
	int bad = config_load(cfg, "configs", err, sizeof(err));

	if (bad)
		fail_msg("%s", err);
}

static void load_fails(const char *text)
{
	char err[ERR_LEN];
	struct config cfg;

	assert_int_equal(config_load(&cfg, "configs", err, sizeof(err)), -EINVAL);
	assert_string_equal(err, text);
	assert_int_equal(cfg.nr, 0);
	assert_null(cfg.entries);
}

static void test_reads(void **state)
{
	const struct config_entry *e;
	struct config cfg;

	(void)state;
	write_file("scenarios/b.ini",
		   "; comment\n[defaults]\nreader = lo-hi\nforbid = torn\nmin_rounds = 5\n"
		   "[one]\nsummary = first: of = two\nrequire = torn\n"
		   "[two]\r\nreader = atomic64 ; inline\r\nallow = torn-by-writer\n  phantom\n"
		   "control = one\nmin_present = 0");
	write_file("scenarios/a.ini", "\xef\xbb\xbf[zero]\n");
	write_file("scenarios/.hidden.ini", "rubbish");
	write_file("scenarios/notes.txt", "rubbish");
	load(&cfg);
	assert_int_equal(cfg.nr, 3);
	assert_string_equal(cfg.entries[0].scenario.name, "zero");
	assert_int_equal(cfg.entries[0].scenario.min_present, 1000);
	e = config_find(&cfg, "one");
	assert_string_equal(e->scenario.summary, "first: of = two");
	assert_string_equal(e->scenario.cell.reader->name, "lo-hi");
	assert_true(e->scenario.require_torn);
	assert_true(e->scenario.is_control);
	assert_int_equal(e->scenario.expect[OUTCOME_TORN_READER], EXPECT_ALLOW);
	assert_int_equal(e->scenario.min_rounds, 5);
	assert_string_equal(e->file, "configs/scenarios/b.ini");
	assert_int_equal(e->line, 6);
	e = config_find(&cfg, "two");
	assert_string_equal(e->scenario.cell.reader->name, "atomic64");
	assert_false(e->scenario.require_torn);
	assert_int_equal(e->scenario.expect[OUTCOME_TORN_READER], EXPECT_FORBID);
	assert_int_equal(e->scenario.expect[OUTCOME_TORN_WRITER], EXPECT_ALLOW);
	assert_int_equal(e->scenario.expect[OUTCOME_PHANTOM], EXPECT_ALLOW);
	assert_int_equal(e->scenario.expect[OUTCOME_LEAF], EXPECT_UNSAID);
	assert_string_equal(e->scenario.control, "one");
	assert_int_equal(e->scenario.min_present, 0);
	config_free(&cfg);
}

/* One bad scenario file each, and its message after "configs/scenarios/x.ini:". */
static void test_scenario_errors(void **state)
{
	static const struct {
		const char *file, *text;
	} bad[] = {
		{ "[a]\nlayout = pae\nlevel = pgd\n", "3: unknown level \"pgd\"; valid: pud pmd" },
		{ "[a]\nreaders = 0\n",
		  "2: bad readers \"0\": a whole number from 1 to 63, for example 2" },
		{ "[a]\ntime = soon\n",
		  "2: bad time \"soon\"; for example 30s, 500ms, 1.5s, 2m, 1h, 3d" },
		{ "[a]\nmin_present = many\n",
		  "2: bad min_present \"many\": a whole number, for example 1000" },
		{ "[a]\n\ncolor = red\n", "3: unknown key \"color\"; valid: " KEYS },
		{ "[a]\nlevel = pud\nlevel = pmd\n",
		  "3: key \"level\" is given twice in this section" },
		{ "[a]\nsummary = x\nsummary = y\n",
		  "3: key \"summary\" is given twice in this section" },
		{ "[a]\nlevel =\n", "2: key \"level\" has no value" },
		{ "[a]\nforbid = ripped\n", "2: unknown outcome \"ripped\"; valid: " OUTCOME_NAMES },
		{ "[a]\nallow = torn\nforbid = torn-by-writer\n",
		  "3: outcome \"torn-by-writer\" is under allow and under forbid" },
		{ "[a]\nforbid = torn-by-writer\nrequire = torn\n",
		  "3: outcome \"torn\" is under forbid and under require" },
		{ "[a]\nrequire = stale\nallow = stale\n",
		  "3: outcome \"stale\" is under require and under allow" },
		{ "level = pud\n[a]\n", "1: key \"level\" before any [section]" },
		{ "[a]\nlevel pud\n", "2: neither [section] nor key = value: level pud" },
		{ "[a]\n\n[b\nlevel = pud\n", "3: section without its ]: [b" },
		{ "[a]\n  [b]\n", "2: a section must begin its line" },
		{ "[a b]\n", "1: bad scenario name \"a b\": only letters, digits, . _ and -" },
		{ "[]\n", "1: bad scenario name \"\": only letters, digits, . _ and -" },
		{ "[a]\n[defaults]\n", "2: [defaults] may only be the first section of a file" },
		{ "[defaults]\n[defaults]\n", "2: [defaults] may only be the first section of a file" },
		{ "[a]\n[b]\n[a]\n", "3: scenario \"a\" is already in configs/scenarios/x.ini:1" },
		{ "[a]\ncontrol = b\n[c]\nrequire = torn\n[d]\n",
		  "2: [a] control \"b\" is no scenario; valid: c" },
		{ "[a]\ncontrol = b\n[b]\n",
		  "2: [a] control \"b\" requires nothing, so it could never fire" },
		{ "[a]\nrequire = torn\ncontrol = a\n",
		  "3: [a] control \"a\" is part of a circle of controls" },
		{ "[a]\nrequire = torn\ncontrol = b\n[b]\nrequire = torn\ncontrol = a\n",
		  "3: [a] control \"b\" is part of a circle of controls" },
		{ "[defaults]\nreader = atomic64\n", " no scenario in it" },
		{ "", " no scenario in it" },
		{ "[a]\nlevel = pud\nbad line\ncolor = red\n",
		  "3: neither [section] nor key = value: bad line" },
		{ "[a]\ncolor = red\nbad line\n", "2: unknown key \"color\"; valid: " KEYS },
	};
	char text[ERR_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		write_file("scenarios/x.ini", bad[i].file);
		snprintf(text, sizeof(text), "configs/scenarios/x.ini:%s", bad[i].text);
		load_fails(text);
	}
}

static void test_bad_reader_lists_all(void **state)
{
	const char start[] = "configs/scenarios/x.ini:2: unknown reader \"foo\"; valid: plain-reread ";
	char err[ERR_LEN];
	struct config cfg;

	(void)state;
	write_file("scenarios/x.ini", "[a]\nreader = foo\n");
	assert_int_equal(config_load(&cfg, "configs", err, sizeof(err)), -EINVAL);
	assert_memory_equal(err, start, sizeof(start) - 1);
	assert_non_null(strstr(err, " locked"));
}

/* A combination's error is for its section, also when the next one has begun. */
static void test_bad_combination(void **state)
{
	const char text[] = "configs/scenarios/x.ini:3: [b] walker pagewalk-rfc takes a snapshot, ";
	const char *const files[] = {
		"[a]\nlevel = pud\n[b]\nwalker = pagewalk-rfc\nreader = plain-reread\n",
		"[a]\nlevel = pud\n[b]\nwalker = pagewalk-rfc\nreader = plain-reread\n[c]\n",
	};
	char err[ERR_LEN];
	struct config cfg;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		write_file("scenarios/x.ini", files[i]);
		assert_int_equal(config_load(&cfg, "configs", err, sizeof(err)), -EINVAL);
		assert_memory_equal(err, text, sizeof(text) - 1);
	}
}

static void test_long_lines(void **state)
{
	char file[512], *p = file + sprintf(file, "[a]\n; ");
	struct config cfg;

	(void)state;
	memset(p, 'x', 197);
	strcpy(p + 197, "\nlevel = pud\n");	/* 199 bytes and the newline */
	write_file("scenarios/x.ini", file);
	load(&cfg);
	assert_int_equal(cfg.entries[0].scenario.cell.level, LEVEL_PUD);
	config_free(&cfg);
	strcpy(p + 197, "");
	write_file("scenarios/x.ini", file);
	load(&cfg);
	config_free(&cfg);
	strcpy(p + 197, "x\nlevel = pud\n");
	write_file("scenarios/x.ini", file);
	load_fails("configs/scenarios/x.ini:2: line longer than 199 bytes");
}

static void test_zero_byte(void **state)
{
	FILE *f = fopen("configs/scenarios/x.ini", "w");

	(void)state;
	assert_non_null(f);
	fwrite("[a]\nlevel\0 = pud\n", 1, 17, f);
	fclose(f);
	load_fails("configs/scenarios/x.ini:2: a zero byte in the line");
}

static void test_files_missing(void **state)
{
	(void)state;
	load_fails("configs/scenarios: no .ini file in it");
	assert_int_equal(mkdir("configs/scenarios/x.ini", 0755), 0);
	load_fails("configs/scenarios/x.ini: is a directory, not a file");
	assert_int_equal(rmdir("configs/scenarios/x.ini"), 0);
	assert_int_equal(symlink("nowhere", "configs/scenarios/x.ini"), 0);
	load_fails("configs/scenarios/x.ini: No such file or directory");
	unlink("configs/scenarios/x.ini");
	assert_int_equal(rmdir("configs/scenarios"), 0);
	load_fails("configs/scenarios: No such file or directory");
	write_file("scenarios", "");
	load_fails("configs/scenarios: Not a directory");
}

static void test_unreadable(void **state)
{
	(void)state;
	write_file("scenarios/x.ini", "[a]\n");
	assert_int_equal(chmod("configs/scenarios/x.ini", 0), 0);
	if (!access("configs/scenarios/x.ini", R_OK))
		skip();		/* root reads everything */
	load_fails("configs/scenarios/x.ini: Permission denied");
}

static void test_two_files_one_name(void **state)
{
	(void)state;
	write_file("scenarios/a.ini", "[x]\n[same]\n");
	write_file("scenarios/b.ini", "\n\n[same]\n");
	load_fails("configs/scenarios/b.ini:3: scenario \"same\" is already in "
		   "configs/scenarios/a.ini:2");
	write_file("scenarios/b.ini", "[quick]\n");
	write_file("suites/quick.ini", "[suite]\nscenarios = x\n");
	load_fails("configs/scenarios/b.ini:1: scenario \"quick\" has the name of a suite");
}

/* One bad suite each, and its message after "configs/suites/s.ini:". */
static void test_suite_errors(void **state)
{
	static const struct {
		const char *file, *text;
	} bad[] = {
		{ "[suite]\nscenarios = a nobody\n", "2: unknown scenario \"nobody\"; valid: a b twin" },
		{ "[suite]\ninclude = nothing\n", "2: unknown suite \"nothing\"; valid: s" },
		{ "[suite]\nsummary = x\n",
		  "1: empty suite: no scenarios, no include, no [product NAME]" },
		{ "; only this\n", " no [suite] in it" },
		{ "[sweet]\n", "1: unknown section [sweet]; valid: [suite] [product NAME]" },
		{ "[product x]\n", "1: [suite] must come before [product x]" },
		{ "[suite]\n[product]\n", "2: [product] needs a name: [product NAME]" },
		{ "[suite]\n[product a b]\n",
		  "2: bad product name \"a b\": only letters, digits, . _ and -" },
		{ "[suite]\n[suite]\n", "2: second [suite]; the first is on line 1" },
		{ "[suite]\nreader = a\n",
		  "2: unknown key \"reader\"; valid: summary time budget strength scenarios include" },
		{ "[suite]\ntime = 1s\ntime = 2s\n",
		  "3: key \"time\" is given twice in this section" },
		{ "[suite]\ntime = 1ms\n", "2: time \"1ms\" is out of range: 10ms to 365d" },
		{ "[suite]\nbudget = x\n",
		  "2: bad budget \"x\"; for example 30s, 500ms, 1.5s, 2m, 1h, 3d" },
		{ "[suite]\nscenarios = a b\nbudget = 20ms\n",
		  "3: budget too small: less than 10 ms for some of 3 cells" },
		{ "[suite]\n[product x]\nlevel = pud pgd\n",
		  "3: unknown level \"pgd\"; valid: pud pmd" },
		{ "[suite]\n[product x]\nlevel = pud pud\n", "3: level \"pud\" is listed twice" },
		{ "[suite]\n[product x]\ntime = 1s 2s\n", "3: time takes one value in a product" },
		{ "[suite]\n[product x]\ncontrol = a\n",
		  "3: unknown key \"control\"; valid: allow forbid require min_present min_rounds "
		  "layout level walker reader writer transition consumer reclaim world alias readers "
		  "writers slots time seed" },
		{ "[suite]\n[product x]\nforbid = ripped\n",
		  "3: unknown outcome \"ripped\"; valid: " OUTCOME_NAMES },
		{ "[suite]\n[product x]\nlevel = pud\n[product x]\nlevel = pmd pud\n[product y]\n",
		  "4: [product x] cell \"x.pae.pud.entry.read-once.pae-pte.fault-zap.ptdump\" is there "
		  "already, from an earlier section" },
		{ "[suite]\ninclude = s\n", NULL },
	};
	char err[ERR_LEN], text[ERR_LEN];
	struct plan plan = { .nr = 0 };
	struct config cfg;

	(void)state;
	write_file("scenarios/x.ini", "[a]\ncontrol = twin\n[b]\n[twin]\nrequire = torn\n");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		write_file("suites/s.ini", bad[i].file);
		load(&cfg);
		assert_int_equal(config_select(&cfg, "s", &plan, err, sizeof(err)), -EINVAL);
		snprintf(text, sizeof(text), "configs/suites/s.ini:%s", bad[i].text);
		if (bad[i].text)
			assert_string_equal(err, text);
		else
			assert_non_null(strstr(err, "suites include each other: \"s\""));
		assert_int_equal(plan.nr, 0);
		config_free(&cfg);
	}
}

static void test_select_errors(void **state)
{
	char err[ERR_LEN];
	struct plan plan = { .nr = 0 };
	struct config cfg;

	(void)state;
	write_file("scenarios/x.ini", "[a]\n[b]\n");
	write_file("suites/t.ini", "[suite]\nscenarios = a\n");
	write_file("suites/s.ini", "[suite]\nscenarios = b\n");
	load(&cfg);
	assert_int_equal(config_select(&cfg, "nobody", &plan, err, sizeof(err)), -EINVAL);
	assert_string_equal(err, "unknown suite or scenario \"nobody\"; suites: s t; scenarios: a b");
	assert_int_equal(config_select(&cfg, "gone.ini", &plan, err, sizeof(err)), -EINVAL);
	assert_string_equal(err, "gone.ini: No such file or directory");
	assert_int_equal(config_select(&cfg, "configs/", &plan, err, sizeof(err)), -EINVAL);
	assert_string_equal(err, "configs/: is a directory, not a file");
	write_file("more.ini", "[a]\n");
	assert_int_equal(config_select(&cfg, "configs/more.ini", &plan, err, sizeof(err)), -EINVAL);
	assert_string_equal(err, "configs/more.ini:1: scenario \"a\" is already in "
			    "configs/scenarios/x.ini:1");
	assert_int_equal(cfg.nr, 2);
	config_free(&cfg);
	plan_free(&plan);
}

static void test_config_dir(void **state)
{
	char buf[CONFIG_PATH_LEN];

	(void)state;
	unsetenv("TORNWALK_CONFIGS");
	assert_string_equal(config_dir(buf, sizeof(buf)), "configs");
	setenv("TORNWALK_CONFIGS", "/else/where", 1);
	assert_string_equal(config_dir(buf, sizeof(buf)), "/else/where");
	unsetenv("TORNWALK_CONFIGS");
}

static void test_listing(void **state)
{
	char err[ERR_LEN], line[256];
	FILE *f = tmpfile();
	unsigned lines = 0;

	(void)state;
	assert_non_null(f);
	write_file("scenarios/x.ini", "[a]\nsummary = says a\nrequire = torn\n");
	write_file("suites/s.ini", "[suite]\nscenarios = a\n");
	assert_int_equal(listing_print(f, "everything", err, sizeof(err)), -EINVAL);
	assert_string_equal(err, "cannot list \"everything\"; valid: readers writers walkers "
			    "transitions layouts consumers reclaim outcomes levels worlds scenarios "
			    "suites");
	assert_int_equal(listing_print(f, NULL, err, sizeof(err)), 0);
	rewind(f);
	while (fgets(line, sizeof(line), f)) {
		assert_true(strlen(line) <= 101);
		lines++;
	}
	assert_true(lines > 100);
	fclose(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_fresh_configs(test_reads),
		in_fresh_configs(test_scenario_errors),
		in_fresh_configs(test_bad_reader_lists_all),
		in_fresh_configs(test_bad_combination),
		in_fresh_configs(test_long_lines),
		in_fresh_configs(test_zero_byte),
		in_fresh_configs(test_files_missing),
		in_fresh_configs(test_unreadable),
		in_fresh_configs(test_two_files_one_name),
		in_fresh_configs(test_suite_errors),
		in_fresh_configs(test_select_errors),
		in_fresh_configs(test_config_dir),
		in_fresh_configs(test_listing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
