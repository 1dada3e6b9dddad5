/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a word of the command line selects: a suite, a scenario, a file of either. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"

/* The first section of a suite file is [suite]. */
static bool is_suite_file(const char *path)
{
	char line[256] = "";
	FILE *f = fopen(path, "r");

	while (f && fgets(line, sizeof(line), f))
		if (line[0] == '[')
			break;
	if (f)
		fclose(f);
	return !strncmp(line, "[suite]", 7) || !strncmp(line, "[product", 8);
}

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;

	return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int select_entry(const struct config_entry *e, struct plan *plan, char *err, size_t len)
{
	if (!e->unusable[0])
		return plan_add(plan, &e->scenario, err, len);
	text_error(err, len, "scenario \"%s\": %s", e->scenario.name, e->unusable);
	return -EOPNOTSUPP;
}

/* All scenarios of a file, which may be outside cfg->dir. */
static int select_file(struct config *cfg, const char *path, struct plan *plan, char *err,
		       size_t len)
{
	bool known = false;
	unsigned i;
	int bad = 0;

	if (strlen(path) >= CONFIG_PATH_LEN)
		return text_error(err, len, "%s: path too long", path);
	for (i = 0; i < cfg->nr && !known; i++)
		known = same_file(cfg->entries[i].file, path);
	if (!known) {
		bad = config_load_file(cfg, path, err, len);
		if (!bad)
			bad = config_check_controls(cfg, err, len);
	}
	for (i = 0; i < cfg->nr && !bad; i++) {
		const struct config_entry *e = &cfg->entries[i];

		if (!same_file(e->file, path))
			continue;
		if (e->unusable[0])
			plan_leave_out(plan, e->scenario.name, e->unusable);
		else
			bad = plan_add(plan, &e->scenario, err, len);
	}
	return bad;
}

int config_select(struct config *cfg, const char *word, struct plan *plan, char *err, size_t len)
{
	char path[CONFIG_PATH_LEN];
	const struct config_entry *e;

	if (strchr(word, '/') || config_is_ini(word))
		return is_suite_file(word) ? suite_load(cfg, word, 0, plan, err, len) :
					     select_file(cfg, word, plan, err, len);
	for (unsigned i = 0; i < cfg->nr_suites; i++) {
		if (strcmp(cfg->suites[i], word))
			continue;
		if (snprintf(path, sizeof(path), "%s/suites/%s.ini", cfg->dir, word) >=
		    CONFIG_PATH_LEN)
			return text_error(err, len, "%s: path too long", cfg->dir);
		return suite_load(cfg, path, 0, plan, err, len);
	}
	e = config_find(cfg, word);
	if (e)
		return select_entry(e, plan, err, len);
	text_error(err, len, "unknown suite or scenario \"%s\"; suites:", word);
	config_list_suites(cfg, err, len);
	text_append(err, len, "; scenarios:");
	config_list_scenarios(cfg, err, len);
	return -EINVAL;
}
