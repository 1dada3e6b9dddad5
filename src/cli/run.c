/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tornwalk run: words become a plan, a plan becomes an exit code.
 *
 * Invariant: all input has been read and found good before the first thread starts.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "config/number.h"
#include "config/shard.h"
#include "options.h"
#include "selection.h"
#include "session/console.h"
#include "session/ktap.h"
#include "session/session.h"
#include "signals.h"
#include "usage.h"

static const char run_help[] =
	"usage: tornwalk run [SUITE|SCENARIO|FILE.ini ...] [options]\n"
	"       tornwalk run CELL-OPTIONS [options]        one cell, no file\n"
	"With neither, the suite `quick`. `tornwalk list` shows every name.\n"
	"\n"
	"cell:    --layout L --level pud|pmd --walker W --reader R --writer S --transition T\n"
	"         --consumer C --reclaim F --world native|widened --readers N --writers N\n"
	"         --slots N --alias\n"
	"options: --time 30s     the most a cell may take (10ms to 365d; 500ms, 2m, 1h, 3d); it ends\n"
	"                        when its question is answered, and others get what it left\n"
	"         --exact-time   each cell takes its time, by its own strategy: for rates\n"
	"         --strength N   a claim is answered when a hole 1/N as wide as its twin's would\n"
	"                        have shown (usually 1000)\n"
	"         --strategy S   run by this, `free` or NAME,key=value...; nothing is tuned\n"
	"         --seed N       of the delays and of the order of slots\n"
	"         --cpus 0,2-3   use only these CPUs\n"
	"         --world, --reclaim, --readers, --writers, --slots   with a suite or scenario too,\n"
	"                        for each of its cells; the results say what was overridden\n"
	"         --shard 2/3    run only this part; a cell and its control stay together\n"
	"         --sweep        take widened cells through all delays, and report what each showed\n"
	"         --out FILE     append one JSON line per cell; - is standard output\n"
	"         --resume       leave out the cells that FILE already holds\n"
	"         --fail-fast    stop after the first cell that fails\n"
	"         --ktap         print KTAP instead of the table\n"
	"         --quiet        print failures and the last line only\n"
	"         --trailer      print a last line for scripts on standard error, tornwalk: cells=...\n"
	"\n"
	"examples:\n"
	"  tornwalk run\n"
	"  tornwalk run quick --out results.jsonl\n"
	"  tornwalk run --reader lo-hi --writer present-present --time 5s\n"
	"  tornwalk run --reader get-lockless --writer mips-xpa --world widened\n"
	"  tornwalk run --walker pagewalk --level pud --transition split-clear --consumer numa-maps\n"
	"\n"
	"exit: 0 pass, 1 fail, 2 bad usage or input, 4 inconclusive\n";

enum { OPT_OUT = OPT_OWN, OPT_RESUME, OPT_FAIL_FAST, OPT_KTAP, OPT_QUIET, OPT_SHARD, OPT_SWEEP,
       OPT_TRAILER, OPT_EXACT_TIME, OPT_STRATEGY, OPT_STRENGTH };

static const struct option options[] = {
	{ "out", required_argument, NULL, OPT_OUT },
	{ "resume", no_argument, NULL, OPT_RESUME },
	{ "fail-fast", no_argument, NULL, OPT_FAIL_FAST },
	{ "ktap", no_argument, NULL, OPT_KTAP },
	{ "quiet", no_argument, NULL, OPT_QUIET },
	{ "sweep", no_argument, NULL, OPT_SWEEP },
	{ "shard", required_argument, NULL, OPT_SHARD },
	{ "trailer", no_argument, NULL, OPT_TRAILER },
	{ "exact-time", no_argument, NULL, OPT_EXACT_TIME },
	{ "strategy", required_argument, NULL, OPT_STRATEGY },
	{ "strength", required_argument, NULL, OPT_STRENGTH },
	OPTION_CPUS,
	OPTION_HELP,
	CELL_OPTIONS,
	{ 0 },
};

struct run {
	struct selection selection;
	struct session session;
	struct cpus cpus;
	struct shard shard;		/* of = 0: all of it */
	unsigned planned;		/* cells in all shards */
	bool trailer;
	struct strategy strategy;
	bool strategy_given;
	uint64_t strength;		/* 0: as the suites have it */
};

static int take(void *arg, int option, const char *value)
{
	struct run *r = arg;
	char err[1536];

	switch (option) {
	case OPT_OUT:
		r->session.out_name = value;
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
	case OPT_TRAILER:
		r->trailer = true;
		break;
	case OPT_EXACT_TIME:
		r->session.exact = true;
		break;
	case OPT_STRATEGY:
		if (strategy_parse(&r->strategy, value, err, sizeof(err)))
			return usage_error("%s", err);
		r->strategy_given = true;
		break;
	case OPT_STRENGTH:
		if (parse_number(value, 1, UINT32_MAX, false, &r->strength))
			return usage_error("bad strength \"%s\": a whole number, for example 1000", value);
		break;
	case OPT_SHARD:
		if (shard_parse(&r->shard, value, err, sizeof(err)))
			return usage_error("%s", err);
		break;
	}
	return GO_ON;
}

