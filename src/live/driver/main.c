/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tornlive: the command line. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/signals.h"
#include "cli/usage.h"
#include "config/number.h"
#include "device.h"
#include "lines.h"
#include "operations.h"
#include "stress/pin.h"
#include "suite.h"
#include "thp.h"
#include "users.h"
#include "watch.h"

enum { HELP = 256, TIME, USER_TIME, OPS, LEVELS, USERS, NO_MODULE, GAP, BATCH, SEED, CPUS, PROBE, SPINS, PAGE_PROBE, FILL, CALIBRATE, OUT };

static const struct option options[] = {
	{ "help", no_argument, NULL, HELP },
	{ "time", required_argument, NULL, TIME },
	{ "user-time", required_argument, NULL, USER_TIME },
	{ "ops", required_argument, NULL, OPS },
	{ "levels", required_argument, NULL, LEVELS },
	{ "users", required_argument, NULL, USERS },
	{ "no-module", no_argument, NULL, NO_MODULE },
	{ "gap", required_argument, NULL, GAP },
	{ "batch", required_argument, NULL, BATCH },
	{ "seed", required_argument, NULL, SEED },
	{ "cpus", required_argument, NULL, CPUS },
	{ "probe", required_argument, NULL, PROBE },
	{ "spins", required_argument, NULL, SPINS },
	{ "pages", required_argument, NULL, PAGE_PROBE },
	{ "fill", required_argument, NULL, FILL },
	{ "calibrate", required_argument, NULL, CALIBRATE },
	{ "out", required_argument, NULL, OUT },
	{ 0 },
};

static const char help[] =
	"usage: tornlive [OPTIONS]\n"
	"Makes the kernel write page-table entries of this process, while the module tornlive reads them,\n"
	"and then while the kernel's own readers do. Prints what was seen, a line for each fact.\n"
	"\n"
	"  --time T         of each operation under the module's readers (7s); 0: none\n"
	"  --user-time T    of each operation under each of the kernel's own readers (250ms); 0: none\n"
	"  --ops LIST       operations (all), see below\n"
	"  --levels LIST    pmd, pte (both)\n"
	"  --users LIST     the kernel's own readers (all), see below\n"
	"  --no-module      the kernel's own readers alone: a smoke run, which cannot see a torn entry as such\n"
	"  --calibrate T    of each race on a private entry (300ms); 0: none\n"
	"  --gap N          the longest delay of low-gap-high, in turns of an empty loop (100)\n"
	"  --batch N        reads in one section with interrupts off (256)\n"
	"  --cpus A,B       operations on A, readers on B (the first two that are allowed)\n"
	"  --seed N         of all that is random (1)\n"
	"  --probe SYM+0xN  delay this process where it runs over that instruction of the kernel; it may\n"
	"                   crash the machine, and the module must have been loaded with probes=1\n"
	"  --spins N        the longest such delay, in turns of an empty loop (2000)\n"
	"  --pages SYMBOL   look at each call of that function of the kernel by this process: its first argument\n"
	"                   is a struct page, and those that are of no memory are counted; needs probes=1\n"
	"  --fill MIB       so much memory is filled with ones first: whoever takes it for struct pages finds\n"
	"                   pointers to address 0 in them\n"
	"  --out FILE|FD    where the lines go (stdout)\n"
	"\n"
	"Examples:\n"
	"  tornlive --no-module --user-time 100ms\n"
	"  tornlive --time 8s --ops usplit,coll,move --user-time 0\n"
	"  tornlive --time 0 --ops usplit --users gup-fast --user-time 60s --probe get_user_pages_fast+0x1a --spins 5000 \\\n"
	"      --pages try_grab_folio\n"
	"\n"
	"Exit: 0 all was done and nothing bad was seen, 1 something was (or the layouts differ, or a process\n"
	"died), 2 bad usage or no module, 4 interrupted, or something could not be done.\n"
	"\n";

static int print_help(void)
{
	unsigned i;

	fputs(help, stdout);
	puts("Operations:");
	for (i = 0; operations[i].name; i++)
		printf("  %-13s %s: %s\n", operations[i].name, level_names[operations[i].level], operations[i].summary);
	puts("The kernel's own readers:");
	for (i = 0; user_readers[i].name; i++)
		printf("  %-13s %s\n", user_readers[i].name, user_readers[i].summary);
	return fflush(stdout) ? EXIT_USAGE : EXIT_PASS;
}

