/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A reader is what it can return while each of tornwalk's writers sets and clears the entry
 * twice; a writer is what each of tornwalk's readers can return while it makes of one value
 * another. Transcription and tree get the same other side and the same explorer, and an
 * outcome is: of which of the entry's values is the low word, and of which the high one.
 *
 * Invariant: the transcription is the source of src/protocol itself, compiled for the
 * explorer as `tornwalk explore` has it, over the tree's own entry.
 */
#include "models.h"

#include <stdio.h>
#include <string.h>

#include "explore/hooks.h"
#include "kernel/entry.h"
#include "kernel/glue/glue.h"
#include "kernel/oracles.h"
#include "kernel/seam.h"
#include "kernel/transcribed.h"

static const char *const part_names[] = { "read", "set", "clear", "invalidate", "touch" };

enum { PAE = 1, LPAE = 2, BITS64 = 4, ANYWHERE = 7 };
#if defined(__arm__)
enum { HERE = LPAE };
#else
enum { HERE = sizeof(void *) == 8 ? BITS64 : PAE };
#endif
#define VERSION(major, minor) ((major) << 8 | (minor))
#define ROW(m, p, name, at, ...) { .model = m, .part = p, .primitive = name, .where = at, __VA_ARGS__ }

/*
 * Which transcription is said to be which primitive of glue/primitives.h, where, and of which
 * versions (until: 0: there is no end). An 8-byte READ_ONCE is one access with LPAE and on
 * x86_64: atomic64's. Planted: it is not, and has to be said to differ; with fences only: where the tree announces them.
 */
static const struct row {
	const char *model;
	enum part part;
	const char *primitive;
	unsigned where, since, until;
	enum { CLAIMED, PLANTED, PLANTED_FENCES } kind;
} rows[] = {
	ROW("plain-reread", READ, "plain", PAE | LPAE),
	ROW("plain-reread", READ, "pte_plain", PAE | LPAE),
	ROW("plain-barrier", READ, "plain", PAE | LPAE),
	ROW("read-once", READ, "read_once", PAE),
	ROW("read-once", READ, "pmdp_get", PAE),
	ROW("read-once", READ, "ptep_get", PAE),
	ROW("pmd-read-atomic", READ, "pmd_read_atomic", PAE, .until = VERSION(6, 1)),
	ROW("get-lockless", READ, "pmdp_get_lockless", PAE, .since = VERSION(6, 2)),
	ROW("get-lockless", READ, "ptep_get_lockless", PAE, .since = VERSION(5, 11)),
	ROW("atomic64", READ, "pud_read_once", BITS64),
	ROW("atomic64", READ, "pudp_get", BITS64),
	ROW("atomic64", READ, "read_once", LPAE | BITS64),
	ROW("atomic64", READ, "pmdp_get", LPAE | BITS64),
	ROW("atomic64", READ, "pmdp_get_lockless", LPAE | BITS64),
	ROW("atomic64", READ, "ptep_get", LPAE | BITS64),
	ROW("pae-pte", SET, "set_pte", PAE),
	ROW("pae-pte", SET, "set_pte_at", PAE),
	ROW("pae-pte", CLEAR, "pte_clear", PAE),
	ROW("pae-pmd", SET, "set_pmd", PAE),
	ROW("pae-pmd", SET, "set_pmd_at", PAE),
	ROW("pae-pmd", CLEAR, "pmd_clear", PAE),
	ROW("pae-pmd", INVALIDATE, "pmdp_invalidate", PAE),
	ROW("pae-pmd-xchg", CLEAR, "pmdp_huge_get_and_clear", PAE, .until = VERSION(6, 1)),
	ROW("pae-pmd-cmpxchg", CLEAR, "pmdp_huge_get_and_clear", PAE, .since = VERSION(6, 2)),
	ROW("pae-pmd-cmpxchg", CLEAR, "pmdp_huge_clear_flush", PAE, .since = VERSION(6, 2)),
	ROW("pae-pmd-cmpxchg", SET, "set_pud", BITS64),	/* there every store is whole */
	ROW("pae-pmd-cmpxchg", CLEAR, "pudp_huge_get_and_clear", BITS64),
	ROW("pae-establish", SET, "pmdp_establish", PAE),
	ROW("pae-establish", CLEAR, "pmdp_establish_none", PAE),
	ROW("pae-establish", INVALIDATE, "pmdp_invalidate", PAE),
	ROW("lpae", SET, "set_pte_at", LPAE),
	ROW("lpae", CLEAR, "pte_clear", LPAE),
	ROW("lpae-plain", SET, "set_pmd_at", LPAE),
	ROW("lpae-plain", CLEAR, "pmd_clear", LPAE),
	ROW("lpae-plain", INVALIDATE, "pmdp_invalidate", LPAE),
	/* since then it moves Dirty aside, too: the same RMW of another value */
	ROW("wrprotect", TOUCH, "pmdp_set_wrprotect", PAE, .until = VERSION(6, 5)),
	ROW("clear-young", TOUCH, "pmdp_test_and_clear_young", PAE),

	ROW("hi-lo", READ, "control_low_high", ANYWHERE, .kind = PLANTED),
	ROW("lo-hi", READ, "control_high_low", ANYWHERE, .kind = PLANTED),
	ROW("lo-hi", READ, "pud_read_once", BITS64, .kind = PLANTED),
	ROW("busted-low-first", SET, "set_pte", PAE, .kind = PLANTED),
	ROW("busted-nowmb", SET, "set_pte", PAE, .kind = PLANTED_FENCES),
	ROW("mips-xpa", CLEAR, "pte_clear", PAE, .kind = PLANTED),
	ROW("pae-pte", SET, "set_pmd_at", LPAE, .kind = PLANTED),
	ROW("pae-pte", SET, "set_pud", BITS64, .kind = PLANTED),
};

