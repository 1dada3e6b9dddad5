/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From evidence to verdict: a pure function, and integers only.
 *
 * The order is the rule. What was seen and is forbidden fails, however poor the
 * run; what was not seen counts only if the run could have shown it.
 */
#include <errno.h>

#include "judge.h"

static uint32_t graded(const struct scenario *s, enum expect grade)
{
	uint32_t set = 0;

	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		set |= (uint32_t)(scenario_grade(s, o) == grade) << o;
	return set;
}

static uint32_t seen_in(const struct finding *f)
{
	uint32_t set = 0;

	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		set |= (uint32_t)(f->outcomes[o] != 0) << o;
	return set;
}

static uint32_t lowest(uint32_t set)
{
	return set & -set;
}

static struct judgement judged(enum cause cause)
{
	return (struct judgement){ .verdict = cause_kinds[cause].verdict, .cause = cause };
}

static struct judgement judged_by(enum cause cause, uint32_t outcomes)
{
	struct judgement j = judged(cause);

	j.outcomes = outcomes;
	return j;
}

static struct judgement judged_thin(enum cause cause, uint64_t had, uint64_t wanted)
{
	struct judgement j = judged(cause);

	j.had = had;
	j.wanted = wanted;
	return j;
}

/* Puts into *j what is required and was seen, or was not; false: nothing is. */
static bool required(const struct scenario *s, const struct finding *f, bool seen, struct judgement *j)
{
	const uint32_t found = seen_in(f);

	j->torn = s->require_torn && ((found & OUTCOMES_TORN) != 0) == seen;
	j->outcomes = graded(s, EXPECT_REQUIRE) & (seen ? found : ~found);
	return j->torn || j->outcomes;
}

bool control_fired(const struct scenario *s, const struct finding *f)
{
	struct judgement j;

	return scenario_requires(s) && !required(s, f, false, &j);
}

bool evidence_possible(const struct evidence *e, enum outcome o)
{
	const uint32_t bit = 1u << o;

	return !e->model || (e->possible & (bit & OUTCOMES_TORN ? OUTCOMES_TORN : bit));
}

static uint32_t impossible(const struct evidence *e)
{
	uint32_t set = 0;

	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		set |= (uint32_t)!evidence_possible(e, o) << o;
	return set;
}

static bool below(uint64_t present, uint64_t rounds, const struct finding *f, struct judgement *j)
{
	if (f->present < present)
		*j = judged_thin(CAUSE_THIN_PRESENT, f->present, present);
	else if (f->rounds < rounds)
		*j = judged_thin(CAUSE_THIN_ROUNDS, f->rounds, rounds);
	else if (f->fresh_present < present / FRESH_SHARE)
		*j = judged_thin(CAUSE_THIN_DISTINCT, f->fresh_present, present / FRESH_SHARE);
	else
		return false;
	return true;
}

static bool below_floor(const struct scenario *s, const struct finding *f, struct judgement *j)
{
	return below(s->min_present, s->min_rounds, f, j);
}

/* Of a floor, what a file has raised above the usual. */
static uint64_t raised(uint64_t floor)
{
	return floor > USUAL_FLOOR ? floor : 0;
}

static bool requires_impossible(const struct evidence *e)
{
	return (graded(e->scenario, EXPECT_REQUIRE) & impossible(e)) ||
	       (e->scenario->require_torn && !evidence_possible(e, OUTCOME_TORN));
}

/*
 * Something has to be seen: seeing it is proof, whatever the floor. Where the ladder was
 * climbed in vain nothing is known; where one run was all there was, unseen is a failure
 * if it had every chance: an executor that shows tears, and rounds enough for a rare one.
 */
static struct judgement verdict_of_required(const struct evidence *e)
{
	const struct scenario *s = e->scenario;
	const struct finding *f = e->finding;
	struct judgement j, unseen;

