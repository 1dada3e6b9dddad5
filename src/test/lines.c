/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Result lines as the instrument prints them, of evidence that was made up: for the desk's
 * tests, so that what they read is what verdict_of() and result_print() write.
 *
 *   lines NAME=KIND[@S]:CAUSE...   a cell NAME for each; KIND: claim, control (requires `confused`);
 *                              S: run until it was answered, with that strength
 *   lines causes               every cause that an instrument can come to, once
 *   lines worst                every two outcomes with every two grades, all seen
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/names.h"
#include "session/result.h"

struct made {
	struct scenario s;
	struct finding f;
	struct evidence e;
	struct prediction p;
	struct calibration k;
	struct executor x;
	struct power power;
};

static const struct cpus cpus = { .n = 2, .id = { 0, 1 } };

static void see(struct made *m, enum outcome o, uint64_t n)
{
	m->f.outcomes[o] = m->f.distinct[o] = n;
	m->f.first_ns[o] = n ? 1000 : 0;
	m->f.walks += n;
	m->f.witness[o] = (struct witness){
		.seen = n, .used = entry(0x070000e7, 0x8000003a), .decided = entry(0x4067, 7),
		.low = { HALF_STAMPED, 56 }, .high = { HALF_INVERTED, 57 }, .apart = 1, .modulo = 2040,
		.direction_known = true, .newer = HIGH_NEWER, .slot = 3, .seed = 1, .reader = 2, .cpu = 1,
		.ns = 103000,
	};
	m->p.possible |= 1u << o;
}

/* A cell that passes: its control has fired, or what it requires was seen. */
static void make(struct made *m, const char *name, bool control)
{
	const struct cell_names names = { 0 };
	char err[ERR_LEN];

	memset(m, 0, sizeof(*m));
	if (cell_resolve(&names, &m->s.cell, err, sizeof(err))) {
		fprintf(stderr, "%s\n", err);
		exit(2);
	}
	snprintf(m->s.name, sizeof(m->s.name), "%s", name);
	strcpy(m->s.control, control ? "" : "twin");
	m->s.min_present = m->s.min_rounds = 1000;
	m->s.expect[OUTCOME_CONFUSED] = control ? EXPECT_REQUIRE : EXPECT_UNSAID;
	m->f.ns = 1000000000;
	m->f.interval_ns = 100000000;
	m->f.nr_intervals = 10;
	m->f.present = m->f.fresh_present = 2 * UNSEEN_DISTINCT;
	m->f.rounds = 2 * UNSEEN_ROUNDS;
	m->p.known = true;
	m->p.model = MODEL_TSO;
	m->p.possible = 1u << OUTCOME_HOLE;
	see(m, OUTCOME_LEAF, m->f.present);
	if (control)
		see(m, OUTCOME_CONFUSED, 7);
	for (; primitives[m->k.n].name; m->k.n++)
		m->k.of[m->k.n] = (struct calibrated){ &primitives[m->k.n], true, 1000,
						       primitives[m->k.n].two_words ? 500 : 0 };
	m->x = (struct executor){ .target = "made", .flags = "-O2", .git = "0123456789ab", .kind = "made up",
				  .compiler = "gcc 12", .cpu = "none", .kernel = "Linux", .cpus = &cpus,
				  .calibration = &m->k };
	m->e = (struct evidence){ .scenario = &m->s, .finding = &m->f, .executor = "made up",
				  .control = control ? CONTROL_NONE : CONTROL_FIRED,
				  .executor_tears_words = true };
}

/* Run until it was answered: a claim in turns with its twin. */
static void answer(struct made *m, bool control, uint64_t strength)
{
	m->power = (struct power){ .stop = STOP_TIME, .rung = RUNG_TUNED, .strength = strength,
				   .strategy = strategy_of(STRATEGY_PACED), .in_turns = !control,
				   .twin_ns = 1000000000, .twin_distinct = control ? 0 : strength * 3 };
	m->e.power = &m->power;
}

static void unsee(struct made *m, enum outcome o)
{
	m->f.walks -= m->f.outcomes[o];
	m->f.outcomes[o] = m->f.distinct[o] = m->f.first_ns[o] = 0;
}

static void blame(struct made *m, bool promised)
{
	see(m, OUTCOME_TORN_READER, 5);
	m->e.broken_primitive = "plain";
	m->e.primitive_promised = promised;
}

static void fail_to_start(struct made *m, int error)
{
	memset(&m->f, 0, sizeof(m->f));
	m->e.error = error;
}

