/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cells one invocation is going to run, in order, each name once. */
#ifndef TORNWALK_PLAN_H
#define TORNWALK_PLAN_H

#include "scenario.h"
#include "text.h"

enum { MAX_SCENARIOS = 4096 };

struct plan {
	struct scenario *list;
	unsigned nr, room;
	unsigned rejected;	/* combinations of a product that cell_check() refused */
	unsigned unusable;	/* cells this CPU cannot run, left out */
	char why_rejected[256];	/* the first one's reason, "" if none */
	char why_unusable[256];
};

/* Adds a copy of *s, unless its name is planned already. 0; -EINVAL beyond MAX_SCENARIOS; -ENOMEM. */
int plan_add(struct plan *p, const struct scenario *s, char *err, size_t len);

/* Returns NULL if it is not planned. */
struct scenario *plan_find(const struct plan *p, const char *name);

void plan_reject(struct plan *p, const char *why);
void plan_leave_out(struct plan *p, const char *name, const char *why);

/* Appends all of `from`, counts and all, and frees it. */
int plan_move(struct plan *p, struct plan *from, char *err, size_t len);

/* Puts controls before the cells that name them, and leaves the order as it is otherwise. */
int plan_order(struct plan *p, char *err, size_t len);

/*
 * Shortens every cell by the same factor so that all fit into total_ns; whole
 * milliseconds, rounded down. -ERANGE: some cell would be under 10 ms.
 */
int plan_fit(struct plan *p, uint64_t total_ns);

void plan_free(struct plan *p);

#endif
