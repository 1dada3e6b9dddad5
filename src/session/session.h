/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a plan, cell by cell; each result is out before the next cell starts. */
#ifndef TORNWALK_SESSION_H
#define TORNWALK_SESSION_H

#include "executor.h"
#include "config/plan.h"
#include "result.h"

struct session {
	const struct plan *plan;
	const struct executor *executor;
	struct calibration *calibration;	/* the executor's, to be looked at again; or NULL */
	const volatile sig_atomic_t *interrupted;
	int out;			/* file to append results to, or -1 */
	const char *out_name;
	bool resume, fail_fast, quiet, ktap;
	bool sweep;			/* widened cells */
	bool exact;			/* the clock ends a cell, and nothing is tuned */
	bool json;			/* results to stdout, the table to stderr */
	/* if set, is called with each result, and nothing is printed */
	void (*tell)(void *arg, const struct result *r);
	void *arg;

	/* out */
	unsigned pass, fail, inconclusive, resumed, not_run;
};

/*
 * Probes and calibrates the executor into *x and *c (under 2 s; an interruption ends it),
 * and makes the session ready for this plan. All of them have to outlive the session.
 */
void session_prepare(struct session *s, struct plan *p, struct executor *x, struct calibration *c,
		     const struct cpus *cpus);

/* Returns 0; -errno when a result could not be written. The results before it are safe. */
int session_run(struct session *s);

#endif
