/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A slice is a whole run: threads, tables and all are new, which takes about a
 * millisecond, and no slice starts from where another was stuck. Their memory is not: a
 * page that is new takes a fault, and in a guest of a guest 500 of them take 5 ms.
 */
#include "slices.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static void add_all(uint64_t *to, const uint64_t *from, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++)
		to[i] += from[i];
}

/* Twice as wide, half as many. */
static void widen_intervals(struct finding *f)
{
	unsigned i;

	for (i = 0; i < f->nr_intervals / 2; i++)
		f->intervals[i] = f->intervals[2 * i] + f->intervals[2 * i + 1];
	if (f->nr_intervals % 2) {
		f->intervals[i] = f->intervals[2 * i];
		i++;
	}
	memset(f->intervals + i, 0, (f->nr_intervals - i) * sizeof(f->intervals[0]));
	f->nr_intervals = i;
	f->interval_ns *= 2;
}

/* What was counted in part's intervals goes where those began, after total's time. */
static void add_intervals(struct finding *total, const struct finding *part)
{
	unsigned i, k;

	if (!part->nr_intervals)
		return;
	if (!total->interval_ns)
		total->interval_ns = part->interval_ns;
	while ((total->ns + part->ns) / total->interval_ns >= MAX_INTERVALS)
		widen_intervals(total);
	for (i = 0; i < part->nr_intervals; i++) {
		k = (unsigned)((total->ns + i * part->interval_ns) / total->interval_ns);
		k = k < MAX_INTERVALS ? k : MAX_INTERVALS - 1;
		total->intervals[k] += part->intervals[i];
		total->nr_intervals = k + 1 > total->nr_intervals ? k + 1 : total->nr_intervals;
	}
}

void finding_add(struct finding *total, const struct finding *part)
{
	unsigned o;

	add_intervals(total, part);
	for (o = 0; o < NR_OUTCOMES; o++) {
		if (!part->first_ns[o] || total->first_ns[o])
			continue;
		total->first_ns[o] = total->ns + part->first_ns[o];
		total->witness[o] = part->witness[o];
		total->witness[o].ns += total->ns;
	}
	total->ns += part->ns;
	total->walks += part->walks;
	total->rounds += part->rounds;
	total->present += part->present;
	total->fresh_present += part->fresh_present;
	total->retries += part->retries;
	total->clumps.blocks += part->clumps.blocks;
	total->clumps.bad += part->clumps.bad;
	total->clumps.squares += part->clumps.squares;
	add_all(total->outcomes, part->outcomes, NR_OUTCOMES);
	add_all(total->distinct, part->distinct, NR_OUTCOMES);
	add_all(total->direction, part->direction, NR_DIRECTIONS);
	add_all(total->harm, part->harm, NR_HARMS);
	add_all(total->delay_torn, part->delay_torn, NR_DELAYS);
	add_all(total->delay_spent, part->delay_spent, NR_DELAYS);
	memcpy(total->delay_ns, part->delay_ns, sizeof(total->delay_ns));
	total->swept |= part->swept;
	total->interrupted |= part->interrupted;
	total->one_cpu |= part->one_cpu;
	if (part->unpinned > total->unpinned)
		total->unpinned = part->unpinned;
}

/* One slice of one cell; seeds differ from slice to slice, as the numbers of the slices do. */
static int run_slice(const struct runner *r, const struct cell *c, uint64_t ns, uint32_t number,
		     struct finding *part, struct finding *total)
{
	struct runner runner = *r;
	struct cell cell = *c;
	int err;

	runner.interval_ns = SLICE_INTERVAL_NS;
	cell.budget_ns = ns;
	cell.seed += number;
	err = runner_run(&runner, &cell, part);
	if (!err)
		finding_add(total, part);
	return err;
}

/* What is freed stays with the process, for the next slice. */
static void keep_memory(void)
{
	enum { MOST = 4 << 20 };

	mallopt(M_MMAP_THRESHOLD, MOST);
	mallopt(M_TRIM_THRESHOLD, MOST);
}

int slices_run(const struct runner *r, const struct pair_of_cells *p, struct finding *claim,
	       struct finding *twin)
{
	struct finding *parts = calloc(2, sizeof(*parts));
	uint32_t number = 0;
	bool more = true;
	int err = parts ? 0 : -ENOMEM;

	keep_memory();
	memset(claim, 0, sizeof(*claim));
	if (p->twin)
		memset(twin, 0, sizeof(*twin));
	while (!err && more) {
		err = run_slice(r, p->claim, p->slice_ns, number, &parts[0], claim);
		if (!err && p->twin && !claim->interrupted)
			err = run_slice(r, p->twin, p->slice_ns, number, &parts[1], twin);
		number++;
		more = !err && !claim->interrupted && !(p->twin && twin->interrupted) &&
		       p->go_on(p->arg, &parts[0], p->twin ? &parts[1] : NULL);
	}
	free(parts);
	/* what a twin was not let show, its claim must not be judged by */
	if (p->twin && twin->interrupted)
		claim->interrupted = true;
	return err;
}
