/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Invariant: a line counts only if all that is looked for is in it; a line that is cut
 * off, or of a form that is not known, is a cell to be run again.
 */
#include "resume.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"

enum { CPU_LIST_LEN = 4096 };	/* a longer list is compared as far as that */

/* What follows `"key":` in the line, or NULL. */
static const char *after(const char *line, const char *key)
{
	const char *p = strstr(line, key);

	return p ? p + strlen(key) : NULL;
}

/* Which of `words` the string at p is; beyond the last: none. */
static unsigned word_at(const char *p, const char *const *words)
{
	unsigned i;

	for (i = 0; words[i]; i++)
		if (strcspn(p, "\"") == strlen(words[i]) && !strncmp(p, words[i], strlen(words[i])))
			break;
	return i;
}

static bool read_line(const char *line, struct resumed_cell *c)
{
	const char *name = after(line, "\"scenario\":\""), *hash = after(line, "\"hash\":\""),
		   *seed = after(line, "\"seed\":"), *verdict = after(line, "\"verdict\":\""),
		   *cause = after(line, "\"cause\":\""), *most = after(line, "\"most\":"), *ran = after(line, "\"seconds\":"),
		   *cpus = after(line, "\"cpus\":[");
	size_t len = name ? strcspn(name, "\"") : 0;
	char list[CPU_LIST_LEN];
	unsigned v;

	if (!name || !hash || !seed || !verdict || !ran || !cpus || !len || len >= NAME_LEN)
		return false;
	memcpy(c->name, name, len);
	c->name[len] = '\0';
	snprintf(list, sizeof(list), "%.*s", (int)strcspn(cpus, "]"), cpus);
	c->cpus = text_hash(list);
	c->hash = strtoull(hash, NULL, 16);
	c->seed = (uint32_t)strtoul(seed, NULL, 10);
	if (most)	/* it need not have taken as long */
		ran = most;
	c->ms = strtoull(ran, NULL, 10) * 1000 + strtoul(ran + strcspn(ran, ".,") + 1, NULL, 10);
	v = word_at(verdict, verdict_names);
	if (v >= NR_VERDICTS)
		return false;
	c->verdict = v;
	/* schema 1 has no cause: what was inconclusive may have been cut short */
	if (!cause)
		return v != VERDICT_INCONCLUSIVE;
	v = word_at(cause, cause_names);
	return v < NR_CAUSES && !(cause_kinds[v].flags & CAUSE_AGAIN);
}

static int keep(struct resumed *d, const struct resumed_cell *c)
{
	if (d->nr == d->room) {
		unsigned room = d->room ? d->room * 2 : 64;
		struct resumed_cell *list = realloc(d->list, room * sizeof(*list));

		if (!list)
			return -ENOMEM;
		d->list = list;
		d->room = room;
	}
	d->list[d->nr++] = *c;
	return 0;
}

int resume_read(struct resumed *d, const char *path)
{
	FILE *f = fopen(path, "r");
	struct resumed_cell c;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int err = 0;

	if (!f)
		return errno == ENOENT ? 0 : -errno;
	while (!err && (len = getline(&line, &size, f)) > 0)
		if (line[len - 1] == '\n' && read_line(line, &c))
			err = keep(d, &c);
	free(line);
	fclose(f);
	return err;
}

/* As result_print() has it. */
static uint64_t cpus_hash(const struct cpus *cpus)
{
	char list[CPU_LIST_LEN] = "";
	unsigned i;

	for (i = 0; i < cpus->n; i++)
		text_append(list, sizeof(list), "%s%d", i ? "," : "", cpus->id[i]);
	return text_hash(list);
}

bool resume_find(const struct resumed *d, const struct scenario *s, const struct cpus *cpus,
		 enum verdict *v)
{
	const uint64_t hash = scenario_hash(s), on = cpus_hash(cpus);
	unsigned i;

	for (i = d->nr; i-- > 0;) {
		const struct resumed_cell *c = &d->list[i];

		if (c->hash == hash && c->cpus == on && c->seed == s->cell.seed && !strcmp(c->name, s->name) &&
		    c->ms * 1000000 >= s->cell.budget_ns / 10 * 9) {
			*v = c->verdict;
			return true;
		}
	}
	return false;
}

void resume_free(struct resumed *d)
{
	free(d->list);
}
