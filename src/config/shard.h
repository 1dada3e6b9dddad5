/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One part of a plan, for one of several machines. */
#ifndef TORNWALK_SHARD_H
#define TORNWALK_SHARD_H

#include "plan.h"

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

#endif
