/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A result: one JSON line per finished cell, appended and flushed when the cell
 * ends. Printed by hand; this program never parses JSON.
 */
#ifndef TORNWALK_RESULT_H
#define TORNWALK_RESULT_H

#include <stdio.h>

#include "executor.h"
#include "judge/judge.h"
#include "predict/predict.h"

/* 2: a line has its cause, and the witness is an object. */
enum { RESULT_SCHEMA = 2 };

struct result {
	const struct scenario *scenario;
	const struct finding *finding;
	const struct executor *executor;
	uint64_t hash;
	struct judgement judgement;
	const char *reason;
	const char *primitive;		/* that tears, where the cause is that one does; or NULL */
	const struct prediction *prediction;	/* NULL: none was made */
	const char *schedule;			/* the explorer's, of what `witness` shows; or NULL */
	const struct power *power;		/* NULL: run as its scenario says, by the clock */
	const struct finding *unbiased;		/* what rates are quoted from, where the counts ended it; or NULL */
};

/* Prints one line, newline included. Returns 0; -EIO if the stream has failed. */
int result_print(FILE *f, const struct result *r);

/*
 * Appends the line to an open file and makes it durable. If what is in the file
 * does not end in a newline (a power cut), starts a new line first. Returns 0 or
 * -errno; on a full disk the file is cut back to where it was.
 */
int result_append(int fd, const struct result *r);

/* torn = by reader + by writer */
uint64_t torn_of(const uint64_t counts[NR_OUTCOMES]);

/* When either kind was first seen; 0: never. */
uint64_t first_torn(const struct finding *f);

/*
 * Which outcome's witness is the result's: the worst that the scenario forbids, else the worst that
 * it requires, else the worst that was seen; -1: none.
 */
int result_witness(const struct scenario *s, const struct finding *f);

#endif
