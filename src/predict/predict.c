/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "predict.h"

#include <errno.h>
#include <stdio.h>

unsigned predict_tears(const struct cell *c, const struct calibration *calibration)
{
	unsigned tears = 0;

	if ((c->reader->flags & READ_UNPROMISED) ||
	    (calibration && calibration_tears(calibration, c->reader->primitive)))
		tears |= TEARS_LOAD64;
	if (c->writer_tears || (calibration && calibration_tears(calibration, c->writer->primitive)))
		tears |= TEARS_STORE64 | TEARS_STRD;
	return tears;
}

int predict(struct prediction *p, const struct cell *c, const struct bounds *bounds)
{
	const uint64_t from = now_ns();
	struct cell_program *b;
	int err;

	p->known = false;
	b = cell_program_new(c, bounds, p->model, p->tears, &err);
	if (!b)
		return err;
	cell_program_base(b)->shapes = p->shapes;
	err = search_all(&p->search, cell_program_base(b));
	cell_program_free(b);
	p->possible = p->search.notes;
	p->deadlock = p->search.deadlock;
	p->known = !err && p->search.complete;
	p->why = p->search.why;
	p->ns = now_ns() - from;
	return err;
}

const char *prediction_contradicts(const struct prediction *p, const struct scenario *s, char *buf,
				   unsigned len)
{
	unsigned i;

	if (!p->known)
		return NULL;
	if (s->require_torn && !(p->possible & OUTCOMES_TORN)) {
		snprintf(buf, len, "requires torn, which is impossible under %s", model_names[p->model]);
		return buf;
	}
	for (i = 0; i < NR_OUTCOMES; i++) {
		const bool possible = p->possible & 1u << i;

		if ((s->expect[i] == EXPECT_REQUIRE && !possible) ||
		    (s->expect[i] == EXPECT_FORBID && possible)) {
			snprintf(buf, len, "%s %s, which is %s under %s", possible ? "forbids" : "requires",
				 outcome_kinds[i].name, possible ? "possible" : "impossible", model_names[p->model]);
			return buf;
		}
	}
	return NULL;
}
