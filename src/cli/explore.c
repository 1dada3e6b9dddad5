/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tornwalk explore: what a cell can show at all, and by which steps.
 *
 * Invariant: the answer is the same on every machine; nothing here looks at the
 * executor, and --tears stands for its calibration.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "config/number.h"
#include "litmus/files.h"
#include "options.h"
#include "predict/predict.h"
#include "predict/schedule.h"
#include "selection.h"
#include "signals.h"
#include "usage.h"

static const char explore_help[] =
	"usage: tornwalk explore [SUITE|SCENARIO|FILE.ini ...] [options]\n"
	"       tornwalk explore CELL-OPTIONS [options]    one cell, as in tornwalk run\n"
	"Runs the cell's own reader, walker, writer and transition through every execution of\n"
	"a bounded program: 2 rounds of one writer, one walk.\n"
	"\n"
	"options: --model sc|tso|weak  only this memory model (tso: x86; weak: ARM; default: all)\n"
	"         --witness            for each bad outcome a shortest schedule, step by step\n"
	"         --replay SCHEDULE    play one schedule (as --witness prints it); needs --model\n"
	"         --rounds N           of each writer, 1 to 4\n"
	"         --walks N            of each reader, 1 to 8\n"
	"         --readers N --writers N   up to 4 together\n"
	"         --tears              8-byte accesses are two words, as QEMU 7.2 makes ldrd\n"
	"         --brute              also run every interleaving one by one, and compare; for short\n"
	"                              programs\n"
	"         --limit N            visit at most N states (default 10000000)\n"
	"         --litmus[=C|ARM|X86] the cell as a litmus test for herd7 (C: the kernel's model), on\n"
	"                              standard output: one for each bad outcome that is possible,\n"
	"                              or one of torn if none is\n"
	"         --outcome NAME       with --litmus: only this outcome (torn: by reader or writer)\n"
	"         --out DIR            with --litmus: each test into a file of its own\n"
	"\n"
	"examples:\n"
	"  tornwalk explore --reader get-lockless --writer pae-pte --alias --witness\n"
	"  tornwalk explore --walker gup-fast --reader read-once --transition split-direct\n"
	"  tornwalk explore quick --model tso\n"
	"  tornwalk explore --reader get-lockless --alias --litmus >aba.litmus\n"
	"\n"
	"exit: 0 explored, and no scenario's expectation contradicts it; 1 one does; 2 bad usage\n"
	"or input; 4 not explored to the end\n";

enum { OPT_MODEL = OPT_OWN, OPT_WITNESS, OPT_REPLAY, OPT_ROUNDS, OPT_WALKS, OPT_TEARS, OPT_BRUTE,
       OPT_LIMIT, OPT_LITMUS, OPT_OUTCOME, OPT_OUT };

static const struct option options[] = {
	{ "model", required_argument, NULL, OPT_MODEL },
	{ "witness", no_argument, NULL, OPT_WITNESS },
	{ "replay", required_argument, NULL, OPT_REPLAY },
	{ "rounds", required_argument, NULL, OPT_ROUNDS },
	{ "walks", required_argument, NULL, OPT_WALKS },
	{ "tears", no_argument, NULL, OPT_TEARS },
	{ "brute", no_argument, NULL, OPT_BRUTE },
	{ "limit", required_argument, NULL, OPT_LIMIT },
	{ "litmus", optional_argument, NULL, OPT_LITMUS },
	{ "outcome", required_argument, NULL, OPT_OUTCOME },
	{ "out", required_argument, NULL, OPT_OUT },
	OPTION_HELP,
	CELL_OPTIONS,
	{ 0 },
};

struct explore {
	struct selection selection;
	int model;		/* -1: all */
	bool witness, tears, brute, litmus;
	struct export export;
	const char *replay;
	uint64_t rounds, walks;	/* 0: as bounds_of() says */
	uint64_t limit;
	bool incomplete, contradiction;
};

static const char *note_name(unsigned note)
{
	return note < NR_OUTCOMES ? outcome_kinds[note].name :
	       note == NOTE_LOW_NEWER ? "  low is newer" : "  high is newer";
}

/* ---- the command line ---- */

static int number_option(const char *name, const char *value, unsigned max, uint64_t *n)
{
	if (!parse_number(value, 1, max, false, n))
		return GO_ON;
	return usage_error("bad %s \"%s\": a whole number from 1 to %u", name, value, max);
}

static int model_option(struct explore *x, const char *value)
{
	for (x->model = 0; x->model < NR_MODELS; x->model++)
		if (!strcmp(value, model_names[x->model]))
			return GO_ON;
	return usage_error("unknown model \"%s\"; valid: sc tso weak", value);
}

