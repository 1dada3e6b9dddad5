/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * make bench: what the tester costs and how sharp it is, each as the median of
 * ratios against a baseline measured right beside it. Never part of the tests:
 * shared machines swing tenfold, ratios far less.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config/names.h"
#include "stress/calibrate.h"
#include "stress/observe.h"
#include "stress/runner.h"
#include "stress/tune.h"
#include "bare.h"
#include "config/shapes.h"

enum { PAIRS = 11, SLICE_MS = 150 };

static struct cpus cpus;

static void die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(2);
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, unsigned n)
{
	qsort(v, n, sizeof(*v), by_value);
	return v[n / 2];
}

/* words: key value pairs, ends with NULL */
static struct cell cell_of(const char *const *words)
{
	struct cell_names n = { 0 };
	struct cell c;
	char err[1024];

	for (; words[0]; words += 2)
		if (cell_set(&n, words[0], words[1], err, sizeof(err)))
			die(err);
	if (cell_resolve(&n, &c, err, sizeof(err)))
		die(err);
	c.budget_ns = SLICE_MS * 1000000ull;
	return c;
}

static struct finding run(const struct cell *c, bool unwatched)
{
	struct runner r = { .cpus = &cpus, .unwatched = unwatched };
	struct finding f;

	if (runner_run(&r, c, &f))
		die("a cell could not be run");
	return f;
}

static double per_second(uint64_t n, uint64_t ns)
{
	return (double)n * 1e9 / (double)ns;
}

static void row(const char *what, double value, const char *relation, double goal, bool met)
{
	printf("%-66s %8.3g  goal %s %-6g %s\n", what, value, relation, goal, met ? "met" : "MISSED");
	fflush(stdout);
}

/* ---- cost of watching ---- */

static void bench_watched_walk(const char *what, const char *const *words)
{
	struct cell c = cell_of(words);
	double ratio[PAIRS];
	unsigned i;

	c.writers = 0;
	for (i = 0; i < PAIRS; i++) {
		struct finding bare = run(&c, true), watched = run(&c, false);

		ratio[i] = per_second(bare.walks, bare.ns) / per_second(watched.walks, watched.ns);
	}
	ratio[0] = median(ratio, PAIRS);
	row(what, ratio[0], "<=", 1.5, ratio[0] <= 1.5);
}

/* Two loads and a compare, nothing else. */
static audited uint32_t bare_loop(const entry_t *p, entry_t last, uint32_t n)
{
	const volatile uint32_t *w = &p->lo;

	for (; n; n--) {
		uint32_t lo = w[0], hi = w[1];

		if (lo != last.lo || hi != last.hi)
			break;
	}
	return n;
}

static double two_loads_rate(void)
{
	static entry_t e;
	uint64_t begin = now_ns(), end = begin + SLICE_MS * 1000000ull, reads = 0, now;

	do {
		reads += 100000 - bare_loop(&e, e, 100000);
	} while ((now = now_ns()) < end);
	return per_second(reads, now - begin);
}

static void bench_watched_reads(void)
{
	static const char *const words[] = { "reader", "lo-hi", "writer", "present-present", NULL };
	struct cell c = cell_of(words);
	double ratio[PAIRS];
	unsigned i;

	c.writers = 0;
	for (i = 0; i < PAIRS; i++) {
		double bare = two_loads_rate();
		struct finding f = run(&c, false);

		ratio[i] = per_second(f.walks, f.ns) / bare;
	}
	ratio[0] = median(ratio, PAIRS);
	row("lo-hi watched, reads/s against a bare loop of two loads", ratio[0], ">=", 0.3,
	    ratio[0] >= 0.3);
}

/* ---- power ---- */

static struct {
	uint32_t ball cacheline_aligned;
	uint32_t stop cacheline_aligned;
} table;

static void *pong(void *arg)
{
	uint32_t i;

	(void)arg;
	pin_to(cpus.id[1]);
	for (i = 1;; i += 2) {
		while (__atomic_load_n(&table.ball, __ATOMIC_ACQUIRE) != i)
			if (__atomic_load_n(&table.stop, __ATOMIC_RELAXED))
				return NULL;
		__atomic_store_n(&table.ball, i + 1, __ATOMIC_RELEASE);
	}
}

