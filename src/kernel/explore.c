/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every execution of the kernel's own code: one thread walks, one changes what is walked.
 * Linked with one tree's instrumented objects; says what it found in lines of tabs, which
 * judge/ makes a table and results of.
 *
 *	cell	NAME	in|outside
 *	model	NAME	MODEL	NOTES	STATES	MILLISECONDS	complete|WHY
 *
 * MODEL is a memory model, with 8-byte accesses of a 32-bit kernel in either order of their
 * words, as the source allows; low and high are this machine's model with one order, and `compiled`
 * is it with each access as the plain objects have it (--orders FILE, audit/orders.c).
 *
 *	shows	NAME				under the machine's model, what nobody wants
 *	compiled	NAME	ACCESSES	UNKNOWN	PART	SEVERAL		how many; of no known order, of one word, of several orders
 *	unknown	NAME	ADDRESS			one of no known order: as the source allows
 *	missing	NAME	SYMBOL
 *	step	NAME	MODEL	NOTE	N	WHO	ADDRESS	TEXT
 *	void	NAME	NOTE	WHY		this witness is worth nothing
 *	end					all cells were told
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "explore/search.h"
#include "kernel/cells.h"
#include "kernel/compiled.h"
#include "kernel/entry.h"
#include "kernel/glue/glue.h"
#include "kernel/models.h"
#include "kernel/oracles.h"
#include "kernel/seam.h"
#include "kernel/witness.h"
#include "kernel/world.h"

enum { MAX_STATES = 3000000, PAGES_EACH = 4, TABLES_EACH = 4 };
/* kinds of sections: an interrupt waits for the first, a grace period for both */
static const uint64_t OF_OTHERS = 1ull << 60, POISON = 0x5a5a5a5a5a5a5a5aull;
#ifdef __arm__
static enum memory_model machine = MODEL_WEAK;
#else
static enum memory_model machine = MODEL_TSO;
#endif
static bool one_cpu;		/* then the machine is sc: threads take turns */

/* What runs, for the hooks, which the kernel calls and which have no argument for it. */
static struct {
	struct program program;
	const struct walker *walker;
	const struct transition *transition;
	struct behaviour *thread;	/* whose turn it is */
	unsigned ntables;
	unsigned rcu, preempt;		/* sections it is in; in which it is not preempted */
	bool irqs_off;
	void *entry;
	uint32_t shown;			/* notes that had their witness */
	unsigned witnesses;		/* how many a run may have */
	enum memory_model decides;	/* brief: the only model */
	bool brief;			/* a busted twin's run: only what decides */
} now;

/* What a thread does after it has gone wrong is a consequence, and voids nothing. */
static void note(uint32_t notes)
{
	if (now.thread->notes & NOTES_BAD)
		notes &= ~(uint32_t)(NOTE_PARTED | NOTE_UNLOCKED);
	behaviour_note(now.thread, notes);
}

/* ---- what the kernel calls ---- */

#define CALLER __builtin_return_address(0)

/* A lock of the table's own goes with the table: nobody may wait for it, hold it or let it go after that. */
static void ask_for_table(const void *lock)
{
	if (now.transition->owned & OWNED_TABLE_FREED && lock != AT(glue_lock)() && lock == AT(glue_table_lock)(0) &&
	    !seam_ask(ACCESS_STILL, PHYS_TABLES >> 12, NULL))
		note(NOTE_FREED);
}

/* While page tables are built (a mirror is entered there), nobody else is there. */
CALLED_BY_KERNEL void AT(hook_lock)(void *lock, const void *who)
{
	if (!world_runs() || !oracles_lock(lock))
		return;
	seam_lock(lock, who);
	ask_for_table(lock);
}

CALLED_BY_KERNEL void AT(hook_unlock)(void *lock, const void *who)
{
	if (!world_runs() || !oracles_lock(lock))
		return;
	ask_for_table(lock);
	seam_unlock(lock, who);
}

