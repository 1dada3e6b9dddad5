/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads files and directories of results.
 *
 * Invariant: results stay in the files' order, and each line that is skipped is named on
 * standard error.
 */
#include "load.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "line.h"
#include "pool.h"

enum { LONGEST = 4 << 20, COMPLAINTS = 20 };

static struct result *room_for_one(struct results *rs)
{
	if (rs->n == rs->room) {
		rs->room = rs->room ? rs->room * 2 : 64;
		rs->r = realloc(rs->r, rs->room * sizeof(*rs->r));
		if (!rs->r)
			abort();
	}
	return &rs->r[rs->n];
}

/* Named, but a foreign file of a million lines does not fill the terminal. */
static void complain(struct results *rs, unsigned in_file, const char *path, unsigned line,
		     const char *why)
{
	rs->skipped++;
	if (in_file < COMPLAINTS)
		fprintf(stderr, "tornreport: %s:%u: skipped: %s\n", path, line, why);
	else if (in_file == COMPLAINTS)
		fprintf(stderr, "tornreport: %s:%u: skipped, and more like it\n", path, line);
}

static int load_file(struct results *rs, const char *name)
{
	const size_t before = rs->n;
	const char *path = pool_string(rs->pool, name);
	FILE *f = fopen(name, "r");
	unsigned n = 0, bad = 0;
	char *line = NULL, why[WHY_LEN];
	size_t size = 0;
	ssize_t len;

	if (!f)
		return -errno;
	while (errno = 0, (len = getline(&line, &size, f)) > 0) {
		struct result *r = room_for_one(rs);

		n++;
		if (line[strspn(line, " \t\r\n")] == '\0' && strlen(line) == (size_t)len)
			continue;
		if (len > LONGEST) {
			complain(rs, bad++, path, n, "not a result: far too long");
		} else if (!line_parse(rs, line, (size_t)len, r, why)) {
			complain(rs, bad++, path, n, why);
		} else {
			r->path = path;
			r->line = n;
			rs->n++;
		}
	}
	len = errno;
	free(line);
	fclose(f);
	return len ? -(int)len : rs->n > before ? 0 : -ENODATA;
}

static int is_jsonl(const struct dirent *d)
{
	const size_t n = strlen(d->d_name);

	return d->d_name[0] != '.' && n > 6 && !strcmp(d->d_name + n - 6, ".jsonl");
}

/* One file that is no good does not hide the others. */
static int load_dir(struct results *rs, const char *dir)
{
	struct dirent **names = NULL;
	const size_t before = rs->n;
	int n = scandir(dir, &names, is_jsonl, alphasort), i, err;
	char path[4096];

	if (n < 0)
		return -errno;
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]->d_name);
		free(names[i]);
		err = load_file(rs, path);
		if (err)
			fprintf(stderr, "tornreport: %s: %s\n", path,
				err == -ENODATA ? "no result in it" : strerror(-err));
	}
	free(names);
	return rs->n > before ? 0 : -ENODATA;
}

int results_load(struct results *rs, const char *path)
{
	struct stat st;

	line_setup();
	if (!rs->pool)
		rs->pool = pool_new();
	if (!rs->path)
		rs->path = pool_string(rs->pool, path);
	if (stat(path, &st))
		return -errno;
	return S_ISDIR(st.st_mode) ? load_dir(rs, path) : load_file(rs, path);
}
