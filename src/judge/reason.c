/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of a verdict: made last, here only, and read by nothing but people. */
#include <inttypes.h>
#include <string.h>

#include "judge.h"
#include "config/text.h"
#include "stress/runner.h"

enum { DETAILED = 2 };	/* outcomes whose numbers fit into a reason */

#define say(...) text_append(reason, REASON_LEN, __VA_ARGS__)

/* The names of what a judgement is about. */
static void say_outcomes(char reason[REASON_LEN], const struct judgement *j)
{
	const char *between = "";

	if (j->torn) {
		say("torn");
		between = ", ";
	}
	for (unsigned o = 0; o < NR_OUTCOMES; o++) {
		if (!(j->outcomes & 1u << o))
			continue;
		say("%s%s", between, outcome_kinds[o].name);
		between = ", ";
	}
}

/* The most of a set: the most distinct, then the most. */
static unsigned most_of(const struct finding *f, uint32_t left)
{
	unsigned most = NR_OUTCOMES;

	for (unsigned o = 0; o < NR_OUTCOMES; o++) {
		if (!(left & 1u << o))
			continue;
		if (most == NR_OUTCOMES || f->distinct[o] > f->distinct[most] ||
		    (f->distinct[o] == f->distinct[most] && f->outcomes[o] > f->outcomes[most]))
			most = o;
	}
	return most;
}

static void say_count(char reason[REASON_LEN], const struct finding *f, unsigned o)
{
	say("%s %" PRIu64 " (distinct %" PRIu64 ")", outcome_kinds[o].name, f->outcomes[o], f->distinct[o]);
}

static void say_forbidden(char reason[REASON_LEN], const struct finding *f, uint32_t left)
{
	for (unsigned n = 0; left; n++) {
		const unsigned o = most_of(f, left);

		left &= ~(1u << o);
		say("%s", n ? ", " : "");
		if (n < DETAILED)
			say_count(reason, f, o);
		else
			say("%s", outcome_kinds[o].name);
	}
	say(", forbidden");
}

/* How rare a tear the run would have missed: -ln(0.05) is 3.0. */
static uint64_t bound(const struct evidence *e)
{
	return e->finding->fresh_present / 3;
}

/* Bad, allowed, possible and not seen: stands beside a pass. */
static void say_gaps(char reason[REASON_LEN], const struct evidence *e)
{
	unsigned n = 0;

	for (unsigned o = 0; e->model && o < NR_OUTCOMES; o++)
		if ((e->possible & OUTCOMES_BAD & 1u << o) && !e->finding->outcomes[o])
			say("%s%s", n++ ? ", " : "; possible, not seen: ", outcome_kinds[o].name);
}

static void say_thin(char reason[REASON_LEN], const struct judgement *j)
{
	const char *what = j->cause == CAUSE_THIN_PRESENT ? "present observations" :
			   j->cause == CAUSE_THIN_ROUNDS ? "rounds" : "distinct present observations";

	if (!j->torn && !j->outcomes) {
		say("too few %s%s: %" PRIu64 " of %" PRIu64, j->cause == CAUSE_THIN_ROUNDS ? "writer " : "",
		    what, j->had, j->wanted);
		return;
	}
	say("required ");
	say_outcomes(reason, j);
	say(" not seen, in only %" PRIu64 " %s", j->had, what);
}

static void say_no_tears(char reason[REASON_LEN], const struct judgement *j)
{
	if (!j->torn && !j->outcomes) {
		say("this executor does not show torn words, so a clean run proves nothing");
		return;
	}
	say("required ");
	say_outcomes(reason, j);
	say(" not seen, and this executor does not show torn words");
}

/* 1400 is "1,400". */
static void say_number(char reason[REASON_LEN], uint64_t n)
{
	if (n >= 1000) {
		say_number(reason, n / 1000);
		say(",%03u", (unsigned)(n % 1000));
	} else {
		say("%u", (unsigned)n);
	}
}

/* By which rung it was shown, where that was not the first. */
static void say_rung(char reason[REASON_LEN], const struct evidence *e)
{
	const struct power *p = e->power;

	if (!p || p->rung == RUNG_AS_GIVEN || p->rung == RUNG_SILENT)
		return;
	if (p->rung == RUNG_WIDENED)
		say("; on the widened rung only");
	else
		say("; %s: %s", rung_names[p->rung], strategies[p->strategy.id].name);
}

static void say_strength(char reason[REASON_LEN], const struct evidence *e)
{
	say("%s caught ", e->scenario->control);
	say_number(reason, e->power->twin_distinct);
	say(" times in the time the claim was watched; a hole 1/");
	say_number(reason, e->power->strength);
	say(" as wide would have shown (95 %%)");
}

