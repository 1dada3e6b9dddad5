/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From evidence to verdict: a pure function, and integers only.
 *
 * The order is the rule. What was seen and is forbidden fails, however poor the
 * run; what was not seen counts only if the run could have shown it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "judge.h"
#include "config/text.h"

enum { DETAILED = 2 };	/* outcomes whose numbers fit into a reason */

/* The names of what is required and was seen, or was not; how many that are. */
static unsigned required(const struct scenario *s, const struct finding *f, bool seen, char *buf,
			 size_t len)
{
	bool torn = f->outcomes[OUTCOME_TORN_READER] || f->outcomes[OUTCOME_TORN_WRITER];
	unsigned n = 0;

	buf[0] = '\0';
	if (s->require_torn && torn == seen)
		text_append(buf, len, n++ ? ", %s" : "%s", "torn");
	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		if (s->expect[o] == EXPECT_REQUIRE && (f->outcomes[o] != 0) == seen)
			text_append(buf, len, n++ ? ", %s" : "%s", outcome_kinds[o].name);
	return n;
}

bool control_fired(const struct scenario *s, const struct finding *f)
{
	char names[REASON_LEN];

	return scenario_requires(s) && !required(s, f, false, names, sizeof(names));
}

/* The worst of `left`, a set of outcomes: the most distinct, then the most. */
static unsigned worst_of(const struct finding *f, uint32_t left)
{
	unsigned worst = NR_OUTCOMES;

	for (unsigned o = 0; o < NR_OUTCOMES; o++) {
		if (!(left & 1u << o))
			continue;
		if (worst == NR_OUTCOMES || f->distinct[o] > f->distinct[worst] ||
		    (f->distinct[o] == f->distinct[worst] && f->outcomes[o] > f->outcomes[worst]))
			worst = o;
	}
	return worst;
}

static bool saw_forbidden(const struct scenario *s, const struct finding *f,
			  char reason[REASON_LEN])
{
	uint32_t seen = 0;

	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		if (f->outcomes[o] && scenario_grade(s, o) == EXPECT_FORBID)
			seen |= 1u << o;
	if (!seen)
		return false;
	for (unsigned n = 0; seen; n++) {
		unsigned o = worst_of(f, seen);

		seen &= ~(1u << o);
		text_append(reason, REASON_LEN, "%s%s", n ? ", " : "", outcome_kinds[o].name);
		if (n < DETAILED)
			text_append(reason, REASON_LEN, " %" PRIu64 " (distinct %" PRIu64 ")",
				    f->outcomes[o], f->distinct[o]);
	}
	text_append(reason, REASON_LEN, ", forbidden");
	return true;
}

bool evidence_possible(const struct evidence *e, enum outcome o)
{
	const uint32_t bit = 1u << o;

	return !e->model || (e->possible & (bit & OUTCOMES_TORN ? OUTCOMES_TORN : bit));
}

/* Seen and impossible: something other than the protocol is broken, or the model. */
static bool alarm(const struct evidence *e, char reason[REASON_LEN])
{
	const struct finding *f = e->finding;

	for (unsigned o = 0; o < NR_OUTCOMES; o++) {
		if (!f->outcomes[o] || evidence_possible(e, o))
			continue;
		snprintf(reason, REASON_LEN, "ALARM: %s %" PRIu64 " (distinct %" PRIu64 ") seen, which the "
			 "explorer calls impossible under %s: CPU, emulator, compiler or tester is wrong",
			 outcome_kinds[o].name, f->outcomes[o], f->distinct[o], e->model);
		return true;
	}
	return false;
}

/* Forbidden, possible, and not seen: then the run was too weak, not the protocol good. */
static bool gap_in_power(const struct evidence *e, char reason[REASON_LEN])
{
	for (unsigned o = 0; e->model && o < NR_OUTCOMES; o++) {
		if (scenario_grade(e->scenario, o) != EXPECT_FORBID || !evidence_possible(e, o) ||
		    !(e->possible & 1u << o))
			continue;
		snprintf(reason, REASON_LEN, "%s is possible under %s (explorer) and was not seen: under 1 in %"
			 PRIu64 " distinct (95 %%)", outcome_kinds[o].name, e->model,
			 e->finding->fresh_present / 3);
		return true;
	}
	return false;
}

/* Bad, allowed, possible and not seen: said beside a pass. */
static void add_gaps(const struct evidence *e, char reason[REASON_LEN])
{
	unsigned n = 0;

	for (unsigned o = 0; e->model && o < NR_OUTCOMES; o++)
		if ((e->possible & OUTCOMES_BAD & 1u << o) && !e->finding->outcomes[o])
			text_append(reason, REASON_LEN, "%s%s", n++ ? ", " : "; possible, not seen: ",
				    outcome_kinds[o].name);
}

static bool below_floor(const struct scenario *s, const struct finding *f,
			char reason[REASON_LEN])
{
	if (f->present < s->min_present)
		snprintf(reason, REASON_LEN,
			 "too few present observations: %" PRIu64 " of %" PRIu64, f->present,
			 s->min_present);
	else if (f->rounds < s->min_rounds)
		snprintf(reason, REASON_LEN, "too few writer rounds: %" PRIu64 " of %" PRIu64,
			 f->rounds, s->min_rounds);
	else if (f->fresh_present < s->min_present / FRESH_SHARE)
		snprintf(reason, REASON_LEN,
			 "too few distinct present observations: %" PRIu64 " of %" PRIu64,
			 f->fresh_present, s->min_present / FRESH_SHARE);
	else
		return false;
	return true;
}

