/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one place that reads the English of old results.
 *
 * Invariant: what it cannot make out is unknown, never guessed.
 */
#include "schema1.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "protocol/layout.h"

/* ---- the cause ---- */

/* What the instrument wrote of an inconclusive cell; the first that matches. */
static const struct {
	const char *words;
	enum cause cause;
} inconclusive[] = {
	{ "this executor tears ", CAUSE_BLAMES_EXECUTOR },
	{ " tears here, and this CPU never promised", CAUSE_UNPROMISED },
	{ "interrupted after", CAUSE_INTERRUPTED },
	{ "not enough memory", CAUSE_NO_MEMORY },
	{ "could not be run: the writer leaves", CAUSE_TOO_MANY_VALUES },
	{ "could not be run", CAUSE_COULD_NOT_START },
	{ "too few present observations", CAUSE_THIN_PRESENT },
	{ "too few writer rounds", CAUSE_THIN_ROUNDS },
	{ "too few distinct", CAUSE_THIN_DISTINCT },
	{ " rounds", CAUSE_THIN_ROUNDS },
	{ " distinct present observations", CAUSE_THIN_DISTINCT },
	{ "does not show torn words", CAUSE_NO_TEARS_SHOWN },
	{ " did not fire", CAUSE_CONTROL_SILENT },
	{ " was not run", CAUSE_CONTROL_NOT_RUN },
	{ " is impossible under ", CAUSE_REQUIRED_IMPOSSIBLE },
	{ " is possible under ", CAUSE_GAP },
};

static enum cause cause_of_reason(const char *reason)
{
	for (unsigned i = 0; i < sizeof(inconclusive) / sizeof(inconclusive[0]); i++)
		if (strstr(reason, inconclusive[i].words))
			return inconclusive[i].cause;
	return CAUSE_UNKNOWN;
}

static bool saw_impossible(const struct result *r)
{
	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		if (r->distinct[o] && r->predicted[o] == PREDICTED_IMPOSSIBLE)
			return true;
	return false;
}

void schema1_cause(struct results *rs, struct result *r)
{
	char primitive[32];

	switch (r->verdict) {
	case VERDICT_PASS:
		r->cause = result_requires(r) ? CAUSE_PASSED_REQUIRED : CAUSE_PASSED_CLAIM;
		break;
	case VERDICT_FAIL:
		r->cause = saw_impossible(r) ? CAUSE_ALARM :
			   result_seen(r) & result_forbids(r) || !result_requires(r) ? CAUSE_FORBIDDEN :
			   CAUSE_REQUIRED_UNSEEN;
		break;
	default:
		r->cause = cause_of_reason(r->reason);
	}
	if ((r->cause == CAUSE_BLAMES_EXECUTOR &&
	     sscanf(r->reason, "this executor tears %31s", primitive) == 1) ||
	    (r->cause == CAUSE_UNPROMISED && sscanf(r->reason, "%31s", primitive) == 1))
		r->primitive = results_string(rs, "%s", primitive);
}

/* ---- the witness ---- */

static bool skip(const char **s, const char *word)
{
	const size_t n = strlen(word);

	if (strncmp(*s, word, n))
		return false;
	*s += n;
	return true;
}

/* "a clear", "store #49": after which comes one of `ends` */
static bool skip_half(const char **s, uint8_t *from, unsigned *store)
{
	int n = 0;

	if (skip(s, "a clear"))
		*from = HALF_ZERO;
	else if (skip(s, "no store at all"))
		*from = HALF_RUBBISH;
	else if (sscanf(*s, "store #%u%n", store, &n) == 1 && n)
		*from = HALF_STAMPED;
	else if (sscanf(*s, "the invalidation of store #%u%n", store, &n) == 1 && n)
		*from = HALF_INVERTED;
	else
		return false;
	*s += n;
	return true;
}

static bool skip_entry(const char **s, uint64_t *e)
{
	uint32_t hi, lo;
	int n = 0;

	if (sscanf(*s, "%8" SCNx32 ":%8" SCNx32 "%n", &hi, &lo, &n) != 2 || n != 17)
		return false;
	*e = (uint64_t)hi << 32 | lo;
	*s += n;
	return true;
}

static bool skip_meaning(const char **s, struct witness *w)
{
	w->perhaps_held = skip(s, outcome_perhaps_held);
	w->outcome = OUTCOME_TORN_READER;
	if (w->perhaps_held)
		return true;
	for (w->outcome = 0; w->outcome < NR_OUTCOMES; w->outcome++)
		if (skip(s, outcome_kinds[w->outcome].meaning))
			return true;
	return false;
}

void schema1_witness(struct witness *w)
{
	const char *s = w->text;
	uint64_t us;
	int n = 0;

	w->newer = NR_DIRECTIONS;
	if (!skip_entry(&s, &w->used) || !skip(&s, " (high:low) low from ") ||
	    !skip_half(&s, &w->low.from, &w->low.store) || !skip(&s, ", high from ") ||
	    !skip_half(&s, &w->high.from, &w->high.store))
		return;
	if (sscanf(s, ", %u stores apart (mod %u)%n", &w->apart, &w->modulo, &n) == 2 ||
	    sscanf(s, ", %u store apart (mod %u)%n", &w->apart, &w->modulo, &n) == 2)
		s += n;
	w->decided = w->used;
	if (skip(&s, ", decided on ") && !skip_entry(&s, &w->decided))
		return;
	if (skip(&s, ", low is newer"))
		w->newer = LOW_NEWER;
	else if (skip(&s, ", high is newer"))
		w->newer = HIGH_NEWER;
	if (!skip(&s, ": ") || !skip_meaning(&s, w) ||
	    sscanf(s, "; slot %u, reader %u on CPU %d, %" SCNu64 " us after start", &w->slot, &w->reader,
		   &w->cpu, &us) != 4)
		return;
	w->ns = us * 1000;
	w->known = true;
}
