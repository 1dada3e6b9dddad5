/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tornreport: the desk. Reads results and binaries, on the host only.
 */
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "gate.h"

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

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "gate"))
		return cmd_gate(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "audit"))
		return audit_main(argc - 1, argv + 1);
	fprintf(stderr, "tornreport: unknown command \"%s\"; valid: gate audit\n", argc > 1 ? argv[1] : "");
	return EXIT_USAGE;
}
