/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the explorer says a cell can show on an executor. */
#ifndef TORNWALK_PREDICT_H
#define TORNWALK_PREDICT_H

#include "cell_program.h"
#include "explore/search.h"
#include "config/scenario.h"
#include "stress/calibrate.h"

struct prediction {
	bool known;		/* the search went to its end; else `possible` is a lower bound */
	const char *why;	/* it is not known */
	uint32_t possible;	/* bit = enum outcome, NOTE_* */
	bool deadlock;
	enum memory_model model;
	unsigned tears;
	enum shapes shapes;
	struct search search;	/* as it ended: executions, states, moves */
	uint64_t ns;
};

/* Which of the cell's 8-byte accesses are two words, by this calibration (NULL: none is). */
unsigned predict_tears(const struct cell *c, const struct calibration *calibration);

/* Searches within `bounds`. 0; -ENOMEM, -E2BIG, -EFAULT: see cell_program_new(), search_all(). */
int predict(struct prediction *p, const struct cell *c, const struct bounds *bounds);

/*
 * Does the scenario require what cannot be seen, or forbid by name what can? Returns
 * buf, with one line about it; NULL: it does not, or the prediction is not known.
 */
const char *prediction_contradicts(const struct prediction *p, const struct scenario *s, char *buf,
				   unsigned len);

#endif
