/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scenario: a cell, what is expected of it, and how much has to be looked at
 * before its silence counts.
 */
#ifndef TORNWALK_SCENARIO_H
#define TORNWALK_SCENARIO_H

#include "stress/cell.h"

enum {
	NAME_LEN = 128,
	USUAL_FLOOR = 1000,	/* what a file does not say of present observations and rounds */
	USUAL_STRENGTH = 1000,
};

struct scenario {
	char name[NAME_LEN];
	char summary[160];
	struct cell cell;
	enum expect expect[NR_OUTCOMES];
	bool require_torn;		/* `require = torn`: by the reader or by the writer */
	uint64_t min_present;		/* quality floor: present observations */
	uint64_t min_rounds;		/* quality floor: writer rounds */
	char control[NAME_LEN];		/* the busted twin that must fire, or "" */
	uint64_t strength;		/* after which a claim has been watched long enough */
	bool strategy_given;		/* by an option: nothing is tuned */
	bool is_control;		/* another scenario names this one as its control */
	uint32_t overridden;		/* by options: 1 << enum cell_key */
};

/* What is expected of an outcome: as the scenario says, else its own grade. */
enum expect scenario_grade(const struct scenario *s, enum outcome o);

/* What it forbids: bits, 1 << enum outcome. */
uint32_t scenario_forbids(const struct scenario *s);

/* Does anything have to be seen? Only such a scenario can be a control. */
bool scenario_requires(const struct scenario *s);

#endif
