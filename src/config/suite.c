/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Suite files: [suite] first, then any number of [product NAME].
 *
 * A suite is collected in a plan of its own, controls included, so that its
 * budget is shared by just what it brings in.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "inifile.h"
#include "number.h"
#include "product.h"

enum { MAX_DEPTH = 4 };

struct suite {
	struct config *cfg;
	unsigned depth;
	unsigned line;			/* of the section being read; 0: none yet */
	unsigned first, budget_line;
	bool in_product;
	uint64_t time_ns, budget_ns;	/* 0: not set */
	uint64_t strength;		/* ... */
	char summary[SUMMARY_LEN];	/* for whoever reads the file */
	struct plan plan;
	struct product product;
	const char *path;
	int bad;			/* of end_section(): its line is not the next one's */
	char why[ERR_LEN];		/* with file and line */
};

static int end_section(struct suite *s)
{
	char why[ERR_LEN];

	if (s->in_product) {
		s->bad = product_expand(&s->product, s->time_ns, &s->plan, why, sizeof(why));
		if (s->bad)
			text_error_at(s->why, sizeof(s->why), s->path, s->line,
				      "[product %s] %s", s->product.name, why);
	} else if (s->time_ns) {
		for (unsigned i = 0; i < s->plan.nr; i++)
			s->plan.list[i].cell.budget_ns = s->time_ns;
	}
	return s->bad;
}

