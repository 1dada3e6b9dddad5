/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "selection.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"

/* A cell from options alone is called after its dimensions. */
static int plan_one(struct selection *c)
{
	struct scenario s = { .min_present = 1000, .min_rounds = 1000 };
	char err[1536];
	int res = cell_resolve(&c->cell, &s.cell, err, sizeof(err));

	if (res == -EOPNOTSUPP) {
		fprintf(stderr, "tornwalk: skipped: %s\n", err);
		return EXIT_INCONCLUSIVE + 1;
	}
	if (res)
		return usage_error("%s", err) + 1;
	snprintf(s.name, sizeof(s.name), "%s.%s.%s.%s.%s.%s%s%s", s.cell.layout->name,
		 s.cell.level == LEVEL_PUD ? "pud" : "pmd", s.cell.walker->name, s.cell.reader->name,
		 s.cell.writer->name, s.cell.transition->name, s.cell.alias ? ".alias" : "",
		 s.cell.protocol == &widened_protocol ? ".widened" : "");
	return plan_add(&c->plan, &s, err, sizeof(err)) ? usage_error("%s", err) + 1 : 0;
}

static void override(struct plan *p, const struct cell_names *n)
{
	unsigned i;

	for (i = 0; i < p->nr; i++) {
		if (n->set & 1u << KEY_TIME)
			p->list[i].cell.budget_ns = n->number[KEY_TIME];
		if (n->set & 1u << KEY_SEED)
			p->list[i].cell.seed = (uint32_t)n->number[KEY_SEED];
		if (n->set & 1u << SEAM_WORLD)
			cell_move(&p->list[i].cell, n->word[SEAM_WORLD]);
	}
}

static int plan_files(struct selection *c, int nr_words, char **words)
{
	static char *quick[] = { "quick" };
	char dir[CONFIG_PATH_LEN], err[2048];
	struct config config;
	int i, res = 0;

	if (!nr_words) {
		words = quick;
		nr_words = 1;
	}
	if (!config_dir(dir, sizeof(dir)))
		return usage_error("no configs directory: not in $TORNWALK_CONFIGS, not ./configs, "
				   "not beside the program") + 1;
	if (config_load(&config, dir, err, sizeof(err)))
		return usage_error("%s", err) + 1;
	for (i = 0; i < nr_words && !res; i++)
		res = config_select(&config, words[i], &c->plan, err, sizeof(err));
	if (!res)
		res = config_add_controls(&config, &c->plan, err, sizeof(err));
	config_free(&config);
	if (res == -EOPNOTSUPP) {
		fprintf(stderr, "tornwalk: skipped: %s\n", err);
		return EXIT_INCONCLUSIVE + 1;
	}
	if (res)
		return usage_error("%s", err) + 1;
	override(&c->plan, &c->cell);
	return 0;
}

int select_cells(struct selection *c, int nr_words, char **words)
{
	static const uint32_t with_none = 1u << KEY_TIME | 1u << KEY_SEED,
			      with_files = with_none | 1u << SEAM_WORLD;

	if (nr_words && (c->cell.set & ~with_files))
		return usage_error("cell options describe one cell; with \"%s\" only --time, --seed and "
				   "--world go", words[0]) + 1;
	return !nr_words && (c->cell.set & ~with_none) ? plan_one(c) : plan_files(c, nr_words, words);
}

void list_options(const struct option *o, char *buf, size_t len)
{
	size_t n = 0;

	for (buf[0] = '\0'; o->name && n < len; o++)
		n += (size_t)snprintf(buf + n, len - n, " --%s", o->name);
}
