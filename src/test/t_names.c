/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names, numbers, and what a cell is where nothing was said. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "config/names.h"
#include "config/number.h"

#define SECOND UINT64_C(1000000000)

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} good[] = {
		{ "30s", 30 * SECOND },	   { "500ms", SECOND / 2 },
		{ "2m", 120 * SECOND },	   { "1h", 3600 * SECOND },
		{ "3d", 3 * 86400 * SECOND }, { "7", 7 * SECOND },
		{ "1.5s", 3 * SECOND / 2 }, { "0.25m", 15 * SECOND },
		{ "10ms", SECOND / 100 },  { "0.01", SECOND / 100 },
		{ "365d", 365 * 86400 * SECOND }, { "1.000000000000000000000000009s", SECOND },
		{ "007s", 7 * SECOND },
	};
	static const char *const bad[] = { "", "s", "10us", "-1s", "+1s", " 1s", "1s ", "1 s", "1.s",
					   ".5s", "1e3", "0x10", "1ss", "1h30m", "ten", "1.5.5s",
					   "nan", "inf" };
	static const char *const range[] = { "0", "9ms", "9.99ms", "366d", "365.1d", "0s",
					     "99999999999999999999999d", "18446744073709551615d" };
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(parse_duration(good[i].text, &ns), 0);
		assert_int_equal(ns, good[i].ns);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(parse_duration(bad[i], &ns), -EINVAL);
	for (size_t i = 0; i < sizeof(range) / sizeof(range[0]); i++)
		assert_int_equal(parse_duration(range[i], &ns), -ERANGE);
}