	if (!required(s, f, false, &unseen)) {
		j = judged(CAUSE_PASSED_REQUIRED);
		required(s, f, true, &j);
		return j;
	}
	if (requires_impossible(e))
		j = judged(CAUSE_REQUIRED_IMPOSSIBLE);
	else if (e->power)
		j = judged(CAUSE_LADDER_SILENT);
	else if (below_floor(s, f, &j))
		return j;
	else if (!e->executor_tears_words)
		j = judged(CAUSE_NO_TEARS_SHOWN);
	else if (f->fresh_present < UNSEEN_DISTINCT)
		j = judged_thin(CAUSE_THIN_DISTINCT, f->fresh_present, UNSEEN_DISTINCT);
	else if (f->rounds < UNSEEN_ROUNDS)
		j = judged_thin(CAUSE_THIN_ROUNDS, f->rounds, UNSEEN_ROUNDS);
	else
		j = judged(CAUSE_REQUIRED_UNSEEN);
	j.outcomes = unseen.outcomes;
	j.torn = unseen.torn;
	return j;
}

/*
 * A twin that was run beside its claim says how much the claim proves; the usual floors
 * stand in where there is none, and a floor that a file has raised is its own.
 */
static bool too_thin(const struct evidence *e, struct judgement *j)
{
	const struct scenario *s = e->scenario;

	if (!e->power || !e->power->in_turns)
		return below_floor(s, e->finding, j);
	if (below(raised(s->min_present), raised(s->min_rounds), e->finding, j))
		return true;
	if (e->control != CONTROL_FIRED || e->power->strength >= LEAST_STRENGTH)
		return false;
	*j = judged_thin(CAUSE_THIN_STRENGTH, e->power->strength, LEAST_STRENGTH);
	return true;
}

/* Nothing bad was seen: could this run have shown it? */
static struct judgement verdict_of_clean(const struct evidence *e)
{
	/* forbidden, possible, not seen: the run was too weak, not the protocol good */
	const uint32_t gap = e->model ? scenario_forbids(e->scenario) & e->possible : 0;
	struct judgement j;

	if (too_thin(e, &j))
		return j;
	if (gap)
		return judged_by(CAUSE_GAP, lowest(gap));
	switch (e->control) {
	case CONTROL_FIRED:
		return judged(CAUSE_PASSED_CLAIM);
	case CONTROL_SILENT:
		return judged(CAUSE_CONTROL_SILENT);
	case CONTROL_NOT_RUN:
		return judged(CAUSE_CONTROL_NOT_RUN);
	case CONTROL_NONE:
		break;
	}
	/* calibration's own control */
	return judged(e->executor_tears_words ? CAUSE_PASSED_CLAIM : CAUSE_NO_TEARS_SHOWN);
}

static struct judgement could_not_start(int error)
{
	return judged(error == -ENOMEM ? CAUSE_NO_MEMORY : error == -E2BIG ? CAUSE_TOO_MANY_VALUES :
		      CAUSE_COULD_NOT_START);
}

struct judgement verdict_of(const struct evidence *e)
{
	const struct scenario *s = e->scenario;
	const uint32_t seen = seen_in(e->finding), forbidden = seen & scenario_forbids(s);

	if (e->error)
		return could_not_start(e->error);
	/* something other than the protocol is broken, or the model */
	if (seen & impossible(e))
		return judged_by(CAUSE_ALARM, lowest(seen & impossible(e)));
	if (forbidden) {
		if (!e->broken_primitive || (forbidden & ~(uint32_t)OUTCOMES_TORN))
			return judged_by(CAUSE_FORBIDDEN, forbidden);
		return judged_by(e->primitive_promised ? CAUSE_BLAMES_EXECUTOR : CAUSE_UNPROMISED, forbidden);
	}
	if (e->finding->interrupted)
		return judged(CAUSE_INTERRUPTED);
	return scenario_requires(s) ? verdict_of_required(e) : verdict_of_clean(e);
}