static int take(void *arg, int option, const char *value)
{
	struct explore *x = arg;

	switch (option) {
	case OPT_MODEL:
		return model_option(x, value);
	case OPT_WITNESS:
		x->witness = true;
		break;
	case OPT_TEARS:
		x->tears = true;
		break;
	case OPT_BRUTE:
		x->brute = true;
		break;
	case OPT_REPLAY:
		x->replay = value;
		break;
	case OPT_ROUNDS:
		return number_option("--rounds", value, MAX_ROUNDS, &x->rounds);
	case OPT_WALKS:
		return number_option("--walks", value, MAX_WALKS, &x->walks);
	case OPT_LIMIT:
		return number_option("--limit", value, 1000000000, &x->limit);
	case OPT_LITMUS:
		x->litmus = true;
		return export_arch(&x->export, value) ? usage_error("%s", x->export.text) : GO_ON;
	case OPT_OUTCOME:
		return export_outcome(&x->export, value) ? usage_error("%s", x->export.text) : GO_ON;
	case OPT_OUT:
		x->export.dir = value;
		break;
	}
	return GO_ON;
}

/* Options that need or exclude each other. */
static int check_options(const struct explore *x)
{
	if (x->replay && x->model < 0)
		return usage_error("--replay needs the --model the schedule is of: sc tso weak");
	if (!x->litmus && (x->export.dir || x->export.outcomes))
		return usage_error("%s goes with --litmus", x->export.dir ? "--out" : "--outcome");
	if (x->litmus && (x->replay || x->witness || x->brute))
		return usage_error("--litmus does not go with --replay, --witness or --brute");
	return GO_ON;
}

static struct bounds bounds_for(const struct explore *x, const struct cell *c)
{
	struct bounds b = bounds_of(c);

	if (x->rounds)
		b.rounds = (unsigned)x->rounds;
	if (x->walks)
		b.walks = (unsigned)x->walks;
	/* a suite's cells may have more threads than a bounded program needs */
	if (x->selection.cell.set & (1u << KEY_READERS | 1u << KEY_WRITERS)) {
		b.readers = c->readers;
		b.writers = c->writers;
	}
	return b;
}

static unsigned tears_of(const struct explore *x, const struct cell *c)
{
	return x->tears ? TEARS_LOAD64 | TEARS_STORE64 | TEARS_STRD : predict_tears(c, NULL);
}

/* ---- one cell ---- */

static bool stop_now(void *arg)
{
	(void)arg;
	return interrupted;
}

/* Fills *p with what can be seen. Returns -errno after printing why not. */
static int ask(struct explore *x, const struct scenario *s, enum memory_model model,
	       enum search_how how, struct prediction *p)
{
	const struct bounds b = bounds_for(x, &s->cell);
	int err;

	*p = (struct prediction){ .model = model,
				  .search = { .how = how, .max_states = x->limit, .stop = stop_now } };
	p->tears = tears_of(x, &s->cell);
	err = predict(p, &s->cell, &b);
	if (err == -ENOMEM)
		usage_error("%s: out of memory", s->name);
	else if (err)
		usage_error("%s: cannot be explored: %s", s->name, err == -ELOOP ? "it never ends" :
			    err == -E2BIG ? "the writer leaves too many kinds of values" :
					    "its code stores where the model has no memory");
	x->incomplete |= !err && !p->known;
	return err;
}

static int show_witness(struct explore *x, const struct scenario *s, const struct prediction *p, unsigned note)
{
	const struct bounds bounds = bounds_for(x, &s->cell);
	char word[SCHEDULE_WORD], line[160];
	struct schedule *how = malloc(sizeof(*how));
	uint32_t notes;
	int err = -ENOMEM;
	struct cell_program *b = how ? cell_program_new(&s->cell, &bounds, p->model, p->tears, &err) : NULL;

	if (b)
		err = search_witness(cell_program_base(b), 1u << note, x->limit, how);
	if (!err) {
		schedule_word(b, how, word);
		printf("\n%s under %s, in %u steps:\n", note_name(note), model_names[p->model], how->n);
		err = schedule_print(stdout, b, how, &notes, line, sizeof(line));
		printf("      --model %s --replay %s\n", model_names[p->model], word);
	}
	if (err)
		usage_error("%s: no witness of %s: %s", s->name, note_name(note),
			    err == -E2BIG ? "too many states, see --limit" : "out of memory");
	cell_program_free(b);
	free(how);
	return err;
}

