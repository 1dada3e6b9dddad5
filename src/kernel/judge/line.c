/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cell of a kernel tree as a result line, so that the desk's commands work on it.
 *
 * Invariant: what is counted was raced; what is predicted, a complete search has found.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "judged.h"
#include "members.h"
#include "protocol/outcome.h"

static const uint32_t outcome_of_note[NR_NOTES] = {
#define X(id, name, bad, outcome, meaning) [NOTE_BIT_##id] = OUTCOME_##outcome,
	NOTES(X)
#undef X
};

/* By the names that results have; `of` is each one's value. */
static json_t *by_outcome(json_t *(*of)(const struct judged *j, const struct cell *c, unsigned outcome),
			  const struct judged *j, const struct cell *c)
{
	json_t *o = json_object();

	for (unsigned i = 0; i < NR_OUTCOMES; i++)
		if (outcome_result_names[i])
			member_add(o, outcome_result_names[i], of(j, c, i));
	return o;
}

static json_t *sum(const uint64_t *of, unsigned outcome)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < NR_NOTES; i++)
		if (note_kinds[i].bad < 2 && outcome_of_note[i] == outcome)
			n += of[i];
	return json_integer((json_int_t)n);
}

static json_t *in_walks(const struct judged *j, const struct cell *c, unsigned outcome)
{
	(void)j;
	return sum(c->raced.in_walks, outcome);
}

static json_t *in_rounds(const struct judged *j, const struct cell *c, unsigned outcome)
{
	(void)j;
	return sum(c->raced.in_rounds, outcome);
}

static json_t *predicted(const struct judged *j, const struct cell *c, unsigned outcome)
{
	uint32_t set = 0;

	for (unsigned i = 0; i < NR_NOTES; i++)
		if (note_kinds[i].bad < 2 && (c->notes[j->model] & 1u << i))
			set |= 1u << outcome_of_note[i];
	return json_string(set & 1u << outcome ? "possible" : "impossible");
}

static json_t *expected(const struct judged *j, const struct cell *c, unsigned outcome)
{
	(void)j;
	return json_string(outcome_kinds[outcome].grade == EXPECT_FORBID && !c->outside ? "forbid" : "allow");
}

static json_t *notes_of(uint32_t notes)
{
	char what[NOTES_LEN];

	judged_notes(what, sizeof(what), notes);
	return json_string(what);
}

/* Under each model that was explored: all that was noted, what of it is bad or void, and whether that was all. */
static json_t *explored(const struct cell *c)
{
	json_t *models = json_object();

	for (unsigned m = 0; m < NR_MODELS; m++) {
		json_t *o;

		if (!c->known[m])
			continue;
		o = json_object();
		member_add(o, "notes", notes_of(c->notes[m]));
		member_add(o, "bad", notes_of(c->notes[m] & (NOTES_BAD | NOTES_VOID)));
		member_add(o, "complete", json_boolean(c->complete[m]));
		if (m == MODEL_COMPILED) {
			member_add(o, "accesses", json_integer(c->accesses));
			member_add(o, "unknown", json_integer(c->unknown));
			member_add(o, "one_word", json_integer(c->part));
			member_add(o, "several", json_integer(c->several));
		}
		member_add(models, judged_models[m], o);
	}
	return models;
}

static json_t *steps_of(const struct cell *c, unsigned note)
{
	json_t *steps = json_array();

	for (const struct step *s = c->steps; s; s = s->next) {
		json_t *o;

		if (s->note != note)
			continue;
		o = json_object();
		member_text(o, "who", s->who);
		member_text(o, "where", s->where);
		member_text(o, "what", s->text);
		if (s->code)
			member_text(o, "code", s->code);
		json_array_append_new(steps, o);
	}
	return steps;
}

static json_t *witness_of(const struct cell *c, const struct step *first)
{
	json_t *o = json_object();

	member_text(o, "note", note_kinds[first->note].name);
	member_text(o, "meaning", note_kinds[first->note].meaning);
	member_text(o, "model", judged_models[first->model]);
	member_add(o, "steps", steps_of(c, first->note));
	return o;
}

/* The shortest schedule of each bad note that has one; that of the note which the verdict is about comes first. */
static json_t *witnesses(const struct cell *c)
{
	json_t *all = json_array();
	unsigned last = NR_NOTES;

	for (const struct step *s = c->steps; s; last = s->note, s = s->next) {
		if (s->note == last || c->void_notes & 1u << s->note)
			continue;
		if (s->note == (unsigned)c->worst)
			json_array_insert_new(all, 0, witness_of(c, s));
		else
			json_array_append_new(all, witness_of(c, s));
	}
	return all;
}

static json_t *tree_of(const struct judged *j, const struct cell *c)
{
	json_t *tree = json_object();

	for (unsigned i = 0; i < j->nfacts; i++)
		if (!strncmp(j->fact[i][0], "tree.", 5))
			member_text(tree, j->fact[i][0] + 5, j->fact[i][1]);
	member_add(tree, "contract", json_string(c->outside ? "outside" : "in"));
	member_add(tree, "explored", explored(c));
	member_add(tree, "bad_rounds", json_integer((json_int_t)c->raced.bad_rounds));
	member_add(tree, "states", json_integer((json_int_t)c->states));
	member_add(tree, "witnesses", witnesses(c));
	return tree;
}