static bool requires_impossible(const struct evidence *e)
{
	const struct scenario *s = e->scenario;

	if (s->require_torn && !evidence_possible(e, OUTCOME_TORN_READER))
		return true;
	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		if (s->expect[o] == EXPECT_REQUIRE && !evidence_possible(e, o))
			return true;
	return false;
}

/*
 * Something has to be seen: seeing it is proof, whatever the floor. Unseen is a
 * failure only where it had every chance: an executor that shows tears, and rounds
 * enough for a rare one.
 */
static enum verdict verdict_of_required(const struct evidence *e, char reason[REASON_LEN])
{
	const struct scenario *s = e->scenario;
	const struct finding *f = e->finding;
	char names[REASON_LEN - 128];

	if (!required(s, f, false, names, sizeof(names))) {
		required(s, f, true, names, sizeof(names));
		snprintf(reason, REASON_LEN, "%s as required", names);
		add_gaps(e, reason);
		return VERDICT_PASS;
	}
	if (requires_impossible(e)) {
		snprintf(reason, REASON_LEN, "required %s is impossible under %s (explorer): this platform "
			 "cannot show it", names, e->model);
		return VERDICT_INCONCLUSIVE;
	}
	if (below_floor(s, f, reason))
		return VERDICT_INCONCLUSIVE;
	if (!e->executor_tears_words) {
		snprintf(reason, REASON_LEN,
			 "required %s not seen, and this executor does not show torn words", names);
		return VERDICT_INCONCLUSIVE;
	}
	if (f->fresh_present < UNSEEN_DISTINCT) {
		snprintf(reason, REASON_LEN, "required %s not seen, in only %" PRIu64
			 " distinct present observations", names, f->fresh_present);
		return VERDICT_INCONCLUSIVE;
	}
	if (f->rounds < UNSEEN_ROUNDS) {
		snprintf(reason, REASON_LEN, "required %s not seen, in only %" PRIu64 " rounds", names,
			 f->rounds);
		return VERDICT_INCONCLUSIVE;
	}
	snprintf(reason, REASON_LEN, "required %s not seen in %" PRIu64 " observations", names,
		 f->walks);
	return VERDICT_FAIL;
}

/* Who was caught beside it, and how rare a tear the run would have missed. */
static enum verdict passed(const struct evidence *e, char reason[REASON_LEN])
{
	const struct scenario *s = e->scenario;
	const uint64_t n = e->finding->fresh_present / 3;	/* -ln(0.05) is 3.0 */

	snprintf(reason, REASON_LEN, "%s caught; nothing forbidden, under 1 in %" PRIu64 " distinct (95 %%)",
		 e->control == CONTROL_FIRED ? s->control : "two words", n);
	add_gaps(e, reason);
	return VERDICT_PASS;
}

/* Nothing bad was seen: could this run have shown it? */
static enum verdict verdict_of_clean(const struct evidence *e, char reason[REASON_LEN])
{
	const struct scenario *s = e->scenario;

	if (below_floor(s, e->finding, reason) || gap_in_power(e, reason))
		return VERDICT_INCONCLUSIVE;
	switch (e->control) {
	case CONTROL_FIRED:
		return passed(e, reason);
	case CONTROL_SILENT:
		snprintf(reason, REASON_LEN, "control %s did not fire", s->control);
		return VERDICT_INCONCLUSIVE;
	case CONTROL_NOT_RUN:
		snprintf(reason, REASON_LEN, "control %s was not run", s->control);
		return VERDICT_INCONCLUSIVE;
	case CONTROL_NONE:
		break;
	}
	if (e->executor_tears_words)	/* calibration's own control */
		return passed(e, reason);
	snprintf(reason, REASON_LEN,
		 "this executor does not show torn words, so a clean run proves nothing");
	return VERDICT_INCONCLUSIVE;
}

/* Was a tear all that was seen of what is forbidden? */
static bool only_torn_forbidden(const struct scenario *s, const struct finding *f)
{
	unsigned i;

	for (i = 0; i < NR_OUTCOMES; i++)
		if (!(OUTCOMES_TORN & 1u << i) && f->outcomes[i] &&
		    scenario_grade(s, i) == EXPECT_FORBID)
			return false;
	return true;
}

enum verdict verdict_of(const struct evidence *e, char reason[REASON_LEN])
{
	const struct scenario *s = e->scenario;
	const struct finding *f = e->finding;

	reason[0] = '\0';
	if (alarm(e, reason))
		return VERDICT_FAIL;
	if (saw_forbidden(s, f, reason)) {
		if (!e->broken_primitive || !only_torn_forbidden(s, f))
			return VERDICT_FAIL;
		if (e->primitive_promised)
			snprintf(reason, REASON_LEN,
				 "this executor tears %s (%s%s): not the protocol's fault",
				 e->broken_primitive, e->executor, strstr(e->executor, "qemu") ?
				 "; fixed in QEMU 8.2.10, 9.2.3, 10.0" : "");
		else
			snprintf(reason, REASON_LEN,
				 "%s tears here, and this CPU never promised otherwise",
				 e->broken_primitive);
		return VERDICT_INCONCLUSIVE;
	}
	if (f->interrupted) {
		snprintf(reason, REASON_LEN, "interrupted after %" PRIu64 " ms",
			 f->ns / 1000000);
		return VERDICT_INCONCLUSIVE;
	}
	return scenario_requires(s) ? verdict_of_required(e, reason) :
				      verdict_of_clean(e, reason);
}
