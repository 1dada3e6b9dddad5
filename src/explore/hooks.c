/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mem seam has no context argument, so the watcher is the thread's. */
#include "hooks.h"

#include <stddef.h>
#include <string.h>

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

static uint64_t perform(const struct access *a)
{
	void *p = (void *)a->p;
	uint64_t old = 0, new = a->value;

	if (p)
		memcpy(&old, p, a->size);
	if (a->f)
		new = a->f((uint32_t)old);
	if (p && !access_loads(a->kind))
		memcpy(p, &new, a->size);
	return old;
}

uint64_t explore_access(const struct access *a)
{
	const bool barrier = a->kind == ACCESS_RMB || a->kind == ACCESS_WMB;
	uint64_t got;

	if (watcher && watcher->access)
		return watcher->access(watcher->arg, a);
	if (a->kind == ACCESS_FILL)
		return perform(a);
	if (!barrier)
		do
			explore_before(a->kind, a->p, a->size);
		while (a->kind == ACCESS_LOCK && *(const uint32_t *)a->p);
	got = perform(a);
	explore_after(a->kind, a->p, a->size);
	return got;
}

unsigned explore_choose(unsigned n, const void *p)
{
	struct access a = { .kind = ACCESS_CHOOSE, .p = p, .size = 8, .value = n };

	return watcher && watcher->access ? (unsigned)watcher->access(watcher->arg, &a) : 0;
}

bool explore_tears(unsigned what)
{
	return watcher && (watcher->tears & what);
}