CALLED_BY_KERNEL void AT(hook_sync)(void) { seam_ask(ACCESS_SYNC, SECTION_IRQS, CALLER); }
CALLED_BY_KERNEL int AT(hook_irqs_are_off)(void) { return now.irqs_off; }
CALLED_BY_KERNEL void AT(hook_walker_changes)(void) {}	/* it walks once */

CALLED_BY_KERNEL void AT(hook_irqs)(int off)
{
	if (now.irqs_off == !!off)
		return;
	seam_settle();	/* a store of before is of before */
	now.irqs_off = off;
	seam.alone = one_cpu && (off || now.preempt);
	seam_ask(off ? ACCESS_ENTER : ACCESS_EXIT, SECTION_IRQS | (one_cpu && !now.preempt ? SECTION_ALONE : 0), CALLER);
}

/* With one CPU all that a lock is: who may not be preempted has it for himself. */
CALLED_BY_KERNEL void AT(hook_preempt)(int by)
{
	const bool alone = now.irqs_off || now.preempt;

	if (!world_runs())
		return;
	seam_settle();
	now.preempt += (unsigned)by;
	seam.alone = now.irqs_off || now.preempt;
	if (seam.alone != alone)
		seam_ask(seam.alone ? ACCESS_ENTER : ACCESS_EXIT, SECTION_ALONE, CALLER);
}

CALLED_BY_KERNEL void AT(hook_rcu)(int by)
{
	if (by > 0 && !now.rcu++)
		seam_ask(ACCESS_ENTER, SECTION_RCU, CALLER);
	if (by < 0 && !--now.rcu)
		seam_ask(ACCESS_EXIT, SECTION_RCU, CALLER);
}

CALLED_BY_KERNEL void AT(hook_take)(unsigned long pfn, int for_others)
{
	seam_ask(ACCESS_ALLOC, pfn | (for_others ? OF_OTHERS : 0), CALLER);
}

static void give(unsigned long pfn, unsigned how, const void *who)
{
	uint64_t n = seam_ask(ACCESS_LOOKUP, pfn, who);

	if (!n)
		n = seam_ask(ACCESS_LOOKUP, pfn | OF_OTHERS, who);
	if (n)
		seam_ask(ACCESS_FREE, (n - 1) | how, who);
}

CALLED_BY_KERNEL void AT(hook_give)(unsigned long pfn) { give(pfn, FREE_AT_ONCE, CALLER); }
CALLED_BY_KERNEL void AT(hook_give_later)(unsigned long pfn) { give(pfn, 0, CALLER); }

CALLED_BY_KERNEL unsigned AT(hook_table)(void)
{
	return PHYS_TABLES + (now.ntables++ << 12);
}

static bool still_owned(unsigned long pfn)
{
	return !(now.transition->owned & OWNED_FRAME) || seam_ask(ACCESS_STILL, pfn, NULL);
}

static uintptr_t load_low(void *p)
{
	seam_settle();
	return seam_load(p ? p : now.entry, sizeof(uintptr_t));
}

/* ---- the threads ---- */

static uint64_t off_stack(void *arg)
{
	(void)arg;
	return seam_hash() ^ world_hash() * 3 ^ (now.preempt * 64 + now.rcu * 2 + now.irqs_off) * 0x9e3779b97f4a7c15u;
}

static void begin(void *arg, unsigned first_table)
{
	now.thread = arg;
	now.ntables = first_table;
	now.rcu = now.preempt = 0;
	now.irqs_off = false;
	world_reset();
	seam_reset();
}

static void run(void (*f)(void))
{
	if (world_run(f, oracles_fallen))
		return;
	seam_settle();
	if (seam_holds(NULL))
		note(NOTE_LOCK_HELD);
}

static void reader(void *arg)
{
	begin(arg, NR_TABLES / 2);
	run(now.walker->run);
}

static void writer(void *arg)
{
	begin(arg, 0);
	run(now.transition->run);
}

/* ---- one cell ---- */

