/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tornwalk-mutants: who catches which mutant, and the score.
 *
 * All words of the command line, and the file of --also, have been found good before the
 * first mutant is asked about. A mutant that this machine cannot race is still explored,
 * and then the score is not the machine's: exit 4.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "also.h"
#include "cli/options.h"
#include "cli/signals.h"
#include "cli/usage.h"
#include "config/number.h"
#include "score.h"
#include "session/executor.h"
#include "tally.h"

static const char mutants_help[] =
	"usage: tornwalk-mutants [MUTANT ...] [options]\n"
	"Each mutant is an edit of the protocol; who shows something bad of it that the\n"
	"original cannot show? The explorer is asked under each model, then the widened and\n"
	"the native world race it on this machine.\n"
	"\n"
	"options: --explorer     no races: the same answer every time\n"
	"         --time 2s      for each mutant and world, at most; ends with the first catch\n"
	"         --seed N       of the races\n"
	"         --cpus 0,2-3   only these\n"
	"         --also FILE    what other instruments say: lines \"audit MUTANT WORD\", or tsan;\n"
	"                        WORD is . where it caught nothing\n"
	"         --watch WHO    mutant or original: only race it natively, and print nothing; for\n"
	"                        a build that watches itself (make SAN=thread)\n"
	"\n"
	"table: what was shown; . nothing, and the explorer says that nothing can be; unseen: it\n"
	"could have been shown here, and was not; - not asked\n"
	"\n"
	"examples:\n"
	"  tornwalk-mutants\n"
	"  tornwalk-mutants get-lockless-no-recheck set-swap --time 500ms\n"
	"  tornwalk-mutants --explorer\n"
	"\n"
	"exit: 0 each is caught, or explained; 1 one is not, or the explanation is wrong; 2 bad\n"
	"usage or input; 4 interrupted, or something was not explored to the end\n";

struct mutate {
	struct row *rows;
	unsigned nr;
	bool explorer_only, incomplete;
	uint64_t ns;
	uint32_t seed;
	struct cpus cpus;
	const char *also;
	enum { WATCH_NOBODY, WATCH_MUTANT, WATCH_ORIGINAL } watch;
	enum memory_model model;	/* this machine's */
	struct calibration calibration;
};

enum { OPT_EXPLORER = OPT_OWN, OPT_TIME, OPT_SEED, OPT_ALSO, OPT_WATCH };

static const struct option options[] = {
	{ "explorer", no_argument, NULL, OPT_EXPLORER },
	{ "time", required_argument, NULL, OPT_TIME },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "also", required_argument, NULL, OPT_ALSO },
	{ "watch", required_argument, NULL, OPT_WATCH },
	OPTION_CPUS,
	OPTION_HELP,
	{ 0 },
};

/* ---- the command line ---- */

static int take(void *arg, int option, const char *value)
{
	struct mutate *x = arg;
	uint64_t n;

	switch (option) {
	case OPT_EXPLORER:
		x->explorer_only = true;
		break;
	case OPT_TIME:
		if (parse_duration(value, &x->ns))
			return usage_error("bad time \"%s\"; for example 500ms, 2s", value);
		break;
	case OPT_SEED:
		if (parse_number(value, 0, UINT32_MAX, false, &n))
			return usage_error("bad seed \"%s\": a whole number", value);
		x->seed = (uint32_t)n;
		break;
	case OPT_ALSO:
		x->also = value;
		break;
	case OPT_WATCH:
		x->watch = !strcmp(value, "mutant") ? WATCH_MUTANT :
			   !strcmp(value, "original") ? WATCH_ORIGINAL : WATCH_NOBODY;
		if (!x->watch)
			return usage_error("bad watch \"%s\"; valid: mutant original", value);
		break;
	}
	return GO_ON;
}

static int select_mutants(struct mutate *x, int n, char **names)
{
	char valid[ERR_LEN];
	const struct mutant *m;
	int i;

	for (i = 0; i < n; i++)
		if (!mutant_find(names[i]))
			return usage_error("unknown mutant \"%s\"; valid:%s", names[i],
					   mutant_names(valid, sizeof(valid)));
	for (m = mutants; m->name; m++) {
		for (i = 0; i < n && strcmp(m->name, names[i]); i++)
			;
		if (!n || i < n)
			x->rows[x->nr++].mutant = m;
	}
	return GO_ON;
}

/* ---- asking ---- */

static int explore(struct mutate *x, const struct subject *s, struct row *r, uint32_t *possible)
{
	const unsigned tears = predict_tears(&s->original, &x->calibration);
	uint32_t shown, original;
	unsigned m;
	int err;

	for (m = MODEL_SC; m < NR_MODELS; m++) {
		err = subject_explore(s, m, 0, &shown, &original);
		if (err)
			return err;
		r->asked[BY_SC + m] = true;
		r->word[BY_SC + m] = shown_word(shown);
	}
	if (x->explorer_only)
		return 0;
	/* what the races have to go by: as this machine is */
	err = subject_explore(s, x->model, tears, &shown, possible);
	r->possible[BY_WIDENED] = r->possible[BY_NATIVE] = shown != 0;
	return err;
}

