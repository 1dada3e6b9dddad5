/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cell of a tree becomes a verdict.
 *
 * Invariant: a pass is a complete search, of a cell in which a twin was caught in this run, and not one
 * that is there for the sake of an oracle (FILE says `for`).
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "judged.h"

static unsigned steps_to(const struct cell *c, unsigned note)
{
	unsigned n = 0;

	for (const struct step *s = c->steps; s; s = s->next)
		n += s->note == note;
	return n;
}

/* Adds to its reason, whole. */
__attribute__((format(printf, 2, 3)))
static void say(struct cell *c, const char *fmt, ...)
{
	char *more, *all;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&more, fmt, ap) < 0 || asprintf(&all, "%s%s", c->reason ? c->reason : "", more) < 0)
		judged_die("no memory for", c->name);
	va_end(ap);
	free(more);
	free(c->reason);
	c->reason = all;
}

static void judge_clean(const struct judged *j, struct cell *c)
{
	char what[NOTES_LEN];

	c->cause = CAUSE_NO_TWIN;
	for (unsigned i = 0; i < j->ntwins; i++) {
		const uint32_t notes = c->caught[i] ? c->caught[i] : c->caught_other[i];

		if (!notes)
			continue;
		judged_notes(what, sizeof(what), notes);
		say(c, "%s%s caught (%s)", c->reason ? ", " : "", j->twin[i], what);
		if (!c->caught[i])
			say(c, " under %s", judged_models[c->caught_under[i]]);
		else if (!j->aside[i])
			c->cause = CAUSE_SOURCE_CANNOT;
	}
	if (c->cause == CAUSE_NO_TWIN)
		say(c, "%snothing forbidden in any execution, but no busted twin was caught here%s", c->reason ? "; " : "",
		    c->reason ? " that a pass could rest on" : "");
	else
		say(c, "; nothing forbidden in any execution");
}

/*
 * How often the best of the twins was caught in as much time as the claim had, over 3: had
 * the claim one strength-th of the twin's rate, it would have been seen with 95 %.
 */
static void find_strength(const struct judged *j, struct cell *c)
{
	double best = 0;

	c->raced_twin = -1;
	for (unsigned i = 0; i < j->ntwins; i++) {
		const struct raced *r = &c->twin_raced[i];
		const double seen = (double)r->bad_rounds;
		const double s = r->ns ? seen * (r->ns > c->raced.ns ? (double)c->raced.ns / (double)r->ns : 1) : 0;

		if (s > best) {
			best = s;
			c->raced_twin = (int)i;
		}
	}
	c->strength = (uint64_t)(best / 3);
}

/* What the race showed; nothing where it was taken out of the middle of something: what that left is not the tree's doing. */
static uint32_t raced_bad(const struct cell *c)
{
	return c->raced.seen & NOTES_VOID ? 0 : c->raced.seen & NOTES_BAD;
}

/* What was seen of the plain objects and no execution of the source shows. */
static uint32_t impossible(const struct judged *j, const struct cell *c)
{
	if (!c->complete[j->model] || c->notes[j->model] & (NOTES_VOID | c->void_notes))
		return 0;
	return raced_bad(c) & ~c->notes[j->model];
}

/* What was seen of the plain objects, and no execution shows of what they were found to be. */
static uint32_t not_as_compiled(const struct judged *j, const struct cell *c)
{
	if (!c->known[MODEL_COMPILED] || !c->complete[MODEL_COMPILED] || c->unknown || *j->tears ||
	    c->notes[MODEL_COMPILED] & (NOTES_VOID | c->void_notes))
		return 0;
	return raced_bad(c) & ~c->notes[MODEL_COMPILED] & c->notes[j->model];
}

static void say_raced(const struct judged *j, struct cell *c)
{
	char what[NOTES_LEN];
	const unsigned long long bad = c->raced.bad_rounds;
	const bool clean = c->cause == CAUSE_SOURCE_CANNOT || c->cause == CAUSE_NO_TWIN;

	if (!c->raced.walks)
		return;
	if (c->raced.seen & NOTES_VOID)
		say(c, "; the race says nothing: %s%s%s", note_kinds[__builtin_ctz(c->raced.seen & NOTES_VOID)].meaning,
		    c->missing ? ": " : "", c->missing ? c->missing : "");
	else if (bad)
		say(c, "; seen in %llu of %llu rounds of the race", bad, (unsigned long long)c->raced.rounds);
	else if (c->raced_twin >= 0)
		say(c, "; %s %llu walks of the race, where %s was caught in %llu rounds", clean ? "nor in" : "not seen in",
		    (unsigned long long)c->raced.walks, j->twin[c->raced_twin],
		    (unsigned long long)c->twin_raced[c->raced_twin].bad_rounds);
	else
		say(c, "; not seen in the race, which caught no twin either");
	if (not_as_compiled(j, c)) {
		judged_notes(what, sizeof(what), not_as_compiled(j, c));
		say(c, "; ALARM: %s, which nothing shows of what it was compiled to", what);
	}
}

static void say_tears(const struct judged *j, struct cell *c)
{
	if (*j->tears)
		say(c, "; this executor tears what its CPU promises not to: %s", j->tears);
}

void judge_cell(const struct judged *j, struct cell *c)
{
	/* a note whose shortest witness is void is no evidence */
	const uint32_t notes = c->notes[j->model], bad = notes & NOTES_BAD & ~c->void_notes;
	char what[NOTES_LEN];

	find_strength(j, c);
	c->worst = -1;
	if (impossible(j, c)) {
		judged_notes(what, sizeof(what), impossible(j, c));
		c->cause = *j->tears ? CAUSE_BLAMES_EXECUTOR : CAUSE_ALARM;
		say(c, "%sthe race shows %s, which no execution of the source does", *j->tears ? "" : "ALARM: ", what);
		say_tears(j, c);
	} else if (bad) {
		/* the first that has a witness: explore.c begins with what is likeliest */
		for (const struct step *st = c->steps; st && c->worst < 0; st = st->next)
			if (bad & 1u << st->note)
				c->worst = (int)st->note;
		if (c->worst < 0)
			c->worst = __builtin_ctz(bad);
		c->cause = c->outside ? CAUSE_SOURCE_OUTSIDE : CAUSE_SOURCE_SHOWS;
		say(c, "%s%s", c->outside ? "outside this tree's contract: " : "", note_kinds[c->worst].meaning);
		if (steps_to(c, (unsigned)c->worst))
			say(c, ", in %u steps", steps_to(c, (unsigned)c->worst));
	} else if (raced_bad(c) && !c->outside) {
		/* there is no complete search to call it impossible: then it is what it is */
		c->cause = *j->tears ? CAUSE_BLAMES_EXECUTOR : CAUSE_FORBIDDEN;
		say(c, "%s", note_kinds[__builtin_ctz(raced_bad(c))].meaning);
		say_tears(j, c);
	} else if (notes & (NOTES_VOID | c->void_notes)) {
		judged_notes(what, sizeof(what), notes & NOTES_VOID);
		c->cause = CAUSE_NO_STUB;
		say(c, "%s%s%s", *what ? what : c->why_void ? c->why_void : "", c->missing ? ": " : "", c->missing ? c->missing : "");
	} else if (!c->known[j->model] || !c->complete[j->model]) {
		c->cause = CAUSE_UNFINISHED;
		say(c, "the search did not come to its end: %s", c->why ? c->why : "it crashed");
	} else {
		judge_clean(j, c);
	}
	say_raced(j, c);
}