/* A bit each behind those of the oracles: whose low word it is times 3, and whose high one; or of nobody. */
enum { VALUES = 3, NOBODYS = VALUES * VALUES, NR_OUTCOMES_HERE };
_Static_assert(NR_NOTES + NR_OUTCOMES_HERE <= 32, "an outcome is a bit of a thread's notes");

/* What runs, for the threads, which have no argument. */
static struct {
	const struct models_use *use;
	unsigned reader, writer;	/* of tornwalk's */
	enum part part;
	uint64_t value[VALUES];		/* what the entry may hold; the first, at first */
	unsigned nvalues;
	const char *const *names;	/* of these */
	const char *why;		/* the last question has no answer */
} now;

/* ---- the threads ---- */

static void seen(uint64_t v)
{
	unsigned lo = 0, hi = 0;

	while (lo < now.nvalues && (uint32_t)now.value[lo] != (uint32_t)v)
		lo++;
	while (hi < now.nvalues && now.value[hi] >> 32 != v >> 32)
		hi++;
	oracles.note(1u << (NR_NOTES + (lo < now.nvalues && hi < now.nvalues ? lo * VALUES + hi : NOBODYS)));
}

static void read_once(void)
{
	seen(transcribed_read(now.reader, seam.cell[0].at));
}

static void set_and_clear(void)
{
	for (unsigned i = 1; i < now.nvalues; i++) {
		transcribed_write(now.writer, SET, seam.cell[0].at, 0, now.value[i]);
		if (!transcribed_overwrites(now.writer))
			transcribed_write(now.writer, CLEAR, seam.cell[0].at, now.value[i], 0);
	}
}

/* As the tree's writer is called: under the lock. */
static void write_once(void)
{
	seam_lock(seam.cell[0].guard, NULL);
	transcribed_write(now.writer, now.part, seam.cell[0].at, now.value[0], now.value[1]);
	seam_unlock(seam.cell[0].guard, NULL);
}

/* ---- one question ---- */

struct side {
	struct walker w;
	struct transition t;
};

static bool ask(const struct side *s, enum memory_model model, int order, uint32_t *outcomes)
{
	uint32_t notes = 0;

	now.why = now.use->search(&s->w, &s->t, now.value[0], model, order, &notes);
	for (unsigned i = 0; !now.why && i < NR_NOTES; i++)
		if (notes & (NOTES_BAD | NOTES_VOID) & 1u << i)
			now.why = note_kinds[i].name;
	*outcomes = notes >> NR_NOTES;
	return !now.why;
}

