/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every walker on quiet memory: whom it calls with what, and what it says it
 * did; then the races the walkers differ by, step by step.
 */
#include "explored.h"

static const char nhti[] = "nhti";

/* ---- a consumer that writes down who called ---- */

/*
 * One token a call, runs counted: E an entry of the level under test, u one
 * above, e one below, H h a hole there, R r a retry, P a PTE; then the value:
 * n none, h huge, t table, i invalidated, . another.
 */
struct diary {
	char text[256];
	char last[4];
	unsigned run;
	enum action action;	/* for entries under test */
	entry_t value[4];	/* n h t i */
	const entry_t *child;	/* the table page below slot t */
	bool holds_lock;	/* at the last PTE */
};

static struct diary diary;

static void diary_flush(void)
{
	size_t n = strlen(diary.text);

	if (diary.run > 1)
		snprintf(diary.text + n, sizeof(diary.text) - n, "%s*%u ", diary.last, diary.run);
	else if (diary.run)
		snprintf(diary.text + n, sizeof(diary.text) - n, "%s ", diary.last);
	diary.run = 0;
}

static void called(char who, char with)
{
	const char token[4] = { who, with };

	if (diary.run && strcmp(token, diary.last))
		diary_flush();
	memcpy(diary.last, token, sizeof(token));
	diary.run++;
}

static char letter(entry_t v)
{
	unsigned i;

	for (i = 0; i < 4; i++)
		if (entry_same(diary.value[i], v))
			return nhti[i];
	return '.';
}

static char where(const struct walk *w, enum level l, const char *here_above_below)
{
	return here_above_below[l == w->pt->level ? 0 : l < w->pt->level ? 1 : 2];
}

/* Entries of the table below come in order, from the first. */
static void check_child(char who, const entry_t *ptr)
{
	assert_ptr_equal(ptr, diary.child + (diary.run && diary.last[0] == who ? diary.run : 0));
}

static enum action diary_entry(struct walk *w, enum level l, entry_t val, entry_t *ptr)
{
	/* the real pointer, beside the value by copy */
	assert_entry(*ptr, val);
	if (l > w->pt->level)
		check_child('e', ptr);
	else if (l < w->pt->level)
		assert_ptr_equal(ptr, w->pt->top);
	else
		assert_ptr_equal(ptr, &w->pt->slots[strchr(nhti, letter(val)) - nhti]);
	called(where(w, l, "Eue"), l == w->pt->level ? letter(val) : '\0');
	if (l == w->pt->level)
		return diary.action;
	return w->layout->leaf(val) ? ACTION_CONTINUE : ACTION_SUBTREE;
}

static void diary_hole(struct walk *w, enum level l, entry_t val)
{
	called(where(w, l, "H?h"), l == w->pt->level ? letter(val) : '\0');
}

static void diary_pte(struct walk *w, entry_t val, entry_t *ptr)
{
	check_child('P', ptr);
	assert_entry(*ptr, val);
	called('P', '\0');
	diary.holds_lock = w->pt->locks[0].word;
}

static void diary_retry(struct walk *w, enum level l)
{
	called(where(w, l, "R?r"), '\0');
}

static const struct walk_ops diary_ops = {
	.name = "diary", .entry = diary_entry, .hole = diary_hole, .pte = diary_pte,
	.retry = diary_retry,
};

/* ---- a machine whose slots 0..3 are n, h, t, i ---- */

static void make_slots(struct rig *g)
{
	const struct layout *lay = g->c.layout;
	struct stamp s = { 9, 9 };
	struct arrival a;
	unsigned id, i;

	diary = (struct diary){ .action = ACTION_CONTINUE };
	a = g->pt->alloc(&g->m, s, &id);
	for (i = 0; i < TABLE_ENTRIES; i++)
		a.table[i] = g->c.level == LEVEL_PUD ? lay->mk_huge(s) : lay->mk_pte(s, i);
	diary.child = a.table;
	diary.value[1] = lay->mk_huge((struct stamp){ 5, 5 });
	diary.value[2] = lay->mk_table(s, id);
	diary.value[3] = lay->mk_invalid(lay->mk_huge((struct stamp){ 7, 7 }));
	for (i = 0; i < 4; i++)
		g->pt->slots[i] = diary.value[i];
}

static const char kind_letters[] = { [ACT_NONE] = '0', [ACT_HOLE] = 'H', [ACT_LEAF] = 'L',
				     [ACT_TABLE] = 'T', [ACT_GAVE_UP] = 'G' };

/* Walks one page of slot i; the calls, and what the walk says it did. */
static void walk_slot(struct rig *g, unsigned i, enum action action, char *buf, size_t len)
{
	diary.text[0] = '\0';
	diary.run = 0;
	diary.action = action;
	rig_walk(g, i);
	diary_flush();
	snprintf(buf, len, "%s=%c%c", diary.text, kind_letters[g->w.act.kind], letter(g->w.act.used));
	assert_entry(g->w.act.decided, g->w.act.used);
}

/*
 * By walker, action and entry (n h t i), three retries allowed. u and the PUD's
 * own name for a table's entries are left out of the rows: see expected().
 */
