/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "also.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/usage.h"
#include "config/text.h"

struct place {
	const char *path;
	unsigned line;
};

/* A row that was not selected is not there, and its line is read for nothing. */
static int take_line(const struct place *at, struct row *rows, unsigned nr, const char *instrument,
		     const char *name, const char *word)
{
	const enum column k = tally_column(instrument);
	char valid[ERR_LEN];
	unsigned i;

	if (k == NR_COLUMNS)
		return usage_error("%s:%u: unknown instrument \"%s\"; valid:%s", at->path, at->line, instrument,
				   tally_instruments(valid, sizeof(valid)));
	if (!mutant_find(name))
		return usage_error("%s:%u: unknown mutant \"%s\"; valid:%s", at->path, at->line, name,
				   mutant_names(valid, sizeof(valid)));
	for (i = 0; i < nr; i++) {
		struct row *r = &rows[i];

		if (strcmp(r->mutant->name, name))
			continue;
		r->asked[k] = true;
		snprintf(r->also[k], sizeof(r->also[k]), "%s", word);
		r->word[k] = strcmp(word, ".") ? r->also[k] : NULL;
	}
	return GO_ON;
}

int also_read(const char *path, struct row *rows, unsigned nr)
{
	char text[256], instrument[24], name[80], word[24], rest;
	struct place at = { .path = path };
	int code = GO_ON;
	FILE *f = fopen(path, "r");

	if (!f)
		return usage_error("cannot read %s: %s", path, strerror(errno));
	while (code == GO_ON && fgets(text, sizeof(text), f)) {
		at.line++;
		if (sscanf(text, "%23s %79s %23s %c", instrument, name, word, &rest) != 3)
			code = usage_error("%s:%u: not \"INSTRUMENT MUTANT WORD\"", path, at.line);
		else
			code = take_line(&at, rows, nr, instrument, name, word);
	}
	fclose(f);
	return code;
}
