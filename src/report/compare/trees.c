/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One cell of two kernel trees.
 *
 * Invariant: what one side does not show counts only where its search came to an end.
 */
#include "trees.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "allowed.h"

static const char *const side_names[] = { "BASE", "NEW" };

/* ---- sets of notes, "confused,wild" ---- */

static bool has(const char *set, const char *note, size_t n)
{
	for (size_t len; *set; set += len + (set[len] == ',')) {
		len = strcspn(set, ",");
		if (len == n && !strncmp(set, note, n))
			return true;
	}
	return false;
}

/* The first that a has and b has not, and its length; NULL: there is none. */
static const char *only_in(const char *a, const char *b, int *n)
{
	for (; *a; a += *n + (a[*n] == ',')) {
		*n = (int)strcspn(a, ",");
		if (!has(b, a, (size_t)*n))
			return a;
	}
	return NULL;
}

/* ---- what a side says ---- */

static bool complete(const struct result *r)
{
	for (unsigned i = 0; r->model && i < r->source->nr_models; i++)
		if (!strcmp(r->source->models[i].model, r->model))
			return r->source->models[i].complete;
	return false;
}

static void in_words(char *to, size_t size, const struct result *r)
{
	const char *bad = result_shows(r);

	snprintf(to, size, "%s%s (%s)", r->source->outside ? "outside, " : "", verdict_names[r->verdict],
		 *bad ? bad : r->verdict == VERDICT_FAIL ? (r->cause == CAUSE_ALARM ? "ALARM" : "seen in the race") :
		 complete(r) ? "clean" : "no answer");
}

static const char *shown_under(const struct result *r, const char *model)
{
	for (unsigned i = 0; model && i < r->source->nr_models; i++) {
		const struct explored *x = &r->source->models[i];

		if (!strcmp(x->model, model))
			return *x->bad ? x->bad : x->complete ? "clean" : "no answer";
	}
	return "-";
}

/* What a compiler made of it, where that changed, and not as what the source allows did. */
static void say_compiled(struct comparison *c)
{
	const struct result *was = c->side[BASE].last, *is = c->side[NEW].last;
	const char *before = shown_under(was, "compiled"), *after = shown_under(is, "compiled");
	const size_t n = strlen(c->why), room = sizeof(c->why) - n;

	if (!strcmp(before, after) || *before == '-' || *after == '-' ||
	    (!strcmp(before, shown_under(was, was->model)) && !strcmp(after, shown_under(is, is->model))))
		return;
	if (snprintf(c->why + n, room, "; as compiled: %s => %s", before, after) >= (int)room)
		strcpy(c->why + sizeof(c->why) - 4, "...");
}

__attribute__((format(printf, 3, 4)))
static void because(struct comparison *c, enum change change, const char *fmt, ...)
{
	char why[2][400], more[sizeof(c->why)] = "";
	va_list ap;
	int n;

	in_words(why[BASE], sizeof(why[BASE]), c->side[BASE].last);
	in_words(why[NEW], sizeof(why[NEW]), c->side[NEW].last);
	va_start(ap, fmt);
	vsnprintf(more, sizeof(more), fmt, ap);	/* cut or not, the sum of them says so */
	va_end(ap);
	c->change = change;
	if (strcmp(why[BASE], why[NEW]))
		n = snprintf(c->why, sizeof(c->why), "%s => %s%s%s", why[BASE], why[NEW], *more ? ": " : "", more);
	else
		n = snprintf(c->why, sizeof(c->why), "%s, both%s%s", why[BASE], *more ? ": " : "", more);
	if (n >= (int)sizeof(c->why))
		strcpy(c->why + sizeof(c->why) - 4, "...");
	say_compiled(c);
}

/* ---- the comparison ---- */

static bool several(struct comparison *c)
{
	for (unsigned side = BASE; side <= NEW; side++)
		for (unsigned i = 0; i < c->side[side].runs; i++)
			if (c->side[side].run[i]->machine->tree != c->side[side].last->machine->tree)
				return !compare_no(c, "%s has several trees: give each side one", side_names[side]);
	return false;
}

static void both_fail(struct comparison *c, const struct result *was, const struct result *is)
{
	const char *a = result_shows(was), *b = result_shows(is), *note;
	int n = 0;

	if (is->cause == CAUSE_ALARM && was->cause != CAUSE_ALARM)
		because(c, REGRESSED, "%s", is->reason);
	else if ((note = only_in(b, a, &n)))
		because(c, complete(was) ? REGRESSED : NOT_COMPARABLE, complete(was) ? "%.*s is new" :
			"whether %.*s is new BASE's search did not come to say", n, note);
	else if ((note = only_in(a, b, &n)))
		because(c, complete(is) ? IMPROVED : NOT_COMPARABLE, complete(is) ? "%.*s is gone" :
			"whether %.*s is gone NEW's search did not come to say", n, note);
	else
		because(c, SAME, "%s", "");
}

void compare_trees(struct comparison *c)
{
	const struct result *was = c->side[BASE].last, *is = c->side[NEW].last;

	c->fails_now = is->verdict == VERDICT_FAIL;
	if (several(c))
		return;
	if (is->verdict == VERDICT_INCONCLUSIVE)
		because(c, NOT_COMPARABLE, "NEW: %s", is->reason);
	else if (was->verdict == VERDICT_INCONCLUSIVE)
		because(c, NOT_COMPARABLE, "BASE: %s", was->reason);
	else if (is->verdict == VERDICT_FAIL && was->verdict == VERDICT_FAIL)
		both_fail(c, was, is);
	else if (is->source->outside && !was->source->outside)
		because(c, NOT_COMPARABLE, "NEW's contract does not have it");
	else if (!is->source->outside && was->source->outside)
		because(c, is->verdict == VERDICT_FAIL ? REGRESSED : *result_shows(was) ? IMPROVED : SAME,
			"NEW's contract has it, and BASE's has not");
	else
		because(c, is->verdict == was->verdict ? SAME : is->verdict == VERDICT_FAIL ? REGRESSED : IMPROVED, "%s", "");
}

const struct source_witness *compare_witness(const struct comparison *c, unsigned *side)
{
	const struct result *r;

	*side = c->change == IMPROVED ? BASE : NEW;
	r = c->side[*side].last;
	if (!c->of_trees || c->change == SAME || !r || !r->source || r->verdict != VERDICT_FAIL || !r->source->nr_witnesses)
		return NULL;
	return &r->source->witnesses[0];
}