static int program_open(struct program *p, enum memory_model model)
{
	int err;

	memset(p, 0, sizeof(*p));
	p->model = model;
	p->nthreads = NR_THREADS;
	p->watched = 1 << READER | 1 << WRITER;
	p->reclaims = true;
	p->poison = POISON;
	p->npages = NR_THREADS * PAGES_EACH;
	p->page_share = PAGES_EACH;
	memset(p->page_location, NO_LOCATION, sizeof(p->page_location));
	p->locations.n = seam.n;
	for (unsigned i = 0; i < seam.n; i++) {
		p->locations.at[i] = seam.cell[i].at;
		p->initial[i] = seam.cell[i].first;
		p->locks[i] = seam.cell[i].lock;
		if (seam.cell[i].poison || seam.cell[i].filled)	/* the writer's first page */
			p->page_location[WRITER * PAGES_EACH] = (uint8_t)i;
		if (seam.cell[i].poison)
			p->page_pfn[WRITER * PAGES_EACH] = PHYS_TABLES >> 12;
	}
	p->b[READER] = (struct behaviour){ .run = reader, .off_stack = off_stack, .arg = &p->b[READER],
					   .locations = &p->locations };
	p->b[WRITER] = (struct behaviour){ .run = writer, .off_stack = off_stack, .arg = &p->b[WRITER],
					   .locations = &p->locations };
	err = behaviour_init(&p->b[READER]);
	return err ? err : behaviour_init(&p->b[WRITER]);
}

static void program_close(struct program *p)
{
	behaviour_free(&p->b[READER]);
	behaviour_free(&p->b[WRITER]);
}

static const char *what_failed(const struct program *p, int err)
{
	for (unsigned i = 0; i < NR_THREADS; i++) {
		const struct behaviour *b = &p->b[i];

		if (b->foreign)
			return "a store to memory that is not modelled";
		if (b->wild)
			return "the code does not do the same twice";
		if (b->endless)
			return "more accesses than there is room for";
	}
	return strerror(-err);
}

/* The models a cell is explored under, and how its line calls them. */
static const struct run {
	const char *name;
	enum memory_model model;	/* NR_MODELS: the machine's */
	int order;
} runs[] = {
	/* before `either`, for the sake of the witness: as it is here, if it shows here */
	{ "compiled", NR_MODELS, ORDER_AS_COMPILED },
	{ "low", NR_MODELS, ORDER_LOW_FIRST },
	{ "high", NR_MODELS, ORDER_HIGH_FIRST },
	{ "sc", MODEL_SC, ORDER_EITHER },
	{ "tso", MODEL_TSO, ORDER_EITHER },
	{ "weak", MODEL_WEAK, ORDER_EITHER },
};

/* A witness is under sc where that is enough, and of the first run that has the note at all. */
static void print_witnesses(const char *name, struct program *p, uint32_t notes)
{
	for (unsigned i = 0, n = 0; i < NR_NOTES && n < now.witnesses; i++) {
		const enum memory_model model = p->model;

		if (!(notes & NOTES_BAD & ~now.shown & 1u << i))
			continue;
		n++;
		p->model = MODEL_SC;
		if (!print_witness(name, p, 1u << i, MAX_STATES)) {
			p->model = model;
			print_witness(name, p, 1u << i, MAX_STATES);
		}
		p->model = model;
		now.shown |= 1u << i;
	}
}

