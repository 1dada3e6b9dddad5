/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cells one invocation is going to run, in order, each name once. */
#ifndef TORNWALK_PLAN_H
#define TORNWALK_PLAN_H

#include "judge/judge.h"
#include "text.h"

struct plan {
	struct scenario *list;
	unsigned nr, room;
	unsigned rejected;	/* combinations of a product that cell_check() refused */
	unsigned unusable;	/* cells this CPU cannot run, left out */
	char why_rejected[256];	/* the first one's reason, "" if none */
	char why_unusable[256];
};

/* -EINVAL beyond MAX_SCENARIOS, -ENOMEM. A name that is there already: nothing. */
int plan_add(struct plan *p, const struct scenario *s, char *err, size_t len);

/* NULL: not planned. */
struct scenario *plan_find(const struct plan *p, const char *name);

void plan_reject(struct plan *p, const char *why);
void plan_leave_out(struct plan *p, const char *name, const char *why);

/* Appends all of `from`, counts and all, and frees it. */
int plan_move(struct plan *p, struct plan *from, char *err, size_t len);

/* Controls before the cells that name them, else as it was. */
int plan_order(struct plan *p, char *err, size_t len);

/*
 * Shortens every cell by the same factor so that all fit into total_ns; whole
 * milliseconds, rounded down. -ERANGE: some cell would be under 10 ms.
 */
int plan_fit(struct plan *p, uint64_t total_ns);

struct shard {
	unsigned number, of;	/* 1..of */
};

/* "2/3". -EINVAL. */
int shard_parse(struct shard *s, const char *word, char *err, size_t len);

/*
 * Keeps what belongs to one shard. A cell and the control it names, and whoever
 * else names that control, are one group and stay together, so that no control
 * runs in two shards and none of them is counted twice. Groups are dealt out, the
 * longest first, each to the shard with the least to do: a function of names,
 * controls and budgets in the plan's order alone, the same on every machine that
 * can run the same cells. -ENOMEM.
 */
int plan_shard(struct plan *p, const struct shard *s);

void plan_free(struct plan *p);

#endif
