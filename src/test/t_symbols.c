/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The symbols that are named for a cell are those that its race runs: each function of the
 * cell's rows is replaced by one that notes its call.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "config/plan.h"
#include "stress/observe.h"
#include "stress/runner.h"

enum { READ, SCAN, WALK, WALK_PLAIN, SET, REMAP, FAULT_ZAP, CLEAR, INVALIDATE, TOUCH, NR_FUNCTIONS };

static bool ran[NR_FUNCTIONS];
static struct cell real;

static void note(unsigned f) { __atomic_store_n(&ran[f], true, __ATOMIC_RELAXED); }

static entry_t read_noted(struct walk *w, const entry_t *p)
{
	note(READ);
	return real.reader->read(w, p);
}

static uint32_t scan_noted(struct walk *w, const entry_t *p, entry_t last, uint32_t n, entry_t *seen)
{
	note(SCAN);
	return real.reader->scan(w, p, last, n, seen);
}

static void walk_noted(struct walk *w, uint64_t addr, uint64_t end)
{
	note(WALK);
	real.walker->walk(w, addr, end);
}

static void walk_plain_noted(struct walk *w, uint64_t addr, uint64_t end)
{
	note(WALK_PLAIN);
	real.walker->walk_plain[real.layout_id](w, addr, end);
}

static void set_noted(entry_t *p, entry_t v) { note(SET); real.writer->set(p, v); }
static void clear_noted(entry_t *p) { note(CLEAR); real.writer->clear(p); }
static void invalidate_noted(entry_t *p, entry_t v) { note(INVALIDATE); real.writer->invalidate(p, v); }

static void touch_noted(const struct layout *l, entry_t *p)
{
	if (real.writer->flags & WRITE_TOUCHES)
		note(TOUCH);
	real.writer->touch(l, p);
}

static void remap_noted(struct mutator *m, entry_t *p, struct stamp *s, unsigned rounds)
{
	note(REMAP);
	real.writer->remap[real.layout_id](m, p, s, rounds);
}

static void fault_zap_noted(struct mutator *m, entry_t *p, struct stamp *s, unsigned rounds)
{
	note(FAULT_ZAP);
	real.writer->fault_zap[real.layout_id](m, p, s, rounds);
}

/* The symbol of a function, as readers.c, writers.c and walkers.c spell it. */
static void spell(char *buf, size_t len, unsigned f)
{
	const struct cell *c = &real;
	const char *layout = c->layout->name;
	char *s;

	switch (f) {
	case READ: snprintf(buf, len, "read_%s ", c->reader->name); break;
	case SCAN: snprintf(buf, len, "scan_%s ", c->reader->name); break;
	case WALK: snprintf(buf, len, "walk_%s_step ", c->walker->name); break;
	case WALK_PLAIN: snprintf(buf, len, "walk_%s_%s_plain_step ", c->walker->name, layout); break;
	case SET: snprintf(buf, len, "set_%s ", c->writer->name); break;
	case REMAP: snprintf(buf, len, "remap_%s_%s ", c->writer->name, layout); break;
	case FAULT_ZAP: snprintf(buf, len, "fault_zap_%s_%s ", c->writer->name, layout); break;
	case CLEAR: snprintf(buf, len, "clear_%s ", c->writer->name); break;
	case INVALIDATE: snprintf(buf, len, "invalidate_%s ", c->writer->name); break;
	case TOUCH: snprintf(buf, len, "touch_by_%s ", c->writer->name); break;
	}
	for (s = buf; *s; s++)
		if (*s == '-')
			*s = '_';
}

static void symbols_that_ran(char *buf, size_t len)
{
	unsigned f;

	for (f = 0, *buf = '\0'; f < NR_FUNCTIONS; f++)
		if (ran[f])
			spell(buf + strlen(buf), len - strlen(buf), f);
}

