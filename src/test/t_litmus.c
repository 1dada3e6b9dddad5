/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a C test says a thread does against what the thread's own source does: both walk
 * the same path, given the same answers, and every access must have the same form.
 *
 * The source runs below a hook of this file's own, so that nothing that the export is
 * made of (the graph of behaviour.h, the trees) has a say in what an access is. From the
 * trees come only the answers, and which paths a test leaves out.
 */
#include "explored.h"
#include "litmus/code.h"

enum { MAX_ACCESSES = 200, ACCESS_TEXT = 32, PATHS = 24 };

struct accesses {
	unsigned n, answers;
	char text[MAX_ACCESSES][ACCESS_TEXT];
	unsigned answer[MAX_ACCESSES];	/* of those that have a register, in turn */
};

struct walk_of_path {
	const struct program *p;
	const struct entry_values *values;
	const struct tree *t;
	uint32_t at;			/* the branch of the next access */
	uint64_t random;
	struct accesses did;
};

/* ---- the source ---- */

static unsigned number_of(const struct values *v, uint64_t value)
{
	unsigned i = 0;

	while (i < v->n && v->v[i] != (uint32_t)value)
		i++;
	assert_true(i < v->n);
	return i;
}

/* Which of the modelled places this is; NO_LOCATION: memory that nobody writes, or none. */
static unsigned location_of(const struct program *p, const struct access *a, bool *high)
{
	unsigned i;

	for (i = 0; a->p && i < p->locations.n; i++) {
		const ptrdiff_t off = (const char *)a->p - (const char *)p->locations.at[i];

		*high = off == 4;
		if (off == 0 || off == 4)
			return i;
	}
	return NO_LOCATION;
}

static void put_access(struct walk_of_path *w, const struct access *a, unsigned location, bool high)
{
	const char *word = high ? "hi" : "lo", *lock = location == 1 ? "ptl" : "turn";
	char *text = w->did.text[w->did.n];
	const unsigned n = !location && !access_loads(a->kind) && a->kind != ACCESS_CHOOSE ?
			   number_of(high ? &w->values->hi : &w->values->lo, a->value) : 0;

	assert_true(w->did.n < MAX_ACCESSES - 1);
	switch (a->kind) {
	case ACCESS_LOAD:
		snprintf(text, ACCESS_TEXT, "READ_ONCE(*%s)", word);
		break;
	case ACCESS_LOAD_PLAIN:
		snprintf(text, ACCESS_TEXT, "*%s", word);
		break;
	case ACCESS_STORE:
		snprintf(text, ACCESS_TEXT, "WRITE_ONCE(*%s, %u)", word, n);
		break;
	case ACCESS_STORE_PLAIN:
		snprintf(text, ACCESS_TEXT, "*%s = %u", word, n);
		break;
	case ACCESS_RMW:
		if (location == NO_LOCATION)
			strcpy(text, "smp_mb()");
		else
			snprintf(text, ACCESS_TEXT, "xchg(%s, %u)", word, n);
		break;
	case ACCESS_LOCK:
		snprintf(text, ACCESS_TEXT, "spin_lock(%s)", lock);
		break;
	case ACCESS_UNLOCK:
		snprintf(text, ACCESS_TEXT, "spin_unlock(%s)", lock);
		break;
	case ACCESS_RMB:
		strcpy(text, "smp_rmb()");
		break;
	case ACCESS_WMB:
		strcpy(text, "smp_wmb()");
		break;
	case ACCESS_ENTER:
		strcpy(text, "rcu_read_lock()");
		break;
	case ACCESS_EXIT:
		strcpy(text, "rcu_read_unlock()");
		break;
	case ACCESS_SYNC:
		strcpy(text, "synchronize_rcu()");
		break;
	default:
		return;
	}
	w->did.n++;
}

/* One of the answers after which the test goes on. */
static unsigned choose(struct walk_of_path *w, const struct branch *b)
{
	unsigned i, n = 0;

	for (i = 0; i < b->n; i++)
		n += !w->t->at[b->first + i].cut;
	assert_true(n);
	w->random = w->random * 6364136223846793005u + 1442695040888963407u;
	n = (unsigned)((w->random >> 33) % n);
	for (i = 0; w->t->at[b->first + i].cut || n--; i++)
		;
	return i;
}