/* A row that can be asked: what there is of the tree, and what it is put against. */
struct pair {
	const struct row *row;
	enum level level;
	const struct walker *tree_reader;
	const struct transition *tree_writer;
	uint64_t from, to;
	unsigned ours;
};

/* Puts the i'th other side in place, with the transcription and with the tree's. False: there are no more. */
static bool probe(const struct pair *p, unsigned i, struct side *ours, struct side *trees, const char **name)
{
	static const char *const stored[] = { "0", "A", "B" }, *const changed[] = { "the old", "the new" };
	const bool reads = p->row->part == READ;
	unsigned n;

	now.part = p->row->part;
	if (reads) {	/* each writer twice: once with one low word for all */
		if (!transcribed_name(false, i / 2))
			return false;
		now.reader = p->ours;
		now.writer = i / 2;
		now.value[0] = 0;
		now.value[1] = transcribed_leaf(1, 1);
		now.value[2] = transcribed_leaf(1 + i % 2, 2);
	} else {
		for (n = 0; transcribed_name(true, n) && (!transcribed_alone(n) || i--); n++)
			;
		if (!transcribed_name(true, n))
			return false;
		now.reader = n;
		now.writer = p->ours;
		now.value[0] = p->from;
		now.value[1] = p->to;
	}
	now.nvalues = reads ? 3 : 2;
	now.names = reads ? stored : changed;
	*name = transcribed_name(!reads, reads ? now.writer : now.reader);
	*ours = *trees = (struct side){ .w = { .name = "ours", .run = read_once },
					.t = { .name = "ours", .level = p->level, .run = reads ? set_and_clear : write_once } };
	if (reads)
		trees->w = *p->tree_reader;
	else
		trees->t = *p->tree_writer;
	return true;
}

static bool models_asked(enum memory_model m)
{
	return m != MODEL_WEAK || AT(entry_fences)();
}

static void print_outcomes(uint32_t outcomes)
{
	const char *comma = "";

	for (unsigned lo = 0; lo < now.nvalues; lo++)
		for (unsigned hi = 0; hi < now.nvalues; hi++)
			if (outcomes & 1u << (lo * VALUES + hi)) {
				if (lo == hi)
					printf("%sall of %s", comma, now.names[lo]);
				else
					printf("%slow of %s with high of %s", comma, now.names[lo], now.names[hi]);
				comma = ", ";
			}
	if (outcomes & 1u << NOBODYS)
		printf("%sa word of nobody's", comma);
}

static void say_one_more(const struct pair *p, enum memory_model m, const char *against, const char *who, uint32_t outcomes)
{
	if (!outcomes)
		return;
	printf("shows\t%s\t%s\t%s\t%s\t%s\t%s\t", part_names[p->row->part], p->row->model, p->row->primitive,
	       model_names[m], against, who);
	print_outcomes(outcomes);
	putchar('\n');
}

enum answer { SAME, DIFFERS, UNANSWERED };

/* Over all other sides and models; with the words of 8 bytes in this order in the tree. `say` the first difference. */
static enum answer compare(const struct pair *p, int order, bool say)
{
	struct side ours, trees;
	const char *name;
	uint32_t a, b;

	for (unsigned i = 0; probe(p, i, &ours, &trees, &name); i++)
		for (enum memory_model m = 0; m < NR_MODELS; m++) {
			if (!models_asked(m))
				continue;
			if (!ask(&ours, m, ORDER_EITHER, &a) || !ask(&trees, m, order, &b))
				return UNANSWERED;
			if (a == b)
				continue;
			if (say) {
				say_one_more(p, m, name, "the transcription", a & ~b);
				say_one_more(p, m, name, "the tree", b & ~a);
			}
			return DIFFERS;
		}
	return SAME;
}

/* A transcription that is something else than this one; NULL: none is, so that being the same says nothing. */
static const char *told_apart(const struct pair *p)
{
	const bool reads = p->row->part == READ;
	struct pair other = *p;
	struct side ours, trees;
	const char *name;
	uint32_t a, b;

	for (other.ours = 0; transcribed_name(reads, other.ours); other.ours++) {
		if (reads && !transcribed_alone(other.ours))
			continue;
		for (unsigned i = 0; probe(p, i, &ours, &trees, &name); i++)
			for (enum memory_model m = 0; m < NR_MODELS; m++)
				if (models_asked(m) && probe(p, i, &ours, &trees, &name) && ask(&ours, m, ORDER_EITHER, &a) &&
				    probe(&other, i, &ours, &trees, &name) && ask(&ours, m, ORDER_EITHER, &b) && a != b)
					return transcribed_name(reads, other.ours);
	}
	return NULL;
}