static void symbols_named(const struct cell *c, char *buf, size_t len)
{
	const struct parts parts = cell_parts(c);
	struct symbols s;
	unsigned i;

	parts_symbols(&parts, &s);
	for (i = 0, *buf = '\0'; i < NR_SYMBOLS; i++)
		if (s.of[i][0])
			snprintf(buf + strlen(buf), len - strlen(buf), "%s ", s.of[i]);
}

static void race(const struct cell *c, const struct cpus *cpus)
{
	struct runner runner = { .cpus = cpus };
	struct reader reader = *c->reader;
	struct walker walker = *c->walker;
	struct writer writer = *c->writer;
	struct cell noted = *c;
	static struct finding f;

	reader.read = read_noted;
	reader.scan = reader.scan ? scan_noted : NULL;
	walker.walk = walk_noted;
	if (walker.walk_plain[c->layout_id])
		walker.walk_plain[c->layout_id] = walk_plain_noted;
	writer.set = set_noted;
	writer.clear = clear_noted;
	writer.invalidate = invalidate_noted;
	writer.touch = touch_noted;
	if (writer.remap[c->layout_id])
		writer.remap[c->layout_id] = remap_noted;
	if (writer.fault_zap[c->layout_id])
		writer.fault_zap[c->layout_id] = fault_zap_noted;
	noted.reader = &reader;
	noted.walker = &walker;
	noted.writer = &writer;
	noted.budget_ns = 10000000;
	assert_int_equal(runner_run(&runner, &noted, &f), 0);
}

/* Again until all that is named has run: on a busy machine a race may be short. */
static void check_cell(const char *name, const struct cell *c, const struct cpus *cpus)
{
	const uint64_t end = now_ns() + 60000000000u;
	char named[512], seen[512];

	memset(ran, 0, sizeof(ran));
	real = *c;
	symbols_named(c, named, sizeof(named));
	do {
		race(c, cpus);
		symbols_that_ran(seen, sizeof(seen));
	} while (strlen(seen) < strlen(named) && now_ns() < end);
	if (strcmp(seen, named))
		fail_msg("%s names %s, and runs %s", name, named, seen);
}

static void test_every_scenario(void **state)
{
	struct cpus *cpus = malloc(sizeof(*cpus));
	struct config cfg;
	char err[ERR_LEN], dir[CONFIG_PATH_LEN];
	unsigned i;

	(void)state;
	assert_non_null(cpus);
	cpus_allowed(cpus);
	assert_non_null(config_dir(dir, sizeof(dir)));
	if (config_load(&cfg, dir, err, sizeof(err)))
		fail_msg("%s", err);
	assert_true(cfg.nr > 30);
	for (i = 0; i < cfg.nr; i++)
		if (!cfg.entries[i].unusable[0])
			check_cell(cfg.entries[i].scenario.name, &cfg.entries[i].scenario.cell, cpus);
	config_free(&cfg);
	free(cpus);
}

/* What no scenario has: a touch, a re-reading walk of one entry, a walk that splits under a remap. */
static void test_others(void **state)
{
	static const char *const words[][4] = {
		{ "wrprotect", "get-lockless", "entry", "ptdump" },
		{ "pae-pmd", "plain-reread", "entry", "ptdump" },
		{ "present-present", "atomic64", "pagewalk-2026", "numa-maps" },
	};
	struct cpus *cpus = malloc(sizeof(*cpus));
	char err[ERR_LEN];
	unsigned i;

	(void)state;
	assert_non_null(cpus);
	cpus_allowed(cpus);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct cell_names n = { 0 };
		struct cell c;

		assert_int_equal(cell_set(&n, "writer", words[i][0], err, sizeof(err)), 0);
		assert_int_equal(cell_set(&n, "reader", words[i][1], err, sizeof(err)), 0);
		assert_int_equal(cell_set(&n, "walker", words[i][2], err, sizeof(err)), 0);
		assert_int_equal(cell_set(&n, "consumer", words[i][3], err, sizeof(err)), 0);
		if (cell_resolve(&n, &c, err, sizeof(err)))
			fail_msg("%s", err);
		check_cell(words[i][0], &c, cpus);
	}
	free(cpus);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_scenario),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
