/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gate BASE NEW: may NEW go in, after BASE?
 *
 * Closed by: a forbidden outcome; a required one that was there and is not; a cell
 * that is gone, or that asks another question now; a verdict that calibration has
 * moved. A cell that merely had too little evidence this time is named, and
 * does not close it: machines are slow at times, and it was never a pass.
 */
#include "gate.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "load.h"

static bool verdict_is(const json_t *o, const char *v)
{
	return o && !strcmp(field(o, "verdict"), v);
}

static bool requires(const json_t *o)
{
	const char *key;
	json_t *v;

	json_object_foreach(json_object_get(o, "expect"), key, v)
		if (json_is_string(v) && !strcmp(json_string_value(v), "require"))
			return true;
	return false;
}

/* Primitives that tear in one and not in the other, into buf; false: none. */
static bool calibration_moved(const json_t *base, const json_t *now, char *buf, size_t len)
{
	json_t *a = json_object_get(base, "calibration"), *b = json_object_get(now, "calibration"), *v;
	const char *key;
	size_t n = 0;

	buf[0] = '\0';
	json_object_foreach(a, key, v) {
		const json_t *w = json_object_get(b, key);
		bool was = json_integer_value(json_object_get(v, "torn")) > 0;
		bool is = json_integer_value(json_object_get(w, "torn")) > 0;

		/* plain is the compiler's, and rare; it is no promise of anybody's */
		if (w && was != is && strcmp(key, "plain") && n < len)
			n += (size_t)snprintf(buf + n, len - n, " %s %s", key,
					      is ? "tears now" : "no longer tears");
	}
	return n;
}

/* One cell of BASE; true: it closes the gate. */
static bool check(const json_t *base, const json_t *now)
{
	const char *name = field(base, "scenario"), *was = field(base, "verdict");
	char moved[256];

	if (!now) {
		printf("gone          %s: was %s\n", name, was);
		return true;
	}
	if (strcmp(field(base, "hash"), field(now, "hash"))) {
		printf("changed       %s: asks another question than the baseline\n", name);
		return true;
	}
	if (verdict_is(now, "fail")) {
		printf("%-13s %s: %s\n", verdict_is(base, "fail") ? "still fails" : "FAILS", name,
		       field(now, "reason"));
		return true;
	}
	if (!verdict_is(base, "pass") || verdict_is(now, "pass"))
		return false;
	if (calibration_moved(base, now, moved, sizeof(moved))) {
		printf("calibration   %s: was pass, now %s:%s\n", name, field(now, "reason"), moved);
		return true;
	}
	if (requires(base) && !strstr(field(now, "reason"), "too few")) {
		printf("silent        %s: the control fired, now %s\n", name, field(now, "reason"));
		return true;
	}
	printf("thin          %s: was pass, now %s\n", name, field(now, "reason"));
	return false;
}

int gate(const struct results *base, const struct results *now)
{
	unsigned closed = 0, cells = 0, extra = 0;
	const json_t *o;
	size_t i;

	json_array_foreach(base->lines, i, o) {
		cells++;
		closed += check(o, results_find(now, field(o, "scenario")));
	}
	json_array_foreach(now->lines, i, o) {
		if (results_find(base, field(o, "scenario")))
			continue;
		extra++;
		if (verdict_is(o, "fail")) {
			printf("FAILS         %s: new, %s\n", field(o, "scenario"), field(o, "reason"));
			closed++;
		}
	}
	printf("gate %s: %u cells against %s, %u not in it; %u close it\n", closed ? "closed" : "open",
	       cells, base->path, extra, closed);
	return closed ? 1 : 0;
}
