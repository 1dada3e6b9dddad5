/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one section of a config file has said about a scenario so far. */
#ifndef TORNWALK_DRAFT_H
#define TORNWALK_DRAFT_H

#include "names.h"

enum { SUMMARY_LEN = 160 };

enum draft_key { DRAFT_SUMMARY, DRAFT_CONTROL, DRAFT_MIN_PRESENT, DRAFT_MIN_ROUNDS,
		 DRAFT_ALLOW, DRAFT_FORBID, DRAFT_REQUIRE, NR_DRAFT_KEYS };

struct draft {
	struct cell_names cell;
	enum expect expect[NR_OUTCOMES];
	bool require_torn;
	uint32_t given;			/* 1 << enum draft_key */
	uint64_t min_present, min_rounds;
	unsigned control_line;
	char control[NAME_LEN];
	char summary[SUMMARY_LEN];
};

/* -EINVAL and a line in err: a bad value, a key given twice, a contradiction. */
int draft_set(struct draft *d, const char *key, const char *value, unsigned line, char *err,
	      size_t len);

/* The keys besides the cell's: 0 if it was one of them, -ENOENT if not. */
int draft_set_judging(struct draft *d, const char *key, const char *value, unsigned line,
		      char *err, size_t len);

void draft_inherit(struct draft *d, const struct draft *from);

/* As cell_resolve(); the scenario gets everything but its name. */
int draft_resolve(const struct draft *d, struct scenario *s, char *err, size_t len);

#endif