static void explore(const char *name, const struct run *r)
{
	struct program *p = &now.program;
	struct search x = { .how = SEARCH_REDUCED, .max_states = MAX_STATES, .voids = NOTES_VOID };
	struct timespec a, b;
	int err;

	seam.order = (unsigned)r->order;
	clock_gettime(CLOCK_MONOTONIC, &a);
	err = program_open(p, r->model == NR_MODELS ? machine : r->model);
	if (!err)
		err = search_all(&x, p);
	clock_gettime(CLOCK_MONOTONIC, &b);
	/* a twin is only caught by what came before anything that voids it; a tree has no answer then */
	if (now.brief)
		x.notes &= x.sound | ~(uint32_t)NOTES_BAD;
	/* who falls lets nothing go: that others wait for him then is no news */
	if (!err && x.deadlock && !(x.notes & (NOTE_FAULT | NOTE_NO_PAGE | NOTE_BUG | NOTE_LOCK_HELD | NOTE_MISSING)))
		x.notes |= NOTE_STUCK;
	printf("model\t%s\t%s\t", name, r->name);
	print_notes(err ? 0 : x.notes);
	printf("\t%" PRIu64 "\t%lld\t%s\n", x.states, (b.tv_sec - a.tv_sec) * 1000ll + (b.tv_nsec - a.tv_nsec) / 1000000,
	       err ? what_failed(p, err) : x.complete ? "complete" : x.why);
	if (!err && r->model == machine && r->order == ORDER_EITHER && (x.notes & NOTES_BAD))
		printf("shows\t%s\n", name);
	if (!err)
		print_witnesses(name, p, x.notes);
	program_close(p);
	fflush(stdout);
}

static void add_cell(struct seam_cell c)
{
	if (seam.n == MAX_CELLS)
		abort();
	seam.cell[seam.n++] = c;
}

static void add_lock(void *at, const char *name)
{
	for (unsigned i = 0; i < seam.n; i++)
		if (seam.cell[i].at == at)
			return;
	add_cell((struct seam_cell){ .at = at, .size = 4, .lock = true, .name = name });
}

static void add_table_lock(unsigned n)
{
	static char names[NR_TABLES][24];

	snprintf(names[n], sizeof(names[n]), "the lock of table %u", n);
	add_lock(AT(glue_table_lock)(n), names[n]);
}

/*
 * None, where they are no calls. The mm's, and where tables have their own, that of the PMDs and of as many tables as
 * anybody comes to: a mirror makes no table, and takes the lock of none.
 */
static void add_locks(const struct walker *w)
{
	if (one_cpu)
		return;
	add_lock(AT(glue_lock)(), AT(glue_pmd_lock)() == AT(glue_table_lock)(0) ? "the page-table lock" : "the mm's lock");
	add_lock(AT(glue_pmd_lock)(), "the PMD's lock");
	for (unsigned n = 0; n < TABLES_EACH; n++) {
		add_table_lock(n);
		if (!walker_mirrors(w))
			add_table_lock(NR_TABLES / 2 + n);
	}
}

/* With one CPU whoever may not be preempted has every lock. */
static void *guard(void *lock) { return one_cpu ? NULL : lock; }

static void add_mirror(void)
{
	void *lock = AT(glue_mirror)(MIRROR_LOCK), *all = AT(glue_mirror)(MIRRORS_LOCK);
	const struct { enum glue_mirror what; const char *name; void *guard; } words[] = {
		{ MIRROR_SEQ, "mirror's seq", lock },
		{ MIRRORS_SEQ, "mm's seq", all },
		{ MIRRORS_ACTIVE, "active ranges", all },
	};

	if (!one_cpu) {
		add_lock(lock, "the driver's lock");
		add_lock(all, "the notifiers' lock");
	}
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct seam_cell c = { .at = AT(glue_mirror)(words[i].what), .size = sizeof(long),
				       .guard = guard(words[i].guard), .name = words[i].name, .number = true };

		memcpy(&c.first, c.at, c.size);
		add_cell(c);
	}
}

static void add_owned(const struct transition *t)
{
	const bool freed = t->owned & OWNED_TABLE_FREED;

	if (t->owned & OWNED_TABLE)
		seam.cell[0].first = AT(glue_table_entry)();
	if (t->owned & OWNED_TABLE)
		add_cell((struct seam_cell){ .at = AT(glue_table)(), .size = 8, .guard = guard(AT(glue_table_lock)(0)),
					     .name = "pte", .first = freed ? AT(glue_page_entry)() : 0,
					     .poison = freed ? POISON : 0 });
	if (t->owned & OWNED_TABLE_NEW)
		add_cell((struct seam_cell){ .at = AT(glue_table)(), .size = 8, .guard = guard(AT(glue_pmd_lock)()),
					     .name = "pte", .filled = PHYS_TABLES >> 12 });
	if (t->owned & OWNED_FRAME)
		add_cell((struct seam_cell){ .at = AT(glue_count)(0), .size = 4, .unguarded = true, .name = "count" });
}

