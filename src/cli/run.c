/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tornwalk run: from words to a plan, from a plan to an exit code. All input has
 * been read and found good before the first thread starts.
 */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "selection.h"
#include "config/shard.h"
#include "session/session.h"
#include "session/console.h"

enum { CALIBRATE_NS = 20000000 };

static const char run_help[] =
	"usage: tornwalk run [SUITE|SCENARIO|FILE.ini ...] [options]\n"
	"       tornwalk run CELL-OPTIONS [options]        one cell, no file\n"
	"With neither, the suite `quick`. `tornwalk list` shows every name.\n"
	"\n"
	"cell:    --layout L --level pud|pmd --walker W --reader R --writer S --transition T\n"
	"         --consumer C --reclaim F --world native|widened --readers N --writers N\n"
	"         --slots N --alias\n"
	"options: --time 30s     for each cell (10ms to 365d; 500ms, 2m, 1h, 3d)\n"
	"         --seed N       of the delays and of the order of slots\n"
	"         --cpus 0,2-3   only these\n"
	"         --world widened  every cell of a suite with a delay between the halves\n"
	"         --shard 2/3    only this part; a cell and its control stay together\n"
	"         --sweep        widened cells: through all delays, and what each of them showed\n"
	"         --out FILE     append one JSON line per cell; - is standard output\n"
	"         --resume       leave out cells that FILE has already\n"
	"         --fail-fast    stop after the first cell that fails\n"
	"         --ktap         KTAP instead of the table\n"
	"         --quiet        only failures and the last line\n"
	"         --mutants      instead: this machine's mutation score (tornwalk-mutants only)\n"
	"\n"
	"examples:\n"
	"  tornwalk run\n"
	"  tornwalk run quick --out results.jsonl\n"
	"  tornwalk run --reader lo-hi --writer present-present --time 5s\n"
	"  tornwalk run --reader get-lockless --writer mips-xpa --world widened\n"
	"  tornwalk run --walker pagewalk --level pud --transition split-clear --consumer numa-maps\n"
	"\n"
	"exit: 0 pass, 1 fail, 2 bad usage or input, 4 inconclusive\n";

enum { OPT_OUT = 256, OPT_RESUME, OPT_FAIL_FAST, OPT_KTAP, OPT_QUIET, OPT_CPUS, OPT_HELP,
       OPT_SHARD, OPT_SWEEP };

static const struct option run_options[] = {
	{ "out", required_argument, NULL, OPT_OUT },
	{ "resume", no_argument, NULL, OPT_RESUME },
	{ "fail-fast", no_argument, NULL, OPT_FAIL_FAST },
	{ "ktap", no_argument, NULL, OPT_KTAP },
	{ "quiet", no_argument, NULL, OPT_QUIET },
	{ "cpus", required_argument, NULL, OPT_CPUS },
	{ "sweep", no_argument, NULL, OPT_SWEEP },
	{ "shard", required_argument, NULL, OPT_SHARD },
	{ "help", no_argument, NULL, OPT_HELP },
	CELL_OPTIONS,
	{ 0 },
};

struct run {
	struct selection selection;
	struct session session;
	struct cpus cpus;
	struct shard shard;		/* of = 0: all of it */
	unsigned planned;		/* cells in all shards */
};

/* 0, or an exit code plus one when the program is done. */
static int parse_run(struct run *r, int argc, char **argv)
{
	char err[1536];
	int c, i;

	opterr = 0;
	optind = 1;
	while (optind <= argc && (c = getopt_long(argc, argv, ":", run_options, &i)) != -1) {
		switch (c) {
		case OPT_OUT:
			r->session.out_name = optarg;
			break;
		case OPT_RESUME:
			r->session.resume = true;
			break;
		case OPT_FAIL_FAST:
			r->session.fail_fast = true;
			break;
		case OPT_KTAP:
			r->session.ktap = true;
			break;
		case OPT_SWEEP:
			r->session.sweep = true;
			break;
		case OPT_QUIET:
			r->session.quiet = true;
			break;
		case OPT_CPUS:
			if (cpus_choose(&r->cpus, optarg, err, sizeof(err)))
				return usage_error("%s", err) + 1;
			break;
		case OPT_SHARD:
			if (shard_parse(&r->shard, optarg, err, sizeof(err)))
				return usage_error("%s", err) + 1;
			break;
		case OPT_HELP:
			fputs(run_help, stdout);
			return EXIT_PASS + 1;
		case OPT_CELL:
			if (cell_set(&r->selection.cell, run_options[i].name, optarg ? optarg : "yes", err,
				     sizeof(err)))
				return usage_error("%s", err) + 1;
			break;
		case ':':
			return usage_error("%s needs a value; see tornwalk run --help",
					   argv[optind - 1]) + 1;
		default:
			list_options(run_options, err, sizeof(err));
			return usage_error("unknown option \"%s\"; valid:%s", argv[optind - 1], err) + 1;
		}
	}
	return 0;
}

