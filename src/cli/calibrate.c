/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tornwalk calibrate: is each 8-byte instruction single-copy atomic here? */
#include <stdio.h>

#include "commands.h"
#include "options.h"
#include "signals.h"
#include "stress/calibrate.h"
#include "usage.h"

enum { CALIBRATE_LONG_NS = 250000000 };

static const char help[] =
	"usage: tornwalk calibrate [--cpus LIST]\n"
	"Races each 64-bit mechanism of this CPU against itself, a quarter of a second each, and\n"
	"prints how many of its reads were torn. `two-words` has to tear, or nothing can be shown here.\n"
	"\n"
	"example: tornwalk calibrate --cpus 0,2\n"
	"\n"
	"exit: 0 torn words can be shown here; 4 they cannot; 2 bad usage\n";

static const struct option options[] = { OPTION_CPUS, OPTION_HELP, { 0 } };

static const char *verdict_of_primitive(const struct calibrated *c)
{
	const struct primitive *p = c->primitive;

	if (!c->usable)
		return "not on this CPU";
	if (c->torn)
		return p->promised && p->promised() ? "TEARS: blame executor" : "tears";
	return p->two_words ? "nothing can be shown" : "no tear seen";
}

int cmd_calibrate(int argc, char **argv)
{
	struct calibration c;
	struct cpus cpus;
	const struct command_line line = { .command = "calibrate", .help = help, .options = options,
					   .cpus = &cpus };
	unsigned i;
	int code;

	cpus_allowed(&cpus);
	code = options_parse(&line, argc, argv);
	if (code != GO_ON)
		return code;
	if (optind < argc)
		return usage_error("calibrate takes nothing but --cpus LIST, not \"%s\"", argv[optind]);
	catch_signals();
	calibrate(&c, &cpus, CALIBRATE_LONG_NS, &interrupted);
	printf("%-12s %8s %8s  %-22s %s\n", "primitive", "reads", "torn", "verdict", "what it is");
	for (i = 0; i < c.n; i++) {
		char reads[16], torn[16];

		format_count(reads, c.of[i].reads);
		format_count(torn, c.of[i].torn);
		printf("%-12s %8s %8s  %-22s %s\n", c.of[i].primitive->name, reads, torn,
		       verdict_of_primitive(&c.of[i]), c.of[i].primitive->summary);
	}
	return calibration_shows_tears(&c) ? EXIT_PASS : EXIT_INCONCLUSIVE;
}
