/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tornwalk tune: strategy x shape, and which one was chosen. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "config/shapes.h"
#include "config/text.h"
#include "options.h"
#include "signals.h"
#include "stress/tune.h"
#include "usage.h"

enum { SLICE_NS = 20000000 };

/* Of a cell from options: whatever is bad. */
#define ANY_BAD (1u << OUTCOME_TORN_READER | 1u << OUTCOME_TORN_WRITER | 1u << OUTCOME_REREAD | \
		 1u << OUTCOME_CONFUSED | 1u << OUTCOME_FREED | 1u << OUTCOME_STALE)

static const char help[] =
	"usage: tornwalk tune [SHAPE ...] [--time 20ms] [--seed N] [--cpus LIST]\n"
	"       tornwalk tune CELL-OPTIONS [...]\n"
	"Which strategy shows most on this machine: for each shape of cell, what the best of each\n"
	"strategy showed, and which one was chosen. `--time` is that of one slice; a tuning is some 100.\n"
	"\n"
	"examples:\n"
	"  tornwalk tune\n"
	"  tornwalk tune fault-zap alias\n"
	"  tornwalk tune --reader lo-hi --writer mips-xpa\n"
	"\n"
	"exit: 0 each shape was seen bad; 4 one was not, by any strategy; 2 bad usage\n";

static const struct option options[] = { CELL_OPTIONS, OPTION_CPUS, OPTION_HELP, { 0 } };

static void print_rate(uint64_t n, uint64_t ns)
{
	char text[16];

	format_count(text, (uint64_t)((double)n * 1e9 / (double)(ns ? ns : 1)));
	printf(" %9s/s", text);
}

static void print_tuned(const char *name, const struct tuner *t, const struct cpus *cpus)
{
	const struct tuner_arm *best = tuner_best(t), *a;
	char text[STRATEGY_LEN];
	unsigned i;

	for (i = 0; i < NR_STRATEGIES; i++) {
		a = i == best->strategy.id ? best : &t->of[i];
		if (!a->ns) {
			const char *why = strategies[i].lacks(cpus);

			if (why)
				printf("%-11s   %-9s left out: %s\n", name, strategies[i].name, why);
			continue;
		}
		strategy_print(&a->strategy, text, sizeof(text));
		printf("%-11s %c", name, a == best && a->bad ? '*' : ' ');
		print_rate(a->bad, a->ns);
		print_rate(a->fresh, a->ns);
		printf("  %s\n", text);
	}
}

static uint64_t count_bad(const void *outcomes, const struct finding *f)
{
	return finding_distinct(f, *(const uint32_t *)outcomes);
}

/* 0; 1: nothing was seen; -1: it could not be run. */
static int tune_one(const char *name, const struct cell *c, uint32_t bad, const struct cpus *cpus)
{
	const struct runner r = { .cpus = cpus, .interrupted = &interrupted };
	struct tuner *t = malloc(sizeof(*t));
	int code = -1;

	if (t && !tune(t, &r, c, count_bad, NULL, &bad, 0)) {
		print_tuned(name, t, cpus);
		fflush(stdout);
		code = !tuner_best(t)->bad;
	}
	free(t);
	return code;
}

static const struct shape *find_shape(const char *name)
{
	const struct shape *s = shapes;

	while (s->name && strcmp(s->name, name))
		s++;
	return s->name ? s : NULL;
}

static int unknown_shape(const char *word)
{
	char valid[256] = "";
	const struct shape *s;

	for (s = shapes; s->name; s++)
		text_append(valid, sizeof(valid), " %s", s->name);
	return usage_error("unknown shape \"%s\"; valid:%s", word, valid);
}

/* Slice, seed: of the options, whatever the shape. */
static void set_common(struct cell *c, const struct cell_names *n)
{
	c->budget_ns = n->set & 1u << KEY_TIME ? n->number[KEY_TIME] : SLICE_NS;
	c->seed = n->set & 1u << KEY_SEED ? (uint32_t)n->number[KEY_SEED] : 1;
}

int cmd_tune(int argc, char **argv)
{
	struct cell_names n = { 0 };
	struct cpus cpus;
	const struct command_line line = { .command = "tune", .help = help, .options = options,
					   .cell = &n, .cpus = &cpus };
	const uint32_t common = 1u << KEY_TIME | 1u << KEY_SEED;
	const struct shape *s;
	char err[ERR_LEN];
	struct cell c;
	int code, silent = 0, i;

	cpus_allowed(&cpus);
	code = options_parse(&line, argc, argv);
	if (code != GO_ON)
		return code;
	for (i = optind; i < argc; i++)
		if (!find_shape(argv[i]))
			return unknown_shape(argv[i]);
	if ((n.set & ~common) && optind < argc)
		return usage_error("tune takes shapes or the options of one cell, not both: \"%s\"", argv[optind]);
	catch_signals();
	printf("%-11s   %11s %11s  %s\n", "shape", "bad", "present", "strategy; * chosen");
	if (n.set & ~common) {
		if (cell_resolve(&n, &c, err, sizeof(err)))
			return usage_error("%s", err);
		set_common(&c, &n);
		silent = tune_one("cell", &c, ANY_BAD, &cpus);
	}
	for (s = shapes; s->name && !(n.set & ~common) && silent >= 0 && !interrupted; s++) {
		for (i = optind; i < argc && strcmp(argv[i], s->name); i++)
			;
		if (optind < argc && i == argc)
			continue;
		if (shape_resolve(s, &c, err, sizeof(err))) {
			printf("%-11s   left out: %s\n", s->name, err);
			continue;
		}
		set_common(&c, &n);
		code = tune_one(s->name, &c, s->bad, &cpus);
		silent = code ? code : silent;
	}
	if (silent < 0)
		return usage_error("out of memory, or no threads");
	return silent || interrupted ? EXIT_INCONCLUSIVE : EXIT_PASS;
}