static const struct row {
	const char *walker;
	bool tells_tables;	/* calls entry for tables too */
	bool descends;
	const char *want[3][4];
} rows[] = {
#define GAVE_UP(v) "E" v " R E" v " R E" v " R E" v " =G" v
#define EVERY_TIME { "Hn =Hn", GAVE_UP("h"), GAVE_UP("t"), GAVE_UP("i") }
	{ "entry", true, false, {
		[ACTION_CONTINUE] = { "Hn =Hn", "Eh =Lh", "Et =Tt", "Ei =Li" },
		[ACTION_SUBTREE] = { "Hn =Hn", "Eh =Lh", "Et =Tt", "Ei =Li" },
		[ACTION_AGAIN] = EVERY_TIME } },
	/* CONTINUE: the consumer has said what it did, or (here) nothing */
	{ "pagewalk", true, true, {
		[ACTION_CONTINUE] = { "Hn =Hn", "Eh =0n", "Et =0n", "Ei =0n" },
		[ACTION_SUBTREE] = { "Hn =Hn", "Eh =Lh", "Et D =Tt", "Ei =Li" },
		[ACTION_AGAIN] = EVERY_TIME } },
	{ "pagewalk-rfc", true, true, {
		[ACTION_CONTINUE] = { "Hn =Hn", "Eh =0n", "Et =0n", "Ei =0n" },
		[ACTION_SUBTREE] = { "Hn =Hn", "Eh =Lh", "Et D =Tt", "Ei =Li" },
		[ACTION_AGAIN] = EVERY_TIME } },
	{ "pagewalk-2026", true, true, {
		[ACTION_CONTINUE] = { "Hn =Hn", "Eh =0n", "Et =0n", "Ei =0n" },
		[ACTION_SUBTREE] = { "Hn =Hn", "Eh =Lh", "Et D =Tt", "Ei =Li" },
		[ACTION_AGAIN] = EVERY_TIME } },
	/* a leaf is unstable unless the consumer is done with it */
	{ "trans-unstable", false, true, {
		[ACTION_CONTINUE] = { "Hn =Hn", "Eh =0n", "D =Tt", "Ei =0n" },
		[ACTION_SUBTREE] = { "Hn =Hn", GAVE_UP("h"), "D =Tt", GAVE_UP("i") },
		[ACTION_AGAIN] = { "Hn =Hn", GAVE_UP("h"), "D =Tt", GAVE_UP("i") } } },
	/* these two are done with a leaf whatever the consumer says */
	{ "offset-map-lock", false, true, {
		[ACTION_CONTINUE] = { "Hn =Hn", "Eh =0n", "D =Tt", "Ei =0n" },
		[ACTION_SUBTREE] = { "Hn =Hn", "Eh =Lh", "D =Tt", "Ei =Li" },
		[ACTION_AGAIN] = { "Hn =Hn", "Eh R Eh R Eh R Eh =Gh", "D =Tt",
				   "Ei R Ei R Ei R Ei =Gi" } } },
	{ "gup-fast", false, true, {
		[ACTION_CONTINUE] = { "Hn =Hn", "Eh =0n", "D =Tt", "Ei =0n" },
		[ACTION_SUBTREE] = { "Hn =Hn", "Eh =Lh", "D =Tt", "Ei =Li" },
		[ACTION_AGAIN] = { "Hn =Hn", "Eh =Gh", "D =Tt", "Ei =Gi" } } },
};

/* The row's text at this level: D is a PTE, or the entry of the PMD table below. */
static void expected(const struct row *r, enum action action, unsigned i, enum layout_id id,
		     enum level l, char *buf, size_t len)
{
	const char *want = r->want[action][i], *d = strchr(want, 'D');

	/* not present on LPAE while invalidated: gup-fast takes it for a hole */
	if (!strcmp(r->walker, "gup-fast") && id == LAYOUT_LPAE && i == 3)
		want = "Hi =Hi";
	snprintf(buf, len, "%s%.*s%s%s", r->tells_tables && r->descends && l == LEVEL_PMD ? "u " : "",
		 d ? (int)(d - want) : (int)strlen(want), want, d ? l == LEVEL_PUD ? "e" : "P" : "",
		 d ? d + 1 : "");
}

static void check_quiet(const struct row *r, const char *reader, enum layout_id id, enum level l)
{
	static const enum action actions[] = { ACTION_SUBTREE, ACTION_CONTINUE, ACTION_AGAIN };
	struct rig_config k = { .layout = id, .level = l, .walker = r->walker, .reader = reader,
				.slots = 4 };
	static struct rig g;
	char got[300], want[300], why[200];
	unsigned i, a;

	rig_make(&g, &k);
	g.c.consumer = g.w.ops = &diary_ops;
	make_slots(&g);
	if (cell_check(&g.c, why, sizeof(why)) || !strncmp(reader, "busted-", 7)) {
		rig_break(&g);
		return;
	}
	g.w.max_retries = 3;
	for (a = 0; a < 3; a++)
		for (i = 0; i < 4; i++) {
			g.w.retries = 0;
			expected(r, actions[a], i, id, l, want, sizeof(want));
			walk_slot(&g, i, actions[a], got, sizeof(got));
			if (strcmp(got, want))
				fail_msg("%s x %s on %s level %d, action %d: '%s', should be '%s'", r->walker,
					 reader, layouts[id]->name, l, a, got, want);
			assert_int_equal(g.w.retries, strchr(want, 'R') ? 4 : 0);
			assert_false(g.w.act.freed);
			assert_false(g.w.act.warned);
			assert_int_equal(g.w.act.child, r->descends && g.w.act.kind == ACT_TABLE);
			assert_int_equal(g.pt->locks[0].word | g.pt->locks[1].word |
						 g.pt->locks[2].word | g.pt->locks[3].word, 0);
		}
	for (i = 0; i < g.pt->nrefs; i++)
		assert_int_equal(g.pt->refs[i], 0);
	for (i = 0; i < 4; i++)
		assert_entry(g.pt->slots[i], diary.value[i]);
	rig_break(&g);
}

