/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many binaries in few words: a/gcc/O2 a/gcc/Os b/gcc/O2 b/gcc/Os is "a,b/gcc".
 *
 * Paths are compared part by part. What is the same for all of them is left out;
 * a part below which all are meant is not gone into; parts below which the same
 * is meant are joined by commas.
 */
#include <stdlib.h>
#include <string.h>

#include "audit.h"

enum { NAME = 64, ROOM = 4096 };

struct tree {
	const char *const *paths;
	size_t n;
	const bool *in;
	size_t end;	/* bytes at the end of each path that are not looked at */
};

/* Does path k begin with the first len bytes of path i? */
static bool below(const struct tree *t, size_t k, size_t i, size_t len)
{
	return !strncmp(t->paths[k], t->paths[i], len);
}

static size_t part(const struct tree *t, size_t i, size_t from)
{
	size_t len = strlen(t->paths[i]) - t->end;
	const char *slash = strchr(t->paths[i] + from, '/');

	return slash && slash < t->paths[i] + len ? (size_t)(slash - t->paths[i]) + 1 : len;
}

/* What is in, of those below the first len bytes of path i; "" for all of them. */
static void describe(const struct tree *t, size_t i, size_t len, char *out)
{
	struct group { char names[ROOM / 4], sub[ROOM / 4]; } *groups = calloc(t->n, sizeof(*groups));
	size_t k, g, ngroups = 0, all = 0, in = 0;

	*out = '\0';
	for (k = 0; k < t->n; k++) {
		all += below(t, k, i, len);
		in += below(t, k, i, len) && t->in[k];
	}
	for (k = 0; groups && in < all && k < t->n; k++) {
		size_t end = below(t, k, i, len) ? part(t, k, len) : 0, j, hits = 0;
		char sub[ROOM], name[NAME];

		for (j = 0; end && j < t->n && !(j < k && below(t, j, k, end)); j++)
			hits += j >= k && below(t, j, k, end) && t->in[j];
		if (!hits || j < t->n)	/* none is in, or it was met before */
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)(end - len - (t->paths[k][end - 1] == '/')),
			 t->paths[k] + len);
		if (end < strlen(t->paths[k]) - t->end)
			describe(t, k, end, sub);
		else
			*sub = '\0';
		for (g = 0; g < ngroups && strcmp(groups[g].sub, sub); g++)
			;
		snprintf(groups[g].sub, sizeof(groups[g].sub), "%.1000s", sub);
		if (g == ngroups)
			ngroups++;
		else
			strncat(groups[g].names, ",", sizeof(groups[g].names) - strlen(groups[g].names) - 1);
		strncat(groups[g].names, name, sizeof(groups[g].names) - strlen(groups[g].names) - 1);
	}
	for (g = 0; g < ngroups; g++) {
		bool several = strchr(groups[g].sub, ' ');
		size_t at = strlen(out);

		snprintf(out + at, ROOM - at, "%s%s%s%s%s%s", g ? " " : "", groups[g].names,
			 *groups[g].sub ? "/" : "", several ? "(" : "", groups[g].sub, several ? ")" : "");
	}
	free(groups);
}

void audit_where(FILE *f, const char *const *paths, size_t n, const bool *in)
{
	struct tree t = { .paths = paths, .n = n, .in = in };
	size_t begin = 0, i, k, min = strlen(paths[0]);
	char out[ROOM];

	for (i = 1; i < n; i++)
		min = strlen(paths[i]) < min ? strlen(paths[i]) : min;
	for (k = 0; k < min; k++) {
		for (i = 1; i < n && paths[i][k] == paths[0][k]; i++)
			;
		if (i < n)
			break;
		begin = paths[0][k] == '/' ? k + 1 : begin;
	}
	for (k = 1; k < min - begin; k++) {
		for (i = 1; i < n && paths[i][strlen(paths[i]) - k] == paths[0][strlen(paths[0]) - k]; i++)
			;
		if (i < n)
			break;
		if (strchr("/.", paths[0][strlen(paths[0]) - k]))
			t.end = k;
	}
	describe(&t, 0, begin, out);
	fputs(*out ? out : "all", f);
}
