/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "foresee.h"

#include <unistd.h>

#include "predict/schedule.h"

/* What one state of a search takes in memory, roughly; how long a prediction may take. */
enum { STATE_BYTES = 128, PREDICT_NS = 2000000000, SCHEDULED_CELLS = 100, AGAIN_NS = 2000000000 };

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

void foresee(const struct session *s, const struct cell *c, struct prediction *p)
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

char *foresee_schedule(const struct session *s, const struct scenario *c, const struct finding *f,
			 const struct prediction *p)
{
	const int worst = result_witness(c, f);

	if (worst < 0 || !p->known || !(p->possible & 1u << worst) || s->plan->nr > SCHEDULED_CELLS ||
	    (s->out < 0 && !s->json))
		return NULL;
	return schedule_text(&c->cell, p->model, p->tears, (unsigned)worst, memory_bytes() / 16 / sizeof(struct state));
}

void foresee_evidence(struct evidence *e, const struct session *s, const struct scenario *c,
		      const struct prediction *p)
{
	e->model = p->known ? model_names[p->model] : NULL;
	e->possible = p->possible;
	e->broken_primitive = broken_primitive(s->executor, &c->cell);
	e->primitive_promised = e->broken_primitive && primitive_promised(e->broken_primitive);
}

bool foresee_again(struct session *s, const struct cell *c)
{
	const char *const rests_on[] = { c->reader->primitive, c->writer->primitive };
	unsigned i;

	for (i = 0; i < 2 && s->calibration; i++)
		calibrate_again(s->calibration, rests_on[i], s->executor->cpus, AGAIN_NS, s->interrupted);
	return broken_primitive(s->executor, c);
}