/* Spoils what is needed for verdict_of() to come to that cause. */
static void spoil(struct made *m, bool control, enum cause cause)
{
	if (control && cause != CAUSE_PASSED_REQUIRED)
		unsee(m, OUTCOME_CONFUSED);
	switch (cause) {
	case CAUSE_FORBIDDEN:
		see(m, OUTCOME_TORN_READER, 3);
		break;
	case CAUSE_ALARM:
		see(m, OUTCOME_FREED, 2);
		m->p.possible &= ~(1u << OUTCOME_FREED);
		break;
	case CAUSE_REQUIRED_IMPOSSIBLE:
		m->p.possible &= ~(1u << OUTCOME_CONFUSED);
		break;
	case CAUSE_THIN_PRESENT:
		m->f.present = 1;
		break;
	case CAUSE_THIN_ROUNDS:
		m->f.rounds = control ? UNSEEN_ROUNDS - 1 : 1;
		break;
	case CAUSE_THIN_DISTINCT:
		m->f.fresh_present = control ? UNSEEN_DISTINCT - 1 : 1;
		break;
	case CAUSE_THIN_STRENGTH:
		answer(m, false, LEAST_STRENGTH - 1);
		break;
	case CAUSE_LADDER_SILENT:
		answer(m, true, 0);
		break;
	case CAUSE_NO_TEARS_SHOWN:
		m->e.executor_tears_words = false;
		m->e.control = CONTROL_NONE;
		break;
	case CAUSE_CONTROL_SILENT:
		m->e.control = CONTROL_SILENT;
		break;
	case CAUSE_CONTROL_NOT_RUN:
		m->e.control = CONTROL_NOT_RUN;
		break;
	case CAUSE_GAP:
		m->p.possible |= 1u << OUTCOME_STALE;
		break;
	case CAUSE_BLAMES_EXECUTOR:
	case CAUSE_UNPROMISED:
		blame(m, cause == CAUSE_BLAMES_EXECUTOR);
		break;
	case CAUSE_INTERRUPTED:
		m->f.interrupted = true;
		break;
	case CAUSE_NO_MEMORY:
		fail_to_start(m, -ENOMEM);
		break;
	case CAUSE_TOO_MANY_VALUES:
		fail_to_start(m, -E2BIG);
		break;
	case CAUSE_COULD_NOT_START:
		fail_to_start(m, -EAGAIN);
		break;
	default:
		break;
	}
}

static struct judgement print(struct made *m)
{
	char reason[REASON_LEN];
	struct result r = { .scenario = &m->s, .finding = &m->f, .executor = &m->x, .reason = reason,
			    .hash = scenario_hash(&m->s), .prediction = &m->p };

	m->e.model = model_names[m->p.model];
	m->e.possible = m->p.possible;
	r.judgement = verdict_of(&m->e);
	judgement_reason(&r.judgement, &m->e, reason);
	r.primitive = m->e.broken_primitive;
	r.power = m->e.power;
	result_print(stdout, &r);
	return r.judgement;
}

static int one(struct made *m, const char *name, bool control, uint64_t strength, enum cause cause)
{
	struct judgement j;

	make(m, name, control);
	if (strength)
		answer(m, control, strength);
	spoil(m, control, cause);
	j = print(m);
	if (j.cause == cause)
		return 0;
	fprintf(stderr, "%s: %s, not %s\n", name, cause_names[j.cause], cause_names[cause]);
	return 2;
}

static bool of_controls(enum cause c)
{
	return c == CAUSE_PASSED_REQUIRED || c == CAUSE_REQUIRED_UNSEEN || c == CAUSE_REQUIRED_IMPOSSIBLE ||
	       c == CAUSE_LADDER_SILENT;
}

static int causes(struct made *m)
{
	int code = 0;

	for (unsigned c = 0; c < CAUSE_VOID; c++)
		code |= one(m, cause_names[c], of_controls(c), 0, c);
	/* the two forms of these */
	code |= one(m, "rounds-of-a-control", true, 0, CAUSE_THIN_ROUNDS);
	code |= one(m, "distinct-of-a-control", true, 0, CAUSE_THIN_DISTINCT);
	return code | one(m, "no-tears-for-a-control", true, 0, CAUSE_NO_TEARS_SHOWN);
}

static void worst(struct made *m)
{
	for (unsigned i = 0; i < NR_OUTCOMES * NR_OUTCOMES * NR_EXPECTS * NR_EXPECTS; i++) {
		const unsigned a = i % NR_OUTCOMES, b = i / NR_OUTCOMES % NR_OUTCOMES,
			       grades = i / NR_OUTCOMES / NR_OUTCOMES;

		make(m, "worst", false);
		see(m, a, 3);
		see(m, b, 4);
		m->s.expect[a] = grades % NR_EXPECTS;
		m->s.expect[b] = grades / NR_EXPECTS;
		print(m);
	}
}

/* NAME=KIND[@S]:CAUSE */
static int asked(struct made *m, char *word)
{
	char *kind = strchr(word, '='), *cause = kind ? strchr(kind, ':') : NULL;

	if (cause) {
		char *at = memchr(kind, '@', (size_t)(cause - kind));

		*kind++ = '\0';
		*cause++ = '\0';
		if (at)
			*at++ = '\0';
		for (unsigned c = 0; c < NR_CAUSES; c++)
			if (!strcmp(cause, cause_names[c]))
				return one(m, word, !strcmp(kind, "control"),
					   at ? strtoull(at, NULL, 10) : 0, c);
	}
	fprintf(stderr, "lines: not NAME=claim|control[@S]:CAUSE: %s\n", word);
	return 2;
}

int main(int argc, char **argv)
{
	struct made *m = malloc(sizeof(*m));
	int code = m ? 0 : 2;

	for (int i = 1; i < argc && !code; i++)
		if (!strcmp(argv[i], "causes"))
			code = causes(m);
		else if (!strcmp(argv[i], "worst"))
			worst(m);
		else
			code = asked(m, argv[i]);
	free(m);
	return code;
}
