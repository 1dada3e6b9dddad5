/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strategies: as text and back; which slots each thread gets; that time only passes
 * where a slot is at rest; that what races is the list's own symbol, whatever the strategy.
 */
#include "explored.h"

#include "native/primitives.h"
#include "stress/fixture.h"
#include "stress/strategy.h"

/* ---- as text ---- */

static int parse(struct strategy *s, const char *text, char err[1024])
{
	err[0] = '\0';
	return strategy_parse(s, text, err, 1024);
}

static void test_text(void **state)
{
	struct strategy s, back;
	char text[STRATEGY_LEN], err[1024];
	unsigned i, k;

	(void)state;
	for (i = 0; i < NR_STRATEGIES; i++) {
		s = strategy_of((enum strategy_id)i);
		for (k = 0; k < NR_STRATEGY_KEYS; k++)	/* the longest there is */
			if (s.key[k])
				s.key[k] = strategy_keys[k].most;
		strategy_print(&s, text, sizeof(text));
		assert_true(strlen(text) < sizeof(text) - 1);
		assert_int_equal(parse(&back, text, err), 0);
		assert_memory_equal(&s, &back, sizeof(s));
		assert_int_equal(parse(&back, strategies[i].name, err), 0);
		s = strategy_of((enum strategy_id)i);
		assert_memory_equal(&s, &back, sizeof(s));
	}
	for (k = 0; k < NR_STRATEGY_KEYS; k++) {
		assert_true(strategy_keys[k].least <= strategy_keys[k].usual);
		assert_true(strategy_keys[k].usual <= strategy_keys[k].most);
	}
	s = (struct strategy){ 0 };
	back = strategy_of(STRATEGY_FREE);
	assert_memory_equal(&s, &back, sizeof(s));	/* a cell that says nothing runs free */
	assert_int_equal(parse(&s, "paced,hold=7,slots=3", err), 0);
	assert_int_equal(s.key[KEY_hold], 7);
	assert_int_equal(s.key[KEY_slots], 3);
	assert_int_equal(s.key[KEY_looks], strategy_keys[KEY_looks].usual);
}

static void test_bad_text(void **state)
{
	static const struct { const char *text, *bad, *valid; } cases[] = {
		{ "", "unknown strategy \"\"", "free spread paced" },
		{ "fast", "unknown strategy \"fast\"", "free spread paced poked stepped yielded widened" },
		{ "pace", "unknown strategy \"pace\"", "paced" },
		{ "free,slots=1", "strategy free has no keys", "\"slots\"" },
		{ "spread,hold=1", "strategy spread has no key \"hold\"", "slots=1..4096" },
		{ "paced,", "strategy paced has no key \"\"", "hold=0..1000000" },
		{ "paced,hold", "bad value in \"hold\"", "hold=0..1000000" },
		{ "paced,hold=", "bad value in \"hold=\"", "hold=0..1000000" },
		{ "paced,hold=-1", "bad value in \"hold=-1\"", "hold=0..1000000" },
		{ "paced,hold=1x", "bad value in \"hold=1x\"", "hold=0..1000000" },
		{ "paced,slots=0", "bad value in \"slots=0\"", "slots=1..4096" },
		{ "paced,slots=99999999999999999999", "bad value", "slots=1..4096" },
		{ "paced,slots=1,,hold=2", "no key \"\"", "valid:" },
	};
	struct strategy s;
	char err[1024];
	unsigned i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_not_equal(parse(&s, cases[i].text, err), 0);
		if (!strstr(err, cases[i].bad) || !strstr(err, cases[i].valid) || strchr(err, '\n'))
			fail_msg("\"%s\": %s", cases[i].text, err);
	}
}

static void test_lacks(void **state)
{
	const struct cpus one = { .n = 1 }, two = { .n = 2, .id = { 0, 1 } };
	unsigned i;

	(void)state;
	for (i = 0; i < NR_STRATEGIES; i++) {
		const char *on_one = strategies[i].lacks(&one), *on_two = strategies[i].lacks(&two);

		assert_true(!on_one || on_one[0]);
		assert_true(!on_two || on_two[0]);
		if (i == STRATEGY_FREE || i == STRATEGY_WIDENED)
			assert_true(!on_one && !on_two);
		else
			assert_true(on_one || on_two);	/* it is for one CPU or for more */
	}
}

/* ---- which slots ---- */

static void test_routes(void **state)
{
	int order;

	(void)state;
	for (order = ORDER_IN_STEP; order <= ORDER_RANDOM; order++) {
		struct route r = { .first = 5, .step = 32, .n = 7, .order = order, .random = 4711 };
		unsigned seen[7] = { 0 }, i;

		for (i = 0; i < 7 * 64; i++) {
			uint32_t slot = route_next(&r);

			assert_int_equal(slot % 32, 5);
			assert_true(slot / 32 < 7);
			seen[slot / 32]++;
		}
		for (i = 0; i < 7; i++)
			assert_true(order == ORDER_RANDOM ? seen[i] > 0 : seen[i] == 64);
	}
}

/* ---- what races ---- */

static struct cell native_cell(const char *reader, const char *writer, const char *transition)
{
	const struct protocol *P = &native_protocol;