/* ---- lists of names ---- */

static const char *operation_name(unsigned i) { return operations[i].name; }
static const char *user_name(unsigned i) { return user_readers[i].name; }
static const char *level_name(unsigned i) { return level_names[i]; }

static int bad_name(const char *option, const char *word, const char *(*name)(unsigned i))
{
	char valid[512] = "";
	unsigned i, n = 0;

	for (i = 0; name(i); i++)
		n += (unsigned)snprintf(valid + n, sizeof(valid) - n, " %s", name(i));
	return usage_error("--%s: unknown \"%s\"; valid:%s", option, word, valid);
}

static int parse_names(const char *option, char *list, const char *(*name)(unsigned i), uint64_t *mask)
{
	char *word, *rest = list;
	unsigned i;

	*mask = 0;
	while ((word = strsep(&rest, ","))) {
		for (i = 0; name(i) && strcmp(name(i), word); i++)
			;
		if (!name(i))
			return bad_name(option, word, name);
		*mask |= 1ull << i;
	}
	return GO_ON;
}

/* ---- options ---- */

static int bad_value(const char *option, const char *value, const char *valid)
{
	return usage_error("--%s: \"%s\" is not %s", option, value, valid);
}

static int take_time(const char *option, const char *value, uint64_t most_s, uint64_t *ns)
{
	char valid[96];

	*ns = 0;
	if (!strcmp(value, "0") || (!parse_duration(value, ns) && *ns <= most_s * NS_PER_S))
		return GO_ON;
	snprintf(valid, sizeof(valid), "0 or a time from 10ms to %us, such as 500ms or 8s", (unsigned)most_s);
	return bad_value(option, value, valid);
}

static int take_number(const char *option, const char *value, uint64_t min, uint64_t max, uint64_t *n)
{
	char valid[96];

	if (!parse_number(value, min, max, false, n))
		return GO_ON;
	snprintf(valid, sizeof(valid), "a number from %llu to %llu", (unsigned long long)min, (unsigned long long)max);
	return bad_value(option, value, valid);
}

static int take_probe(char *value, struct live_probe *p)
{
	char *plus = strrchr(value, '+'), *end = NULL;

	if (plus && plus > value && plus - value < LIVE_NAME && !strncmp(plus + 1, "0x", 2)) {
		p->offset = strtoull(plus + 3, &end, 16);
		if (end != plus + 3 && !*end) {
			memcpy(p->symbol, value, (size_t)(plus - value));
			return GO_ON;
		}
	}
	return bad_value("probe", value, "SYMBOL+0xOFFSET");
}

static int take_symbol(const char *value, struct live_probe *p)
{
	if (!*value || strlen(value) >= LIVE_NAME)
		return bad_value("pages", value, "the name of a function of the kernel");
	strcpy(p->symbol, value);
	return GO_ON;
}

struct asked {
	struct suite suite;
	uint64_t levels;
	const char *out;
	struct cpus cpus;
};

static int take_cpus(struct asked *a, const char *value)
{
	char err[512];

	if (cpus_choose(&a->cpus, value, err, sizeof(err)))
		return usage_error("--cpus: %s", err);
	return a->cpus.n <= 2 ? GO_ON : bad_value("cpus", value, "one CPU or two");
}

static int take(struct asked *a, int option, const char *name, char *value)
{
	struct suite *s = &a->suite;
	uint64_t n = 0;
	int code = GO_ON;

	switch (option) {
	case HELP: return print_help();
	case TIME: return take_time(name, value, 86400, &s->time_ns);
	case USER_TIME: return take_time(name, value, 86400, &s->user_ns);
	case CALIBRATE: return take_time(name, value, 60, &s->race_ns);
	case OPS: return parse_names(name, value, operation_name, &s->operations);
	case LEVELS: return parse_names(name, value, level_name, &a->levels);
	case USERS: return parse_names(name, value, user_name, &s->users);
	case CPUS: return take_cpus(a, value);
	case PROBE: return take_probe(value, &s->probe[LIVE_PROBE_DELAY]);
	case PAGE_PROBE: return take_symbol(value, &s->probe[LIVE_PROBE_PAGE]);
	case FILL: return take_number(name, value, 0, 1u << 20, &s->fill_mib);
	case SEED: return take_number(name, value, 0, UINT64_MAX, &s->seed);
	case NO_MODULE: s->module = false; return GO_ON;
	case OUT: a->out = value; return GO_ON;
	case GAP:
		code = take_number(name, value, 0, 10000, &n);
		s->gap = (uint32_t)n;
		return code;
	case BATCH:
		code = take_number(name, value, 1, 100000, &n);
		s->batch = (uint32_t)n;
		return code;
	default:
		code = take_number(name, value, 1, 100000, &n);
		s->probe[LIVE_PROBE_DELAY].spins = (uint32_t)n;
		return code;
	}
}