static void test_every_walker_on_quiet_memory(void **state)
{
	const struct walker *w;
	const struct reader *reader;
	unsigned i, id, n = 0;

	(void)state;
	for (w = explored_protocol.walkers; w->name; w++, n++) {
		for (i = 0; i < ARRAY_SIZE(rows) && strcmp(rows[i].walker, w->name); i++)
			;
		if (i == ARRAY_SIZE(rows))
			fail_msg("walker %s has no row here", w->name);
		assert_int_equal(!(w->flags & WALK_NO_DESCENT), rows[i].descends);
		assert_int_equal(!(w->flags & WALK_SNAPSHOT), w->walk_plain[0] != NULL);
		for (reader = explored_protocol.readers; reader->name; reader++) {
			if ((w->flags & WALK_SNAPSHOT) && (reader->flags & READ_REREADS))
				continue;
			for (id = 0; id < NR_LAYOUTS; id++) {
				check_quiet(&rows[i], reader->name, id, LEVEL_PMD);
				check_quiet(&rows[i], reader->name, id, LEVEL_PUD);
			}
		}
	}
	assert_int_equal(n, ARRAY_SIZE(rows));
}

/* A range: every slot in turn, every entry of the table below. */
static void test_ranges(void **state)
{
	static const struct { const char *walker, *pmd, *pud; } c[] = {
		{ "entry", "Hn Eh Et Ei ", "Hn Eh Et Ei " },
		{ "pagewalk", "u Hn Eh Et P*512 Ei ", "Hn Eh Et e*512 Ei " },
		{ "pagewalk-rfc", "u Hn Eh Et P*512 Ei ", "Hn Eh Et e*512 Ei " },
		{ "pagewalk-2026", "u Hn Eh Et P*512 Ei ", "Hn Eh Et e*512 Ei " },
		{ "offset-map-lock", "Hn Eh P*512 Ei ", "Hn Eh e*512 Ei " },
		/* gup-fast ends with the first leaf it has taken */
		{ "gup-fast", "Hn Eh ", "Hn Eh " },
	};
	unsigned i, l;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(c); i++)
		for (l = LEVEL_PUD; l <= LEVEL_PMD; l++) {
			struct rig_config k = { .level = l, .walker = c[i].walker, .slots = 4 };
			static struct rig g;

			rig_make(&g, &k);
			make_slots(&g);
			diary.action = ACTION_SUBTREE;
			g.w.ops = &diary_ops;
			g.w.run(&g.w, 0, tables_addr(g.pt, 3) + (1u << PTE_SHIFT));
			diary_flush();
			assert_string_equal(diary.text, l == LEVEL_PMD ? c[i].pmd : c[i].pud);
			rig_break(&g);
		}
}

/* offset-map-lock: the lock covers the PTEs, and is let go after them. */
static void test_lock_covers_the_use(void **state)
{
	static const struct { const char *walker, *reader; bool holds; } c[] = {
		{ "offset-map-lock", "lo-hi", true },
		{ "pagewalk-rfc", "locked", true },
		{ "pagewalk", "locked", true },
		{ "pagewalk-rfc", "lo-hi", false },
		{ "gup-fast", "lo-hi", false },
	};
	unsigned i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(c); i++) {
		struct rig_config k = { .level = LEVEL_PMD, .walker = c[i].walker,
					.reader = c[i].reader, .slots = 4 };
		static struct rig g;
		char got[300];

		rig_make(&g, &k);
		g.pt->nlocks = 1;
		make_slots(&g);
		g.w.ops = &diary_ops;
		walk_slot(&g, 2, ACTION_SUBTREE, got, sizeof(got));
		assert_int_equal(g.w.act.kind, ACT_TABLE);
		assert_int_equal(diary.holds_lock, c[i].holds);
		assert_int_equal(g.pt->locks[0].word, 0);
		rig_break(&g);
	}
}

/* A consumer that splits: the leaf is cleared under the walk, which looks again. */
static void test_splits_on_quiet_memory(void **state)
{
	static const struct { const char *walker; unsigned retries; } c[] = {
		{ "pagewalk", 1 }, { "pagewalk-rfc", 1 }, { "pagewalk-2026", 1 },
	};
	unsigned i, id, l, slot;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(c); i++)
		for (id = 0; id < NR_LAYOUTS; id++)
			for (l = LEVEL_PUD; l <= LEVEL_PMD; l++)
				for (slot = 1; slot <= 3; slot += 2) {
					struct rig_config k = { .layout = id, .level = l, .slots = 4,
								.walker = c[i].walker };
					struct walk_ops ops = diary_ops;
					static struct rig g;
					char got[300], want[64];

					rig_make(&g, &k);
					make_slots(&g);
					ops.flags = CONSUME_SPLITS;
					g.w.ops = &ops;
					walk_slot(&g, slot, ACTION_SUBTREE, got, sizeof(got));
					snprintf(want, sizeof(want), "%sE%c R Hn =Hn", l == LEVEL_PMD ? "u " : "",
						 nhti[slot]);
					assert_string_equal(got, want);
					assert_int_equal(g.w.retries, c[i].retries);
					assert_entry(g.pt->slots[slot], entry(0, 0));
					assert_entry(g.pt->slots[2], diary.value[2]);
					rig_break(&g);
				}
}

