/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads files and directories of results, and finds things in them.
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

const struct machine *results_machine(struct results *rs, const struct machine *m)
{
	struct machine *new;
	unsigned i;

	/* strings are unique in the pool: pointers compare */
	for (i = rs->nr_machines; i-- > 0;) {
		const struct machine *o = rs->machines[i];

		if (o->target == m->target && o->executor == m->executor && o->cpu == m->cpu &&
		    o->cpus == m->cpus && o->kernel == m->kernel && o->compiler == m->compiler &&
		    o->flags == m->flags && o->git == m->git)
			return o;
	}
	new = pool_alloc(rs->pool, sizeof(*new));
	*new = *m;
	new->index = rs->nr_machines;
	rs->machines = realloc(rs->machines, (rs->nr_machines + 1) * sizeof(*rs->machines));
	if (!rs->machines)
		abort();
	rs->machines[rs->nr_machines++] = new;
	return new;
}

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

const char *results_string(struct results *rs, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return pool_string(rs->pool, text);
}

void results_free(struct results *rs)
{
	pool_free(rs->pool);
	free(rs->machines);
	free(rs->r);
	*rs = (struct results){ 0 };
}

const struct result *results_find(const struct results *rs, const char *scenario)
{
	size_t i;

	for (i = rs->n; i-- > 0;)
		if (!strcmp(rs->r[i].scenario, scenario))
			return &rs->r[i];
	return NULL;
}

uint32_t result_seen(const struct result *r)
{
	uint32_t seen = 0;

	for (unsigned o = 0; o < NR_OUTCOMES; o++) {
		const bool torn = OUTCOMES_TORN & 1u << o;

		seen |= (uint32_t)((torn && r->has_torn_by ? r->torn_by[o == OUTCOME_TORN_WRITER] :
				    r->distinct[o]) > 0) << o;
	}
	return seen;
}

uint32_t result_forbids(const struct result *r)
{
	uint32_t forbidden = 0;

	for (unsigned o = 0; o < NR_OUTCOMES; o++) {
		const uint8_t expect = OUTCOMES_TORN & 1u << o ? r->expect_by[o == OUTCOME_TORN_WRITER] :
								 r->expect[o];

		forbidden |= (uint32_t)(expect == EXPECT_FORBID) << o;
	}
	return forbidden;
}

int result_worst(const struct result *r)
{
	const int worst = outcome_worst(result_seen(r), result_forbids(r));

	return worst == OUTCOME_TORN_WRITER ? OUTCOME_TORN : worst;
}

bool result_requires(const struct result *r)
{
	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		if (r->expect[o] == EXPECT_REQUIRE)
			return true;
	return false;
}

int result_tears(const struct result *r, const char *primitive)
{
	for (unsigned i = 0; r->calibration && i < r->calibration->n; i++)
		if (!strcmp(r->calibration->of[i].name, primitive))
			return r->calibration->of[i].torn > 0;
	return -1;
}
