/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gate BASE NEW: may NEW go in, after BASE?
 *
 * Only evidence closes it: something forbidden or impossible that was seen; something
 * forbidden that the explorer calls possible now, under the same model; a required
 * outcome that it calls impossible now, or that no rung of the ladder could
 * produce though its baseline says that the chance of this is below one in a million; an
 * 8-byte access that tears now and moved a verdict; a reader or writer that compiles to
 * something of another verdict; a cell that is gone, or that asks another question now. A
 * cell that merely had too little evidence is named as thin, counted, and does not close
 * it: machines are busy at times. What ERRATA voids in NEW closes it, as nothing was
 * shown; in BASE it asks nothing.
 */
#include "gate.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "report/results/load.h"

/* The last line of that cell for that target: it may have been run again. NULL: there is none. */
static const struct result *same_cell(const struct results *rs, const struct result *like)
{
	for (size_t i = rs->n; i-- > 0;)
		if (!strcmp(rs->r[i].scenario, like->scenario) &&
		    !strcmp(rs->r[i].machine->target, like->machine->target))
			return &rs->r[i];
	return NULL;
}

/* Primitives that tear now and did not, into buf; false: none. Not to see a tear is no evidence. */
static bool tears_now(const struct result *base, const struct result *now, char *buf, size_t len)
{
	const struct calibrated *c = base->calibration;
	size_t n = 0;

	buf[0] = '\0';
	for (unsigned i = 0; c && i < c->n; i++) {
		const char *name = c->of[i].name;

		/* plain is the compiler's, and rare; it is no promise of anybody's */
		if (!c->of[i].torn && result_tears(now, name) > 0 && strcmp(name, "plain") && n < len)
			n += (size_t)snprintf(buf + n, len - n, " %s tears now", name);
	}
	return n;
}

/*
 * Strength S of a control: a hole 1/S as wide as its own shows nothing in that time with
 * a probability of e^-3, and so its own with e^-3S. One in a million is e^-14. What was
 * watched for a shorter time, or looked less often at something present, counts as less.
 */
static bool beyond_chance(const struct result *base, const struct result *now)
{
	const double time = base->seconds > 0 ? now->seconds / base->seconds : 0;
	const double looks = base->present ? (double)now->present / (double)base->present : 0;

	return 3 * (double)base->strength * fmin(1, fmin(time, looks)) > 14;
}

/* Did calibration see the same primitives tear? What tears is two words to the explorer. */
static bool same_primitives(const struct result *base, const struct result *now)
{
	const struct calibrated *c = base->calibration;

	for (unsigned i = 0; c && i < c->n; i++)
		if (result_tears(now, c->of[i].name) != (c->of[i].torn > 0))
			return false;
	return !now->primitive;
}

/* What is forbidden, was impossible and is possible now, by the explorer; or NULL. */
static const char *possible_now(const struct result *base, const struct result *now)
{
	const uint32_t forbids = result_forbids(now);

	if (!base->has_predicted || !now->has_predicted || !base->model || !now->model ||
	    strcmp(base->model, now->model) || !same_primitives(base, now))
		return NULL;
	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		if ((forbids & outcome_in_results(o)) && base->predicted[o] == PREDICTED_IMPOSSIBLE &&
		    now->predicted[o] == PREDICTED_POSSIBLE)
			return outcome_result_names[o];
	return NULL;
}

/* Of one cell: does it close the gate, was it thin? */
enum effect { OPEN, THIN, CLOSES };

static enum effect check(const struct result *base, const struct result *now)
{
	const char *name = base->scenario, *was = verdict_names[base->verdict];
	char moved[256];

	if (!now) {
		printf("gone          %s: was %s\n", name, was);
		return CLOSES;
	}
	if (now->errata || base->errata) {
		printf("void          %s: %s, %s\n", name, now->errata ? "now" : "the baseline",
		       now->errata ? now->errata : base->errata);
		return now->errata ? CLOSES : OPEN;
	}
	if (strcmp(base->hash, now->hash)) {
		printf("changed       %s: asks another question than the baseline\n", name);
		return CLOSES;
	}
	if (now->verdict == VERDICT_FAIL) {
		printf("%-13s %s: %s\n", base->verdict == VERDICT_FAIL ? "still fails" : "FAILS", name,
		       now->reason);
		return CLOSES;
	}
	if (base->verdict != VERDICT_PASS || now->verdict == VERDICT_PASS)
		return OPEN;
	if (tears_now(base, now, moved, sizeof(moved))) {
		printf("calibration   %s: was pass, now %s:%s\n", name, now->reason, moved);
		return CLOSES;
	}
	if (possible_now(base, now)) {
		printf("possible      %s: %s is possible now (explorer, %s), and is forbidden\n", name,
		       possible_now(base, now), now->model);
		return CLOSES;
	}
	if (now->cause == CAUSE_REQUIRED_IMPOSSIBLE ||
	    (now->cause == CAUSE_LADDER_SILENT && beyond_chance(base, now))) {
		printf("silent        %s: the control fired, now %s\n", name, now->reason);
		return CLOSES;
	}
	printf("%-13s %s: was pass, now %s\n", now->source ? "no answer" : "thin", name, now->reason);
	return THIN;
}

/* Which kernel trees they are of, where they are. */
static void trees(const struct results *base, const struct results *now)
{
	char was[TREE_LABEL], is[TREE_LABEL];

	for (unsigned i = 0; i < base->nr_machines; i++)
		for (unsigned k = 0; k < now->nr_machines; k++) {
			const struct tree *a = base->machines[i]->tree, *b = now->machines[k]->tree;

			if (a && b && !strcmp(a->arch, b->arch))
				printf("tree          %s (%s) => %s (%s)\n", tree_label(was, a), a->describe, tree_label(is, b),
				       b->describe);
		}
}

int gate(const struct results *base, const struct results *now, bool strict)
{
	unsigned closed = 0, thin = 0, cells = 0, extra = 0;
	const struct result *o;
	size_t i;

	trees(base, now);
	for (i = 0; i < base->n; i++) {
		o = &base->r[i];
		if (same_cell(base, o) != o)	/* it was run again */
			continue;
		cells++;
		switch (check(o, same_cell(now, o))) {
		case CLOSES:
			closed++;
			break;
		case THIN:
			thin++;
			break;
		case OPEN:
			break;
		}
	}
	for (i = 0; i < now->n; i++) {
		o = &now->r[i];
		if (same_cell(base, o) || same_cell(now, o) != o)
			continue;
		extra++;
		if (o->verdict == VERDICT_FAIL) {
			printf("FAILS         %s: new, %s\n", o->scenario, o->reason);
			closed++;
		}
	}
	closed += gate_code(base->path, now->path);
	printf("gate %s: %u cells against %s, %u not in it; %u close it, %u thin\n", closed ? "closed" : "open",
	       cells, base->path, extra, closed, thin);
	return closed ? 1 : thin && strict ? 4 : 0;
}

void gate_thin(const struct results *base, const struct results *now)
{
	for (size_t i = 0; i < now->n; i++) {
		const struct result *n = &now->r[i], *o = base ? same_cell(base, n) : NULL;

		if (same_cell(now, n) == n && !n->errata &&
		    (cause_kinds[n->cause].flags & CAUSE_THIN) &&
		    (!base || (o && !o->errata && o->verdict == VERDICT_PASS)))
			puts(n->scenario);
	}
}