static void test_numbers(void **state)
{
	uint64_t n = 99;

	(void)state;
	assert_int_equal(parse_number("0", 0, 10, false, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(parse_number("18446744073709551615", 0, UINT64_MAX, false, &n), 0);
	assert_true(n == UINT64_MAX);
	assert_int_equal(parse_number("18446744073709551616", 0, UINT64_MAX, false, &n), -ERANGE);
	assert_int_equal(parse_number("11", 0, 10, false, &n), -ERANGE);
	assert_int_equal(parse_number("0", 1, 10, false, &n), -ERANGE);
	assert_int_equal(parse_number("4k", 0, 1 << 20, true, &n), 0);
	assert_int_equal(n, 4096);
	assert_int_equal(parse_number("1M", 0, 1 << 20, true, &n), 0);
	assert_int_equal(n, 1 << 20);
	assert_int_equal(parse_number("99999999999999999M", 0, UINT64_MAX, true, &n), -ERANGE);
	assert_int_equal(parse_number("4k", 0, 1 << 20, false, &n), -EINVAL);
	assert_int_equal(parse_number("4K", 0, 1 << 20, true, &n), -EINVAL);
	assert_int_equal(parse_number("4kk", 0, 1 << 20, true, &n), -EINVAL);
	assert_int_equal(parse_number("-1", 0, 10, false, &n), -EINVAL);
	assert_int_equal(parse_number("+1", 0, 10, false, &n), -EINVAL);
	assert_int_equal(parse_number("1 ", 0, 10, false, &n), -EINVAL);
	assert_int_equal(parse_number("", 0, 10, false, &n), -EINVAL);
}

static void test_booleans(void **state)
{
	static const char *const yes[] = { "yes", "true", "on", "1" };
	static const char *const no[] = { "no", "false", "off", "0" };
	bool b;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(parse_bool(yes[i], &b), 0);
		assert_true(b);
		assert_int_equal(parse_bool(no[i], &b), 0);
		assert_false(b);
	}
	assert_int_equal(parse_bool("", &b), -EINVAL);
	assert_int_equal(parse_bool("Yes", &b), -EINVAL);
	assert_int_equal(parse_bool("maybe", &b), -EINVAL);
}

/* Every name of every list is found, in either world, and a bad one lists all. */
static void test_every_name(void **state)
{
	const struct protocol *const worlds[] = { &native_protocol, &widened_protocol };
	char err[ERR_LEN], start[128];
	struct named n, found;

	(void)state;
	for (unsigned w = 0; w < 2; w++) {
		for (unsigned s = 0; s < NR_SEAMS; s++) {
			unsigned i;

			assert_int_equal(name_find(s, worlds[w], "no such", &found, err,
						   sizeof(err)), -EINVAL);
			snprintf(start, sizeof(start), "unknown %s \"no such\"; valid: ",
				 seam_name(s));
			assert_memory_equal(err, start, strlen(start));
			for (i = 0; name_at(s, worlds[w], i, &n); i++) {
				assert_non_null(n.summary);
				assert_non_null(n.source);
				assert_non_null(strstr(err, n.name));
			}
			assert_true(i > 1);
			while (i-- > 0) {
				assert_true(name_at(s, worlds[w], i, &n));
				assert_int_equal(name_find(s, worlds[w], n.name, &found, start,
							   sizeof(start)),
						 n.usable ? 0 : -EOPNOTSUPP);
				assert_ptr_equal(found.name, n.name);
				assert_int_equal(found.index, i);
			}
		}
	}
}

static bool never(void) { return false; }

static void test_unusable(void **state)
{
	const struct reader readers[] = { { .name = "odd", .summary = "", .source = "",
					    .usable = never }, { .name = NULL } };
	struct protocol p = native_protocol;
	char err[ERR_LEN];
	struct named n;

	(void)state;
	p.readers = readers;
	assert_int_equal(name_find(SEAM_READER, &p, "odd", &n, err, sizeof(err)), -EOPNOTSUPP);
	assert_string_equal(err, "reader \"odd\" needs an instruction this CPU lacks");
	assert_ptr_equal(n.row, &readers[0]);
}

static void test_small_buffer(void **state)
{
	char err[24];
	struct named n;

	(void)state;
	name_find(SEAM_READER, &native_protocol, "x", &n, err, sizeof(err));
	assert_string_equal(err, "unknown reader \"x\"; val");
}

static void refused(const char *key, const char *value, const char *text)
{
	struct cell_names n = { .set = 0 };
	char err[ERR_LEN];

	assert_int_equal(cell_set(&n, key, value, err, sizeof(err)), -EINVAL);
	assert_string_equal(err, text);
	assert_int_equal(n.set, 0);
}

static void test_set_errors(void **state)
{
	(void)state;
	refused("level", "pgd", "unknown level \"pgd\"; valid: pud pmd");
	refused("layout", "", "unknown layout \"\"; valid: pae lpae");
	refused("world", "explored", "unknown world \"explored\"; valid: native widened");
	refused("reclaim", "none", "unknown reclaim \"none\"; valid: memb mb qsbr bp busted");
	refused("color", "red", "unknown key \"color\"; valid: layout level walker reader writer "
		"transition consumer reclaim world alias readers writers slots time seed");
	refused("readers", "0", "bad readers \"0\": a whole number from 1 to 63, for example 2");
	refused("writers", "64", "bad writers \"64\": a whole number from 1 to 63, for example 2");
	refused("readers", "read-once",
		"bad readers \"read-once\": a whole number from 1 to 63, for example 2");
	refused("slots", "2M", "bad slots \"2M\": a whole number from 1 to 1048576, for example "
		"16, 4k, 1M");
	refused("seed", "4294967296",
		"bad seed \"4294967296\": a whole number from 0 to 4294967295, for example 42");
	refused("time", "10us", "bad time \"10us\"; for example 30s, 500ms, 1.5s, 2m, 1h, 3d");
	refused("time", "1ms", "time \"1ms\" is out of range: 10ms to 365d");
	refused("alias", "perhaps", "bad alias \"perhaps\": say yes or no");
}

static void set(struct cell_names *n, const char *key, const char *value)
{
	char err[ERR_LEN];

	assert_int_equal(cell_set(n, key, value, err, sizeof(err)), 0);
}

static void test_defaults(void **state)
{
	struct cell_names n = { .set = 0 };
	char err[ERR_LEN];
	struct cell c;

	(void)state;
	assert_int_equal(cell_resolve(&n, &c, err, sizeof(err)), 0);
	assert_ptr_equal(c.protocol, &native_protocol);
	assert_string_equal(c.layout->name, "pae");
	assert_int_equal(c.layout_id, LAYOUT_PAE);
	assert_int_equal(c.level, LEVEL_PMD);
	assert_string_equal(c.walker->name, "entry");
	assert_string_equal(c.reader->name, "read-once");
	assert_string_equal(c.writer->name, "pae-pte");
	assert_string_equal(c.transition->name, "fault-zap");
	assert_string_equal(c.consumer->name, "ptdump");
	assert_string_equal(c.reclaim->name, "memb");
	assert_false(c.alias);
	assert_int_equal(c.readers, 1);
	assert_int_equal(c.writers, 1);
	assert_int_equal(c.slots, 1);
	assert_int_equal(c.budget_ns, SECOND);
	assert_int_equal(c.seed, 1);
}

static void test_everything_said(void **state)
{
	struct cell_names n = { .set = 0 };
	char err[ERR_LEN];
	struct cell c;

	(void)state;
	set(&n, "layout", "lpae");
	set(&n, "level", "pud");
	set(&n, "walker", "pagewalk-rfc");
	set(&n, "reader", "atomic64");
	set(&n, "reader", "get-lockless");	/* the last one counts */
	set(&n, "writer", "lpae");
	set(&n, "transition", "split-clear");
	set(&n, "consumer", "numa-maps");
	set(&n, "reclaim", "qsbr");
	set(&n, "world", "widened");
	set(&n, "alias", "on");
	set(&n, "readers", "3");
	set(&n, "writers", "2");
	set(&n, "slots", "4k");
	set(&n, "time", "250ms");
	set(&n, "seed", "0");
	assert_int_equal(cell_resolve(&n, &c, err, sizeof(err)), 0);
	assert_ptr_equal(c.protocol, &widened_protocol);
	assert_int_equal(c.layout_id, LAYOUT_LPAE);
	assert_ptr_equal(c.layout, layouts[LAYOUT_LPAE]);
	assert_int_equal(c.level, LEVEL_PUD);
	assert_string_equal(c.reader->name, "get-lockless");
	assert_string_equal(c.transition->name, "split-clear");
	assert_string_equal(c.consumer->name, "numa-maps");
	assert_string_equal(c.reclaim->name, "qsbr");
	assert_true(c.alias);
	assert_int_equal(c.readers, 3);
	assert_int_equal(c.writers, 2);
	assert_int_equal(c.slots, 4096);
	assert_int_equal(c.budget_ns, SECOND / 4);
	assert_int_equal(c.seed, 0);
}

static void test_defaults_depend(void **state)
{
	struct cell_names n = { .set = 0 };
	char err[ERR_LEN];
	struct cell c;

	(void)state;
	set(&n, "walker", "pagewalk");
	set(&n, "writer", "pae-establish");
	assert_int_equal(cell_resolve(&n, &c, err, sizeof(err)), 0);
	assert_string_equal(c.reader->name, "plain-reread");
	assert_string_equal(c.transition->name, "split-anon");
}

static void test_resolve_refuses(void **state)
{
	struct cell_names n = { .set = 0 };
	char err[ERR_LEN], why[512];
	struct cell c;

	(void)state;
	set(&n, "walker", "pagewalk-rfc");
	set(&n, "reader", "plain-reread");
	assert_int_equal(cell_resolve(&n, &c, err, sizeof(err)), -EINVAL);
	assert_string_equal(err, cell_check(&c, why, sizeof(why)));
}

/* What it remembers is one slot's: in another it is a whole entry of somebody else. */
static void test_one_slot_to_remember(void **state)
{
	struct cell_names n = { .set = 0 };
	struct strategy three, suits;
	char err[ERR_LEN];
	struct cell c;

	(void)state;
	assert_int_equal(strategy_parse(&three, "spread,slots=3,looks=7", err, sizeof(err)), 0);
	set(&n, "reader", "busted-hoisted");
	assert_int_equal(cell_resolve(&n, &c, err, sizeof(err)), 0);
	suits = cell_strategy(&c, &three);
	assert_int_equal(suits.key[KEY_slots], 1);
	assert_int_equal(suits.key[KEY_looks], 7);
	set(&n, "slots", "2");
	assert_int_equal(cell_resolve(&n, &c, err, sizeof(err)), -EINVAL);
	assert_non_null(strstr(err, "remembers the value of one slot"));
	n = (struct cell_names){ .set = 0 };
	assert_int_equal(cell_resolve(&n, &c, err, sizeof(err)), 0);
	suits = cell_strategy(&c, &three);
	assert_memory_equal(&suits, &three, sizeof(three));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_booleans),
		cmocka_unit_test(test_every_name),
		cmocka_unit_test(test_unusable),
		cmocka_unit_test(test_small_buffer),
		cmocka_unit_test(test_set_errors),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_everything_said),
		cmocka_unit_test(test_defaults_depend),
		cmocka_unit_test(test_resolve_refuses),
		cmocka_unit_test(test_one_slot_to_remember),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
