/* SPDX-License-Identifier: GPL-2.0-or-later */
/* X(id, name, what, cell, by, why): table.awk has made table.h of the patches. */
#include "mutants.h"

#include <string.h>

#include "config/text.h"

#define X(id, nm, text, where, who, reason)                                      \
	extern const struct protocol mutant_##id##_native, mutant_##id##_widened, mutant_##id##_explored;
#include "mutants/table.h"
#undef X

const struct mutant mutants[] = {
#define X(id, nm, text, where, who, reason)                                      \
	{ .name = nm, .what = text, .cell = where, .by = who, .why = reason,      \
	  .native = &mutant_##id##_native, .widened = &mutant_##id##_widened,     \
	  .explored = &mutant_##id##_explored },
#include "mutants/table.h"
#undef X
	{ .name = NULL },
};

const struct mutant *mutant_find(const char *name)
{
	const struct mutant *m = mutants;

	while (m->name && strcmp(m->name, name))
		m++;
	return m->name ? m : NULL;
}

const char *mutant_names(char *buf, size_t len)
{
	const struct mutant *m;

	buf[0] = '\0';
	for (m = mutants; m->name; m++)
		text_append(buf, len, " %s", m->name);
	return buf;
}
