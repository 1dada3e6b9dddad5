/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "target.h"

#include <stddef.h>
#include <string.h>

static const struct target {
	const char *name, *kcidb, *promises;
} targets[] = {
#include "report/results/targets.h"
};

static const struct target *target_find(const char *name)
{
	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		if (!strcmp(targets[i].name, name))
			return &targets[i];
	return NULL;
}

const char *target_kcidb(const char *target)
{
	const struct target *t = target_find(target);

	return t ? t->kcidb : NULL;
}

bool target_promises(const char *target, const char *primitive)
{
	const struct target *t = target_find(target);
	const size_t n = strlen(primitive);

	for (const char *p = t ? t->promises : ""; *p; p += strcspn(p, " "), p += strspn(p, " "))
		if (strcspn(p, " ") == n && !strncmp(p, primitive, n))
			return true;
	return false;
}
