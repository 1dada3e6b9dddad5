/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A plan, cell by cell: predict, race, judge, write.
 *
 * Key invariant: when cell n+1 starts, cell n's line is on disk.
 */
#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "foresee.h"
#include "judge/strength.h"
#include "live.h"
#include "pursue.h"
#include "resume.h"
#include "console.h"
#include "ktap.h"

enum { CALIBRATE_NS = 20000000 };

void session_prepare(struct session *s, struct plan *p, struct executor *x, struct calibration *c,
		     const struct cpus *cpus)
{
	unsigned i;

	executor_probe(x);
	calibrate(c, cpus, CALIBRATE_NS, s->interrupted);
	x->cpus = cpus;
	x->calibration = c;
	for (i = 0; i < p->nr; i++)
		p->list[i].cell.writer_tears = calibration_tears(c, p->list[i].cell.writer->primitive);
	s->plan = p;
	s->executor = x;
	s->calibration = c;
}

/* What is known of each cell of the plan: a control comes before whoever names it. */
struct ran {
	enum { NOT_RUN, FIRED, SILENT } how;
	struct tuned tuned;		/* by what it fired */
	uint64_t strength, ns;		/* its own, in that time */
};

/* What a run needs beside its plan. */
struct running {
	struct session *s;
	struct ran *ran;		/* [plan->nr] */
	struct live live;
	struct finding finding, twin, unbiased;
	uint64_t saved_ns;		/* left over by cells whose question was answered early */
};

/* NULL: the cell has no control, or it is not in the plan. */
static const struct scenario *twin_of(const struct session *s, const struct scenario *c)
{
	return c->control[0] ? plan_find(s->plan, c->control) : NULL;
}

static int control_state(const struct running *r, const struct scenario *c)
{
	const struct scenario *twin = twin_of(r->s, c);

	if (!c->control[0])
		return CONTROL_NONE;
	if (!twin)
		return CONTROL_NOT_RUN;
	switch (r->ran[twin - r->s->plan->list].how) {
	case FIRED:
		return CONTROL_FIRED;
	case SILENT:
		return CONTROL_SILENT;
	case NOT_RUN:
		break;
	}
	return CONTROL_NOT_RUN;
}

static void count(struct session *s, enum verdict v)
{
	s->pass += v == VERDICT_PASS;
	s->fail += v == VERDICT_FAIL;
	s->inconclusive += v == VERDICT_INCONCLUSIVE;
}

/* The file comes before the table: the terminal may have been closed. */
static int append(const struct session *s, const struct result *r)
{
	int err = s->out < 0 ? 0 : result_append(s->out, r);

	if (err) {
		fprintf(stderr, "tornwalk: cannot append to %s: %s; the cells before this one are "
			"safe, this one's line follows\n", s->out_name, strerror(-err));
		result_print(stderr, r);
	}
	return err;
}

static int report(struct session *s, const struct result *r, unsigned number)
{
	int err = append(s, r);

	if (s->tell) {
		s->tell(s->arg, r);
		return err;
	}
	if (s->ktap)
		ktap_row(stdout, number, r);
	else if (!s->quiet || r->judgement.verdict == VERDICT_FAIL)
		console_row(s->json ? stderr : stdout, r);
	if (s->json && !err)
		err = result_print(stdout, r);
	if (fflush(stdout) && !err)
		err = -errno;
	if (err && ferror(stdout))
		fprintf(stderr, "tornwalk: cannot write to standard output: %s\n", strerror(-err));
	return err;
}

static bool fits_in_memory(const struct scenario *c)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

	return pages <= 0 || runner_bytes(&c->cell) < (uint64_t)pages * (uint64_t)size / 10 * 9;
}

enum {
	EXTRA = 8,	/* times its own time a cell may have of what others left over */
	HINTS = 3,
};

/* The last strategies that were tuned; how many. */
static unsigned hints_of(const struct running *r, struct strategy hints[HINTS])
{
	unsigned i, k, n = 0;

	for (i = r->s->plan->nr; i-- > 0 && n < HINTS;) {
		const struct tuned *t = &r->ran[i].tuned;

		if (!t->known || !t->bad || t->strategy.id == STRATEGY_FREE)
			continue;
		for (k = 0; k < n && memcmp(&hints[k], &t->strategy, sizeof(hints[k])); k++)
			;
		if (k == n)
			hints[n++] = t->strategy;
	}
	return n;
}