static int open_out(struct session *s)
{
	s->out = -1;
	if (s->resume && (!s->out_name || !strcmp(s->out_name, "-")))
		return usage_error("--resume needs --out FILE, the results to go on with");
	if (!s->out_name)
		return 0;
	if (!strcmp(s->out_name, "-")) {
		s->json = true;
		return 0;
	}
	s->out = open(s->out_name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (s->out < 0 && (errno == ESPIPE || errno == ENXIO || errno == EINVAL))
		s->out = open(s->out_name, O_WRONLY | O_APPEND | O_CLOEXEC);
	return s->out < 0 ? usage_error("cannot write %s: %s", s->out_name, strerror(errno)) : 0;
}

static int finish(const struct run *r)
{
	const struct session *s = &r->session;
	const struct plan *p = &r->selection.plan;
	FILE *f = s->ktap || s->json ? stderr : stdout;

	fprintf(f, "%s%u cells: %u pass, %u fail, %u inconclusive", s->quiet ? "" : "\n", p->nr,
		s->pass, s->fail, s->inconclusive);
	if (s->resumed)
		fprintf(f, ", %u of them from %s", s->resumed, s->out_name);
	if (s->not_run)
		fprintf(f, ", %u not run%s", s->not_run, interrupted ? " (interrupted)" : "");
	if (p->unusable)
		fprintf(f, "; %u left out: %s", p->unusable, p->why_unusable);
	if (p->rejected)
		fprintf(f, "; %u combinations make no sense, e.g. %s", p->rejected, p->why_rejected);
	if (r->shard.of)
		fprintf(f, "; shard %u/%u of %u cells", r->shard.number, r->shard.of, r->planned);
	if (s->out >= 0)
		fprintf(f, "; results in %s", s->out_name);
	putc('\n', f);
	if (fflush(f))
		return EXIT_USAGE;
	return s->fail ? EXIT_FAIL :
	       s->inconclusive || s->not_run || !s->pass ? EXIT_INCONCLUSIVE : EXIT_PASS;
}

void prepare(struct session *s, struct plan *p, struct executor *x, struct calibration *c,
	     const struct cpus *cpus)
{
	unsigned i;

	x->target = TARGET;
	x->flags = FLAGS;
	x->git = GIT;
	executor_probe(x);
	catch_signals();
	calibrate(c, cpus, CALIBRATE_NS, &interrupted);
	x->cpus = cpus;
	x->calibration = c;
	for (i = 0; i < p->nr; i++)
		p->list[i].cell.writer_tears = calibration_tears(c, p->list[i].cell.writer->primitive);
	s->plan = p;
	s->executor = x;
	s->calibration = c;
	s->interrupted = &interrupted;
}

static int run_plan(struct run *r)
{
	struct calibration calibration;
	struct executor executor, *x = &executor;
	int err;

	prepare(&r->session, &r->selection.plan, x, &calibration, &r->cpus);
	if (r->session.ktap)
		printf("KTAP version 1\n1..%u\n", r->selection.plan.nr);
	else if (!r->session.quiet)
		console_head(r->session.json ? stderr : stdout, x);
	fflush(stdout);
	err = session_run(&r->session);
	if (err == -ENOMEM)
		fputs("tornwalk: out of memory\n", stderr);
	return err ? EXIT_USAGE : finish(r);
}

/* 0, or an exit code plus one: what is left of the plan is this shard's. */
static int take_shard(struct run *r)
{
	r->planned = r->selection.plan.nr;
	if (!r->shard.of)
		return 0;
	if (plan_shard(&r->selection.plan, &r->shard))
		return usage_error("out of memory") + 1;
	if (r->selection.plan.nr || !r->planned)
		return 0;
	fprintf(stderr, "tornwalk: nothing to do in shard %u/%u of %u cells\n", r->shard.number,
		r->shard.of, r->planned);
	return EXIT_PASS + 1;
}

static bool asks_for_mutants(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--mutants"))
			return true;
	return false;
}

int cmd_run(int argc, char **argv)
{
	struct run *r = calloc(1, sizeof(*r));
	int code;

	if (asks_for_mutants(argc, argv)) {
		free(r);
		return cmd_mutants(argc, argv);
	}
	if (!r)
		return usage_error("out of memory");
	cpus_allowed(&r->cpus);
	code = parse_run(r, argc, argv);
	if (!code)
		code = select_cells(&r->selection, argc - optind, argv + optind);
	if (!code)
		code = take_shard(r);
	if (code) {	/* done, well or badly */
		code--;
		goto out;
	}
	code = open_out(&r->session);
	if (!code && r->selection.plan.nr) {
		code = run_plan(r);
	} else if (!code && !r->planned) {
		fprintf(stderr, "tornwalk: nothing to run: %s\n", r->selection.plan.unusable ?
			r->selection.plan.why_unusable : "the plan is empty");
		code = EXIT_INCONCLUSIVE;
	}
out:
	plan_free(&r->selection.plan);
	free(r);
	return code;
}