static void say(const struct row *r, const char *verdict, const char *text)
{
	printf("compared\t%s\t%s\t%s\t%s\t%s\t%s\n", part_names[r->part], r->model, r->primitive, verdict, text,
	       r->kind == CLAIMED ? "-" : "planted");
	fflush(stdout);
}

static void judge(const struct pair *p)
{
	static const char *const order_texts[] = {
		[ORDER_EITHER] = "", [ORDER_LOW_FIRST] = "low word first, one of both orders that the source allows; ",
		[ORDER_HIGH_FIRST] = "high word first, one of both orders that the source allows; ",
	};
	enum answer a = DIFFERS;
	char text[128];
	int order;

	for (order = ORDER_EITHER; order <= ORDER_HIGH_FIRST && a == DIFFERS; order++)
		a = sizeof(void *) == 8 && order != ORDER_EITHER ? DIFFERS : compare(p, order, false);
	order--;
	if (a == SAME) {
		const char *other = told_apart(p);
		const bool one_word = (uint32_t)p->from == (uint32_t)p->to || p->from >> 32 == p->to >> 32;

		snprintf(text, sizeof(text), "%s%s%s", order_texts[order], other ? "unlike " : "",
			 other ?: one_word ? "in the value of the one word that changes" : "no other is anything else");
		say(p->row, other || (one_word && p->tree_writer) ? "same" : "blind", text);
	} else if (a == DIFFERS) {
		say(p->row, "differs", "");
		if (p->row->kind == CLAIMED)
			compare(p, ORDER_EITHER, true);
	} else {
		say(p->row, "unanswered", now.why);
	}
}

/* False: it is not in this tree. */
static bool set_up(struct pair *p, const struct row *r)
{
	*p = (struct pair){ .row = r };
	if (r->part == READ)
		p->tree_reader = entry_reader(r->primitive, &p->level);
	else
		p->tree_writer = entry_writer(r->primitive, now.use->alone, &p->from, &p->to);
	if (p->tree_writer)
		p->level = p->tree_writer->level;
	for (; transcribed_name(r->part == READ, p->ours); p->ours++)
		if (!strcmp(transcribed_name(r->part == READ, p->ours), r->model))
			break;
	return (p->tree_reader || p->tree_writer) && (p->level != LEVEL_PUD || AT(glue_pud)());
}

static void run_row(const struct row *r, unsigned version)
{
	struct pair p;

	if (!(r->where & HERE) || (r->kind == PLANTED_FENCES && !AT(entry_fences)()))
		return;
	if (version < r->since || (r->until && version > r->until)) {
		say(r, "other-version", "");
		return;
	}
	entry_seen = NULL;
	if (!set_up(&p, r)) {
		say(r, "absent", "");
	} else if (!transcribed_name(r->part == READ, p.ours)) {
		say(r, "unanswered", "no transcription has this name");
	} else if (p.tree_writer && !p.from && !p.to) {
		say(r, "unanswered", oracles.missing ?: "alone it makes no value");
	} else {
		entry_seen = seen;
		judge(&p);
		entry_seen = NULL;
	}
}

/* Has no row here: says what tornwalk itself says that it is of. */
static void say_alone(bool reader, unsigned n)
{
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].kind == CLAIMED && rows[i].where & HERE && !strcmp(rows[i].model, transcribed_name(reader, n)))
			return;
	printf("alone\t%s\t%s\t%s\n", reader ? "reader" : "writer", transcribed_name(reader, n), transcribed_source(reader, n));
}

void models_compare(const struct models_use *use, unsigned major, unsigned minor)
{
	now.use = use;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		run_row(&rows[i], VERSION(major, minor));
	for (unsigned n = 0; transcribed_name(true, n); n++)
		say_alone(true, n);
	for (unsigned n = 0; transcribed_name(false, n); n++)
		say_alone(false, n);
}