/* In one piece, as it is given; how much that proves is what its control showed by itself. */
static int run_by_the_clock(struct running *r, const struct runner *runner, const struct scenario *c,
			    struct power *p)
{
	const struct scenario *twin = twin_of(r->s, c);
	const struct ran *control = twin ? &r->ran[twin - r->s->plan->list] : NULL;
	const int err = runner_run(runner, &c->cell, &r->finding);

	*p = (struct power){ .rung = RUNG_AS_GIVEN, .stop = STOP_TIME, .given = true,
			      .strategy = cell_strategy(&c->cell, &c->cell.strategy) };
	if (scenario_requires(c))
		p->strength = strength_of_run(&r->finding, pursue_required(c, &r->finding));
	else if (control && control->how == FIRED && control->ns)
		p->strength = (uint64_t)((double)control->strength * (double)r->finding.ns / (double)control->ns);
	return err;
}

/*
 * Of what others have left over, the more the fewer claims come after this cell: all of it
 * for the last one, and never more than EXTRA times its own.
 */
static uint64_t extra_ns(const struct running *r, const struct scenario *c)
{
	const struct plan *p = r->s->plan;
	uint64_t claims = 0, share;

	for (const struct scenario *later = c + 1; later < p->list + p->nr; later++)
		claims += later->control[0] != '\0';
	share = r->saved_ns * 4 / (claims + 4);
	return share < c->cell.budget_ns * EXTRA ? share : c->cell.budget_ns * EXTRA;
}

/* Until its question is answered; what that leaves of its time goes to others. */
static int run_until_answered(struct running *r, const struct runner *runner, const struct scenario *c,
			      const struct prediction *predicted, struct power *p)
{
	const struct scenario *twin = twin_of(r->s, c);
	const uint64_t most = c->cell.budget_ns, extra = extra_ns(r, c), began = now_ns();
	struct strategy hints[HINTS];
	const struct pursuit pursuit = {
		.runner = runner, .hints = hints, .nr_hints = hints_of(r, hints),
		.scenario = c, .twin = twin && scenario_requires(twin) ? twin : NULL,
		.most_ns = most, .extra_ns = extra,
		.sought = predicted->known && (predicted->possible & scenario_forbids(c)),
		.tuned = &r->ran[(twin ? twin : c) - r->s->plan->list].tuned,
	};
	struct pursued out = { .finding = &r->finding, .twin = &r->twin, .unbiased = &r->unbiased };
	uint64_t took;
	int err;

	r->live.extra_ns = extra;
	err = pursue(&pursuit, &out);
	took = now_ns() - began;
	r->saved_ns += took < most ? most - took : 0;
	r->saved_ns -= took > most ? took - most < r->saved_ns ? took - most : r->saved_ns : 0;
	*p = out.power;
	return err;
}

/* Evidence can end it: something is required of it, or of its control. */
static bool has_question(const struct session *s, const struct scenario *c)
{
	const struct scenario *twin = twin_of(s, c);

	return !s->exact && !s->sweep && (scenario_requires(c) || (twin && scenario_requires(twin)));
}

static int run_cell(struct running *r, const struct scenario *c, const struct prediction *predicted,
		    struct power *p)
{
	const struct session *s = r->s;
	const struct runner runner = { .cpus = s->executor->cpus, .interrupted = s->interrupted,
				       .show = s->quiet ? NULL : live_show, .arg = &r->live,
				       .sweep = s->sweep };
	int err = -ENOMEM;

	memset(&r->finding, 0, sizeof(r->finding));
	if (fits_in_memory(c))
		err = has_question(s, c) ? run_until_answered(r, &runner, c, predicted, p) : run_by_the_clock(r, &runner, c, p);
	live_wipe(&r->live);
	if (err)
		memset(&r->finding, 0, sizeof(r->finding));
	else if (r->finding.unpinned)
		fprintf(stderr, "tornwalk: %s: %u of %u threads could not be pinned to a CPU\n",
			c->name, r->finding.unpinned, c->cell.readers + c->cell.writers);
	return err;
}