/*
 * A consumer that splits meets leaves below a PUD table too. They are not under
 * test and nothing splits them: the walk should not spin on them.
 */
static void test_splits_below_the_level_under_test(void **state)
{
	static const struct { const char *walker; } c[] = {
		{ "pagewalk" }, { "pagewalk-rfc" }, { "pagewalk-2026" },
	};
	unsigned i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(c); i++) {
		struct rig_config k = { .level = LEVEL_PUD, .slots = 4, .walker = c[i].walker,
					.consumer = "numa-maps" };
		static struct rig g;

		rig_make(&g, &k);
		make_slots(&g);
		rig_walk(&g, 2);
		assert_int_equal(g.w.act.kind, ACT_TABLE);
		assert_int_equal(g.w.retries, 0);
		rig_break(&g);
	}
}

/* ---- races ---- */

enum deed { ZAP, ZAP_FAULT, SET_HUGE, SET_TABLE, ZAP_FREE };

/* Memory holds `a` (huge, or a table that has one page); then the deed. */
struct race {
	struct rig g;
	enum deed deed;
	entry_t a, b;
	struct arrival table;
};

static void do_walk(void *arg)
{
	rig_walk(arg, 0);
}

static void do_deed(void *arg)
{
	struct race *r = arg;
	struct mutator *m = &r->g.m;
	entry_t *p = r->g.pt->slots;
	struct ptl *ptl = ptl_of(r->g.pt, p);

	if (m->lock) {	/* as mem_lock(), which is the explored world's own */
		do
			explore_before(ACCESS_LOCK, &ptl->word, 4);
		while (ptl->word);
		ptl->word = 1;
	}
	if (r->deed != SET_HUGE && r->deed != SET_TABLE)
		m->writer->clear(p);
	if (r->deed == ZAP_FAULT || r->deed == SET_HUGE || r->deed == SET_TABLE)
		m->writer->set(p, r->b);
	if (m->lock) {
		explore_before(ACCESS_UNLOCK, &ptl->word, 4);
		ptl->word = 0;
	}
	if (r->deed == ZAP_FREE)
		m->pt->free(m, &r->table);
}

static const struct reclaim *reclaim_named(const char *name)
{
	const struct reclaim *const *r = reclaims;

	while (*r && strcmp((*r)->name, name))
		r++;
	assert_non_null(*r);
	return *r;
}

enum first { NONE_AT_FIRST, HUGE_AT_FIRST, TABLE_AT_FIRST };

