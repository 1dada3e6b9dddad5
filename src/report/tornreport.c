/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tornreport: the desk. Reads results and binaries, on the host only.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/audit.h"
#include "report/compare/print.h"
#include "report/results/errata.h"
#include "report/ci/formats.h"
#include "report/ci/gate.h"
#include "report/html/html.h"
#include "options.h"

typedef int printer(FILE *f, const void *what, const struct options *o);

/* One of the last three is set. */
struct command {
	const char *name, *arguments, *summary;
	int min, max;	/* how many paths; max 0: any number */
	int (*run)(char **paths, int n, const struct options *o);
	printer *format;			/* of all results: a format for CI */
	int (*main)(int argc, char **argv);	/* reads its own words */
};

static int cannot(const char *what, int err)
{
	fprintf(stderr, "tornreport: %s: %s\n", what,
		err == -ENODATA ? "no result in it" : strerror(-err));
	return EXIT_USAGE;
}

/* Marks what ERRATA voids, if there is one. Returns 0, or an exit code after printing why. */
static int void_by(struct results *rs, const char *errata)
{
	return errata && errata_apply(rs, errata) < 0 ? EXIT_USAGE : 0;
}

/* Adds results, and marks what ERRATA voids. Returns 0, or an exit code after printing why. */
static int load(struct results *rs, char **paths, int n, const char *errata)
{
	int i, err;

	for (i = 0; i < n; i++) {
		err = results_load(rs, paths[i]);
		if (err)
			return cannot(paths[i], err);
	}
	return void_by(rs, errata);
}

/* ---- gate ---- */

static int cmd_gate(char **paths, int n, const struct options *o)
{
	struct results base = { 0 }, now = { 0 };
	int code;

	if (n == 1 && !o->thin) {
		fputs("usage: tornreport gate BASE NEW [OPTIONS]; tornreport --help has them\n", stderr);
		return EXIT_USAGE;
	}
	code = n > 1 ? load(&base, paths, 1, o->errata) : 0;
	if (!code)
		code = load(&now, paths + n - 1, 1, o->errata);
	if (!code && o->thin)
		gate_thin(n > 1 ? &base : NULL, &now);
	else if (!code)
		code = gate(&base, &now, o->strict);
	results_free(&now);
	results_free(&base);
	return code;
}

/* ---- output ---- */

/* Half a file is taken away again; a device or a pipe is not ours to remove. */
static void forget(const char *path)
{
	struct stat st;

	if (!lstat(path, &st) && S_ISREG(st.st_mode))
		unlink(path);
}

/* Prints to standard output or a file. Returns 0, or an exit code after printing why. */
static int output(const struct options *o, printer *print, const void *what)
{
	FILE *f = o->out ? fopen(o->out, "w") : stdout;
	int err;

	if (!f)
		return cannot(o->out, -errno);
	err = print(f, what, o);
	if (fflush(f) && !err)
		err = -errno;
	if (o->out && fclose(f) && !err)
		err = -errno;
	if (err && o->out)
		forget(o->out);
	return err ? cannot(o->out ? o->out : "standard output", err) : 0;
}

static int convert(char **paths, int n, const struct options *o, printer *print)
{
	struct results rs = { 0 };
	int code = load(&rs, paths, n, o->errata);

	if (!code)
		code = output(o, print, &rs);
	results_free(&rs);
	return code;
}

/* ---- formats ---- */

static int print_ktap(FILE *f, const void *rs, const struct options *o)
{
	(void)o;
	return ktap(f, rs);
}

static int print_junit(FILE *f, const void *rs, const struct options *o)
{
	(void)o;
	return junit(f, rs);
}

static int print_kcidb(FILE *f, const void *rs, const struct options *o)
{
	return kcidb(f, rs, o->origin, o->build);
}

/* ---- html ---- */

/* One word of the command line and perhaps its value; how many were taken, 0: bad. */
static int html_word(struct html_words *w, struct results *rs, int left, char **argv)
{
	char *end;
	int err;

	if (!strcmp(argv[0], "-o") && left > 1) {
		w->out = argv[1];
		return 2;
	}
	if (!strcmp(argv[0], "--limit") && left > 1) {
		w->limit = strtoul(argv[1], &end, 10);
		if (*argv[1] >= '0' && *argv[1] <= '9' && !*end && w->limit)
			return 2;
		fprintf(stderr, "tornreport: html: bad --limit \"%s\": a number of bytes\n", argv[1]);
		return 0;
	}
	if (!strcmp(argv[0], "--audit") && left > 1) {
		if (!html_audit(w, rs, argv[1]))
			return 2;
		fprintf(stderr, "tornreport: %s: not what `tornreport audit --json` writes\n", argv[1]);
		return 0;
	}
	if (!strcmp(argv[0], "--errata") && left > 1) {
		w->errata = argv[1];
		return 2;
	}
	if (argv[0][0] == '-') {
		fprintf(stderr, "tornreport: html: bad option \"%s\"; valid: -o FILE, --limit BYTES, "
			"--audit FILE, --errata FILE\n", argv[0]);
		return 0;
	}
	err = results_load(rs, argv[0]);
	if (err)
		fprintf(stderr, "tornreport: %s: %s\n", argv[0],
			err == -ENODATA ? "no result in it" : strerror(-err));
	return 1;
}