/* Where it leads is somebody else's memory, or none: nothing that was torn here is harmless. */
static void add_harm(json_t *o, const struct cell *c)
{
	json_t *harm = member_zeros(harm_names, NR_HARMS);

	member_add(harm, harm_names[HARM_WILD], in_rounds(NULL, c, OUTCOME_TORN_READER));
	member_add(o, "harm", harm);
}

/* Of what was seen. */
static void add_first(json_t *o, const struct cell *c)
{
	json_t *first = json_object();

	for (unsigned i = 0; i < NR_OUTCOMES; i++) {
		uint64_t ns = 0;

		for (unsigned k = 0; k < NR_NOTES; k++)
			if (outcome_of_note[k] == i && c->raced.first_ns[k] && (!ns || c->raced.first_ns[k] < ns))
				ns = c->raced.first_ns[k];
		if (ns && outcome_result_names[i])
			member_add(first, outcome_result_names[i], json_integer((json_int_t)ns));
	}
	member_add(o, "first_ns", first);
}

/* All strategies have had their turns, and the time that was given. */
static void add_power(json_t *o, const struct judged *j, const struct cell *c)
{
	json_t *twin;

	member_text(o, "strategy", c->raced.strategies);
	member_text(o, "rung", rung_names[strchr(c->raced.strategies, '+') ? RUNG_INTERRUPTED : RUNG_AS_GIVEN]);
	member_text(o, "stop", stop_names[STOP_TIME]);
	member_add(o, "strength", json_integer((json_int_t)c->strength));
	if (c->raced_twin < 0)
		return;
	twin = json_object();
	member_text(twin, "name", j->twin[c->raced_twin]);
	member_add(twin, "distinct", json_integer((json_int_t)c->twin_raced[c->raced_twin].bad_rounds));
	member_add(twin, "seconds", json_real((double)c->twin_raced[c->raced_twin].ns / 1e9));
	member_add(o, "twin", twin);
}

/* The members of the contract are in its order. */
void judged_line(FILE *f, const struct judged *j, const struct cell *c)
{
	static const char *const facts[] = { "target", "executor", "cpu" }, *const build[] = {
		"kernel", "compiler", "flags", "git" };
	static const char *const one[] = { "readers", "writers", "slots" };
	const bool answered = c->complete[j->model] && !(c->notes[j->model] & NOTES_VOID);
	/* one walk may have both */
	const uint64_t present = c->raced.in_walks[NOTE_BIT_TABLE] + c->raced.in_walks[NOTE_BIT_LEAF];
	const char *dot = strrchr(c->name, '.');
	char walker[sizeof(c->name)], scenario[sizeof(c->name) + 8];
	json_t *o = json_object();

	snprintf(walker, sizeof(walker), "%.*s", (int)(dot - c->name), c->name);
	snprintf(scenario, sizeof(scenario), "kernel.%s", c->name);
	member_add(o, "schema", json_integer(2));
	member_text(o, "scenario", scenario);
	member_text(o, "hash", judged_fact(j, "hash"));
	member_text(o, "layout", judged_fact(j, "layout"));
	member_text(o, "level", strstr(c->name, ".pud-") ? "pud" : "pmd");
	member_text(o, "walker", walker);
	member_text(o, "reader", "kernel");
	member_text(o, "writer", "kernel");
	member_text(o, "transition", dot + 1);
	member_text(o, "consumer", "kernel");
	member_text(o, "reclaim", "none");
	member_text(o, "world", "explored");
	member_add(o, "alias", json_false());
	for (unsigned i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		member_text(o, facts[i], judged_fact(j, facts[i]));
	member_cpus(o, j->cpus);	/* of whatever raced in this run, so that its cells are of one executor */
	for (unsigned i = 0; i < sizeof(build) / sizeof(build[0]); i++)
		member_text(o, build[i], judged_fact(j, build[i]));
	member_add(o, "seed", json_integer(0));
	for (unsigned i = 0; i < sizeof(one) / sizeof(one[0]); i++)
		member_add(o, one[i], json_integer(1));
	member_add(o, "seconds", json_real(c->raced.walks ? (double)c->raced.ns / 1e9 : (double)c->ms / 1000));
	member_add(o, "walks", json_integer((json_int_t)c->raced.walks));
	member_add(o, "rounds", json_integer((json_int_t)c->raced.rounds));
	member_add(o, "present", json_integer((json_int_t)(present < c->raced.walks ? present : c->raced.walks)));
	member_add(o, "outcomes", by_outcome(in_walks, j, c));
	member_add(o, "distinct", by_outcome(in_rounds, j, c));
	member_add(o, "direction", member_zeros(direction_names, NR_DIRECTIONS));
	add_harm(o, c);
	add_first(o, c);
	member_add(o, "retries", json_integer(0));
	member_add(o, "per_interval", json_array());
	member_add(o, "calibration", json_object());
	member_add(o, "predicted", answered ? by_outcome(predicted, j, c) : json_null());
	member_add(o, "expect", by_outcome(expected, j, c));
	member_text(o, "verdict", verdict_names[cause_kinds[c->cause].verdict]);
	member_text(o, "cause", cause_names[c->cause]);
	member_text(o, "reason", c->reason);
	member_add(o, "witness", json_null());
	if (answered)
		member_text(o, "model", judged_models[j->model]);
	if (c->raced.walks)
		add_power(o, j, c);
	member_add(o, "tree", tree_of(j, c));
	json_dumpf(o, f, JSON_COMPACT | JSON_ENSURE_ASCII);
	putc('\n', f);
	json_decref(o);
}
