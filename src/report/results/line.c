/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line of JSON into one struct result.
 *
 * Invariant: a line is either all good or skipped with its reason; no half of one gets
 * into the results.
 */
#include "line.h"

#include <stdlib.h>
#include <string.h>

#include "members.h"
#include "pool.h"
#include "schema1.h"

enum { SCHEMA = 2 };

static bool parse_line(struct parse *p, const char *text, size_t len)
{
	json_error_t e = { 0 };
	json_t *o, *schema;
	bool good = false;

	o = parse_json(text, len, &e);
	schema = json_object_get(o, "schema");
	if (!o)
		parse_wrong(p, "not JSON (cut off?): %s", e.text);
	else if (!json_is_integer(schema))
		parse_wrong(p, "not a result: no \"schema\"");
	else if (json_integer_value(schema) > SCHEMA)
		parse_wrong(p, "schema %lld is newer than this program's %d",
			    (long long)json_integer_value(schema), SCHEMA);
	else if (json_integer_value(schema) < 1)
		parse_wrong(p, "no schema, %lld", (long long)json_integer_value(schema));
	else
		good = parse_members(p, o);
	p->schema = good ? (unsigned)json_integer_value(schema) : 0;
	json_decref(o);
	return good;
}

/* ---- what lines have in common is parsed once ---- */

/*
 * Half of a line says which cell, which machine, what is expected, and says so in
 * the same bytes as thousands of other lines. These stretches, from one key to
 * another, are looked up as they stand; the JSON parser gets the rest. A raw
 * `,"target":` cannot stand inside a string, where a quote would be escaped.
 */
enum stretch { CELL, MACHINE, EXPECTED, NR_STRETCHES };

static const struct {
	const char *begin, *end;
} stretches[NR_STRETCHES] = {
	[CELL] = { ",\"layout\":", ",\"target\":" },
	[MACHINE] = { ",\"target\":", ",\"seed\":" },
	[EXPECTED] = { ",\"calibration\":", ",\"verdict\":" },
};

enum { MAX_NOTES = 16384 };

struct note {
	struct result r;
	struct machine machine;
	uint64_t had;
};

static void take(struct parse *p, const struct note *n, enum stretch s)
{
	struct result *r = p->r;
	const struct result *o = &n->r;

	p->had |= n->had;
	switch (s) {
	case CELL:
		r->layout = o->layout;
		r->level = o->level;
		r->walker = o->walker;
		r->reader = o->reader;
		r->writer = o->writer;
		r->transition = o->transition;
		r->consumer = o->consumer;
		r->reclaim = o->reclaim;
		r->world = o->world;
		r->alias = o->alias;
		break;
	case MACHINE:
		p->machine = n->machine;
		break;
	case EXPECTED:
		r->calibration = o->calibration;
		r->has_predicted = o->has_predicted;
		memcpy(r->predicted, o->predicted, sizeof(r->predicted));
		memcpy(r->expect, o->expect, sizeof(r->expect));
		memcpy(r->expect_by, o->expect_by, sizeof(r->expect_by));
		break;
	case NR_STRETCHES:
		break;
	}
}

static const uint64_t stretch_members[NR_STRETCHES] = {	/* by their places in MEMBERS */
	[CELL] = 0x3ffull << 2, [MACHINE] = 0xffull << 12, [EXPECTED] = 0x7ull << 35,
};

/* Parses a stretch for the first time; NULL: let the whole line be parsed, and complained of. */
static struct note *note_of(struct results *rs, const char *text, size_t len)
{
	struct note *n = pool_alloc(rs->pool, sizeof(*n));
	char why[WHY_LEN];
	struct parse p = { .rs = rs, .r = &n->r, .why = why };
	char *buf = malloc(len + 2);
	json_error_t e;
	json_t *o;
	bool good;