static int open_out(struct session *s)
{
	s->out = -1;
	if (s->resume && (!s->out_name || !strcmp(s->out_name, "-")))
		return usage_error("--resume needs --out FILE, the results to go on with");
	if (!s->out_name)
		return GO_ON;
	if (!strcmp(s->out_name, "-")) {
		s->json = true;
		return GO_ON;
	}
	s->out = open(s->out_name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (s->out < 0 && (errno == ESPIPE || errno == ENXIO || errno == EINVAL))
		s->out = open(s->out_name, O_WRONLY | O_APPEND | O_CLOEXEC);
	return s->out < 0 ? usage_error("cannot write %s: %s", s->out_name, strerror(errno)) : GO_ON;
}

/*
 * For scripts: the cells that are in the results now, by verdict; those that are not, and
 * whether a signal kept them out. A run that broke down does not print it.
 */
static void print_trailer(const struct run *r)
{
	const struct session *s = &r->session;

	if (r->trailer)
		fprintf(stderr, "tornwalk: cells=%u pass=%u fail=%u inconclusive=%u not-run=%u interrupted=%u "
			"planned=%u\n", s->pass + s->fail + s->inconclusive, s->pass, s->fail, s->inconclusive,
			s->not_run, s->not_run && interrupted ? 1u : 0u, r->planned);
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

static int run_plan(struct run *r)
{
	struct calibration calibration;
	struct executor executor, *x = &executor;
	int err;

	catch_signals();
	r->session.interrupted = &interrupted;
	session_prepare(&r->session, &r->selection.plan, x, &calibration, &r->cpus);
	if (r->session.ktap)
		ktap_head(stdout, r->selection.plan.nr);
	else if (!r->session.quiet)
		console_head(r->session.json ? stderr : stdout, x);
	fflush(stdout);
	err = session_run(&r->session);
	if (err == -ENOMEM)
		fputs("tornwalk: out of memory\n", stderr);
	return err ? EXIT_USAGE : finish(r);
}

/* Reduces the plan to this shard's part. */
static int take_shard(struct run *r)
{
	r->planned = r->selection.plan.nr;
	if (!r->shard.of)
		return GO_ON;
	if (plan_shard(&r->selection.plan, &r->shard))
		return usage_error("out of memory");
	if (r->selection.plan.nr || !r->planned)
		return GO_ON;
	fprintf(stderr, "tornwalk: nothing to do in shard %u/%u of %u cells\n", r->shard.number,
		r->shard.of, r->planned);
	return EXIT_PASS;
}

/* A strategy that this machine lacks is left out, and the cells are run as ever. */
static void set_how(struct run *r)
{
	const char *lacks = strategies[r->strategy.id].lacks(&r->cpus);
	unsigned i;

	if (r->strategy_given && lacks) {
		fprintf(stderr, "tornwalk: strategy %s is left out: %s\n", strategies[r->strategy.id].name, lacks);
		r->strategy_given = false;
	}
	for (i = 0; i < r->selection.plan.nr; i++) {
		struct scenario *s = &r->selection.plan.list[i];

		if (r->strategy_given) {
			s->cell.strategy = r->strategy;
			s->strategy_given = true;
		}
		if (r->strength)
			s->strength = r->strength;
	}
}

static int run_or_say_why(struct run *r)
{
	if (r->selection.plan.nr)
		return run_plan(r);
	fprintf(stderr, "tornwalk: nothing to run: %s\n", r->selection.plan.unusable ?
		r->selection.plan.why_unusable : "the plan is empty");
	return EXIT_INCONCLUSIVE;
}

int cmd_run(int argc, char **argv)
{
	struct run *r = calloc(1, sizeof(*r));
	int code;

	if (!r)
		return usage_error("out of memory");
	cpus_allowed(&r->cpus);
	code = options_parse(&(struct command_line){ .command = "run", .help = run_help, .options = options,
						     .cell = &r->selection.cell, .cpus = &r->cpus,
						     .take = take, .arg = r }, argc, argv);
	if (code == GO_ON)
		code = select_cells(&r->selection, argc - optind, argv + optind);
	if (code == GO_ON)
		code = take_shard(r);
	if (code == GO_ON) {
		set_how(r);
		code = open_out(&r->session);
	}
	if (code == GO_ON)
		code = run_or_say_why(r);
	if (code != EXIT_USAGE)
		print_trailer(r);
	plan_free(&r->selection.plan);
	free(r);
	return code;
}
