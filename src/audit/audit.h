/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TORNREPORT_AUDIT_H
#define TORNREPORT_AUDIT_H

#include <stdio.h>

#include "check.h"

/* One binary's audited symbols, by name. */
struct audit {
	const char *path;
	const char *isa;
	bool lpae;
	uint64_t code;		/* a hash of the audited instructions */
	struct check *checks;
	size_t n;
};

/* `tornreport audit [--json|--brief|--lines] BINARY...`: the exit code. */
int audit_main(int argc, char **argv);

/* Which of these binaries are `in`, by the parts of their paths in which they differ. */
void audit_where(FILE *f, const char *const *paths, size_t n, const bool *in);

/* audit_print.c */
/* brief: without the symbols that claim something exact and have it everywhere. */
void audit_table(const struct audit *a, size_t n, bool brief);
void audit_lines(const struct audit *a, size_t n);
void audit_json(const struct audit *a, size_t n);

#endif