static void *ping(void *arg)
{
	double *rate = arg;
	uint64_t begin, now;
	uint32_t i = 0;

	pin_to(cpus.id[0]);
	begin = now_ns();
	do {
		unsigned k;

		for (k = 0; k < 256; k++, i += 2) {
			__atomic_store_n(&table.ball, i + 1, __ATOMIC_RELEASE);
			while (__atomic_load_n(&table.ball, __ATOMIC_ACQUIRE) != i + 2)
				;
		}
	} while ((now = now_ns()) < begin + SLICE_MS * 1000000ull);
	*rate = per_second(i, now - begin);
	__atomic_store_n(&table.stop, 1, __ATOMIC_RELAXED);
	return NULL;
}

/* Times per second that one cache line changes hands between two CPUs. */
static double handoff_rate(void)
{
	pthread_t a, b;
	double rate = 0;

	table.ball = table.stop = 0;
	if (pthread_create(&b, NULL, pong, NULL) || pthread_create(&a, NULL, ping, &rate))
		die("threads");
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	return rate;
}

static void bench_power(const char *writer)
{
	const char *const words[] = { "reader", "lo-hi", "writer", writer, "transition", "remap", NULL };
	struct cell c = cell_of(words);
	double ratio[PAIRS], tears[PAIRS], handoffs[PAIRS];
	char what[96];
	unsigned i;

	for (i = 0; i < PAIRS; i++) {
		struct finding f;

		handoffs[i] = handoff_rate();
		f = run(&c, false);
		tears[i] = per_second(f.distinct[OUTCOME_TORN_READER] + f.distinct[OUTCOME_TORN_WRITER],
				      f.ns);
		ratio[i] = tears[i] / handoffs[i];
	}
	ratio[0] = median(ratio, PAIRS);
	snprintf(what, sizeof(what), "lo-hi x %s, distinct torn/s against hand-offs/s", writer);
	row(what, ratio[0], ">=", 0.15, ratio[0] >= 0.15);
	printf("    medians: %.3g distinct torn/s, %.3g hand-offs/s\n", median(tears, PAIRS),
	       median(handoffs, PAIRS));
}

/* ---- what is shown of what could be ---- */

enum { TUNE_NS = 20000000, BARE_NS = 30000000 };

/* The strategy under which the bare loops show most: of where every tuning begins, and `tuned`. */
static struct strategy best_of_bare(const char *shape, const struct strategy *tuned)
{
	struct strategy arms[TUNER_ARMS + 1], best = *tuned;
	unsigned n = tuner_presets(arms, &cpus), i, k;
	double rate[TUNER_ARMS + 1] = { 0 }, most = -1;

	arms[n++] = *tuned;
	for (k = 0; k < 3; k++)
		for (i = 0; i < n; i++)
			if (arms[i].id != STRATEGY_STEPPED)
				rate[i] += bare_rate(shape, &arms[i], &cpus, BARE_NS);
	for (i = 0; i < n; i++)
		if (rate[i] > most) {
			most = rate[i];
			best = arms[i];
		}
	return best;
}

static uint64_t count_bad(const void *shape, const struct finding *f)
{
	return finding_distinct(f, ((const struct shape *)shape)->bad);
}

