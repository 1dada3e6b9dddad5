/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Key invariant: the result of a cell that an option has changed names the option's
 * key, and its hash is another. A cell that makes no sense any more is left out and
 * counted; if none is left, that is an error.
 */
#include "selection.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "usage.h"

/* The name of a cell from options alone is made of its dimensions. */
static int plan_one(struct selection *c)
{
	struct scenario s = { .min_present = USUAL_FLOOR, .min_rounds = USUAL_FLOOR, .strength = USUAL_STRENGTH };
	char err[1536];
	int res = cell_resolve(&c->cell, &s.cell, err, sizeof(err));

	if (res == -EOPNOTSUPP) {
		fprintf(stderr, "tornwalk: skipped: %s\n", err);
		return EXIT_INCONCLUSIVE;
	}
	if (res)
		return usage_error("%s", err);
	snprintf(s.name, sizeof(s.name), "%s.%s.%s.%s.%s.%s%s%s", s.cell.layout->name,
		 s.cell.level == LEVEL_PUD ? "pud" : "pmd", s.cell.walker->name, s.cell.reader->name,
		 s.cell.writer->name, s.cell.transition->name, s.cell.alias ? ".alias" : "",
		 s.cell.protocol == &widened_protocol ? ".widened" : "");
	return plan_add(&c->plan, &s, err, sizeof(err)) ? usage_error("%s", err) : GO_ON;
}

/* The options that may go with words: how the cells are run, and what changes their question. */
enum {
	WITH_NONE = 1 << KEY_TIME | 1 << KEY_SEED,
	RESHAPES = 1 << SEAM_WORLD | 1 << SEAM_RECLAIM | 1 << KEY_READERS | 1 << KEY_WRITERS |
		   1 << KEY_SLOTS,
};

/* Applies the options to each cell of the plan. */
static int override(struct plan *p, const struct cell_names *n)
{
	char why[512], err[640], first[640] = "";
	unsigned i, kept = 0;

	for (i = 0; i < p->nr; i++) {
		struct scenario *s = &p->list[i];
		const char *refused;

		s->overridden = cell_override(&s->cell, n) & RESHAPES;
		refused = s->overridden ? cell_check(&s->cell, why, sizeof(why)) : NULL;
		if (!refused) {
			p->list[kept++] = *s;
			continue;
		}
		snprintf(err, sizeof(err), "%.120s: %s", s->name, refused);
		plan_reject(p, err);
		if (!first[0])
			snprintf(first, sizeof(first), "%s", err);
	}
	p->nr = kept;
	return !kept && first[0] ? usage_error("%s", first) : GO_ON;
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
				   "not beside the program");
	if (config_load(&config, dir, err, sizeof(err)))
		return usage_error("%s", err);
	for (i = 0; i < nr_words && !res; i++)
		res = config_select(&config, words[i], &c->plan, err, sizeof(err));
	if (!res)
		res = config_add_controls(&config, &c->plan, err, sizeof(err));
	config_free(&config);
	if (res == -EOPNOTSUPP) {
		fprintf(stderr, "tornwalk: skipped: %s\n", err);
		return EXIT_INCONCLUSIVE;
	}
	if (res)
		return usage_error("%s", err);
	return override(&c->plan, &c->cell);
}

int select_cells(struct selection *c, int nr_words, char **words)
{
	char valid[ERR_LEN] = "";
	unsigned k;

	if (!nr_words && (c->cell.set & ~(uint32_t)WITH_NONE))
		return plan_one(c);
	if (!(c->cell.set & ~(uint32_t)(WITH_NONE | RESHAPES)))
		return plan_files(c, nr_words, words);
	for (k = 0; k < NR_CELL_KEYS; k++)
		if ((WITH_NONE | RESHAPES) & 1 << k)
			text_append(valid, sizeof(valid), " --%s", cell_key_name(k));
	return usage_error("cell options describe one cell; with \"%s\" only these go:%s", words[0], valid);
}
