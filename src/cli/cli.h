/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two files of the command line share. */
#ifndef TORNWALK_CLI_H
#define TORNWALK_CLI_H

#include <signal.h>

enum { EXIT_PASS = 0, EXIT_FAIL = 1, EXIT_USAGE = 2, EXIT_INCONCLUSIVE = 4 };

/* Set by SIGINT, SIGTERM and SIGHUP once catch_signals() has been called. */
extern volatile sig_atomic_t interrupted;
void catch_signals(void);

/* One line on stderr; returns EXIT_USAGE. */
__attribute__((format(printf, 1, 2))) int usage_error(const char *fmt, ...);

/* tornwalk run: argv[0] is "run". Returns the exit code. */
int cmd_run(int argc, char **argv);

struct session;
struct plan;
struct executor;
struct calibration;
struct cpus;

/* Probes and calibrates the executor (under 2 s), and makes the session ready for this plan. */
void prepare(struct session *s, struct plan *p, struct executor *x, struct calibration *c,
	     const struct cpus *cpus);

/* tornwalk explain */
int cmd_explain(int argc, char **argv);

/* tornwalk run --mutants */
int cmd_mutants(int argc, char **argv);

/* tornwalk explore */
int cmd_explore(int argc, char **argv);

#endif
