/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decides whether the two sides of a cell answer the same question.
 *
 * Invariant: the first reason against it ends the questions, and is the one that is
 * printed; the order of the questions is the order of what a person wants to know.
 */
#include "allowed.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const side_names[] = { "BASE", "NEW" };

bool compare_no(struct comparison *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->why, sizeof(c->why), fmt, ap);
	va_end(ap);
	c->change = NOT_COMPARABLE;
	return false;
}

static bool differs(struct comparison *c, const char *what, const char *a, const char *b)
{
	return strcmp(a, b) && !compare_no(c, "another question: %s %s and %s", what, a, b);
}

static bool differs_number(struct comparison *c, const char *what, unsigned a, unsigned b)
{
	return a != b && !compare_no(c, "another question: %s %u and %u", what, a, b);
}

static bool another_question(struct comparison *c)
{
	const struct result *a = c->side[BASE].last, *b = c->side[NEW].last;

	if (!strcmp(a->hash, b->hash))
		return false;
	return differs_number(c, "slots", a->slots, b->slots) ||
	       differs_number(c, "readers", a->readers, b->readers) ||
	       differs_number(c, "writers", a->writers, b->writers) ||
	       differs(c, "layout", a->layout, b->layout) ||
	       differs(c, "level", a->level, b->level) ||
	       differs(c, "walker", a->walker, b->walker) ||
	       differs(c, "reader", a->reader, b->reader) ||
	       differs(c, "writer", a->writer, b->writer) ||
	       differs(c, "transition", a->transition, b->transition) ||
	       differs(c, "consumer", a->consumer, b->consumer) ||
	       differs(c, "reclaim", a->reclaim, b->reclaim) ||
	       differs(c, "world", a->world, b->world) ||
	       differs(c, "alias", a->alias ? "yes" : "no", b->alias ? "yes" : "no") ||
	       !compare_no(c, "another question: other expectations");
}

/* Does it tear in any run? 0: in none; -1: nobody tried. */
static int side_tears(const struct side *s, const char *primitive)
{
	int tears = -1;
	unsigned i;

	for (i = 0; i < s->runs; i++) {
		const int t = result_tears(s->run[i], primitive);

		if (t > tears)
			tears = t;
	}
	return tears;
}

/* Does a run's verdict rest on its tearing? */
static bool side_blames(const struct side *s, const char *primitive)
{
	unsigned i;

	for (i = 0; i < s->runs; i++)
		if (s->run[i]->primitive && !strcmp(s->run[i]->primitive, primitive))
			return true;
	return false;
}

/* A claim rests on a primitive that tears, or the two words do not tear at all. */
static bool calibration_moved(struct comparison *c)
{
	unsigned i, side;

	for (side = BASE; side <= NEW; side++) {
		const struct side *here = &c->side[side], *there = &c->side[!side];
		const struct calibrated *k = here->last->calibration;

		for (i = 0; k && i < k->n; i++) {
			const char *name = k->of[i].name;

			if (side_tears(here, name) > 0 && side_blames(here, name))
				return !compare_no(c, side_tears(there, name) > 0 ?
						   "%s tears on both: not the protocol's doing" :
						   "%s tears in %s only", name, side_names[side]);
		}
		if (!side_tears(here, "two-words") && side_tears(there, "two-words") > 0)
			return !compare_no(c, "%s's executor shows no torn words", side_names[side]);
	}
	return false;
}

bool compare_allowed(struct comparison *c)
{
	unsigned side;

	for (side = BASE; side <= NEW; side++)
		if (!c->side[side].last)
			return compare_no(c, "not in %s", side_names[side]);
	for (side = BASE; side <= NEW; side++)
		if (!c->side[side].runs)
			return compare_no(c, "%s: %s", side_names[side], c->side[side].last->errata);
	if (another_question(c))
		return false;
	if (!c->side[BASE].last->source != !c->side[NEW].last->source)
		return compare_no(c, "a kernel tree's own code against tornwalk's");
	if (!c->side[BASE].last->live != !c->side[NEW].last->live)
		return compare_no(c, "a running kernel's own page tables against tornwalk's");
	if (c->side[NEW].last->source)	/* what executions show takes no time, nor CPUs */
		return true;
	for (side = BASE; side <= NEW && !c->side[NEW].last->live; side++)	/* a log has no seconds */
		if (c->side[side].exposure <= 0)
			return compare_no(c, "%s was not run: %s", side_names[side], c->side[side].last->reason);
	if ((c->side[BASE].last->machine->nr_cpus == 1) != (c->side[NEW].last->machine->nr_cpus == 1))
		return compare_no(c, "one CPU against several: %u and %u", c->side[BASE].last->machine->nr_cpus,
			  c->side[NEW].last->machine->nr_cpus);
	return !calibration_moved(c);
}
