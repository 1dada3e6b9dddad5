/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pairs up the runs of both sides.
 *
 * Invariant: each run belongs to one cell and one side, and a run that ERRATA voids is
 * kept apart and never counted.
 */
#include "sides.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEG_LEN = 128 };

struct entry {
	const char *scenario, *leg;
	unsigned side;
	const struct result *r;
};

static int words(const char *s)
{
	return (int)strcspn(s, " ");
}

static void leg_print(const struct machine *m, char leg[LEG_LEN])
{
	snprintf(leg, LEG_LEN, "%s %.*s %.*s", m->target, words(m->executor), m->executor,
		 words(m->compiler), m->compiler);
}

/* How many legs a side has; their names by machine, NULL without memory. */
static const char **legs_of(struct results *rs, unsigned *nr)
{
	const char **legs = calloc(rs->nr_machines + 1, sizeof(*legs));
	unsigned i, j;
	char leg[LEG_LEN];

	*nr = 0;
	for (i = 0; legs && i < rs->nr_machines; i++) {
		leg_print(rs->machines[i], leg);
		for (j = 0; j < i && strcmp(legs[j], leg); j++)
			;
		*nr += j == i;
		legs[i] = j < i ? legs[j] : results_string(rs, "%s", leg);
	}
	return legs;
}

static int by_cell(const void *p, const void *q)
{
	const struct entry *a = p, *b = q;
	int order = strcmp(a->leg, b->leg);

	if (!order)
		order = strcmp(a->scenario, b->scenario);
	if (!order)
		order = (int)a->side - (int)b->side;
	/* results lie in one array a side, in the files' order */
	return order ? order : a->r < b->r ? -1 : a->r > b->r;
}

static void fill_side(struct side *s, struct entry *e, size_t n, const struct result **lines,
		      bool per_round)
{
	size_t i;

	s->run = lines;
	for (i = 0; i < n; i++) {
		s->voided += e[i].r->errata != NULL;
		if (!e[i].r->errata || !s->last || s->last->errata)
			s->last = e[i].r;
	}
	for (i = 0; i < n; i++) {
		const struct result *r = e[i].r;

		if (r->errata)
			continue;
		if (strcmp(r->hash, s->last->hash)) {
			s->outdated++;
			continue;
		}
		s->run[s->runs++] = r;
		s->of[r->verdict]++;
		s->seconds += r->rated.seconds;
		s->exposure += per_round ? (double)r->rated.rounds : r->rated.seconds;
	}
}

static bool same_cell(const struct entry *a, const struct entry *b)
{
	return !strcmp(a->leg, b->leg) && !strcmp(a->scenario, b->scenario);
}

static void group(struct comparisons *c, struct entry *e, size_t n)
{
	const struct result **lines = c->lines;
	size_t i = 0, begin;

	while (i < n) {
		struct comparison *one = &c->of[c->n++];
		unsigned side;

		*one = (struct comparison){ .scenario = e[i].scenario, .leg = e[i].leg, .phi = 1 };
		for (side = BASE; side <= NEW; side++) {
			for (begin = i; i < n && e[i].side == side && same_cell(&e[begin], &e[i]) &&
			     !strcmp(e[i].scenario, one->scenario) && !strcmp(e[i].leg, one->leg); i++)
				;
			fill_side(&one->side[side], e + begin, i - begin, lines,
				  c->options.per_round);
			lines += i - begin;
		}
	}
}

int compare_pair_up(struct comparisons *c)
{
	struct results *const *rs = c->results;
	const size_t all = rs[BASE]->n + rs[NEW]->n;
	struct entry *e = calloc(all + 1, sizeof(*e));
	const char **legs[2];
	unsigned nr[2], side;
	size_t i, n = 0;
	int err = -ENOMEM;

	legs[BASE] = legs_of(rs[BASE], &nr[BASE]);
	legs[NEW] = legs_of(rs[NEW], &nr[NEW]);
	c->of = calloc(all + 1, sizeof(*c->of));
	c->lines = calloc(all + 1, sizeof(*c->lines));
	if (!e || !legs[BASE] || !legs[NEW] || !c->of || !c->lines)
		goto out;
	for (side = BASE; side <= NEW; side++) {
		for (i = 0; i < rs[side]->n; i++) {
			const struct result *r = &rs[side]->r[i];

			e[n++] = (struct entry){ r->scenario, nr[BASE] <= 1 && nr[NEW] <= 1 ? "" :
						 legs[side][r->machine->index], side, r };
			c->voided[side] += r->errata != NULL;
		}
	}
	qsort(e, n, sizeof(*e), by_cell);
	group(c, e, n);
	err = 0;
out:
	free(legs[BASE]);
	free(legs[NEW]);
	free(e);
	return err;
}

/* ---- clustering ---- */

/* The last interval's width as a share of the others'. */
static double last_width(const struct result *r)
{
	return r->seconds * 1e9 / (double)r->interval_ns - (double)(r->nr_intervals - 1);
}

static bool has_intervals(const struct result *r)
{
	return r->interval_ns && r->nr_intervals && r->seconds > 0;
}

/* The intervals of a run; a short last one goes to its neighbour. */
static size_t append(uint32_t *row, size_t n, const struct result *r)
{
	unsigned i;

	for (i = 0; i < r->nr_intervals; i++) {
		if (i && i + 1 == r->nr_intervals && last_width(r) < 0.5)
			row[n - 1] += r->intervals[i];
		else
			row[n++] = r->intervals[i];
	}
	return n;
}

/* Runs whose intervals are of different widths do not make one row: the worst of each. */
static struct dispersion worst_run(const struct side *s)
{
	struct dispersion worst = { 1, 1, 0 }, d;
	unsigned i;

	for (i = 0; i < s->runs; i++) {
		if (!has_intervals(s->run[i]))
			continue;
		d = dispersion(s->run[i]->intervals, s->run[i]->nr_intervals,
			       last_width(s->run[i]));
		if (d.degrees && (!worst.degrees || d.safe > worst.safe))
			worst = d;
	}
	return worst;
}

struct dispersion compare_dispersion(const struct side *s)
{
	struct dispersion d;
	uint32_t *row;
	size_t all = 0, n = 0;
	unsigned i;

	for (i = 0; i < s->runs; i++) {
		if (!has_intervals(s->run[i]) || s->run[i]->interval_ns != s->run[0]->interval_ns)
			return worst_run(s);
		all += s->run[i]->nr_intervals;
	}
	row = calloc(all + 1, sizeof(*row));
	if (!row)
		return worst_run(s);
	for (i = 0; i < s->runs; i++)
		n = append(row, n, s->run[i]);
	d = dispersion(row, n, 1);
	free(row);
	return d;
}