	return (struct cell){
		.protocol = P, .layout = layouts[LAYOUT_PAE], .layout_id = LAYOUT_PAE, .level = LEVEL_PMD,
		.reader = BY_NAME(P->readers, reader), .writer = BY_NAME(P->writers, writer),
		.transition = BY_NAME(P->transitions, transition), .walker = BY_NAME(P->walkers, "entry"),
		.consumer = BY_NAME(P->consumers, "ptdump"), .reclaim = &reclaim_alone,
		.readers = 2, .writers = 3, .slots = 1, .budget_ns = 10000000,
	};
}

/* Whatever the strategy: the symbols of the lists, which the audit has read. */
static void assert_own_symbols(const struct cell *c, const struct fixture *f)
{
	unsigned i;

	for (i = 0; i < c->readers; i++) {
		assert_ptr_equal(f->readers[i].o.cell->reader, c->reader);
		assert_ptr_equal(f->readers[i].w.reader, c->reader);
		assert_ptr_equal(f->readers[i].w.run, c->walker->walk);
	}
	for (i = 0; i < c->writers; i++) {
		assert_ptr_equal(f->writers[i].m.writer, c->writer);
		assert_ptr_equal(f->writers[i].m.transition, c->transition);
		assert_true(!f->writers[i].rounds || f->writers[i].rounds == c->writer->remap[c->layout_id] ||
			    f->writers[i].rounds == c->writer->fault_zap[c->layout_id]);
	}
}

/* Lines of their own: no two slots of a strategy, and nothing counted, share one. */
static void assert_apart(const struct cell *c, const struct fixture *f)
{
	const uint32_t slots = c->strategy.key[KEY_slots];
	const struct route *r = &f->readers[0].route;
	unsigned char owner[4096] = { 0 };
	unsigned i, k;

	if (!slots)
		return;
	assert_int_equal(r->n, slots);
	assert_int_equal(r->step * sizeof(entry_t), c->strategy.key[KEY_stride] * 128u);
	assert_true(r->first + (r->n - 1) * r->step < f->cell.slots);
	for (i = 0; i < c->writers; i++) {
		const struct route *w = &f->writers[i].route;

		for (k = 0; k < w->n; k++) {
			uint32_t slot = w->first + k * w->step;

			assert_int_equal(slot % r->step, 0);
			assert_true(slot / r->step < slots);
			owner[slot / r->step]++;
		}
	}
	for (k = 0; k < slots; k++)	/* each has a writer; more than one take turns */
		assert_true(owner[k] == 1 || (owner[k] && f->writers[0].shared));
}

static void test_own_symbols(void **state)
{
	static const char *const keys[] = { "", ",slots=2,stride=1", ",slots=8,stride=3", ",slots=64,order=2" };
	unsigned i, k;

	(void)state;
	for (i = 0; i < NR_STRATEGIES; i++)
		for (k = 0; k < (strategies[i].keys ? ARRAY_SIZE(keys) : 1); k++) {
			struct cell c = native_cell("lo-hi", k % 2 ? "present-present" : "pae-pte",
						    k % 2 ? "remap" : "fault-zap");
			char text[STRATEGY_LEN], err[1024];
			struct fixture *f;
			int bad;

			snprintf(text, sizeof(text), "%s%s", strategies[i].name, keys[k]);
			assert_int_equal(parse(&c.strategy, text, err), 0);
			f = fixture_new(&c, false, &bad);
			assert_non_null(f);
			assert_own_symbols(&c, f);
			assert_apart(&c, f);
			fixture_free(f);
		}
}

/* ---- where time passes ---- */

struct pauses {
	struct rig *rig;
	unsigned present, none;
};

static struct pauses *pauses;

/* Nothing is half done, and a pause for a present value finds one. */
static void pause_seen(struct mutator *m, bool present)
{
	const struct rig *g = pauses->rig;
	const entry_t v = g->pt->slots[0];
	const struct signature s = oracle_signature(&g->oracle, v, stamp_first(0, g->c.layout->hi_gens).hi);

	assert_ptr_equal(m, &g->m);
	assert_int_equal(g->c.layout->valid(v), present);
	assert_true(oracle_whole(&g->oracle, &s));
	assert_int_equal(g->pt->locks[0].word, 0);
	pauses->present += present;
	pauses->none += !present;
}

static void test_pauses(void **state)
{
	const struct writer *w = explored_protocol.writers;
	const struct transition *t;

	(void)state;
	for (; w->name; w++)
		for (t = explored_protocol.transitions; t->name; t++) {
			struct rig_config k = { .writer = w->name, .transition = t->name };
			struct rig g;
			struct pauses p = { .rig = &g };

			if ((w->flags & WRITE_OVERWRITES) && t->clears)
				continue;
			rig_make(&g, &k);
			pauses = &p;
			g.m.pause = pause_seen;
			g.m.lock = true;
			t->rounds(&g.m, 0, 8);
			assert_true(p.present >= 8);
			assert_true(t->clears ? p.none >= 8 : !p.none);
			rig_break(&g);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_bad_text),
		cmocka_unit_test(test_lacks),
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_own_symbols),
		cmocka_unit_test(test_pauses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
