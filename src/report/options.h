/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of tornreport's commands. */
#ifndef TORNREPORT_OPTIONS_H
#define TORNREPORT_OPTIONS_H

#include <stdio.h>

#include "report/compare/compare.h"

enum { EXIT_USAGE = 2 };

struct options {
	const char *out, *errata, *origin, *build;
	struct compare_options compare;
	bool html, strict, thin, help;
};

/* 0; EXIT_USAGE after one line on stderr. What is left of argv begins at optind. */
int options_parse(struct options *o, int argc, char **argv);
void options_print(FILE *f);

/* The file of ERRATA that counts if the option was `given` (NULL: it was not); NULL: none. */
const char *options_errata(const char *given);

#endif