static int unknown(const char *word)
{
	char valid[512] = "";
	unsigned i, n = 0;

	for (i = 0; options[i].name; i++)
		n += (unsigned)snprintf(valid + n, sizeof(valid) - n, " --%s", options[i].name);
	return usage_error("unknown \"%s\"; valid:%s", word, valid);
}

static int parse(struct asked *a, int argc, char **argv)
{
	int c, i = 0, code = GO_ON;

	opterr = 0;
	while (code == GO_ON && (c = getopt_long(argc, argv, ":", options, &i)) != -1) {
		if (c == ':')
			code = usage_error("%s needs a value; see --help", argv[optind - 1]);
		else if (c == '?')
			code = unknown(argv[optind - 1]);
		else
			code = take(a, c, options[i].name, optarg);
	}
	if (code == GO_ON && optind < argc)
		code = unknown(argv[optind]);
	return code;
}

/* What only shows when all options are there. */
static int settle(struct asked *a)
{
	struct suite *s = &a->suite;
	unsigned i;

	for (i = 0; operations[i].name; i++)
		if (!(a->levels >> operations[i].level & 1))
			s->operations &= ~(1ull << i);
	if (!s->operations)
		return usage_error("no operation of --ops is of a level of --levels");
	if ((s->probe[LIVE_PROBE_DELAY].symbol[0] || s->probe[LIVE_PROBE_PAGE].symbol[0]) && !s->module)
		return usage_error("--probe and --pages need the module, and --no-module goes without");
	if (!s->module && !(s->user_ns && s->users))
		return usage_error("--no-module with --user-time 0: nothing would be read");
	if (sysconf(_SC_PAGESIZE) != PAGE)
		return usage_error("a page has %ld bytes here; only 4096 will do", sysconf(_SC_PAGESIZE));
	s->probe[LIVE_PROBE_DELAY].seed = s->seed;
	s->cpu[0] = a->cpus.id[0];
	s->cpu[1] = a->cpus.id[a->cpus.n > 1];
	return GO_ON;
}

static int work(void *arg, struct watch *w)
{
	struct asked *a = arg;
	struct device d = { .fd = -1 };
	int code;

	if (!a->suite.module)
		return suite_run(&a->suite, NULL, w);
	code = device_open(&d);
	if (code)
		return code;
	if ((a->suite.probe[LIVE_PROBE_DELAY].symbol[0] || a->suite.probe[LIVE_PROBE_PAGE].symbol[0]) && !d.hello.probes)
		return usage_error("--probe, --pages: the module was loaded without probes=1");
	return suite_run(&a->suite, &d, w);
}

int main(int argc, char **argv)
{
	static struct asked a = {
		.suite = { .time_ns = 7 * NS_PER_S, .user_ns = 250 * NS_PER_MS, .race_ns = 300 * NS_PER_MS, .seed = 1,
			   .gap = 100, .batch = 256, .module = true, .operations = ~0ull, .users = ~0ull,
			   .probe = { [LIVE_PROBE_DELAY] = { .spins = 2000, .kind = LIVE_PROBE_DELAY },
				      [LIVE_PROBE_PAGE] = { .kind = LIVE_PROBE_PAGE } } },
		.levels = ~0ull, .out = "-",
	};
	int code, err;

	cpus_allowed(&a.cpus);
	code = parse(&a, argc, argv);
	if (code == GO_ON)
		code = settle(&a);
	if (code == GO_ON && a.suite.module && device_there())
		code = EXIT_USAGE;
	if (code != GO_ON)
		return code;
	err = lines_open(a.out);
	if (err)
		return usage_error("--out: \"%s\": %s", a.out, strerror(-err));
	catch_signals();
	a.suite.no_thp = thp_set();
	code = watch(work, &a, thp_restore);
	if (interrupted)
		fprintf(stderr, "tornlive: interrupted: what was running is shorter than it was asked for\n");
	line("done\t%d", code);
	return code;
}