/* What is owned is reached by the entry above it. */
static bool is_over_ptes(const struct transition *t) { return t->level == LEVEL_PTE && !t->owned; }

static void *guard_of(const struct transition *t)
{
	return guard(t->level == LEVEL_PUD ? AT(glue_lock)() : is_over_ptes(t) ? AT(glue_table_lock)(0) : AT(glue_pmd_lock)());
}

static void set_cell(const struct walker *w, const struct transition *t)
{
	now.walker = w;
	now.transition = t;
	now.entry = t->level == LEVEL_PUD ? AT(glue_pud)() : is_over_ptes(t) ? AT(glue_table)() : AT(glue_pmd)();
	oracles.missing = NULL;
	oracles.over_pmds = t->level == LEVEL_PMD;
	AT(hook_tree_splits) = t->run == k_do_tree_split;
	seam.n = 0;
	add_cell((struct seam_cell){ .at = now.entry, .size = 8, .guard = guard_of(t), .name = "entry" });
	add_locks(w);
	add_owned(t);
	world_mirrored(walker_mirrors(w));
	seam.stray = walker_mirrors(w) ? oracles_read : NULL;
	if (walker_mirrors(w))
		add_mirror();
}

static void print_compiled(const char *name)
{
	const struct compiled_count n = compiled_count();
	const void *who;

	printf("compiled\t%s\t%u\t%u\t%u\t%u\n", name, n.accesses, n.unknown, n.part, n.several);
	for (unsigned i = 0; (who = compiled_unknown(i)); i++)
		printf("unknown\t%s\t%p\n", name, who);
}

/* Of a cell that is not brief. 8 bytes are no words on 64-bit, and under weak words have no order: low and high are `either`. */
static bool run_is_wanted(const struct run *r, bool control)
{
	if (r->order == ORDER_EITHER)
		return true;
	if (sizeof(void *) == 8 || control)
		return false;
	return r->order == ORDER_AS_COMPILED ? compiled_is_known() : machine != MODEL_WEAK;
}

/*
 * brief: only what decides, as of a busted twin. A cell outside the contract is a control: under the weak model,
 * where it has a million states, its twins and one order of its words say no more.
 */
static void run_cell(const struct walker *w, const struct transition *t, const char *name, bool brief)
{
	const bool outside = cell_is_outside(w, t), control = outside && machine == MODEL_WEAK;

	if (brief && (control || (one_cpu && now.decides != MODEL_SC)))
		return;
	set_cell(w, t);
	now.shown = 0;
	now.brief = brief;
	now.witnesses = brief ? 0 : outside ? 1 : NR_NOTES;
	printf("cell\t%s\t%s\n", name, outside ? "outside" : "in");
	for (unsigned i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		if (brief ? runs[i].order != ORDER_EITHER || runs[i].model != now.decides : !run_is_wanted(&runs[i], control))
			continue;
		if (one_cpu && runs[i].model > MODEL_SC && runs[i].model != NR_MODELS)
			continue;
		compiled_begin();
		explore(name, &runs[i]);
		if (runs[i].order == ORDER_AS_COMPILED)
			print_compiled(name);
	}
	if (oracles.missing)
		printf("missing\t%s\t%s\n", name, oracles.missing);
}