/* top: the accesses of the PUD entry above, skipped in `script`, at level pmd. */
static const struct scene {
	const char *walker, *reader, *consumer;
	enum first first;
	enum deed deed;
	bool lock, alias;
	int level;		/* -1: both */
	unsigned top;
	const char *script;
	enum outcome outcome;
	unsigned retries;
} scenes[] = {
	/* decides on a table, goes down through what it reads then */
	{ "pagewalk", "plain-reread", "ptdump", TABLE_AT_FIRST, ZAP_FAULT, 0, 0, -1, 8,
	  "rr rr rr wwww rr", OUTCOME_CONFUSED, 0 },
	{ "pagewalk", "plain-reread", "ptdump", TABLE_AT_FIRST, ZAP, 0, 0, -1, 8,
	  "rr rr rr ww rr", OUTCOME_REREAD, 0 },
	{ "pagewalk", "plain-reread", "ptdump", TABLE_AT_FIRST, ZAP, 0, 0, -1, 8,
	  "rr rr ww rr", OUTCOME_HOLE, 1 },
	/* the clear's first half in the last look */
	{ "pagewalk", "plain-reread", "ptdump", TABLE_AT_FIRST, ZAP, 0, 0, LEVEL_PUD, 0,
	  "rr rr rr w rr", OUTCOME_PHANTOM, 0 },
	/* one half of the last look before the deed, one after: torn */
	{ "pagewalk", "plain-reread", "ptdump", TABLE_AT_FIRST, ZAP_FAULT, 0, 0, -1, 8,
	  "rr rr rr r wwww r", OUTCOME_TORN_READER, 0 },
	{ "pagewalk", "read-once", "ptdump", TABLE_AT_FIRST, ZAP_FAULT, 0, 0, -1, 8,
	  "rr rr rr wwww rr", OUTCOME_CONFUSED, 0 },
	/* one snapshot: the same script, and wherever the deed comes */
	{ "pagewalk-rfc", "lo-hi", "ptdump", TABLE_AT_FIRST, ZAP_FAULT, 0, 0, -1, 2,
	  "rr rr rr wwww rr", OUTCOME_TABLE, 0 },
	{ "pagewalk-rfc", "lo-hi", "ptdump", TABLE_AT_FIRST, ZAP_FAULT, 0, 0, -1, 2,
	  "rr wwww rr", OUTCOME_TABLE, 0 },
	{ "pagewalk-rfc", "lo-hi", "ptdump", TABLE_AT_FIRST, ZAP_FAULT, 0, 0, -1, 2,
	  "r wwww r", OUTCOME_TORN_READER, 0 },
	/* looks thrice; what it goes down through was looked at last */
	{ "pagewalk-2026", "lo-hi", "ptdump", TABLE_AT_FIRST, ZAP_FAULT, 0, 0, -1, 6,
	  "rr rr wwww rr", OUTCOME_LEAF, 1 },
	{ "pagewalk-2026", "lo-hi", "ptdump", TABLE_AT_FIRST, ZAP_FAULT, 0, 0, -1, 6,
	  "rr wwww rr", OUTCOME_LEAF, 0 },
	{ "pagewalk-2026", "lo-hi", "ptdump", TABLE_AT_FIRST, ZAP_FAULT, 0, 0, -1, 6,
	  "rr rr rr wwww", OUTCOME_TABLE, 0 },
	/* refaulted between the walk's own split (lock, look, clear, unlock) and its look */
	{ "pagewalk-rfc", "lo-hi", "numa-maps", HUGE_AT_FIRST, SET_HUGE, 1, 0, -1, 6,
	  "rr rr r rr rr r wwww rr", OUTCOME_CONFUSED, 0 },
	{ "pagewalk", "plain-reread", "numa-maps", HUGE_AT_FIRST, SET_HUGE, 1, 0, LEVEL_PUD, 0,
	  "rr rr r rr rr r wwww rrrr", OUTCOME_CONFUSED, 0 },
	/* pmd_trans_unstable() guards the PMD: split once more, then none */
	{ "pagewalk", "plain-reread", "numa-maps", HUGE_AT_FIRST, SET_HUGE, 1, 0, LEVEL_PMD, 8,
	  "rr rr r rr rr r wwww rr", OUTCOME_HOLE, 2 },
	{ "pagewalk-2026", "lo-hi", "numa-maps", HUGE_AT_FIRST, SET_HUGE, 1, 0, -1, 6,
	  "rr rr r rr rr r wwww rr", OUTCOME_HOLE, 2 },
	/* ... no refault: none, once more */
	{ "pagewalk-rfc", "lo-hi", "numa-maps", HUGE_AT_FIRST, SET_HUGE, 1, 0, -1, 6,
	  "rr rr r rr rr r rr rr wwww", OUTCOME_HOLE, 1 },
	/* somebody else was quicker than the split: it leaves a none alone */
	{ "pagewalk-rfc", "lo-hi", "numa-maps", HUGE_AT_FIRST, ZAP, 1, 0, -1, 6,
	  "rr rr wwww r rr r rr rr", OUTCOME_HOLE, 1 },
	/* ... and a table too, which the walk then goes down through */
	{ "pagewalk-rfc", "lo-hi", "numa-maps", HUGE_AT_FIRST, SET_TABLE, 1, 0, LEVEL_PMD, 6,
	  "rr rr wwww r rr r rr", OUTCOME_TABLE, 0 },
	/* memory changed under hmm, between the snapshot and the lock */
	{ "pagewalk-rfc", "lo-hi", "hmm", HUGE_AT_FIRST, ZAP_FAULT, 1, 0, -1, 2,
	  "rr wwwwww r rr r", OUTCOME_LEAF, 1 },
	{ "pagewalk-rfc", "lo-hi", "hmm", HUGE_AT_FIRST, ZAP, 1, 0, -1, 2,
	  "rr wwww r rr r", OUTCOME_HOLE, 1 },
	{ "pagewalk-rfc", "lo-hi", "hmm", TABLE_AT_FIRST, ZAP_FAULT, 1, 0, -1, 2,
	  "rr wwwwww r rr r", OUTCOME_LEAF, 1 },
	{ "entry", "lo-hi", "hmm", HUGE_AT_FIRST, ZAP_FAULT, 1, 0, -1, 0,
	  "r wwwwww r r rr r", OUTCOME_LEAF, 1 },
	/* not under the lock, as ptdump has it: torn */
	{ "entry", "lo-hi", "ptdump", HUGE_AT_FIRST, ZAP_FAULT, 1, 0, -1, 0,
	  "r wwwwww r", OUTCOME_TORN_READER, 0 },
	/* map the copy, lock, recheck */
	{ "offset-map-lock", "lo-hi", "ptdump", TABLE_AT_FIRST, ZAP, 1, 0, -1, 2,
	  "rr wwww r rr r rr", OUTCOME_HOLE, 1 },
	{ "offset-map-lock", "lo-hi", "ptdump", TABLE_AT_FIRST, ZAP_FAULT, 1, 0, -1, 2,
	  "rr wwwwww r rr r rr", OUTCOME_LEAF, 1 },
	{ "offset-map-lock", "lo-hi", "ptdump", TABLE_AT_FIRST, ZAP, 1, 0, -1, 2,
	  "r www w r r rr r", OUTCOME_HOLE, 1 },
	{ "offset-map-lock", "lo-hi", "ptdump", TABLE_AT_FIRST, ZAP, 1, 0, -1, 2,
	  "rr r w rr", OUTCOME_TABLE, 0 },
	/* the reference was taken for nothing */
	{ "gup-fast", "lo-hi", "ptdump", HUGE_AT_FIRST, ZAP, 0, 0, -1, 2,
	  "rr r ww rr", OUTCOME_GAVE_UP, 0 },
	{ "gup-fast", "lo-hi", "gup", HUGE_AT_FIRST, ZAP_FAULT, 0, 0, -1, 2,
	  "rr r wwww rr", OUTCOME_GAVE_UP, 0 },
	{ "gup-fast", "lo-hi", "gup", HUGE_AT_FIRST, ZAP_FAULT, 0, 0, -1, 2,
	  "r wwww r rr", OUTCOME_GAVE_UP, 0 },
	{ "gup-fast", "lo-hi", "gup", HUGE_AT_FIRST, ZAP_FAULT, 0, 0, -1, 2,
	  "rr rrr wwww", OUTCOME_LEAF, 0 },
	/* stable once, used twice */
	{ "trans-unstable", "lo-hi", "ptdump", TABLE_AT_FIRST, ZAP_FAULT, 0, 0, -1, 4,
	  "rr wwww rr", OUTCOME_CONFUSED, 0 },
	{ "trans-unstable", "lo-hi", "ptdump", TABLE_AT_FIRST, ZAP, 0, 0, -1, 4,
	  "rr ww rr", OUTCOME_REREAD, 0 },
	{ "trans-unstable", "lo-hi", "ptdump", TABLE_AT_FIRST, ZAP, 0, 0, -1, 4,
	  "rr rr ww", OUTCOME_TABLE, 0 },
};

