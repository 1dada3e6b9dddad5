/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenario files: [defaults] at most once and first, then one [name] each.
 *
 * A section is judged when the next one begins, so errors of a combination name
 * the section's own line.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "section.h"
#include "inifile.h"

struct reading {
	struct config *cfg;
	const char *path;
	struct section defaults, section;
	char name[NAME_LEN];	/* "": in [defaults], or nowhere yet */
	unsigned line;		/* of the section being read; 0: none yet */
};

struct config_entry *config_find(const struct config *cfg, const char *name)
{
	for (unsigned i = 0; i < cfg->nr; i++)
		if (!strcmp(cfg->entries[i].scenario.name, name))
			return &cfg->entries[i];
	return NULL;
}

static struct config_entry *new_entry(struct config *cfg)
{
	if (cfg->nr == cfg->room) {
		unsigned room = cfg->room ? 2 * cfg->room : 64;
		struct config_entry *e = realloc(cfg->entries, room * sizeof(*e));

		if (!e)
			return NULL;
		cfg->entries = e;
		cfg->room = room;
	}
	return &cfg->entries[cfg->nr];
}

/* Adds what has been read. Its errors are for the section's own line. */
static int end_section(struct reading *r, char *err, size_t len)
{
	struct config_entry *e;
	char why[ERR_LEN];
	int bad;

	if (!r->name[0]) {
		if (r->line)
			r->defaults = r->section;
		return 0;
	}
	section_inherit(&r->section, &r->defaults);
	e = new_entry(r->cfg);
	if (!e) {
		text_error_at(err, len, r->path, r->line, "out of memory");
		return -ENOMEM;
	}
	memset(e, 0, sizeof(*e));
	bad = section_resolve(&r->section, &e->scenario, why, sizeof(why));
	if (bad == -EOPNOTSUPP)
		text_error(e->unusable, sizeof(e->unusable), "%s", why);
	else if (bad)
		return text_error_at(err, len, r->path, r->line, "[%s] %s", r->name, why);
	memcpy(e->scenario.name, r->name, sizeof(r->name));
	snprintf(e->file, sizeof(e->file), "%s", r->path);
	e->line = r->line;
	e->control_line = r->section.control_line;
	r->cfg->nr++;
	return 0;
}

static bool is_name(const char *s)
{
	return *s && !s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789._-")];
}

static int begin_scenario(struct reading *r, const char *name, char *err)
{
	const struct config_entry *other = config_find(r->cfg, name);

	if (!is_name(name))
		return text_error(err, ERR_LEN,
				  "bad scenario name \"%s\": only letters, digits, . _ and -", name);
	if (strlen(name) >= sizeof(r->name))
		return text_error(err, ERR_LEN, "scenario name longer than %d bytes: %s",
				  NAME_LEN - 1, name);
	if (other)
		return text_error(err, ERR_LEN, "scenario \"%s\" is already in %s:%u", name,
				  other->file, other->line);
	for (unsigned i = 0; i < r->cfg->nr_suites; i++)
		if (!strcmp(r->cfg->suites[i], name))
			return text_error(err, ERR_LEN, "scenario \"%s\" has the name of a suite",
					  name);
	snprintf(r->name, sizeof(r->name), "%s", name);
	return 0;
}

/*
 * An error at the end of a section blames that section's line. The caller would put
 * the next section's line before it, so the error is kept here until the file is read.
 */
struct pending {
	struct reading r;
	int bad;
	char why[ERR_LEN];	/* with file and line */
};

static int on_section(void *user, const char *name, unsigned line, char *err)
{
	struct pending *p = user;
	struct reading *r = &p->r;
	bool first = !r->line;

	p->bad = end_section(r, p->why, sizeof(p->why));
	if (p->bad)
		return p->bad;
	r->line = line;
	r->section = (struct section){ .given = 0 };
	if (strcmp(name, "defaults"))
		return begin_scenario(r, name, err);
	if (!first)
		return text_error(err, ERR_LEN,
				  "[defaults] may only be the first section of a file");
	return 0;
}

static int on_key(void *user, const char *key, const char *value, unsigned line, char *err)
{
	struct pending *p = user;

	return section_set(&p->r.section, key, value, line, err, ERR_LEN);
}

int config_load_file(struct config *cfg, const char *path, char *err, size_t len)
{
	static const struct inifile_ops ops = { .section = on_section, .key = on_key };
	struct pending p = { .r = { .cfg = cfg, .path = path } };
	unsigned before = cfg->nr;
	int bad = inifile_read(path, &ops, &p, err, len);

	if (!bad)
		p.bad = end_section(&p.r, p.why, sizeof(p.why));
	if (p.bad) {
		bad = p.bad;
		text_error(err, len, "%s", p.why);
	}
	if (!bad && cfg->nr == before)
		bad = text_error_at(err, len, path, 0, "no scenario in it");
	if (bad)
		cfg->nr = before;
	return bad;
}

void config_list_scenarios(const struct config *cfg, char *buf, size_t len)
{
	for (unsigned i = 0; i < cfg->nr; i++)
		text_append(buf, len, " %s", cfg->entries[i].scenario.name);
}

void config_list_suites(const struct config *cfg, char *buf, size_t len)
{
	for (unsigned i = 0; i < cfg->nr_suites; i++)
		text_append(buf, len, " %s", cfg->suites[i]);
}

void config_free(struct config *cfg)
{
	free(cfg->entries);
	free(cfg->suites);
	*cfg = (struct config){ .nr = 0 };
}
