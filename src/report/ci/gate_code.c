/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the compiler moved between two audits: RESULT.audit.json lies beside
 * RESULT.jsonl. A symbol whose verdict has changed closes the gate; one that only has
 * another form does not, nor one that is new or gone: its cells say so.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "gate.h"

static json_t *beside(const char *results)
{
	static const char jsonl[] = ".jsonl";
	const size_t len = strlen(results), cut = sizeof(jsonl) - 1;
	char path[4096];

	if (len < cut || strcmp(results + len - cut, jsonl) ||
	    len + sizeof(".audit.json") > sizeof(path))
		return NULL;
	snprintf(path, sizeof(path), "%.*s.audit.json", (int)(len - cut), results);
	return json_load_file(path, 0, NULL);
}

/* The symbols of an audit's first binary; NULL: there are none. */
static const json_t *symbols(const json_t *audit)
{
	return json_object_get(json_array_get(json_object_get(audit, "binaries"), 0), "symbols");
}

static const char *member(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static const json_t *find(const json_t *list, const char *symbol)
{
	const json_t *o;
	size_t i;

	json_array_foreach(list, i, o)
		if (!strcmp(member(o, "symbol"), symbol))
			return o;
	return NULL;
}

static unsigned moved(const json_t *was, const json_t *now)
{
	unsigned n = 0, forms = 0;
	const json_t *o;
	size_t i;

	json_array_foreach(was, i, o) {
		const json_t *p = find(now, member(o, "symbol"));

		if (!p)
			continue;
		if (!strcmp(member(o, "verdict"), member(p, "verdict"))) {
			forms += strcmp(member(o, "form"), member(p, "form")) != 0;
			continue;
		}
		printf("codegen       %s: was %s (%s), now %s (%s)\n", member(o, "symbol"), member(o, "verdict"),
		       member(o, "form"), member(p, "verdict"), member(p, "form"));
		n++;
	}
	if (forms)
		printf("recompiled    %u symbols have another form and the same verdict\n", forms);
	return n;
}

unsigned gate_code(const char *base, const char *now)
{
	json_t *a = beside(base), *b = beside(now);
	unsigned n = 0;

	if (symbols(a) && symbols(b))
		n = moved(symbols(a), symbols(b));
	else if (symbols(a))
		printf("not audited   nothing beside %s says what it was compiled to\n", now);
	json_decref(a);
	json_decref(b);
	return n;
}