static uint64_t answer(void *arg, const struct access *a)
{
	struct walk_of_path *w = arg;
	const struct branch *b = &w->t->at[w->at];
	bool high = false;
	const unsigned location = location_of(w->p, a, &high);
	uint64_t got = 0;
	unsigned i;

	if (a->p && location == NO_LOCATION && a->kind != ACCESS_RMW) {
		if (access_loads(a->kind))
			memcpy(&got, a->p, a->size);
		return got;
	}
	i = choose(w, b);
	w->at = b->first + i;
	if (location == NO_LOCATION || location < w->values->first_page)
		put_access(w, a, location, high);
	if (location || (!access_loads(a->kind) && a->kind != ACCESS_RMW))
		return i;
	w->did.answer[w->did.answers++] = i;
	return (high ? &w->values->hi : &w->values->lo)->v[i];
}

/* ---- the test ---- */

/* After the line that closes what was opened at this depth, or turns to its other half. */
static char *skip_block(char *line, unsigned depth)
{
	for (; ; line = strchr(line, '\n') + 1)
		if (strspn(line, "\t") == depth && line[depth] == '}')
			return strchr(line, '\n') + 1;
}

/* Runs thread `i` as it is written, with these answers. */
static void run_text(char *text, unsigned i, const struct accesses *with, struct accesses *did)
{
	unsigned reg[MAX_ACCESSES] = { 0 }, r, v, answers = 0;
	char head[16], *line, *end;
	int at;

	snprintf(head, sizeof(head), "\nP%u(", i);
	line = strstr(text, head);
	assert_non_null(line);
	for (line = strstr(line, "{\n") + 2; *line != '}'; line = end + 1) {
		const unsigned depth = (unsigned)strspn(line, "\t");
		const char *word = line + depth;

		end = strchr(line, '\n');
		if (word == end || !strncmp(word, "int ", 4))
			continue;
		if (*word == '}') {
			if (word[1] == ' ')
				end = skip_block(end + 1, depth) - 1;
			continue;
		}
		if (sscanf(word, "if (r%u == %u) {", &r, &v) == 2 ? reg[r] != v :
		    sscanf(word, "if (r%u != %u) {", &r, &v) == 2 ? reg[r] == v : false) {
			end = skip_block(end + 1, depth) - 1;
			continue;
		}
		if (!strncmp(word, "if ", 3))
			continue;
		at = 0;
		if (sscanf(word, "r%u = %n", &r, &at) == 1 && at) {
			word += at;
			assert_true(answers < with->answers);
			reg[r] = with->answer[answers++];
		}
		assert_true(did->n < MAX_ACCESSES && end - word - 1 < ACCESS_TEXT);
		snprintf(did->text[did->n++], ACCESS_TEXT, "%.*s", (int)(end - word - 1), word);
	}
	if (answers != with->answers)
		fail_msg("%u answers, should be %u", answers, with->answers);
}

/* ---- both ---- */

static void compare_path(const char *what, char *text, struct walk_of_path *w, unsigned i, unsigned tears)
{
	const struct explore_hooks hooks = { .access = answer, .tears = tears, .arg = w }, *old;
	struct accesses wrote = { 0 };
	unsigned k;

	w->at = 0;
	memset(&w->did, 0, sizeof(w->did));
	old = explore_watch(&hooks);
	w->p->b[i].run(w->p->b[i].arg);
	explore_watch(old);
	assert_int_equal(w->t->at[w->at].op.kind, ACCESS_END);
	run_text(text, i, &w->did, &wrote);
	for (k = 0; k < w->did.n || k < wrote.n; k++)
		if (strcmp(w->did.text[k], wrote.text[k]))
			fail_msg("%s: access %u of P%u is \"%s\" in the source and \"%s\" in the test:\n%s", what, k, i,
				 w->did.text[k], wrote.text[k], text);
}