static void begin_race(struct race *r, const struct scene *s, enum layout_id id, enum level l,
		       const struct reclaim *reclaim)
{
	struct rig_config k = { .layout = id, .level = l, .walker = s->walker, .reader = s->reader,
				.consumer = s->consumer, .alias = s->alias, .transition = "split-clear",
				.reclaim = reclaim };
	const struct layout *lay = layouts[id];
	struct stamp at = { s->alias ? 0 : 3, 3 };
	char why[200];
	unsigned n;

	memset(r, 0, sizeof(*r));
	rig_make(&r->g, &k);
	assert_null(cell_check(&r->g.c, why, sizeof(why)));
	r->g.m.lock = s->lock;
	r->deed = s->deed;
	if (s->first == HUGE_AT_FIRST) {
		r->a = lay->mk_huge(at);
	} else if (s->first == TABLE_AT_FIRST) {
		r->table = r->g.pt->alloc(&r->g.m, at, &n);
		r->a = lay->mk_table(at, n);
		r->table.table[0] = l == LEVEL_PUD ? lay->mk_huge(at) : lay->mk_pte(at, 0);
	}
	at = (struct stamp){ s->alias ? 0 : 4, 4 };
	r->b = lay->mk_huge(at);
	if (s->deed == SET_TABLE) {
		r->table = r->g.pt->alloc(&r->g.m, at, &n);
		r->b = lay->mk_table(at, n);
	}
	r->g.pt->slots[0] = r->a;
}

static void script_of(const struct scene *s, enum level l, char *buf, size_t len)
{
	unsigned top = l == LEVEL_PMD ? s->top : 0;

	assert_true(top + strlen(s->script) < len);
	memset(buf, 'r', top);
	strcpy(buf + top, s->script);
}

static void check_no_references(const struct rig *g)
{
	unsigned i;

	for (i = 0; i < g->pt->nrefs; i++)
		assert_int_equal(g->pt->refs[i], 0);
}

static void run_scene(const struct scene *s, enum layout_id id, enum level l)
{
	static struct race r;
	struct party party[] = { { 'r', do_walk, &r.g, 0 }, { 'w', do_deed, &r, 0 } };
	enum outcome got;
	char script[80];

	begin_race(&r, s, id, l, NULL);
	script_of(s, l, script, sizeof(script));
	assert_int_equal(script_run(party, 2, script), 0);
	got = rig_classify(&r.g, 0, &r.g.w.act);
	if (got != s->outcome || r.g.w.retries != s->retries)
		fail_msg("scene %d, %s x %s x %s on %s level %d, script '%s': %s and %u retries (decided "
			 "%08x:%08x, used %08x:%08x), should be %s and %u", (int)(s - scenes), s->walker,
			 s->reader, s->consumer, layouts[id]->name, l, script, outcome_kinds[got].name,
			 (unsigned)r.g.w.retries, r.g.w.act.decided.hi, r.g.w.act.decided.lo,
			 r.g.w.act.used.hi, r.g.w.act.used.lo, outcome_kinds[s->outcome].name, s->retries);
	switch (got) {
	case OUTCOME_CONFUSED:
	case OUTCOME_LEAF:
		if (s->deed == ZAP_FAULT && got == OUTCOME_LEAF && s->retries)
			assert_entry(r.g.w.act.used, r.b);
		assert_int_equal(r.g.w.act.kind, got == OUTCOME_LEAF ? ACT_LEAF : ACT_TABLE);
		break;
	case OUTCOME_TABLE:
		assert_true(r.g.w.act.child);
		assert_false(r.g.w.act.freed);
		assert_entry(r.g.w.act.used, s->deed == SET_TABLE ? r.b : r.a);
		break;
	default:
		break;
	}
	check_no_references(&r.g);
	assert_int_equal(r.g.pt->locks[0].word, 0);
	rig_break(&r.g);
}

static void test_races(void **state)
{
	unsigned i, id, l;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(scenes); i++)
		for (id = 0; id < NR_LAYOUTS; id++)
			for (l = LEVEL_PUD; l <= LEVEL_PMD; l++)
				if (scenes[i].level < 0 || scenes[i].level == (int)l)
					run_scene(&scenes[i], id, l);
}

/* gup-fast's recheck is a plain read: torn twice the same way, it matches. */
static void two_rounds(void *arg)
{
	struct race *r = arg;

	r->g.m.writer->clear(r->g.pt->slots);
	r->g.m.writer->set(r->g.pt->slots, r->b);
	r->g.m.writer->clear(r->g.pt->slots);
}