	if (!buf)
		return NULL;
	memcpy(buf, text, len);
	buf[0] = '{';		/* instead of the comma */
	buf[len] = '}';
	o = parse_json(buf, len + 1, &e);
	good = o && parse_members(&p, o);
	json_decref(o);
	free(buf);
	n->machine = p.machine;
	n->had = p.had;
	return good ? n : NULL;
}

/* Takes a known stretch out of the line; false: it is not there, or not as usual. */
static bool cut_out(struct parse *p, enum stretch s, const char *text, size_t len, const char **begin,
		    const char **end)
{
	const size_t n = strlen(stretches[s].begin);
	struct note *note;

	*begin = memmem(text, len, stretches[s].begin, n);
	if (!*begin)
		return false;
	*end = memmem(*begin + n, len - (size_t)(*begin - text) - n, stretches[s].end,
		      strlen(stretches[s].end));
	if (!*end)
		return false;
	note = pool_noted(p->rs->pool, *begin, (size_t)(*end - *begin));
	if (!note) {
		if (p->rs->notes >= MAX_NOTES)
			return false;
		note = note_of(p->rs, *begin, (size_t)(*end - *begin));
		if (!note || note->had != stretch_members[s])
			return false;
		p->rs->notes++;
		pool_note(p->rs->pool, *begin, (size_t)(*end - *begin), note);
	}
	take(p, note, s);
	return true;
}

/*
 * A third of a line is the explorer's schedule, which hardly any reader looks at: it is
 * kept as JSON until somebody does.
 */
static void cut_schedule(struct parse *p, const char *text, size_t len, const char **begin, const char **end)
{
	static const char key[] = ",\"schedule\":\"";
	const char *s = memmem(text, len, key, sizeof(key) - 1), *quote, *stop = text + len;

	*begin = *end = stop;
	if (!s)
		return;
	quote = s + sizeof(key) - 2;
	for (const char *c = quote + 1; c < stop && (c = memchr(c, '"', (size_t)(stop - c))); c++) {
		const char *b = c;

		while (b[-1] == '\\')
			b--;
		if ((c - b) % 2)
			continue;
		*begin = s;
		*end = c + 1;
		p->r->schedule = pool_text(p->rs->pool, quote, (size_t)(*end - quote));
		return;
	}
}

/* The line without what is known already; NULL where it is not as usual. */
static char *rest_of(struct parse *p, const char *text, size_t len, size_t *size)
{
	static char *buf;
	static size_t room;
	const char *at = text, *begin, *end;

	if (len > room) {
		free(buf);
		room = len * 2;
		buf = malloc(room);
		if (!buf) {
			room = 0;
			return NULL;
		}
	}
	*size = 0;
	for (unsigned s = 0; s < NR_STRETCHES; s++) {
		if (!cut_out(p, s, at, len - (size_t)(at - text), &begin, &end))
			return NULL;
		memcpy(buf + *size, at, (size_t)(begin - at));
		*size += (size_t)(begin - at);
		at = end;
	}
	cut_schedule(p, at, len - (size_t)(at - text), &begin, &end);
	memcpy(buf + *size, at, (size_t)(begin - at));
	*size += (size_t)(begin - at);
	memcpy(buf + *size, end, len - (size_t)(end - text));
	*size += len - (size_t)(end - text);
	return buf;
}

bool line_parse(struct results *rs, const char *text, size_t len, struct result *r,
		char why[WHY_LEN])
{
	struct parse p = { .rs = rs, .r = r, .why = why };
	size_t size;
	char *rest;

	*r = (struct result){ 0 };
	rest = rest_of(&p, text, len, &size);
	if (!rest || !parse_line(&p, rest, size) || !parse_complete(&p)) {
		/* not as usual: as a whole, for what it says, or for what is wrong with it */
		*r = (struct result){ 0 };
		p = (struct parse){ .rs = rs, .r = r, .why = why };
		if (!parse_line(&p, text, len) || !parse_complete(&p))
			return false;
	}
	r->machine = results_machine(rs, &p.machine);
	if (p.schema == 1)
		schema1_cause(rs, r);
	return true;
}
