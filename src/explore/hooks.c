/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mem seam has no context argument, so the watcher is the thread's. */
#include "hooks.h"

#include <stddef.h>

static __thread const struct explore_hooks *watcher;

const struct explore_hooks *explore_watch(const struct explore_hooks *h)
{
	const struct explore_hooks *old = watcher;

	watcher = h;
	return old;
}

void explore_before(enum access_kind k, const void *p, unsigned size)
{
	if (watcher && watcher->before)
		watcher->before(watcher->arg, k, p, size);
}

void explore_after(enum access_kind k, const void *p, unsigned size)
{
	if (watcher && watcher->after)
		watcher->after(watcher->arg, k, p, size);
}
