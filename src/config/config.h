/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * configs/scenarios/NAME.ini and configs/suites/NAME.ini become a plan.
 *
 * Every error is one line in err (ERR_LEN), "FILE:LINE: what" where a line is to
 * blame. A scenario that this CPU cannot run is no error until a word names
 * it; in a suite it is left out and counted (struct plan).
 */
#ifndef TORNWALK_CONFIG_H
#define TORNWALK_CONFIG_H

#include "names.h"
#include "plan.h"

enum { CONFIG_PATH_LEN = 1024 };

struct config_entry {
	struct scenario scenario;
	char file[CONFIG_PATH_LEN];
	unsigned line;			/* of its [section] */
	unsigned control_line;
	char unusable[160];		/* why this CPU cannot run it, or "" */
};

struct config {
	char dir[CONFIG_PATH_LEN];
	struct config_entry *entries;
	unsigned nr, room;
	char (*suites)[NAME_LEN];	/* sorted */
	unsigned nr_suites;
};

/*
 * $TORNWALK_CONFIGS; else the first that has suites in it: ./configs, configs beside the
 * executable, two directories above it (a build), or where make install puts them. NULL:
 * none of them.
 */
const char *config_dir(char *buf, size_t len);

/*
 * All scenarios under dir, and the suites' names. 0, -EINVAL or -ENOMEM; on
 * error cfg holds nothing. cfg need not be initialized.
 */
int config_load(struct config *cfg, const char *dir, char *err, size_t len);

void config_free(struct config *cfg);

/* Returns NULL if there is no such scenario. */
struct config_entry *config_find(const struct config *cfg, const char *name);

/*
 * Appends to plan what `word` means: a suite, a scenario, or the path of a file
 * of either kind (with a / or ending in .ini). A suite's controls come along, and
 * count for its budget. -EOPNOTSUPP: a scenario this CPU cannot run.
 */
int config_select(struct config *cfg, const char *word, struct plan *plan, char *err, size_t len);

/*
 * Inserts the controls that are not planned yet, each to run as long as the first
 * cell that names it, and puts controls before the cells that name them. One that
 * this CPU cannot run is left out.
 */
int config_add_controls(const struct config *cfg, struct plan *plan, char *err, size_t len);

/* ---- between the files of this directory ---- */

/* Reads one scenario file; call config_check_controls() when all are read. */
int config_load_file(struct config *cfg, const char *path, char *err, size_t len);
int config_check_controls(struct config *cfg, char *err, size_t len);

bool config_is_ini(const char *name);

/* suite.c: reads one suite file and appends its cells. */
int suite_load(struct config *cfg, const char *path, unsigned depth, struct plan *plan, char *err,
	       size_t len);
void config_list_scenarios(const struct config *cfg, char *buf, size_t len);
void config_list_suites(const struct config *cfg, char *buf, size_t len);

#endif
