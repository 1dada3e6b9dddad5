/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tornwalk explain: the findings of each instrument about one cell, in one block.
 *
 * The explorer and the race are run on the spot. What the audit and the race detector
 * found in this program lies beside it, in lines with tabs:
 * PROGRAM.audit and PROGRAM.races; ./run.sh explain makes both.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "options.h"
#include "selection.h"
#include "session/console.h"
#include "session/session.h"
#include "signals.h"
#include "usage.h"

static const char explain_help[] =
	"usage: tornwalk explain SCENARIO [--time 1s] [--cpus LIST] [--names]\n"
	"       tornwalk explain CELL-OPTIONS\n"
	"One cell: what is claimed, what the explorer predicts, what the compiler made of it,\n"
	"whether the race detector saw a race, what a race of --time showed, and the verdict.\n"
	"--names runs nothing and prints the cell's reader and writer, with a tab between them.\n"
	"\n"
	"example: tornwalk explain get-lockless-fault-zap\n"
	"\n"
	"exit: the verdict's: 0 pass, 1 fail, 4 inconclusive; 2 bad usage or input\n";

enum { OPT_NAMES = OPT_OWN };

static const struct option options[] = {
	OPTION_CPUS, OPTION_HELP, { "names", no_argument, NULL, OPT_NAMES }, CELL_OPTIONS, { 0 },
};

/* ---- claim ---- */

static void print_claim(const struct scenario *s)
{
	const struct cell *c = &s->cell;
	const struct { const char *what, *name, *summary, *source; } parts[] = {
		{ "reader", c->reader->name, c->reader->summary, c->reader->source },
		{ "walker", c->walker->name, c->walker->summary, c->walker->source },
		{ "consumer", c->consumer->name, c->consumer->summary, c->consumer->source },
		{ "writer", c->writer->name, c->writer->summary, c->writer->source },
		{ "transition", c->transition->name, c->transition->summary, c->transition->source },
	};
	unsigned i, n = 0;

	printf("%s%s%s\n\n", s->name, s->summary[0] ? ": " : "", s->summary);
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		printf("  %-11s %s: %s\n  %-11s   (%s)\n", parts[i].what, parts[i].name,
		       parts[i].summary, "", parts[i].source);
	printf("  %-11s %s, level %s%s, %s world, reclaim %s\n\n", "layout", c->layout->name,
	       c->level == LEVEL_PUD ? "pud" : "pmd", c->alias ? ", frames that share their low word" : "",
	       c->protocol->world, c->reclaim->name);
	printf("claim       ");
	if (s->require_torn)
		printf("%storn has to appear", n++ ? "; " : "");
	for (i = 0; i < NR_OUTCOMES; i++)
		if (s->expect[i] == EXPECT_REQUIRE)
			printf("%s%s has to appear", n++ ? "; " : "", outcome_kinds[i].name);
	for (i = 0; i < NR_OUTCOMES; i++)
		if (scenario_grade(s, i) == EXPECT_FORBID)
			printf("%s%s never", n++ ? "; " : "", outcome_kinds[i].name);
	printf("%s\n", n ? "" : "none: a map");
}

/* ---- compiled to, raced: what lies beside the program ---- */

static FILE *beside(const char *suffix)
{
	char path[4200];
	ssize_t n = readlink("/proc/self/exe", path, 4096);

	if (n <= 0)
		return NULL;
	snprintf(path + n, sizeof(path) - (size_t)n, "%s", suffix);
	return fopen(path, "re");
}

static void print_symbol(FILE *f, const char *what, const char *symbol)
{
	const size_t n = strlen(symbol);
	char *line = NULL, *claim, *form, *verdict;
	bool found = false;
	size_t size = 0;

	rewind(f);
	while (!found && getline(&line, &size, f) > 0) {
		if (strncmp(line, symbol, n) || line[n] != '\t')
			continue;
		line[strcspn(line, "\n")] = '\0';
		claim = strtok(line + n + 1, "\t");
		form = strtok(NULL, "\t");
		verdict = strtok(NULL, "\t");
		found = verdict != NULL;
		if (found)
			printf("%-11s %-10s %s  (%s: %s)\n", "", what, form, claim, verdict);
	}
	free(line);
}

