/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a scenario and what was found of it to a verdict.
 */
#ifndef TORNWALK_JUDGE_H
#define TORNWALK_JUDGE_H

#include "config/scenario.h"
#include "stress/strategy.h"
#include "words.h"

enum { REASON_LEN = 320 };

/* Of the floor on present observations, one in so many has to be distinct. */
enum { FRESH_SHARE = 10 };

/*
 * Without a required outcome these are a failure; fewer are inconclusive. Rounds alone
 * do not do: where threads share a CPU, a million go by unseen.
 */
enum { UNSEEN_ROUNDS = 1000000, UNSEEN_DISTINCT = 100000 };

/* A claim proves next to nothing where its twin was not caught so often beside it. */
enum { LEAST_STRENGTH = 10 };

/* How a cell was run, and how much that proves. */
struct power {
	enum rung rung;
	enum stop stop;
	bool given;			/* by --strategy: no rung was climbed */
	struct strategy strategy;
	bool in_turns;			/* the twin was run beside it, slice by slice */
	uint64_t twin_ns, twin_distinct;	/* ... and this much was seen of it */
	uint64_t strength;		/* a claim's by its twin, else its own: see strength.h */
};

/* What a verdict is made of. A pure function of this: nothing else is looked at. */
struct evidence {
	const struct scenario *scenario;
	const struct finding *finding;
	enum { CONTROL_NONE, CONTROL_FIRED, CONTROL_SILENT, CONTROL_NOT_RUN } control;
	bool executor_tears_words;	/* calibration saw two plain words tear */
	/* a primitive the cell's claim rests on, that tears here; or NULL */
	const char *broken_primitive;
	bool primitive_promised;	/* by this CPU; if so the executor is to blame */
	const char *executor;		/* that breaks it */
	/* NULL: today's way, one run as long as the clock says by the cell's own strategy */
	const struct power *power;
	/* by the explorer; model NULL: not known */
	const char *model;
	uint32_t possible;		/* bit = enum outcome */
	int error;			/* -errno: it could not be started, and nothing was found */
};

/* A verdict, why, and on what it rests. Nothing that decides reads the sentence made of it. */
struct judgement {
	enum verdict verdict;
	enum cause cause;
	/*
	 * What it is about: seen and forbidden or impossible; required and seen, or not seen;
	 * possible and not seen. `torn` is the scenario's `require = torn`, by whomever.
	 */
	uint32_t outcomes;
	bool torn;
	uint64_t had, wanted;		/* where it is THIN */
};

/* Can this outcome be, as far as is known? Both kinds of torn are one question. */
bool evidence_possible(const struct evidence *e, enum outcome o);

struct judgement verdict_of(const struct evidence *e);

/* The sentence for a person, of what verdict_of() made of that evidence. */
void judgement_reason(const struct judgement *j, const struct evidence *e, char reason[REASON_LEN]);

/*
 * 64-bit FNV-1a over the cell (but for seed and budget) and all grades: what two
 * results must agree in to be comparable.
 */
uint64_t scenario_hash(const struct scenario *s);

/* Does this scenario's finding show every outcome it requires? */
bool control_fired(const struct scenario *s, const struct finding *f);

#endif