static int race(struct mutate *x, const struct subject *s, struct row *r, uint32_t possible)
{
	const struct race race = { .cpus = &x->cpus, .interrupted = &interrupted, .ns = x->ns,
				   .seed = x->seed, .possible = possible };
	uint32_t shown;
	unsigned k;
	int err = 0;

	for (k = BY_WIDENED; k <= BY_NATIVE && !err && !interrupted; k++) {
		err = subject_race(s, k == BY_WIDENED, &race, &shown);
		r->asked[k] = !err && !interrupted;
		r->word[k] = shown_word(shown);
	}
	return err;
}

static int ask(struct mutate *x, struct row *r)
{
	uint32_t possible = 0;
	struct subject s;
	char err[ERR_LEN];
	bool lacks;
	int bad = subject_init(&s, r->mutant, err, sizeof(err));

	if (bad == -EINVAL)
		return usage_error("%s", err);
	s.original.writer_tears = calibration_tears(&x->calibration, s.original.writer->primitive);
	lacks = bad == -EOPNOTSUPP && !x->explorer_only;	/* the explorer needs no instruction */
	if (lacks)
		fprintf(stderr, "tornwalk: not raced: %s\n", err);
	x->incomplete |= lacks;
	bad = explore(x, &s, r, &possible);
	if (!bad && !x->explorer_only && !lacks)
		bad = race(x, &s, r, possible);
	if (bad)
		return usage_error("%s: %s", r->mutant->name, bad == -E2BIG ? "not explored to the end" :
				   strerror(-bad));
	return GO_ON;
}

static int watch_all(struct mutate *x)
{
	const struct race race = { .cpus = &x->cpus, .interrupted = &interrupted, .ns = x->ns, .seed = x->seed };
	char err[ERR_LEN];
	struct subject s;
	unsigned i;
	int bad;

	catch_signals();
	for (i = 0; i < x->nr && !interrupted; i++) {
		if (subject_init(&s, x->rows[i].mutant, err, sizeof(err)))
			return usage_error("%s", err);
		bad = subject_watch(&s, x->watch == WATCH_ORIGINAL, &race);
		if (bad)
			return usage_error("%s: %s", s.mutant->name, strerror(-bad));
	}
	return interrupted ? EXIT_INCONCLUSIVE : EXIT_PASS;
}

static int run_all(struct mutate *x)
{
	struct executor e;
	unsigned i;
	int code = GO_ON;

	catch_signals();
	if (!x->explorer_only) {
		executor_probe(&e);
		calibrate(&x->calibration, &x->cpus, 20000000, &interrupted);
		x->model = e.model;
		printf("%s, %s: %u CPU%s, races judged under %s\n\n", e.kind, e.cpu, x->cpus.n,
		       x->cpus.n > 1 ? "s" : "", model_names[x->model]);
	}
	tally_head();
	for (i = 0; i < x->nr && code == GO_ON && !interrupted; i++) {
		code = ask(x, &x->rows[i]);
		if (code == GO_ON && !interrupted)
			tally_row(&x->rows[i]);
	}
	if (code != GO_ON)
		return code;
	if (interrupted)
		return usage_error("interrupted after %u of %u mutants", i - 1, x->nr), EXIT_INCONCLUSIVE;
	code = tally_score(x->rows, x->nr) ? EXIT_FAIL : x->incomplete ? EXIT_INCONCLUSIVE : EXIT_PASS;
	return fflush(stdout) ? EXIT_USAGE : code;
}

int main(int argc, char **argv)
{
	struct mutate *x = calloc(1, sizeof(*x));
	unsigned n = 0;
	int code;

	while (mutants[n].name)
		n++;
	if (x)
		x->rows = calloc(n, sizeof(*x->rows));
	if (!x || !x->rows) {
		free(x);
		return usage_error("out of memory");
	}
	x->ns = 2 * NS_PER_S;
	x->seed = 1;
	cpus_allowed(&x->cpus);
	code = options_parse(&(struct command_line){ .help = mutants_help, .options = options,
						     .cpus = &x->cpus, .take = take, .arg = x }, argc, argv);
	if (code == GO_ON)
		code = select_mutants(x, argc - optind, argv + optind);
	if (code == GO_ON && x->also)
		code = also_read(x->also, x->rows, x->nr);
	if (code == GO_ON)
		code = x->watch ? watch_all(x) : run_all(x);
	free(x->rows);
	free(x);
	return code;
}
