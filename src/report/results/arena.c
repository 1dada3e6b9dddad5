/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * jansson's memory: malloc and free are most of what parsing a line costs.
 *
 * Invariant: what was parsed lies in one arena, which the next line reuses; what does not fit
 * there is malloc's.
 */
#include <stdlib.h>

#include "line.h"
#include "members.h"

enum { ARENA = 8 << 20 };

static char *arena;
static size_t arena_used;

static void *arena_get(size_t size)
{
	void *p;

	size = (size + 15) & ~(size_t)15;
	if (ARENA - arena_used < size)
		return malloc(size);
	p = arena + arena_used;
	arena_used += size;
	return p;
}

void parse_put(void *p)
{
	if ((char *)p < arena || (char *)p >= arena + ARENA)
		free(p);
}

json_t *parse_json(const char *text, size_t len, json_error_t *e)
{
	arena_used = 0;
	return json_loadb(text, len, 0, e);
}

void line_setup(void)
{
	if (arena)
		return;
	arena = malloc(ARENA);
	if (!arena) {
		fputs("tornreport: no memory\n", stderr);
		exit(2);
	}
	json_set_alloc_funcs(arena_get, parse_put);
}