static void say_clean(char reason[REASON_LEN], const struct evidence *e)
{
	if (e->power && e->power->in_turns)
		say_strength(reason, e);
	else
		say("%s caught; nothing forbidden, under 1 in %" PRIu64 " distinct (95 %%)",
		    e->control == CONTROL_FIRED ? e->scenario->control : "two words", bound(e));
	say_rung(reason, e);
	say_gaps(reason, e);
}

static void say_cause(char reason[REASON_LEN], const struct judgement *j, const struct evidence *e)
{
	const struct scenario *s = e->scenario;
	const struct finding *f = e->finding;

	switch (j->cause) {
	case CAUSE_PASSED_CLAIM:
		say_clean(reason, e);
		break;
	case CAUSE_PASSED_REQUIRED:
		say_outcomes(reason, j);
		say(" as required");
		say_rung(reason, e);
		say_gaps(reason, e);
		break;
	case CAUSE_FORBIDDEN:
		say_forbidden(reason, f, j->outcomes);
		break;
	case CAUSE_ALARM:
		say("ALARM: ");
		say_count(reason, f, (unsigned)__builtin_ctz(j->outcomes));
		say(" seen, which the explorer calls impossible under %s: CPU, emulator, compiler or tester is "
		    "wrong", e->model);
		break;
	case CAUSE_REQUIRED_UNSEEN:
		say("required ");
		say_outcomes(reason, j);
		say(" not seen in %" PRIu64 " observations", f->walks);
		break;
	case CAUSE_REQUIRED_IMPOSSIBLE:
		say("required ");
		say_outcomes(reason, j);
		say(" is impossible under %s (explorer): this platform cannot show it", e->model);
		break;
	case CAUSE_THIN_PRESENT:
	case CAUSE_THIN_ROUNDS:
	case CAUSE_THIN_DISTINCT:
		say_thin(reason, j);
		break;
	case CAUSE_THIN_STRENGTH:
		say("%s caught only ", s->control);
		say_number(reason, e->power->twin_distinct);
		say(" times beside it: nothing narrower than 1/%" PRIu64 " of it would have shown",
		    j->had ? j->had : 1);
		break;
	case CAUSE_LADDER_SILENT:
		say("required ");
		say_outcomes(reason, j);
		say(e->power->given ? " not seen by the strategy that was given" :
				      " not seen on any rung of the ladder");
		break;
	case CAUSE_NO_TEARS_SHOWN:
		say_no_tears(reason, j);
		break;
	case CAUSE_CONTROL_SILENT:
		say("control %s did not fire%s", s->control, e->power && e->power->in_turns ? " beside it" : "");
		break;
	case CAUSE_CONTROL_NOT_RUN:
		say("control %s was not run", s->control);
		break;
	case CAUSE_GAP:
		say_outcomes(reason, j);
		say(" is possible under %s (explorer) and was not seen: under 1 in %" PRIu64
		    " distinct (95 %%)", e->model, bound(e));
		break;
	case CAUSE_BLAMES_EXECUTOR:
		say("this executor tears %s (%s%s): not the protocol's fault", e->broken_primitive, e->executor,
		    strstr(e->executor, "qemu") ? "; fixed in QEMU 8.2.10, 9.2.3, 10.0" : "");
		break;
	case CAUSE_UNPROMISED:
		say("%s tears here, and this CPU never promised otherwise", e->broken_primitive);
		break;
	case CAUSE_INTERRUPTED:
		say("interrupted after %" PRIu64 " ms", f->ns / 1000000);
		break;
	case CAUSE_NO_MEMORY:
		say("not enough memory: needs %u MiB", (unsigned)(runner_bytes(&s->cell) >> 20));
		break;
	case CAUSE_TOO_MANY_VALUES:
		say("could not be run: the writer leaves more kinds of values in memory than the oracle has "
		    "room for");
		break;
	case CAUSE_COULD_NOT_START:
		say("could not be run: %s", strerror(-e->error));
		break;
	case CAUSE_VOID:
	case CAUSE_UNKNOWN:
	case CAUSE_SOURCE_SHOWS:
	case CAUSE_SOURCE_CANNOT:
	case CAUSE_SOURCE_OUTSIDE:
	case CAUSE_NO_TWIN:
	case CAUSE_NO_STUB:
	case CAUSE_UNFINISHED:
	case CAUSE_KERNEL_LOG:
	case CAUSE_UNSURE:
	case CAUSE_UNKNOWN_VALUES:
	case CAUSE_WRONG_PAGES:
	case CAUSE_NO_TRUTH:
	case NR_CAUSES:
		break;
	}
}

void judgement_reason(const struct judgement *j, const struct evidence *e, char reason[REASON_LEN])
{
	reason[0] = '\0';
	say_cause(reason, j, e);
	if (!e->model && !e->error)
		say("; judged without a prediction");
}
