/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the configuration is, and which files are in it.
 *
 * Invariant: files are read in the order of their bytes, so that a plan is the same
 * in every locale and on every file system.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"

/* Somebody else's folder may have the same name; suites are what makes it ours. */
static bool has_suites(const char *dir)
{
	char path[CONFIG_PATH_LEN];
	struct stat st;

	return (size_t)snprintf(path, sizeof(path), "%s/suites", dir) < sizeof(path) &&
	       !stat(path, &st) && S_ISDIR(st.st_mode);
}

const char *config_dir(char *buf, size_t len)
{
	static const char *const beside[] = { "configs", "../../configs", "../share/tornwalk/configs" };
	const char *env = getenv("TORNWALK_CONFIGS");
	char exe[CONFIG_PATH_LEN], *slash;
	ssize_t n;

	if (env && *env) {
		snprintf(buf, len, "%s", env);
		return buf;
	}
	if (has_suites("configs")) {
		snprintf(buf, len, "configs");
		return buf;
	}
	n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	if (n <= 0)
		return NULL;
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	if (!slash)
		return NULL;
	*slash = '\0';
	for (unsigned i = 0; i < sizeof(beside) / sizeof(beside[0]); i++)
		if ((size_t)snprintf(buf, len, "%s/%s", exe, beside[i]) < len && has_suites(buf))
			return buf;
	return NULL;
}

bool config_is_ini(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && !strcmp(name + n - 4, ".ini");
}

static int ini_filter(const struct dirent *d)
{
	return d->d_name[0] != '.' && config_is_ini(d->d_name);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);	/* not alphasort(): no locale */
}

static void free_names(struct dirent **names, int n)
{
	for (int i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

/* A path that fits, or an error. */
static int join(char *path, const char *dir, const char *sub, const char *name, char *err,
		size_t len)
{
	if (snprintf(path, CONFIG_PATH_LEN, "%s/%s/%s", dir, sub, name) < CONFIG_PATH_LEN)
		return 0;
	return text_error(err, len, "%s/%s/%s: path too long", dir, sub, name);
}

static int load_suite_names(struct config *cfg, char *err, size_t len)
{
	char path[CONFIG_PATH_LEN];
	struct dirent **names;
	int n;

	if (join(path, cfg->dir, "suites", "", err, len))
		return -EINVAL;
	n = scandir(path, &names, ini_filter, by_name);
	if (n < 0)
		return errno == ENOENT ? 0 : text_error_at(err, len, path, 0, "%s", strerror(errno));
	cfg->suites = calloc((size_t)n + 1, sizeof(*cfg->suites));
	if (!cfg->suites) {
		free_names(names, n);
		text_error(err, len, "out of memory for %d suites", n);
		return -ENOMEM;
	}
	for (int i = 0; i < n; i++)
		snprintf(cfg->suites[cfg->nr_suites++], NAME_LEN, "%.*s",
			 (int)strlen(names[i]->d_name) - 4, names[i]->d_name);
	free_names(names, n);
	return 0;
}

static int load_scenarios(struct config *cfg, char *err, size_t len)
{
	char path[CONFIG_PATH_LEN];
	struct dirent **names;
	int n, bad = 0;

	if (snprintf(path, sizeof(path), "%s/scenarios", cfg->dir) >= CONFIG_PATH_LEN)
		return text_error(err, len, "%s/scenarios: path too long", cfg->dir);
	n = scandir(path, &names, ini_filter, by_name);
	if (n < 0)
		return text_error_at(err, len, path, 0, "%s", strerror(errno));
	if (!n)
		bad = text_error_at(err, len, path, 0, "no .ini file in it");
	for (int i = 0; i < n && !bad; i++) {
		bad = join(path, cfg->dir, "scenarios", names[i]->d_name, err, len);
		if (!bad)
			bad = config_load_file(cfg, path, err, len);
	}
	free_names(names, n);
	return bad ? bad : config_check_controls(cfg, err, len);
}

int config_load(struct config *cfg, const char *dir, char *err, size_t len)
{
	int bad;

	*cfg = (struct config){ .nr = 0 };
	if (snprintf(cfg->dir, sizeof(cfg->dir), "%s", dir) >= (int)sizeof(cfg->dir))
		return text_error(err, len, "%s: path too long", dir);
	bad = load_suite_names(cfg, err, len);
	if (!bad)
		bad = load_scenarios(cfg, err, len);
	if (bad)
		config_free(cfg);
	return bad;
}
