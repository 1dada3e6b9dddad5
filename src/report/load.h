/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results as they lie on disk: one JSON object a line. */
#ifndef TORNREPORT_LOAD_H
#define TORNREPORT_LOAD_H

#include <jansson.h>

struct results {
	const char *path;
	json_t *lines;		/* array of objects, in the file's order */
	unsigned skipped;	/* truncated, foreign or newer lines; each was named on stderr */
};

/* 0; -errno, or -ENODATA where nothing usable is left. */
int results_load(struct results *r, const char *path);
void results_free(struct results *r);

/* The last line of that scenario, or NULL. */
const json_t *results_find(const struct results *r, const char *scenario);

/* A string member; "" where there is none. */
const char *field(const json_t *line, const char *name);

#endif
