/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gate BASE NEW: may NEW go in, after BASE?
 *
 * Closed by: a forbidden outcome; a required one that was there and is not; a cell
 * that is gone, or that asks another question now; a verdict that calibration has
 * moved; a reader or writer that compiles to something of another verdict. A cell that merely had too little evidence this time is named, and
 * does not close it: machines are slow at times, and it was never a pass.
 * What ERRATA voids in NEW closes it, as nothing was shown; in BASE it asks nothing.
 */
#include "gate.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "report/results/load.h"

/* Primitives that tear in one and not in the other, into buf; false: none. */
static bool calibration_moved(const struct result *base, const struct result *now, char *buf,
			      size_t len)
{
	const struct calibrated *c = base->calibration;
	size_t n = 0;

	buf[0] = '\0';
	for (unsigned i = 0; c && i < c->n; i++) {
		const char *name = c->of[i].name;
		const bool was = c->of[i].torn > 0;
		const int is = result_tears(now, name);

		/* plain is the compiler's, and rare; it is no promise of anybody's */
		if (is >= 0 && was != is && strcmp(name, "plain") && n < len)
			n += (size_t)snprintf(buf + n, len - n, " %s %s", name,
					      is ? "tears now" : "no longer tears");
	}
	return n;
}

/* One cell of BASE; true: it closes the gate. */
static bool check(const struct result *base, const struct result *now)
{
	const char *name = base->scenario, *was = verdict_names[base->verdict];
	char moved[256];

	if (!now) {
		printf("gone          %s: was %s\n", name, was);
		return true;
	}
	if (now->errata || base->errata) {
		printf("void          %s: %s, %s\n", name, now->errata ? "now" : "the baseline",
		       now->errata ? now->errata : base->errata);
		return now->errata;
	}
	if (strcmp(base->hash, now->hash)) {
		printf("changed       %s: asks another question than the baseline\n", name);
		return true;
	}
	if (now->verdict == VERDICT_FAIL) {
		printf("%-13s %s: %s\n", base->verdict == VERDICT_FAIL ? "still fails" : "FAILS", name,
		       now->reason);
		return true;
	}
	if (base->verdict != VERDICT_PASS || now->verdict == VERDICT_PASS)
		return false;
	if (calibration_moved(base, now, moved, sizeof(moved))) {
		printf("calibration   %s: was pass, now %s:%s\n", name, now->reason, moved);
		return true;
	}
	if (result_requires(base) && !(cause_kinds[now->cause].flags & CAUSE_THIN)) {
		printf("silent        %s: the control fired, now %s\n", name, now->reason);
		return true;
	}
	printf("thin          %s: was pass, now %s\n", name, now->reason);
	return false;
}

int gate(const struct results *base, const struct results *now)
{
	unsigned closed = 0, cells = 0, extra = 0;
	const struct result *o;
	size_t i;

	for (i = 0; i < base->n; i++) {
		o = &base->r[i];
		cells++;
		closed += check(o, results_find(now, o->scenario));
	}
	for (i = 0; i < now->n; i++) {
		o = &now->r[i];
		if (results_find(base, o->scenario))
			continue;
		extra++;
		if (o->verdict == VERDICT_FAIL) {
			printf("FAILS         %s: new, %s\n", o->scenario, o->reason);
			closed++;
		}
	}
	closed += gate_code(base->path, now->path);
	printf("gate %s: %u cells against %s, %u not in it; %u close it\n", closed ? "closed" : "open",
	       cells, base->path, extra, closed);
	return closed ? 1 : 0;
}
