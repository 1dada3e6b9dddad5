/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tornwalk: the instrument. Prints; never parses what it printed.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "config/listing.h"
#include "session/console.h"
#include "cli.h"

enum { CALIBRATE_LONG_NS = 250000000 };

volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	(void)sig;
	interrupted = 1;
}

void catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	struct sigaction hup;

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	if (!sigaction(SIGHUP, NULL, &hup) && hup.sa_handler != SIG_IGN)	/* nohup */
		sigaction(SIGHUP, &sa, NULL);
	/* a failed write is an errno, and the user is told */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

int usage_error(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("tornwalk: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

/* ---- list, calibrate ---- */

static int cmd_list(int argc, char **argv)
{
	char err[2048];

	if (argc > 2)
		return usage_error("list takes one word, not \"%s\"", argv[2]);
	if (listing_print(stdout, argc > 1 ? argv[1] : NULL, err, sizeof(err)))
		return usage_error("%s", err);
	return fflush(stdout) ? EXIT_USAGE : EXIT_PASS;
}

static int cmd_calibrate(int argc, char **argv)
{
	struct calibration c;
	struct cpus cpus;
	unsigned i;

	cpus_allowed(&cpus);
	if (argc == 3 && !strcmp(argv[1], "--cpus")) {
		char err[512];

		if (cpus_choose(&cpus, argv[2], err, sizeof(err)))
			return usage_error("%s", err);
	} else if (argc > 1) {
		return usage_error("calibrate takes nothing but --cpus LIST, not \"%s\"", argv[1]);
	}
	catch_signals();
	calibrate(&c, &cpus, CALIBRATE_LONG_NS, &interrupted);
	printf("%-12s %8s %8s  %-22s %s\n", "primitive", "reads", "torn", "verdict", "what it is");
	for (i = 0; i < c.n; i++) {
		const struct primitive *p = c.of[i].primitive;
		char reads[16], torn[16];

		format_count(reads, c.of[i].reads);
		format_count(torn, c.of[i].torn);
		printf("%-12s %8s %8s  %-22s %s\n", p->name, reads, torn,
		       !c.of[i].usable ? "not on this CPU" :
		       c.of[i].torn ? p->promised && p->promised() ? "TEARS: blame executor" : "tears" :
		       p->two_words ? "nothing can be shown" : "no tear seen", p->summary);
	}
	return calibration_shows_tears(&c) ? EXIT_PASS : EXIT_INCONCLUSIVE;
}

/* ---- the command line ---- */

static int cmd_help(int argc, char **argv);

static const struct command {
	const char *name, *summary;
	int (*main)(int argc, char **argv);
} commands[] = {
	{ "run", "race cells: a suite, scenarios, or one cell from options", cmd_run },
	{ "explore", "every execution of a cell: what it can show at all, and by which steps", cmd_explore },
	{ "explain", "one cell by all instruments: claim, predicted, compiled to, raced, observed", cmd_explain },
	{ "list", "readers, writers, walkers, transitions, layouts, consumers, reclaim, outcomes, scenarios", cmd_list },
	{ "calibrate", "is each 64-bit primitive single-copy atomic here?", cmd_calibrate },
	{ "help", "this", cmd_help },
	{ 0 },
};

static int cmd_help(int argc, char **argv)
{
	const struct command *c;

	(void)argc;
	(void)argv;
	puts("tornwalk: do page-table walkers act on halves of two entries?\n\n"
	     "usage: tornwalk COMMAND [...]\n");
	for (c = commands; c->name; c++)
		printf("  %-10s %s\n", c->name, c->summary);
	puts("\nexamples:\n"
	     "  tornwalk run quick\n"
	     "  tornwalk run --reader lo-hi --writer busted-low-first --time 2s\n"
	     "  tornwalk explore --reader get-lockless --alias --witness\n"
	     "  tornwalk list readers\n"
	     "\n`tornwalk run --help` has the options. Exit: 0 pass, 1 fail, 2 bad usage or input,\n"
	     "4 inconclusive.");
	return fflush(stdout) ? EXIT_USAGE : EXIT_PASS;
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "help";
	const struct command *c;
	char valid[256] = "";

	if (!strcmp(word, "--help") || !strcmp(word, "-h"))
		word = "help";
	for (c = commands; c->name; c++) {
		if (!strcmp(word, c->name))
			return argc > 2 && c->main != cmd_run && c->main != cmd_explore && c->main != cmd_explain &&
					       (!strcmp(argv[2], "--help") || !strcmp(argv[2], "-h")) ?
				       cmd_help(argc, argv) :
				       c->main(argc - 1, argv + 1);
		strcat(strcat(valid, " "), c->name);
	}
	return usage_error("unknown command \"%s\"; valid:%s", word, valid);
}
