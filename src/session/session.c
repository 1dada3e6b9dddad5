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

#include "live.h"
#include "resume.h"
#include "predict/schedule.h"
#include "console.h"
#include "ktap.h"

/* What one state of a search takes in memory, roughly; how long a prediction may take. */
enum { STATE_BYTES = 128, PREDICT_NS = 2000000000, SCHEDULED_CELLS = 100, AGAIN_NS = 2000000000,
       CALIBRATE_NS = 20000000 };

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

/* Verdicts so far, by place in the plan: a control comes before whoever names it. */
enum ran { NOT_RUN, FIRED, SILENT };

static int control_state(const struct session *s, const enum ran *state, const struct scenario *c)
{
	const struct scenario *twin;

	if (!c->control[0])
		return CONTROL_NONE;
	twin = plan_find(s->plan, c->control);
	if (!twin)
		return CONTROL_NOT_RUN;
	switch (state[twin - s->plan->list]) {
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

/* Returns an 8-byte access that this cell's claim rests on and that tears here; or NULL. */
static const char *broken_primitive(const struct executor *x, const struct cell *c)
{
	const char *const rests_on[] = { c->reader->primitive, c->writer->primitive };
	unsigned i;

	for (i = 0; i < 2 && x->calibration; i++)
		if (calibration_tears(x->calibration, rests_on[i]))
			return rests_on[i];
	return NULL;
}

/* A prediction that takes too long is given up, and its cell is judged without one. */
struct patience {
	const struct session *s;
	uint64_t until_ns;
};

static bool impatient(void *arg)
{
	const struct patience *p = arg;

	return (p->s->interrupted && *p->s->interrupted) || now_ns() > p->until_ns;
}

static uint64_t memory_bytes(void)
{
	const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

	return pages > 0 ? (uint64_t)pages * (uint64_t)size : 64u << 20;
}

static void foresee(const struct session *s, const struct cell *c, struct prediction *p)
{
	struct patience patience = { s, now_ns() + PREDICT_NS };
	const struct bounds b = bounds_of(c);

	*p = (struct prediction){
		.model = s->executor->model,
		.tears = predict_tears(c, s->executor->calibration),
		.search = { .how = SEARCH_REDUCED, .stop = impatient, .arg = &patience,
			    .max_states = memory_bytes() / 8 / STATE_BYTES },
	};
	if (predict(p, c, &b))
		p->known = false;
}

/* The steps that lead to the worst outcome that was seen; large suites do without. */
static char *schedule_of(const struct session *s, const struct scenario *c, const struct finding *f,
			 const struct prediction *p)
{
	const int worst = result_witness(c, f);

	if (worst < 0 || !p->known || !(p->possible & 1u << worst) || s->plan->nr > SCHEDULED_CELLS ||
	    (s->out < 0 && !s->json))
		return NULL;
	return schedule_text(&c->cell, p->model, p->tears, (unsigned)worst, memory_bytes() / 16 / sizeof(struct state));
}

static void add_prediction(struct evidence *e, const struct prediction *p)
{
	e->model = p->known ? model_names[p->model] : NULL;
	e->possible = p->possible;
}

static void add_calibration(struct evidence *e, const struct session *s, const struct scenario *c)
{
	e->broken_primitive = broken_primitive(s->executor, &c->cell);
	e->primitive_promised = e->broken_primitive && primitive_promised(e->broken_primitive);
}

/*
 * Before a protocol is blamed for a tear, the 8-byte accesses that it rests on are
 * calibrated for longer: on a busy machine 20 ms show little.
 */
static bool tears_after_all(struct session *s, const struct cell *c)
{
	const char *const rests_on[] = { c->reader->primitive, c->writer->primitive };
	unsigned i;

	for (i = 0; i < 2 && s->calibration; i++)
		calibrate_again(s->calibration, rests_on[i], s->executor->cpus, AGAIN_NS, s->interrupted);
	return broken_primitive(s->executor, c);
}

static int run_one(struct session *s, enum ran *state, unsigned i, struct finding *f,
		   struct live *l)
{
	const struct scenario *c = &s->plan->list[i];
	struct runner runner = { .cpus = s->executor->cpus, .interrupted = s->interrupted,
				 .show = s->quiet ? NULL : live_show, .arg = l,
				 .sweep = s->sweep };
	char reason[REASON_LEN];
	struct evidence e = {
		.scenario = c, .finding = f, .control = control_state(s, state, c),
		.executor_tears_words = s->executor->calibration &&
					calibration_shows_tears(s->executor->calibration),
		.executor = s->executor->kind,
	};
	struct prediction p;
	char *schedule;
	struct result r = { .scenario = c, .finding = f, .executor = s->executor,
			    .hash = scenario_hash(c), .reason = reason, .prediction = &p };
	int err;

	foresee(s, &c->cell, &p);
	add_prediction(&e, &p);
	add_calibration(&e, s, c);

	err = fits_in_memory(c) ? runner_run(&runner, &c->cell, f) : -ENOMEM;

	live_wipe(l);
	if (!err && f->unpinned)
		fprintf(stderr, "tornwalk: %s: %u of %u threads could not be pinned to a CPU\n",
			c->name, f->unpinned, c->cell.readers + c->cell.writers);
	if (err)
		memset(f, 0, sizeof(*f));
	e.error = err;
	r.judgement = verdict_of(&e);
	if (r.judgement.verdict == VERDICT_FAIL && !e.broken_primitive && torn_of(f->outcomes) &&
	    tears_after_all(s, &c->cell)) {
		foresee(s, &c->cell, &p);
		add_calibration(&e, s, c);
		add_prediction(&e, &p);
		r.judgement = verdict_of(&e);
	}
	judgement_reason(&r.judgement, &e, reason);
	if (r.judgement.cause == CAUSE_BLAMES_EXECUTOR || r.judgement.cause == CAUSE_UNPROMISED)
		r.primitive = e.broken_primitive;
	schedule = schedule_of(s, c, f, &p);
	r.schedule = schedule;
	state[i] = scenario_requires(c) && control_fired(c, f) ? FIRED : SILENT;
	count(s, r.judgement.verdict);
	err = report(s, &r, i + 1);
	free(schedule);
	return err;
}

int session_run(struct session *s)
{
	struct finding *f = malloc(sizeof(*f));
	enum ran *state = calloc(s->plan->nr + 1, sizeof(*state));
	struct live l = { .of = s->plan->nr, .terminal = isatty(STDERR_FILENO) };
	struct resumed done = { 0 };
	int err = -ENOMEM;
	unsigned i;

	if (!f || !state)
		goto out;
	err = s->resume ? resume_read(&done, s->out_name) : 0;
	for (i = 0; i < s->plan->nr; i++)
		l.after_ns += s->plan->list[i].cell.budget_ns;
	for (i = 0; i < s->plan->nr && !err; i++) {
		const struct scenario *c = &s->plan->list[i];
		enum verdict v;

		l.after_ns -= c->cell.budget_ns;
		if (resume_find(&done, c, s->executor->cpus, &v)) {
			state[i] = scenario_requires(c) && v == VERDICT_PASS ? FIRED : SILENT;
			count(s, v);
			s->resumed++;
			continue;
		}
		if ((s->interrupted && *s->interrupted) || (s->fail_fast && s->fail))
			break;
		l.now = c;
		l.number = i + 1;
		l.next_line_ns = 0;
		err = run_one(s, state, i, f, &l);
	}
	s->not_run = s->plan->nr - i;
out:
	resume_free(&done);
	free(state);
	free(f);
	return err;
}
