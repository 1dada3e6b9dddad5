/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sums, products and quotients only: the same on every machine to the last digit but few. */
#include "strength.h"

#include <stdbool.h>
#include <stdlib.h>

/* -ln(0.05), and the same squared standard deviations for the luck of the slices themselves. */
#define WANTED 3.0
#define LUCK 1.0

static void join_pairs(struct strength *s)
{
	unsigned i;

	for (i = 0; i < STRENGTH_SLICES / 2; i++)
		s->seen[i] = s->seen[2 * i] + s->seen[2 * i + 1];
	s->n = STRENGTH_SLICES / 2;
	s->joined *= 2;
}

double strength_clump(const struct strength *s)
{
	const double lean = 1 + 8.0 / (8.0 + (double)s->blocks);	/* few blocks leave it open */
	const double clump = s->bad > 0 ? s->spread / s->bad * lean : lean;

	return clump > lean ? clump : lean;
}

static void add_clumps(struct strength *s, const struct clumps *c)
{
	const double n = (double)c->blocks, sum = (double)c->bad;

	if (c->blocks < 2)
		return;
	s->spread += ((double)c->squares - sum * sum / n) * n / (n - 1);
	s->bad += sum;
	s->blocks += c->blocks;
}

void strength_add(struct strength *s, uint64_t bad, const struct clumps *c, uint64_t twin_ns,
		  uint64_t claim_ns)
{
	const double x = twin_ns ? (double)bad * (double)claim_ns / (double)twin_ns : 0;

	add_clumps(s, c);
	if (!s->joined)
		s->joined = 1;
	if (s->n && s->open < s->joined) {
		s->seen[s->n - 1] += x;
		s->open++;
		return;
	}
	if (s->n == STRENGTH_SLICES)
		join_pairs(s);
	s->seen[s->n++] = x;
	s->open = 1;
}

/*
 * Would a hole 1/S as wide have shown? A slice shows it with 1 - e^-u, of which
 * 1 - 1/(1 + u + u²/2) is a lower bound; all with the sum of that at least, less the
 * luck of having met these slices: sum - LUCK * deviation >= WANTED.
 */
static bool would_show(const struct strength *s, double S)
{
	const double clump = strength_clump(s);
	double sum = 0, squares = 0, u, y, spare;
	unsigned i;

	for (i = 0; i < s->n; i++) {
		u = s->seen[i] / clump / S;
		y = 1 - 1 / (1 + u + u * u / 2);
		sum += y;
		squares += y * y;
	}
	spare = sum - WANTED;
	return s->n > 1 && spare >= 0 &&
	       spare * spare >= LUCK * LUCK * (squares - sum * sum / s->n) * s->n / (s->n - 1);
}

uint64_t strength_of(const struct strength *s)
{
	double total = 0;
	uint64_t low = 0, high, mid;
	unsigned i;

	for (i = 0; i < s->n; i++)
		total += s->seen[i];
	high = (uint64_t)(total / WANTED) + 1;	/* more there cannot be */
	while (high - low > 1 && high - low > low / 1000) {
		mid = low + (high - low) / 2;
		if (would_show(s, (double)mid))
			low = mid;
		else
			high = mid;
	}
	return low;
}

/* What no interval counts is as if it had come evenly. */
uint64_t strength_of_run(const struct finding *f, uint64_t bad)
{
	static const struct clumps known_already = { 0 };
	struct strength *s = calloc(1, sizeof(*s));
	uint64_t all = 0, of, S;
	unsigned i;

	if (!s)
		return 0;
	for (i = 0; i < f->nr_intervals; i++)
		all += f->intervals[i];
	for (i = 0; i < f->nr_intervals; i++) {
		of = all ? (uint64_t)((double)bad * f->intervals[i] / (double)all) : bad / f->nr_intervals;
		strength_add(s, of, i ? &known_already : &f->clumps, 1, 1);
	}
	S = strength_of(s);
	free(s);
	return S;
}
