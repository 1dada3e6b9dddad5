/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options of tornreport's commands, and their help.
 *
 * Invariant: every option is checked before a result is read.
 */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/ci/formats.h"

static const char usual_errata[] = "results/ERRATA";

static const char *const options_text =
	"  -o, --output FILE   instead of standard output\n"
	"  --errata FILE       what voids results; usually results/ERRATA, if it is there;\n"
	"                      \"none\" does without\n"
	"  --strict            gate: exit 4 where it is open and some cells were thin\n"
	"  --thin              gate: only the names of the cells that a longer run may help\n"
	"  --html              compare: a page instead of text\n"
	"  --alpha P           compare: how often a comparison without any change may say\n"
	"                      regressed; usually 0.01\n"
	"  --margin FACTOR     compare: a control that fires less than 1/FACTOR as often has\n"
	"                      lost its power; same is claimed only where a change by\n"
	"                      FACTOR can be excluded; usually 4\n"
	"  --per s|round       compare: rates per second (usual) or per writer's round\n"
	"  --origin NAME       kcidb: who sends this, [a-z0-9_]+; usually tornwalk\n"
	"  --build-id ID       kcidb: ORIGIN:ID of the kernel build that was tested\n";

static const char *const compare_rules =
	"compare judges each cell by one outcome, counted over the time it was looked for:\n"
	"  regressed       significantly more of a forbidden outcome; or a control whose\n"
	"                  rarest required outcome is seen less than 1/FACTOR as often,\n"
	"                  because the instrument then has lost its power\n"
	"  improved        less of a forbidden outcome, or a required one beyond FACTOR\n"
	"  same            clean in both with evidence enough, or a change for the worse by\n"
	"                  FACTOR is excluded\n"
	"  not comparable  and why: another question (hash, slots, threads), one CPU against\n"
	"                  several, a primitive that tears on one side, void by ERRATA, too\n"
	"                  little exposure, a change of what is merely allowed\n"
	"Cells of two kernel trees: by what some execution of their own code shows, with the\n"
	"schedule of what got worse or was closed; one that NEW's contract no longer has, or\n"
	"without an answer on a side, is not comparable.\n"
	"Several runs of a cell on one side are pooled, and what varies between them counts\n"
	"as noise. With one executor a side, cells are matched by name, whatever the\n"
	"executors; with several, by target, executor and compiler as well.\n";

static const struct option long_options[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "errata", required_argument, NULL, 'e' },
	{ "origin", required_argument, NULL, 'O' },
	{ "build-id", required_argument, NULL, 'b' },
	{ "strict", no_argument, NULL, 's' },
	{ "thin", no_argument, NULL, 't' },
	{ "html", no_argument, NULL, 'H' },
	{ "alpha", required_argument, NULL, 'a' },
	{ "margin", required_argument, NULL, 'm' },
	{ "per", required_argument, NULL, 'p' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

void options_print(FILE *f)
{
	fprintf(f, "\n%s\n%s", options_text, compare_rules);
}

static int refuse(const char *what, const char *word, const char *valid)
{
	fprintf(stderr, "tornreport: %s \"%s\"; %s\n", what, word, valid);
	return EXIT_USAGE;
}

const char *options_errata(const char *given)
{
	if (!given)
		return access(usual_errata, R_OK) ? NULL : usual_errata;
	return strcmp(given, "none") ? given : NULL;
}

/* A number between lo and hi, without them. */
static bool number(const char *s, double lo, double hi, double *x)
{
	char *end;

	*x = strtod(s, &end);
	return *s && !*end && *x > lo && *x < hi;
}

static int parse_compare(int option, struct compare_options *c)
{
	switch (option) {
	case 'a':
		return number(optarg, 0, 1, &c->alpha) ? 0 :
		       refuse("bad --alpha", optarg, "above 0 and below 1, for example 0.01");
	case 'm':
		return number(optarg, 1, 1e6, &c->margin) ? 0 :
		       refuse("bad --margin", optarg, "above 1, for example 4");
	default:
		c->per_round = !strcmp(optarg, "round");
		return c->per_round || !strcmp(optarg, "s") ? 0 :
		       refuse("bad --per", optarg, "valid: s round");
	}
}

int options_parse(struct options *o, int argc, char **argv)
{
	int c, bad;

	*o = (struct options){ .origin = "tornwalk", .compare = COMPARE_DEFAULTS };
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":o:h", long_options, NULL)) != -1) {
		switch (c) {
		case 'o': o->out = optarg; break;
		case 'e': o->errata = optarg; break;
		case 'O': o->origin = optarg; break;
		case 'b': o->build = optarg; break;
		case 'H': o->html = true; break;
		case 's': o->strict = true; break;
		case 't': o->thin = true; break;
		case 'a':
		case 'm':
		case 'p':
			bad = parse_compare(c, &o->compare);
			if (bad)
				return bad;
			break;
		case 'h': o->help = true; return 0;
		case ':':
			return refuse("no value after", argv[optind - 1], "tornreport --help has them all");
		default:
			return refuse("bad option", argv[optind - 1],
				      "valid: -o --output --errata --strict --thin --html --alpha --margin "
				      "--per --origin --build-id --help");
		}
	}
	o->errata = options_errata(o->errata);
	if (!kcidb_is_origin(o->origin))
		return refuse("bad --origin", o->origin, "letters a-z, digits and _");
	if (o->build && !kcidb_is_id(o->build))
		return refuse("bad --build-id", o->build, "for example maestro:65a1355ee98651d0fe81e412");
	return 0;
}