static int replay(struct explore *x, const struct scenario *s)
{
	const struct bounds bounds = bounds_for(x, &s->cell);
	struct schedule *how = malloc(sizeof(*how));
	unsigned tears = tears_of(x, &s->cell);
	uint32_t notes = 0;
	char line[256] = "out of memory";
	int err = -ENOMEM;
	struct cell_program *b = how ? cell_program_new(&s->cell, &bounds, (enum memory_model)x->model, tears, &err) : NULL;
	unsigned i;

	if (b)
		err = schedule_parse(b, x->replay, how, line, sizeof(line));
	if (!err)
		err = schedule_print(stdout, b, how, &notes, line, sizeof(line));
	cell_program_free(b);
	free(how);
	if (err)
		return usage_error("%s", line);
	for (i = 0; i < NR_NOTES; i++)
		if (notes & 1u << i)
			printf("      => %s\n", note_name(i));
	if (!notes)
		puts("      the walk has not ended yet");
	return fflush(stdout) ? EXIT_USAGE : EXIT_PASS;
}

static void print_counts(const char *what, const struct prediction *p, const uint64_t *n, unsigned models)
{
	char text[16];
	unsigned m;

	(void)p;
	printf("%-16s", what);
	for (m = 0; m < models; m++) {
		format_count(text, n[m]);
		printf(" %10s", text);
	}
	putchar('\n');
}

/* All models side by side. */
static int show_cell(struct explore *x, const struct scenario *s)
{
	struct prediction p[NR_MODELS], brute;
	uint64_t executions[NR_MODELS], states[NR_MODELS], all[NR_MODELS];
	const struct bounds b = bounds_for(x, &s->cell);
	const unsigned first = x->model < 0 ? 0 : (unsigned)x->model;
	const unsigned last = x->model < 0 ? NR_MODELS : first + 1;
	unsigned n = 0, m, k;
	char text[16];

	for (m = first; m < last; m++, n++) {
		if (ask(x, s, m, SEARCH_REDUCED, &p[n]))
			return EXIT_USAGE;
		executions[n] = p[n].search.executions;
		states[n] = p[n].search.states;
		all[n] = 0;
		if (!x->brute)
			continue;
		if (ask(x, s, m, SEARCH_BRUTE, &brute))
			return EXIT_USAGE;
		all[n] = brute.search.executions;
		if (brute.known && p[n].known && brute.possible != p[n].possible) {
			usage_error("%s: %s: brute force and the reduced search disagree (%x, %x): a bug",
				    s->name, model_names[m], brute.possible, p[n].possible);
			return EXIT_FAIL;
		}
	}
	printf("%s: %u writer%s of %u round%s, %u reader%s of %u walk%s\n\n%-16s", s->name, b.writers,
	       b.writers > 1 ? "s" : "", b.rounds, b.rounds > 1 ? "s" : "", b.readers,
	       b.readers > 1 ? "s" : "", b.walks, b.walks > 1 ? "s" : "", "");
	for (m = 0; m < n; m++)
		printf(" %10s", model_names[p[m].model]);
	putchar('\n');
	for (k = 0; k < NR_NOTES; k++) {
		printf("%-16s", note_name(k));
		for (m = 0; m < n; m++)
			printf(" %10s", p[m].possible & 1u << k ? "possible" : p[m].known ? "-" : "?");
		putchar('\n');
	}
	print_counts("executions", p, executions, n);
	print_counts("states", p, states, n);
	if (x->brute)
		print_counts("by brute force", p, all, n);
	printf("%-16s", "time");
	for (m = 0; m < n; m++) {
		format_ns(text, p[m].ns);
		printf(" %10s", text);
	}
	putchar('\n');
	for (m = 0; m < n; m++) {
		if (!p[m].known)
			printf("%s: not to the end: %s\n", model_names[p[m].model], p[m].why);
		if (p[m].deadlock)
			printf("%s: some executions end with everybody waiting\n", model_names[p[m].model]);
	}
	for (k = 0; x->witness && k < NR_NOTES; k++)
		for (m = 0; m < n; m++)
			if (OUTCOMES_BAD & p[m].possible & 1u << k) {
				if (show_witness(x, s, &p[m], k))
					return EXIT_USAGE;
				break;
			}
	return EXIT_PASS;
}