/* Beside its claim a control fires anew, or does not. */
static int control_now(const struct running *r, const struct scenario *c, const struct power *p)
{
	if (!p->in_turns)
		return control_state(r, c);
	return control_fired(twin_of(r->s, c), &r->twin) ? CONTROL_FIRED : CONTROL_SILENT;
}

static void judge(struct running *r, struct evidence *e, struct result *out, struct prediction *p)
{
	const struct session *s = r->s;
	const struct scenario *c = e->scenario;

	foresee_evidence(e, s, c, p);
	out->judgement = verdict_of(e);
	if (out->judgement.verdict != VERDICT_FAIL || e->broken_primitive || !torn_of(r->finding.outcomes) ||
	    !foresee_again(r->s, &c->cell))
		return;
	foresee(s, &c->cell, p);
	foresee_evidence(e, s, c, p);
	out->judgement = verdict_of(e);
}

static int run_one(struct running *r, unsigned i)
{
	struct session *s = r->s;
	const struct scenario *c = &s->plan->list[i];
	char reason[REASON_LEN];
	struct power power = { 0 };
	struct evidence e = {
		.scenario = c, .finding = &r->finding, .executor = s->executor->kind,
		.executor_tears_words = s->executor->calibration &&
					calibration_shows_tears(s->executor->calibration),
	};
	struct prediction p;
	char *schedule;
	struct result out = { .scenario = c, .finding = &r->finding, .executor = s->executor,
			      .hash = scenario_hash(c), .reason = reason, .prediction = &p };
	int err;

	foresee(s, &c->cell, &p);
	e.error = run_cell(r, c, &p, &power);
	e.control = control_now(r, c, &power);
	if (!e.error) {
		out.power = &power;
		if (has_question(s, c)) {
			e.power = &power;
			/* else its own counts had no part in when it ended */
			if (power.stop == STOP_SEEN || power.stop == STOP_FORBIDDEN)
				out.unbiased = &r->unbiased;
		}
	}
	judge(r, &e, &out, &p);
	judgement_reason(&out.judgement, &e, reason);
	if (out.judgement.cause == CAUSE_BLAMES_EXECUTOR || out.judgement.cause == CAUSE_UNPROMISED)
		out.primitive = e.broken_primitive;
	schedule = foresee_schedule(s, c, &r->finding, &p);
	out.schedule = schedule;
	r->ran[i].how = scenario_requires(c) && control_fired(c, &r->finding) ? FIRED : SILENT;
	r->ran[i].strength = power.strength;
	r->ran[i].ns = r->finding.ns;
	count(s, out.judgement.verdict);
	err = report(s, &out, i + 1);
	free(schedule);
	return err;
}

int session_run(struct session *s)
{
	struct running *r = calloc(1, sizeof(*r));
	struct resumed done = { 0 };
	int err = -ENOMEM;
	unsigned i;

	if (!r || !(r->ran = calloc(s->plan->nr + 1, sizeof(*r->ran))))
		goto out;
	r->s = s;
	r->live = (struct live){ .of = s->plan->nr, .terminal = isatty(STDERR_FILENO) };
	err = s->resume ? resume_read(&done, s->out_name) : 0;
	for (i = 0; i < s->plan->nr; i++)
		r->live.after_ns += s->plan->list[i].cell.budget_ns;
	for (i = 0; i < s->plan->nr && !err; i++) {
		const struct scenario *c = &s->plan->list[i];
		enum verdict v;

		r->live.after_ns -= c->cell.budget_ns;
		if (resume_find(&done, c, s->executor->cpus, &v)) {
			r->ran[i].how = scenario_requires(c) && v == VERDICT_PASS ? FIRED : SILENT;
			count(s, v);
			s->resumed++;
			continue;
		}
		if ((s->interrupted && *s->interrupted) || (s->fail_fast && s->fail))
			break;
		live_begin(&r->live, c, i + 1, &r->finding);
		err = run_one(r, i);
	}
	s->not_run = s->plan->nr - i;
out:
	resume_free(&done);
	free(r ? r->ran : NULL);
	free(r);
	return err;
}