static void print_compiled(const struct cell *c)
{
	static const char *const what[NR_SYMBOLS] = {
		[SYMBOL_READER] = "reader", [SYMBOL_WALKER] = "walker", [SYMBOL_SET] = "set",
		[SYMBOL_CLEAR] = "clear", [SYMBOL_INVALIDATE] = "invalidate", [SYMBOL_TOUCH] = "touch",
	};
	struct cell native = *c;
	struct symbols symbols;
	struct parts parts;
	FILE *f = beside(".audit");
	unsigned i;

	printf("compiled to ");
	if (c->protocol != &native_protocol)
		printf("in the native world, not in this cell's:\n");
	else
		puts(f ? "R load, W store, X locked, l low, h high, 8 both:" :
			 "not audited: no file beside this program; ./run.sh explain makes one");
	if (!f)
		return;
	cell_into(&native, &native_protocol);
	parts = cell_parts(&native);
	parts_symbols(&parts, &symbols);
	for (i = 0; i < NR_SYMBOLS; i++)
		print_symbol(f, what[i], symbols.of[i]);
	fclose(f);
}

/* A line is: reader, writer, and what the race detector reported of the two. */
static void print_raced(const struct cell *c)
{
	FILE *f = beside(".races");
	char *line = NULL, *reader, *writer, *report;
	size_t size = 0;
	bool found = false;

	printf("raced       ");
	while (f && !found && getline(&line, &size, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		reader = strtok(line, "\t");
		writer = strtok(NULL, "\t");
		report = strtok(NULL, "\t");
		if (!report || strcmp(reader, c->reader->name) || strcmp(writer, c->writer->name))
			continue;
		puts(report);
		found = true;
	}
	if (!found)
		puts(f ? "this pair was not given to the race detector" :
			 "not tried: no file beside this program; ./run.sh explain makes one");
	free(line);
	if (f)
		fclose(f);
}

/* ---- predicted, observed, verdict ---- */

static void print_predicted(const struct scenario *s, const struct executor *x)
{
	const struct bounds b = bounds_of(&s->cell);
	unsigned m, o, n;

	printf("predicted   by the explorer, %u rounds, %u walk%s:\n", b.rounds, b.walks, b.walks > 1 ? "s" : "");
	for (m = 0; m < NR_MODELS; m++) {
		struct prediction p = { .model = m, .tears = predict_tears(&s->cell, x->calibration),
					.search = { .how = SEARCH_REDUCED, .max_states = 2000000 } };

		printf("            %-10s ", model_names[m]);
		if (predict(&p, &s->cell, &b)) {
			puts("cannot be explored");
			continue;
		}
		for (o = n = 0; o < NR_OUTCOMES; o++)
			if (OUTCOMES_BAD & p.possible & 1u << o)
				printf("%s%s", n++ ? ", " : "", outcome_kinds[o].name);
		printf("%s%s%s\n", n ? " possible" : "only whole entries", p.known ? "" : ", at least; not to the end",
		       m == x->model ? "  <- this executor" : "");
	}
}

struct observed {
	const struct scenario *wanted;
	enum verdict verdict;
	bool done;
};

static void print_observed(void *arg, const struct result *r)
{
	struct observed *t = arg;
	const struct finding *f = r->finding;
	char walks[16], rounds[16], present[16], fresh[16];
	unsigned o, n = 0;

	if (r->scenario != t->wanted)
		return;
	t->done = true;
	t->verdict = r->judgement.verdict;
	format_count(walks, f->walks);
	format_count(rounds, f->rounds);
	format_count(present, f->present);
	format_count(fresh, f->fresh_present);
	printf("observed    %s walks, %s rounds in %u.%us; present %s, %s of them distinct\n", walks, rounds,
	       (unsigned)(f->ns / 1000000000), (unsigned)(f->ns / 100000000 % 10), present, fresh);
	for (o = 0; o < NR_OUTCOMES; o++) {
		char first[16], times[16], distinct[16], sentence[WITNESS_LEN];

		if (!(OUTCOMES_BAD & 1u << o) || !f->outcomes[o])
			continue;
		n++;
		format_count(times, f->outcomes[o]);
		format_count(distinct, f->distinct[o]);
		format_ns(first, f->first_ns[o]);
		witness_text(&f->witness[o], o, sentence, sizeof(sentence));
		printf("            %s %s times, %s distinct, first after %s\n            %s\n",
		       outcome_kinds[o].name, times, distinct, first, sentence);
	}
	if (!n)
		puts("            whole entries only");
	printf("verdict     %s: %s\n", verdict_names[r->judgement.verdict], r->reason);
}

static int explain(struct selection *c, const struct cpus *cpus)
{
	static const int codes[] = { [VERDICT_PASS] = EXIT_PASS, [VERDICT_FAIL] = EXIT_FAIL,
				     [VERDICT_INCONCLUSIVE] = EXIT_INCONCLUSIVE };
	/* a control comes before the cell that names it */
	struct observed seen = { .wanted = &c->plan.list[c->plan.nr - 1] };
	struct session s = { .out = -1, .quiet = true, .tell = print_observed, .arg = &seen };
	struct calibration calibration;
	struct executor x;
	int err;

	catch_signals();
	s.interrupted = &interrupted;
	session_prepare(&s, &c->plan, &x, &calibration, cpus);
	print_claim(seen.wanted);
	print_predicted(seen.wanted, &x);
	print_compiled(&seen.wanted->cell);
	print_raced(&seen.wanted->cell);
	fflush(stdout);
	err = session_run(&s);
	if (err || fflush(stdout))
		return EXIT_USAGE;
	return seen.done ? codes[seen.verdict] : EXIT_INCONCLUSIVE;
}

/* What is explained: the last cell of the plan, after its control. */
static int select_one(struct selection *c, int nr_words, char **words)
{
	int code;

	if (nr_words > 1)
		return usage_error("explain takes one scenario, not also \"%s\"", words[1]);
	if (!nr_words && !c->cell.set)
		return usage_error("explain needs a scenario or cell options; see tornwalk explain --help");
	code = select_cells(c, nr_words, words);
	if (code == GO_ON && c->plan.nr > 2)
		return usage_error("explain takes one scenario; \"%s\" has %u cells", words[0], c->plan.nr);
	if (code == GO_ON && !c->plan.nr)
		return EXIT_INCONCLUSIVE;
	return code;
}

static int print_names(const struct plan *p)
{
	const struct cell *c = &p->list[p->nr - 1].cell;

	printf("%s\t%s\n", c->reader->name, c->writer->name);
	return fflush(stdout) ? EXIT_USAGE : EXIT_PASS;
}

static int take_option(void *arg, int option, const char *value)
{
	bool *names = arg;

	(void)value;
	*names |= option == OPT_NAMES;
	return GO_ON;
}

int cmd_explain(int argc, char **argv)
{
	struct selection c = { .plan = { 0 } };
	struct cpus *cpus = malloc(sizeof(*cpus));
	bool names = false;
	int code;

	if (!cpus)
		return usage_error("out of memory");
	cpus_allowed(cpus);
	code = options_parse(&(struct command_line){ .command = "explain", .help = explain_help,
						     .options = options, .cell = &c.cell, .cpus = cpus,
						     .take = take_option, .arg = &names },
			     argc, argv);
	if (code == GO_ON)
		code = select_one(&c, argc - optind, argv + optind);
	if (code == GO_ON)
		code = names ? print_names(&c.plan) : explain(&c, cpus);
	plan_free(&c.plan);
	free(cpus);
	return code;
}
