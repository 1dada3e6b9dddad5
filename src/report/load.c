/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE	/* getline */
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCHEMA = 1 };

static const char *unusable(const json_t *o, const json_error_t *e)
{
	if (!o)
		return e->text;
	if (!json_is_object(o) || !*field(o, "scenario") || !*field(o, "verdict"))
		return "not a result";
	if (json_integer_value(json_object_get(o, "schema")) != SCHEMA)
		return "another schema";
	return NULL;
}

int results_load(struct results *r, const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	unsigned n = 0;

	*r = (struct results){ .path = path };
	if (!f)
		return -errno;
	r->lines = json_array();
	while (getline(&line, &size, f) > 0) {
		json_error_t e = { 0 };
		json_t *o;
		const char *why;

		n++;
		if (line[strspn(line, " \t\r\n")] == '\0')
			continue;
		o = json_loads(line, JSON_REJECT_DUPLICATES, &e);
		why = unusable(o, &e);
		if (why) {
			fprintf(stderr, "tornreport: %s:%u: skipped: %s\n", path, n, why);
			r->skipped++;
			json_decref(o);
		} else {
			json_array_append_new(r->lines, o);
		}
	}
	free(line);
	fclose(f);
	return json_array_size(r->lines) ? 0 : -ENODATA;
}

void results_free(struct results *r)
{
	json_decref(r->lines);
}

const json_t *results_find(const struct results *r, const char *scenario)
{
	size_t i;

	for (i = json_array_size(r->lines); i-- > 0;) {
		const json_t *o = json_array_get(r->lines, i);

		if (!strcmp(field(o, "scenario"), scenario))
			return o;
	}
	return NULL;
}

const char *field(const json_t *line, const char *name)
{
	const char *s = json_string_value(json_object_get(line, name));

	return s ? s : "";
}