static void test_gup_fast_matches_falsely(void **state)
{
	static const struct scene s = { "gup-fast", "lo-hi", "gup", HUGE_AT_FIRST, ZAP, 0, 1, LEVEL_PUD,
					0, "r ww r r ww r ww r", OUTCOME_TORN_READER, 0 };
	static struct race r;
	struct party party[] = { { 'r', do_walk, &r.g, 0 }, { 'w', two_rounds, &r, 0 } };
	unsigned id;

	(void)state;
	for (id = 0; id < NR_LAYOUTS; id++) {
		begin_race(&r, &s, id, LEVEL_PUD, NULL);
		assert_int_equal(script_run(party, 2, s.script), 0);
		assert_int_equal(r.g.w.act.kind, ACT_LEAF);
		assert_entry(r.g.w.act.used, entry(r.a.lo, 0));
		assert_int_equal(rig_classify(&r.g, 0, &r.g.w.act), OUTCOME_TORN_READER);
		check_no_references(&r.g);
		rig_break(&r.g);
	}
}

/* hmm refused the torn value; a walker that is done with leaves should not count it. */
static void test_refused_is_not_used(void **state)
{
	static const char *const walkers[] = { "offset-map-lock", "gup-fast" };
	unsigned i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(walkers); i++) {
		struct scene s = { walkers[i], "lo-hi", "hmm", HUGE_AT_FIRST, ZAP_FAULT, 0, 0, LEVEL_PUD,
				   0, i ? "rr r rr wwww" : "r wwww r", OUTCOME_GAVE_UP, 0 };
		static struct race r;
		struct party party[] = { { 'r', do_walk, &r.g, 0 }, { 'w', do_deed, &r, 0 } };
		enum outcome got;

		begin_race(&r, &s, LAYOUT_PAE, LEVEL_PUD, NULL);
		assert_int_equal(script_run(party, 2, s.script), 0);
		got = rig_classify(&r.g, 0, &r.g.w.act);
		if (i == 0)	/* looked again and took B, or gave up: not torn */
			assert_int_not_equal(got, OUTCOME_TORN_READER);
		else		/* whole, and refused */
			assert_int_equal(got, OUTCOME_GAVE_UP);
		rig_break(&r.g);
	}
}

/* ---- reclaim ---- */

/* Freed at once behind a walk that is in the table, or about to be. */
static void test_freed(void **state)
{
	static const struct { const char *script; unsigned top; } c[] = {
		{ "rr ww", 2 },		/* before the first entry below is read */
		{ "rr r ww", 2 },	/* between its halves: only the page's key tells */
	};
	static const char *const walkers[] = { "pagewalk-rfc", "gup-fast" };
	struct scene s = { NULL, "lo-hi", "ptdump", TABLE_AT_FIRST, ZAP_FREE, 0, 0, -1, 2, NULL,
			   OUTCOME_FREED, 0 };
	static struct race r;
	struct party party[] = { { 'r', do_walk, &r.g, 0 }, { 'w', do_deed, &r, 0 } };
	unsigned i, j, id, l, waits;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(c); i++)
		for (j = 0; j < ARRAY_SIZE(walkers); j++)
			for (id = 0; id < NR_LAYOUTS; id++)
				for (l = LEVEL_PUD; l <= LEVEL_PMD; l++)
					for (waits = 0; waits < 2; waits++) {
						char script[80];

						s.walker = walkers[j];
						s.script = c[i].script;
						begin_race(&r, &s, id, l,
							   waits ? NULL : reclaim_named("busted"));
						script_of(&s, l, script, sizeof(script));
						assert_int_equal(script_run(party, 2, script), 0);
						assert_int_equal(r.g.w.act.freed, !waits);
						assert_true(r.g.w.act.child);
						assert_int_equal(rig_classify(&r.g, 0, &r.g.w.act),
								 waits ? OUTCOME_TABLE : OUTCOME_FREED);
						rig_break(&r.g);
					}
}

/* Gone between the read and the lookup: there is no access for a script to stop at. */
static struct race *late;

static bool lookup_late(const struct page_tables *pt, uint64_t pfn, struct arrival *a)
{
	static bool (*lookup)(const struct page_tables *pt, uint64_t pfn, struct arrival *a);
	struct rig_config k = { .level = LEVEL_PMD };
	struct rig other;

	if (!lookup) {
		rig_make(&other, &k);
		lookup = other.pt->lookup;
		rig_break(&other);
	}
	if (pfn == late->table.pfn)
		late->g.pt->free(&late->g.m, &late->table);
	return lookup(pt, pfn, a);
}

static void test_freed_before_arrival(void **state)
{
	static const char *const walkers[] = { "pagewalk", "pagewalk-rfc", "pagewalk-2026",
					       "trans-unstable", "offset-map-lock", "gup-fast" };
	static struct race r;
	unsigned i, id, l;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(walkers); i++)
		for (id = 0; id < NR_LAYOUTS; id++)
			for (l = LEVEL_PUD; l <= LEVEL_PMD; l++) {
				struct scene s = { walkers[i], "lo-hi", "ptdump", TABLE_AT_FIRST, ZAP, 0, 0, -1, 0,
						   "", OUTCOME_FREED, 0 };

				begin_race(&r, &s, id, l, reclaim_named("busted"));
				late = &r;
				r.g.pt->lookup = lookup_late;
				rig_walk(&r.g, 0);
				assert_true(r.g.w.act.freed);
				assert_false(r.g.w.act.child);
				assert_int_equal(rig_classify(&r.g, 0, &r.g.w.act), OUTCOME_FREED);
				assert_int_equal(r.g.pt->locks[0].word, 0);
				rig_break(&r.g);
			}
}