static int cmd_html(int argc, char **argv)
{
	static const char help[] =
		"usage: tornreport html RESULT... -o PAGE.html [--limit BYTES] [--audit FILE]... [--errata FILE]\n"
		"RESULT: a file of results, or a directory of them\n"
		"exit: 0 written, 2 bad input\n";
	struct html_words w = { .limit = PAGE_LIMIT };
	struct results rs = { 0 };
	int i, n = 1, err = -EINVAL;

	if (argc == 2 && !strcmp(argv[1], "--help"))
		return fputs(help, stdout) < 0 || fflush(stdout) ? EXIT_USAGE : 0;
	for (i = 1; i < argc && n; i += n)
		n = html_word(&w, &rs, argc - i, argv + i);
	if (n && (!w.out || !rs.path)) {
		fputs(help, stderr);
	} else if (n && rs.n && !void_by(&rs, options_errata(w.errata))) {
		err = html_file(&w, &rs);
		if (err)
			fprintf(stderr, "tornreport: %s: %s\n", w.out, strerror(-err));
	}
	free(w.code);
	results_free(&rs);
	return err ? EXIT_USAGE : 0;
}

/* ---- compare ---- */

static int print_comparison(FILE *f, const void *c, const struct options *o)
{
	(o->html ? compare_html : compare_text)(f, c);
	return 0;
}

static int cmd_compare(char **paths, int n, const struct options *o)
{
	struct results base = { 0 }, now = { 0 };
	struct comparisons c = { 0 };
	int code = load(&base, paths, n - 1, o->errata);

	if (!code)
		code = load(&now, paths + 1, 1, o->errata);
	if (!code && compare(&c, &base, &now, &o->compare))
		code = cannot("compare", -ENOMEM);
	if (!code)
		code = output(o, print_comparison, &c);
	if (!code)
		code = compare_exit(&c);
	compare_free(&c);
	results_free(&now);
	results_free(&base);
	return code;
}

/* ---- the command line ---- */

static const struct command commands[] = {
	{ "gate", "BASE NEW", "may NEW go in after BASE? exit 0 open, 1 closed, 4 --strict", 1, 2, .run = cmd_gate },
	{ "html", "RESULT...", "one page, with -o FILE", 0, 0, .main = cmd_html },
	{ "compare", "BASE NEW", "what changed, cell by cell: exit 0 nothing for the worse, 1 regressed,\n"
	  "                      4 not comparable", 2, 2, .run = cmd_compare },
	{ "ktap", "RESULT...", "as KTAP version 1", 1, 0, .format = print_ktap },
	{ "junit", "RESULT...", "as JUnit's XML", 1, 0, .format = print_junit },
	{ "kcidb", "RESULT...", "as KCIDB's schema v5", 1, 0, .format = print_kcidb },
	{ "audit", "BINARY...", "what each reader and writer was compiled to", 0, 0, .main = audit_main },
};

enum { NR_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static int usage(FILE *f)
{
	unsigned i;

	fputs("usage: tornreport COMMAND [OPTIONS] RESULT...\n"
	      "A RESULT is a file of results, or a directory of *.jsonl.\n\n", f);
	for (i = 0; i < NR_COMMANDS; i++)
		fprintf(f, "  %-9s%-11s%s\n", commands[i].name, commands[i].arguments,
			commands[i].summary);
	options_print(f);
	fputs("\nExit: 2 bad usage or input; 0 done, unless a command's line says otherwise.\n", f);
	return f == stdout ? 0 : EXIT_USAGE;
}

static int run(const struct command *c, int argc, char **argv)
{
	struct options o;
	int bad = options_parse(&o, argc, argv), n = argc - optind;

	if (bad)
		return bad;
	if (o.help)
		return usage(stdout);
	if (n < c->min || (c->max && n > c->max)) {
		fprintf(stderr, "usage: tornreport %s %s [OPTIONS]; tornreport --help has them\n", c->name,
			c->arguments);
		return EXIT_USAGE;
	}
	return c->format ? convert(argv + optind, n, &o, c->format) : c->run(argv + optind, n, &o);
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";
	unsigned i;

	if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help"))
		return usage(stdout);
	for (i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(word, commands[i].name))
			return commands[i].main ? commands[i].main(argc - 1, argv + 1) :
						  run(&commands[i], argc - 1, argv + 1);
	fprintf(stderr, "tornreport: unknown command \"%s\"; valid:", word);
	for (i = 0; i < NR_COMMANDS; i++)
		fprintf(stderr, " %s", commands[i].name);
	putc('\n', stderr);
	return EXIT_USAGE;
}
