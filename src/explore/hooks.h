/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who watches the shared accesses of the explored world, on this thread.
 * Knows nothing of page tables.
 */
#ifndef TORNWALK_HOOKS_H
#define TORNWALK_HOOKS_H

enum access_kind {
	ACCESS_LOAD,
	ACCESS_STORE,
	ACCESS_STORE_PLAIN,	/* one half of a store the compiler may reorder */
	ACCESS_RMW,		/* also a full barrier */
	ACCESS_RMB,
	ACCESS_WMB,
	ACCESS_LOCK,
	ACCESS_UNLOCK,
};

struct explore_hooks {
	void (*before)(void *arg, enum access_kind k, const void *p, unsigned size);
	void (*after)(void *arg, enum access_kind k, const void *p, unsigned size);
	void *arg;
};

/* From now on, on this thread; NULL: nobody. Returns who it was. */
const struct explore_hooks *explore_watch(const struct explore_hooks *h);

void explore_before(enum access_kind k, const void *p, unsigned size);
void explore_after(enum access_kind k, const void *p, unsigned size);

#endif