static int begin_product(struct suite *s, const char *name, char *err)
{
	if (!s->first)
		return text_error(err, ERR_LEN, "[suite] must come before [product %s]", name);
	if (!*name || name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789._-")])
		return text_error(err, ERR_LEN,
				  "bad product name \"%s\": only letters, digits, . _ and -", name);
	if (strlen(name) >= NAME_LEN)
		return text_error(err, ERR_LEN, "product name longer than %d bytes", NAME_LEN - 1);
	s->product = (struct product){ .nr = { 0 } };
	snprintf(s->product.name, sizeof(s->product.name), "%s", name);
	s->in_product = true;
	return 0;
}

static int on_section(void *user, const char *name, unsigned line, char *err)
{
	struct suite *s = user;

	if (end_section(s))
		return s->bad;
	s->line = line;
	if (!strncmp(name, "product ", 8))
		return begin_product(s, name + 8 + strspn(name + 8, " "), err);
	if (!strcmp(name, "product"))
		return text_error(err, ERR_LEN, "[product] needs a name: [product NAME]");
	if (strcmp(name, "suite"))
		return text_error(err, ERR_LEN, "unknown section [%s]; valid: [suite] [product NAME]",
				  name);
	if (s->first)
		return text_error(err, ERR_LEN, "second [suite]; the first is on line %u",
				  s->first);
	s->first = line;
	return 0;
}

static int add_member(struct suite *s, const char *name, char *err)
{
	const struct config_entry *e = config_find(s->cfg, name);

	if (!e) {
		text_error(err, ERR_LEN, "unknown scenario \"%s\"; valid:", name);
		config_list_scenarios(s->cfg, err, ERR_LEN);
		return -EINVAL;
	}
	if (!e->unusable[0])
		return plan_add(&s->plan, &e->scenario, err, ERR_LEN);
	plan_leave_out(&s->plan, e->scenario.name, e->unusable);
	return 0;
}

/* Another suite's cells, with its time and budget unless this one has a time. */
static int add_suite(struct suite *s, const char *name, char *err)
{
	char path[CONFIG_PATH_LEN], why[ERR_LEN];
	unsigned i;
	int bad;

	for (i = 0; i < s->cfg->nr_suites; i++)
		if (!strcmp(s->cfg->suites[i], name))
			break;
	if (i == s->cfg->nr_suites) {
		text_error(err, ERR_LEN, "unknown suite \"%s\"; valid:", name);
		config_list_suites(s->cfg, err, ERR_LEN);
		return -EINVAL;
	}
	if (s->depth == MAX_DEPTH)
		return text_error(err, ERR_LEN, "suites include each other: \"%s\"", name);
	if (snprintf(path, sizeof(path), "%s/suites/%s.ini", s->cfg->dir, name) >= CONFIG_PATH_LEN)
		return text_error(err, ERR_LEN, "path too long");
	bad = suite_load(s->cfg, path, s->depth + 1, &s->plan, why, sizeof(why));
	return bad ? text_error(err, ERR_LEN, "include %s: %s", name, why) : 0;
}

static int add_words(struct suite *s, const char *value,
		     int (*add)(struct suite *s, const char *word, char *err), char *err)
{
	char copy[256], *rest = copy, *word;
	int bad = 0;

	snprintf(copy, sizeof(copy), "%s", value);
	while (!bad && (word = text_word(&rest)))
		bad = add(s, word, err);
	return bad;
}

static int set_duration(uint64_t *ns, const char *key, const char *value, char *err)
{
	int bad;

	if (*ns)
		return text_error(err, ERR_LEN, "key \"%s\" is given twice in this section", key);
	bad = parse_duration(value, ns);
	if (bad == -ERANGE)
		return text_error(err, ERR_LEN, "%s \"%s\" is out of range: 10ms to 365d", key,
				  value);
	return bad ? text_error(err, ERR_LEN, "bad %s \"%s\"; for example 30s, 500ms, 1.5s, 2m, 1h, 3d",
				key, value) : 0;
}

static int on_key(void *user, const char *key, const char *value, unsigned line, char *err)
{
	struct suite *s = user;

	if (s->in_product)
		return product_set(&s->product, key, value, line, err, ERR_LEN);
	if (!strcmp(key, "scenarios"))
		return add_words(s, value, add_member, err);
	if (!strcmp(key, "include"))
		return add_words(s, value, add_suite, err);
	if (!strcmp(key, "time"))
		return set_duration(&s->time_ns, key, value, err);
	if (!strcmp(key, "budget")) {
		s->budget_line = line;
		return set_duration(&s->budget_ns, key, value, err);
	}
	if (!strcmp(key, "strength")) {
		if (s->strength)
			return text_error(err, ERR_LEN, "key \"%s\" is given twice in this section", key);
		return parse_number(value, 1, UINT32_MAX, false, &s->strength) ?
			       text_error(err, ERR_LEN, "bad strength \"%s\": a whole number, for example 1000",
					  value) : 0;
	}
	if (!strcmp(key, "summary")) {
		snprintf(s->summary, sizeof(s->summary), "%s", value);
		return 0;
	}
	return text_error(err, ERR_LEN,
			  "unknown key \"%s\"; valid: summary time budget strength scenarios include", key);
}

/* What can only be judged when the whole file has been read. */
static int finish(struct suite *s, char *err, size_t len)
{
	const char *path = s->path;
	char why[ERR_LEN];
	int bad;

	if (!s->first)
		return text_error_at(err, len, path, 0, "no [suite] in it");
	if (end_section(s)) {
		text_error(err, len, "%s", s->why);
		return s->bad;
	}
	if (!s->plan.nr && !s->plan.unusable)
		return text_error_at(err, len, path, s->first,
				     "empty suite: no scenarios, no include, no [product NAME]");
	bad = config_add_controls(s->cfg, &s->plan, why, sizeof(why));
	if (bad) {
		text_error_at(err, len, path, s->first, "%s", why);
		return bad;
	}
	for (unsigned i = 0; s->strength && i < s->plan.nr; i++)
		s->plan.list[i].strength = s->strength;
	if (s->budget_ns && plan_fit(&s->plan, s->budget_ns))
		return text_error_at(err, len, path, s->budget_line,
				     "budget too small: less than 10 ms for some of %u cells",
				     s->plan.nr);
	return 0;
}

int suite_load(struct config *cfg, const char *path, unsigned depth, struct plan *plan, char *err,
	       size_t len)
{
	static const struct inifile_ops ops = { .section = on_section, .key = on_key };
	struct suite s = { .cfg = cfg, .depth = depth, .path = path };
	int bad = inifile_read(path, &ops, &s, err, len);

	if (s.bad) {
		text_error(err, len, "%s", s.why);
		bad = s.bad;
	} else if (!bad) {
		bad = finish(&s, err, len);
	}
	if (!bad)
		bad = plan_move(plan, &s.plan, err, len);
	plan_free(&s.plan);
	return bad;
}