/* ---- the real consumers ---- */

static void test_every_consumer(void **state)
{
	static const struct {
		const char *name;
		unsigned flags;
		bool splits, warns;
	} c[] = {
		{ "ptdump", CONSUME_PASSIVE, 0, 0 }, { "gup", 0, 0, 0 }, { "hmm", CONSUME_LOCKS, 0, 0 },
		{ "dirty", CONSUME_WARNS, 0, 1 }, { "numa-maps", CONSUME_SPLITS, 1, 0 },
	};
	const struct walk_ops *ops;
	unsigned i, id, l, n = 0;

	(void)state;
	for (ops = explored_protocol.consumers; ops->name; ops++, n++) {
		for (i = 0; i < ARRAY_SIZE(c) && strcmp(c[i].name, ops->name); i++)
			;
		if (i == ARRAY_SIZE(c))
			fail_msg("consumer %s has no row here", ops->name);
		assert_int_equal(ops->flags, c[i].flags);
		for (id = 0; id < NR_LAYOUTS; id++)
			for (l = LEVEL_PUD; l <= LEVEL_PMD; l++) {
				struct rig_config k = { .layout = id, .level = l, .slots = 4,
							.walker = "pagewalk-rfc", .consumer = ops->name };
				static struct rig g;

				rig_make(&g, &k);
				make_slots(&g);
				rig_walk(&g, 0);
				assert_int_equal(g.w.act.kind, ACT_HOLE);
				rig_walk(&g, 2);
				assert_int_equal(g.w.act.kind, ACT_TABLE);
				assert_entry(g.w.act.used, diary.value[2]);
				rig_walk(&g, 1);
				assert_int_equal(g.w.act.kind, c[i].splits ? ACT_HOLE : ACT_LEAF);
				assert_entry(g.w.act.used, diary.value[c[i].splits ? 0 : 1]);
				/* writable and dirty: the helper's WARN */
				assert_int_equal(g.w.act.warned, c[i].warns);
				g.pt->slots[1] = layouts[id]->mk_clean((struct stamp){ 5, 5 });
				rig_walk(&g, 1);
				assert_false(g.w.act.warned);
				check_no_references(&g);
				assert_int_equal(g.pt->locks[1].word, 0);
				rig_break(&g);
			}
	}
	assert_int_equal(n, ARRAY_SIZE(c));
}

/* A mix of a clean leaf with a dirty one's other word: WARN where that word has the bits. */
static void test_dirty_warns_on_a_mix(void **state)
{
	unsigned id, swap;

	(void)state;
	for (id = 0; id < NR_LAYOUTS; id++)
		for (swap = 0; swap < 2; swap++) {
			struct rig_config k = { .layout = id, .level = LEVEL_PMD, .walker = "pagewalk-rfc",
						.consumer = "dirty" };
			const struct layout *lay = layouts[id];
			entry_t clean = lay->mk_clean((struct stamp){ 5, 5 });
			entry_t dirty = lay->mk_huge((struct stamp){ 5, 5 });
			static struct rig g;

			rig_make(&g, &k);
			g.pt->slots[0] = swap ? entry(clean.lo, dirty.hi) : entry(dirty.lo, clean.hi);
			rig_walk(&g, 0);
			assert_int_equal(g.w.act.kind, ACT_LEAF);
			/* write and dirty: in the low word on PAE, in the high on LPAE */
			assert_int_equal(g.w.act.warned, (id == LAYOUT_LPAE) == swap);
			rig_break(&g);
		}
}

/* Writable or dirty: either alone is enough. */
static void test_dirty_warns_on_either(void **state)
{
	unsigned id, bit;

	(void)state;
	for (id = 0; id < NR_LAYOUTS; id++)
		for (bit = 0; bit < 2; bit++) {
			struct rig_config k = { .layout = id, .level = LEVEL_PUD, .walker = "pagewalk-rfc",
						.consumer = "dirty" };
			const struct layout *lay = layouts[id];
			static struct rig g;
			entry_t e;

			rig_make(&g, &k);
			e = lay->mk_clean((struct stamp){ 5, 5 });
			if (id == LAYOUT_PAE)
				e.lo |= bit ? 1u << 6 : 1u << 1;	/* D, RW */
			else
				e.hi ^= bit ? 1u << 23 : 1u << 26;	/* DIRTY, RDONLY */
			assert_int_equal(lay->dirty(e), bit);
			assert_int_equal(lay->write(e), !bit);
			g.pt->slots[0] = e;
			rig_walk(&g, 0);
			assert_true(g.w.act.warned);
			/* invalidated: pmd_present() is still true on PAE */
			g.pt->slots[0] = lay->mk_invalid(e);
			rig_walk(&g, 0);
			assert_int_equal(g.w.act.warned, lay->present(g.pt->slots[0]));
			rig_break(&g);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_walker_on_quiet_memory),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_lock_covers_the_use),
		cmocka_unit_test(test_splits_on_quiet_memory),
		cmocka_unit_test(test_splits_below_the_level_under_test),
		cmocka_unit_test(test_races),
		cmocka_unit_test(test_gup_fast_matches_falsely),
		cmocka_unit_test(test_refused_is_not_used),
		cmocka_unit_test(test_freed),
		cmocka_unit_test(test_freed_before_arrival),
		cmocka_unit_test(test_every_consumer),
		cmocka_unit_test(test_dirty_warns_on_a_mix),
		cmocka_unit_test(test_dirty_warns_on_either),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