/* Sums, not medians: on a busy machine most slices show nothing. */
static void bench_shape(const struct shape *s)
{
	const struct runner r = { .cpus = &cpus };
	static struct tuner t;
	struct strategy bare;
	char err[1024], what[160], text[STRATEGY_LEN];
	double of_bare = 0, of_tuned = 0, of_free = 0;
	struct cell c;
	unsigned i;

	if (shape_resolve(s, &c, err, sizeof(err))) {
		printf("%-66s left out: %s\n", s->name, err);
		return;
	}
	c.budget_ns = TUNE_NS;
	if (tune(&t, &r, &c, count_bad, NULL, s, 0))
		die("a cell could not be tuned");
	bare = best_of_bare(s->name, &tuner_best(&t)->strategy);
	c.budget_ns = SLICE_MS * 1000000ull;
	for (i = 0; i < PAIRS; i++) {
		struct finding f;

		of_bare += bare_rate(s->name, &bare, &cpus, c.budget_ns) / PAIRS;
		c.strategy = tuner_best(&t)->strategy;
		f = run(&c, false);
		of_tuned += per_second(finding_distinct(&f, s->bad), f.ns) / PAIRS;
		c.strategy = strategy_of(STRATEGY_FREE);
		f = run(&c, false);
		of_free += per_second(finding_distinct(&f, s->bad), f.ns) / PAIRS;
	}
	snprintf(what, sizeof(what), "%s: tuned, distinct/s against the best of the bare loops", s->name);
	row(what, of_bare > 0 ? of_tuned / of_bare : of_tuned, ">=", 0.5, of_tuned >= of_bare / 2);
	strategy_print(&tuner_best(&t)->strategy, text, sizeof(text));
	printf("    tuned %.3g/s, free %.3g/s, bare %.3g/s; %s\n", of_tuned, of_free, of_bare, text);
	strategy_print(&bare, text, sizeof(text));
	printf("    bare: %s\n", text);
}

/* ---- the program ---- */

static uint64_t spawn(const char *program, char *const argv[], struct rusage *u)
{
	uint64_t begin = now_ns();
	pid_t pid = fork();
	int status;

	if (!pid) {
		int fd = open("/dev/null", O_WRONLY);

		dup2(fd, 1);
		dup2(fd, 2);
		execv(program, argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, u) != pid || !WIFEXITED(status) ||
	    WEXITSTATUS(status) == 2 || WEXITSTATUS(status) == 127)
		die("the program could not be run");
	return now_ns() - begin;
}

static void bench_program(const char *program)
{
	char *const one[] = { "tornwalk", "run", "--reader", "lo-hi", "--time", "10ms", NULL };
	char *const calibrating[] = { "tornwalk", "run", "--reader", "lo-hi", "--time", "20ms", NULL };
	char *const quick[] = { "tornwalk", "run", "quick", "--time", "100ms", NULL };
	struct calibration calibration;
	struct rusage u;
	struct stat st;
	double ms[PAIRS];
	unsigned i;

	for (i = 0; i < PAIRS; i++) {
		uint64_t begin = now_ns(), calibrated;

		calibrate(&calibration, &cpus, 20000000, NULL);
		calibrated = now_ns() - begin;
		ms[i] = ((double)spawn(program, i % 2 ? one : calibrating, &u) - (double)calibrated) / 1e6 -
			(i % 2 ? 10 : 20);
	}
	ms[0] = median(ms, PAIRS);
	row("start-up to first walk and exit after it, calibration aside, ms", ms[0], "<", 20, ms[0] < 20);
	spawn(program, quick, &u);
	row("resident for the quick suite, MiB", (double)u.ru_maxrss / 1024, "<=", 32,
	    u.ru_maxrss <= 32 * 1024);
	if (stat(program, &st))
		die(strerror(errno));
	row("static stripped binary, bytes; of 32 bits it is under 1 MB", (double)st.st_size, "<=", 1048576, st.st_size <= 1048576);
}

int main(int argc, char **argv)
{
	static const char *const rfc[] = { "walker", "pagewalk-rfc", "reader", "read-once", "writer",
					   "pae-pmd", "transition", "remap", NULL };
	static const char *const entry_walk[] = { "walker", "entry", "reader", "read-once", "writer",
						  "pae-pmd", "transition", "remap", "consumer", "gup",
						  NULL };

	const struct shape *s;

	cpus_allowed(&cpus);
	bench_watched_walk("pagewalk-rfc, no writer: time of a watched walk against unwatched", rfc);
	bench_watched_walk("entry walker, no writer: time of a watched walk against unwatched", entry_walk);
	bench_watched_reads();
	if (cpus.n > 1) {
		bench_power("busted-low-first");
		bench_power("present-present");
		for (s = shapes; s->name; s++)
			bench_shape(s);
	} else {
		puts("power: needs two CPUs");
	}
	if (argc > 1)
		bench_program(argv[1]);
	return 0;
}
