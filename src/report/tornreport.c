/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tornreport: the desk. Reads results and binaries, on the host only.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "gate.h"
#include "html.h"

enum { EXIT_USAGE = 2 };

static int cmd_gate(int argc, char **argv)
{
	struct results base = { 0 }, now = { 0 };
	int err, code;

	if (argc != 3) {
		fputs("usage: tornreport gate BASE.jsonl NEW.jsonl\n"
		      "exit: 0 open, 1 closed (the cells are named), 2 bad input\n", stderr);
		return EXIT_USAGE;
	}
	err = results_load(&base, argv[1]);
	if (err) {
		fprintf(stderr, "tornreport: %s: %s\n", argv[1], strerror(-err));
		results_free(&base);
		return EXIT_USAGE;
	}
	err = results_load(&now, argv[2]);
	if (err) {
		fprintf(stderr, "tornreport: %s: %s\n", argv[2], strerror(-err));
		results_free(&now);
		results_free(&base);
		return EXIT_USAGE;
	}
	code = gate(&base, &now);
	results_free(&now);
	results_free(&base);
	return code;
}

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
	if (argv[0][0] == '-') {
		fprintf(stderr, "tornreport: html: bad option \"%s\"; valid: -o FILE, --limit BYTES, "
			"--audit FILE\n", argv[0]);
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
	struct html_words w = { .limit = PAGE_LIMIT };
	struct results rs = { 0 };
	int i, n = 1, err = -EINVAL;

	for (i = 1; i < argc && n; i += n)
		n = html_word(&w, &rs, argc - i, argv + i);
	if (n && (!w.out || !rs.path)) {
		fputs("usage: tornreport html RESULT... -o PAGE.html [--limit BYTES] [--audit FILE]...\n"
		      "RESULT: a file of results, or a directory of them\n"
		      "exit: 0 written, 2 bad input\n", stderr);
	} else if (n && rs.n) {
		err = html_file(&w, &rs);
		if (err)
			fprintf(stderr, "tornreport: %s: %s\n", w.out, strerror(-err));
	}
	free(w.code);
	results_free(&rs);
	return err ? EXIT_USAGE : 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "gate"))
		return cmd_gate(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "audit"))
		return audit_main(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "html"))
		return cmd_html(argc - 1, argv + 1);
	fprintf(stderr, "tornreport: unknown command \"%s\"; valid: gate html audit\n",
		argc > 1 ? argv[1] : "");
	return EXIT_USAGE;
}