/* One line for each cell and model. */
static int show_row(struct explore *x, const struct scenario *s, enum memory_model model)
{
	char executions[16], states[16], ns[16], why[160];
	struct prediction p;
	unsigned k;

	if (ask(x, s, model, SEARCH_REDUCED, &p))
		return EXIT_USAGE;
	format_count(executions, p.search.executions);
	format_count(states, p.search.states);
	format_ns(ns, p.ns);
	printf("%-34s %-5s %8s %8s %7s ", s->name, model_names[model], executions, states, ns);
	for (k = 0; k < NR_OUTCOMES; k++)
		if (OUTCOMES_BAD & p.possible & 1u << k)
			printf(" %s", note_name(k));
	if (!p.known)
		printf(" ... %s", p.why);
	putchar('\n');
	if (prediction_contradicts(&p, s, why, sizeof(why))) {
		printf("  CONTRADICTION: %s\n", why);
		x->contradiction = true;
	}
	fflush(stdout);
	return EXIT_PASS;
}

static int show_all(struct explore *x)
{
	const unsigned first = x->model < 0 ? 0 : (unsigned)x->model;
	const unsigned last = x->model < 0 ? NR_MODELS : first + 1;
	const struct plan *p = &x->selection.plan;
	const uint64_t from = now_ns();
	unsigned i, m, n = 0;
	char ns[16];
	int code = 0;

	printf("%-34s %-5s %8s %8s %7s  %s\n", "cell", "model", "execs", "states", "time",
	       "possible, besides whole entries");
	for (i = 0; i < p->nr && !interrupted; i++)
		for (m = first; m < last && !interrupted && !code; m++, n++)
			code = show_row(x, &p->list[i], m);
	format_ns(ns, now_ns() - from);
	printf("\n%u explorations of %u cells in %s%s\n", n, p->nr, ns, interrupted ? ", interrupted" : "");
	return code;
}

static void print_lines(const char *text)
{
	size_t n;

	for (; *text; text += n + (text[n] != '\0')) {
		n = strcspn(text, "\n");
		usage_error("%.*s", (int)n, text);
	}
}

/* The cells as files for herd7. */
static int export_all(struct explore *x)
{
	const struct plan *p = &x->selection.plan;
	struct export *e = &x->export;
	unsigned i;
	int code = 0;

	e->model = x->model;
	e->limit = x->limit;
	for (i = 0; i < p->nr && !interrupted && !code; i++) {
		const struct bounds b = bounds_for(x, &p->list[i].cell);

		e->tears = tears_of(x, &p->list[i].cell);
		code = export_cell(e, &p->list[i], &b) ? EXIT_USAGE : EXIT_PASS;
		print_lines(e->text);
	}
	if (e->dir && !code)
		printf("%u litmus tests of %u cells in %s, %u cells cannot be one%s\n", e->files, i - e->refused,
		       e->dir, e->refused, interrupted ? "; interrupted" : "");
	return !code && !e->files ? EXIT_USAGE : code;
}

/* Options that do not fit the cells they came with. */
static int check_cells(const struct explore *x)
{
	const struct plan *p = &x->selection.plan;
	unsigned i;

	if (x->replay && p->nr != 1)
		return usage_error("--replay is of one cell, not of %u", p->nr);
	if (x->litmus && !x->export.dir && p->nr != 1)
		return usage_error("--litmus of %u cells needs a directory: --out DIR", p->nr);
	for (i = 0; i < p->nr; i++) {
		const struct bounds b = bounds_for(x, &p->list[i].cell);

		if (b.readers + b.writers > MAX_PARTIES)
			return usage_error("more than %d threads: every execution of that is too much",
					   MAX_PARTIES);
	}
	return GO_ON;
}

static int explore(struct explore *x)
{
	const struct plan *p = &x->selection.plan;
	int code;

	catch_signals();
	code = x->replay ? replay(x, p->list) : x->litmus ? export_all(x) :
	       p->nr == 1 ? show_cell(x, p->list) : show_all(x);
	if (!code && fflush(stdout))
		code = EXIT_USAGE;
	if (code)
		return code;
	return x->contradiction ? EXIT_FAIL :
	       x->incomplete || interrupted ? EXIT_INCONCLUSIVE : EXIT_PASS;
}

int cmd_explore(int argc, char **argv)
{
	struct explore *x = calloc(1, sizeof(*x));
	int code;

	if (!x)
		return usage_error("out of memory");
	x->model = -1;
	x->limit = 10000000;
	code = options_parse(&(struct command_line){ .command = "explore", .help = explore_help,
						     .options = options, .cell = &x->selection.cell,
						     .take = take, .arg = x }, argc, argv);
	if (code == GO_ON)
		code = check_options(x);
	if (code == GO_ON)
		code = select_cells(&x->selection, argc - optind, argv + optind);
	if (code == GO_ON)
		code = check_cells(x);
	if (code == GO_ON)
		code = explore(x);
	plan_free(&x->selection.plan);
	free(x);
	return code;
}