static bool compare_threads(const char *what, const struct litmus_test *test)
{
	int err;
	struct cell_program *b = cell_program_new(test->cell, &test->bounds, test->model, test->tears, &err);
	struct program *p = cell_program_base(b);
	struct entry_values values;
	struct tree t = { .silent = litmus_silent_kinds(LITMUS_C) };
	char why[160], *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	unsigned i, path;
	bool is = f && !litmus_write(f, test, why, sizeof(why));

	fclose(f);
	if (is)
		assert_int_equal(entry_values_find(&values, p, why, sizeof(why)), 0);
	for (i = 0; is && i < p->nthreads; i++) {
		struct walk_of_path w = { .p = p, .values = &values, .t = &t, .random = 1 };

		assert_int_equal(tree_grow(&t, &p->b[i], &values, 0, why, sizeof(why)), 0);
		for (path = 0; path < PATHS && !t.at[0].cut; path++)
			compare_path(what, text, &w, i, test->tears);
		tree_free(&t);
		t.silent = litmus_silent_kinds(LITMUS_C);
	}
	cell_program_free(b);
	free(text);
	return is;
}

/* Is it a test at all? Then it has been compared. */
static bool compare(struct cell *c, unsigned rounds, unsigned tears)
{
	struct litmus_test t = { .arch = LITMUS_C, .name = "t", .cell = c, .bounds = bounds_of(c),
				 .model = MODEL_WEAK, .tears = tears, .predicted = "", .notes = OUTCOMES_TORN };
	char what[256], why[512];

	if (cell_check(c, why, sizeof(why)))
		return false;
	snprintf(what, sizeof(what), "%s %s %s %s %s %s, %u rounds, tears %x", c->layout->name,
		 c->level == LEVEL_PUD ? "pud" : "pmd", c->walker->name, c->reader->name, c->writer->name,
		 c->transition->name, rounds, tears);
	t.bounds.rounds = rounds;
	t.bounds.retries = 0;
	return compare_threads(what, &t);
}

static struct cell usual(unsigned layout, unsigned level)
{
	const struct protocol *P = &explored_protocol;

	return (struct cell){
		.protocol = P, .layout = layouts[layout], .layout_id = layout, .level = level,
		.walker = BY_NAME(P->walkers, "entry"), .transition = BY_NAME(P->transitions, "fault-zap"),
		.consumer = BY_NAME(P->consumers, "ptdump"), .reclaim = &reclaim_alone, .readers = 1,
		.writers = 1, .slots = 1,
	};
}

/* Suite full: every reader against the kernel's writers in every transition. */
static unsigned compare_readers(struct cell c, unsigned rounds, unsigned tears)
{
	static const char *const writers[] = { "pae-pte", "pae-pmd", "pae-pmd-cmpxchg", "pae-establish", "lpae",
					       "lpae-plain" };
	const struct protocol *P = &explored_protocol;
	unsigned w, n = 0;

	for (c.reader = P->readers; c.reader->name; c.reader++)
		for (w = 0; w < ARRAY_SIZE(writers); w++)
			for (c.transition = P->transitions; c.transition->name; c.transition++) {
				c.writer = BY_NAME(P->writers, writers[w]);
				n += compare(&c, rounds, tears);
			}
	return n;
}

static void test_every_reader(void **state)
{
	unsigned k, n = 0;

	(void)state;
	for (k = 0; k < 4; k++)
		n += compare_readers(usual(k & 1, k & 2 ? LEVEL_PUD : LEVEL_PMD), 2, 0);
	assert_true(n > 400);
}

/* 8-byte accesses that are two words are READ_ONCE and WRITE_ONCE all the same. */
static void test_every_reader_torn(void **state)
{
	(void)state;
	assert_true(compare_readers(usual(LAYOUT_LPAE, LEVEL_PMD), 1,
				    TEARS_LOAD64 | TEARS_STORE64 | TEARS_STRD) > 200);
}

/* A walker reads more than the entry: tables that nobody changes, pages below it, all a second time. */
static void test_every_walker(void **state)
{
	const struct protocol *P = &explored_protocol;
	unsigned level, n = 0;

	(void)state;
	for (level = 0; level < 2; level++) {
		struct cell c = usual(LAYOUT_PAE, level ? LEVEL_PUD : LEVEL_PMD);

		c.writer = BY_NAME(P->writers, "pae-pte");
		for (c.walker = P->walkers; c.walker->name; c.walker++)
			for (c.reader = P->readers; c.reader->name; c.reader++) {
				c.transition = BY_NAME(P->transitions, "fault-zap");
				n += compare(&c, 1, 0);
				c.transition = BY_NAME(P->transitions, "split-direct");
				n += compare(&c, 1, 0);
			}
	}
	assert_true(n > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_reader),
		cmocka_unit_test(test_every_reader_torn),
		cmocka_unit_test(test_every_walker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