/* One entry, under each model that this tree says enough for. */
static void entry_cell(const struct walker *w, const struct transition *t, const char *name)
{
	set_cell(w, t);
	now.witnesses = 0;
	for (unsigned i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
		if (runs[i].order == ORDER_EITHER && (runs[i].model == MODEL_SC || !one_cpu) &&
		    (runs[i].model != MODEL_WEAK || AT(entry_fences)()))
			explore(name, &runs[i]);
	if (oracles.missing)
		printf("missing\t%s\t%s\n", name, oracles.missing);
}

/* Without a word: see models.h. */
static const char *search_pair(const struct walker *w, const struct transition *t, uint64_t first,
			       enum memory_model model, int order, uint32_t *notes)
{
	struct search x = { .how = SEARCH_REDUCED, .max_states = MAX_STATES };
	int err;
	const char *why;

	set_cell(w, t);
	seam.cell[0].first = first;
	seam.order = (unsigned)order;
	err = program_open(&now.program, model);
	if (!err)
		err = search_all(&x, &now.program);
	why = err ? what_failed(&now.program, err) : x.deadlock ? "somebody waits for ever" : x.complete ? NULL : x.why;
	program_close(&now.program);
	*notes = x.notes;
	return why;
}

/* The writer with nobody beside it: what values there are. */
static void nobody(void) {}

static int run_alone(const struct transition *t)
{
	static const struct walker none = { .name = "nobody", .run = nobody };
	uint32_t notes;

	return search_pair(&none, t, 0, MODEL_SC, ORDER_LOW_FIRST, &notes) || (notes & (NOTES_BAD | NOTES_VOID)) ? -1 : 0;
}

/* Has the name one of these texts in it? None: every name. */
static bool wanted(const char *name, char **texts, int n)
{
	for (int i = 0; i < n; i++)
		if (strstr(name, texts[i]))
			return true;
	return n <= 0;
}

int main(int argc, char **argv)
{
	const bool weak = argc > 1 && !strcmp(argv[1], "--brief-weak");
	const bool brief = weak || (argc > 1 && !strcmp(argv[1], "--brief"));
	char name[CELL_NAME_LEN];
	int err;

#ifdef __i386__
	/* the kernel's per-cpu segment: flat */
	__asm__ volatile("mov %%ds, %%eax; mov %%eax, %%fs" ::: "eax");
#endif
	if (argc > 1 && !strcmp(argv[1], "--none"))	/* does it run at all? */
		return 0;
	err = world_init();

	if (err) {
		fprintf(stderr, "the kernel's memory could not be had: %s\n", strerror(-err));
		return 2;
	}
	one_cpu = AT(glue_one_cpu)();
	if (one_cpu)
		machine = MODEL_SC;
	if (argc > 3 && !strcmp(argv[2], "--orders")) {
		err = compiled_read(argv[3]);
		if (err) {
			fprintf(stderr, "%s: %s\n", argv[3], strerror(-err));
			return 2;
		}
		argc -= 2;
		argv += 2;
	}
	now.decides = weak ? MODEL_WEAK : machine;
	seam.note = oracles.note = note;
	oracles.low = load_low;
	oracles.holds = seam_holds;
	oracles.still_owned = still_owned;
	world_keep();
	if (argc > 1 && !strcmp(argv[1], "--entry")) {
		entry_cells(entry_cell, run_alone);
		puts("end");
		return fflush(stdout) ? 2 : 0;
	}
	if (argc > 1 && !strcmp(argv[1], "--models")) {
		const struct models_use use = { .search = search_pair, .alone = run_alone };
		unsigned major = 0, minor = 0;

		if (argc < 3 || sscanf(argv[2], "%u.%u", &major, &minor) != 2) {
			fputs("--models wants the tree's version\n", stderr);
			return 2;
		}
		models_compare(&use, major, minor);
		puts("end");
		return fflush(stdout) ? 2 : 0;
	}
	for (unsigned t = 0; t < NR_TRANSITIONS; t++)
		for (unsigned w = 0; w < NR_WALKERS; w++)
			if (cell_name(name, sizeof(name), w, t) && wanted(name, argv + 2, argc - 2))
				run_cell(&walkers[w], &transitions[t], name, brief);
	puts("end");
	return fflush(stdout) ? 2 : 0;
}
