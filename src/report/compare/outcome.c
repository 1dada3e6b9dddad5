/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chooses the outcome by which a cell is judged, and counts it on both sides.
 *
 * Invariant: the choice depends on expectations and on both sides' counts together, so
 * swapping the sides leaves it as it is.
 */
#include "outcome.h"

/* Both kinds of torn are one outcome unless the scenario tells them apart. */
static bool one_torn(const struct result *r)
{
	return r->expect_by[0] == r->expect_by[1];
}

static bool is_torn(unsigned o)
{
	return OUTCOMES_TORN & 1u << o;
}

static enum expect grade_of(const struct result *r, unsigned o)
{
	if (!is_torn(o))
		return r->expect[o];
	if (one_torn(r))
		return o == OUTCOME_TORN ? r->expect[o] : EXPECT_UNSAID;
	return r->expect_by[o == OUTCOME_TORN_WRITER];
}

static const char *name_of(const struct result *r, unsigned o)
{
	if (!is_torn(o) || one_torn(r))
		return outcome_result_names[o];
	return outcome_kinds[o].name;
}

static double count_in(const struct result *r, unsigned o)
{
	return (double)(!is_torn(o) || one_torn(r) ? r->rated.distinct[o] :
			r->rated.torn_by[o == OUTCOME_TORN_WRITER]);
}

static double count_of(const struct side *s, unsigned o)
{
	double n = 0;
	unsigned i;

	for (i = 0; i < s->runs; i++)
		n += count_in(s->run[i], o);
	return n;
}

static double both(const struct comparison *c, unsigned o)
{
	return count_of(&c->side[BASE], o) + count_of(&c->side[NEW], o);
}

/* Are they in the per-interval counts? */
static bool in_intervals(unsigned o)
{
	return OUTCOMES_COUNTED & 1u << o;
}

static bool judges(const struct result *r, unsigned o, enum expect g)
{
	if (g != EXPECT_ALLOW)
		return grade_of(r, o) == g;
	return in_intervals(o) && grade_of(r, o) != EXPECT_FORBID && (o != OUTCOME_TORN_WRITER || !one_torn(r));
}

/* All of that grade together. */
static void take_all(struct comparison *c, enum expect g, const char *several)
{
	const struct result *r = c->side[NEW].last;
	unsigned o, seen = 0;

	c->grade = g;
	c->judged = 0;
	c->outcome = several;
	for (o = 0; o < NR_OUTCOMES; o++) {
		if (!judges(r, o, g))
			continue;
		c->judged |= 1u << o;
		c->side[BASE].count += count_of(&c->side[BASE], o);
		c->side[NEW].count += count_of(&c->side[NEW], o);
		c->guessed |= both(c, o) > 0 && !in_intervals(o);
		if (both(c, o) > 0 && !seen++)
			c->outcome = name_of(r, o);
		else if (both(c, o) > 0)
			c->outcome = several;
	}
}

/* The rarest it requires: a control is as good as the worst of it. */
static bool take_required(struct comparison *c)
{
	const struct result *r = c->side[NEW].last;
	unsigned o, rarest = NR_OUTCOMES;

	for (o = 0; o < NR_OUTCOMES; o++)
		if (grade_of(r, o) == EXPECT_REQUIRE &&
		    (rarest == NR_OUTCOMES || both(c, o) < both(c, rarest)))
			rarest = o;
	if (rarest == NR_OUTCOMES)
		return false;
	c->grade = EXPECT_REQUIRE;
	c->judged = 1u << rarest;
	c->outcome = name_of(r, rarest);
	c->side[BASE].count = count_of(&c->side[BASE], rarest);
	c->side[NEW].count = count_of(&c->side[NEW], rarest);
	c->guessed = !in_intervals(rarest);
	return true;
}

static bool forbids(const struct result *r)
{
	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		if (in_intervals(o) && grade_of(r, o) == EXPECT_FORBID)
			return true;
	return false;
}

void compare_take_outcome(struct comparison *c)
{
	take_all(c, EXPECT_FORBID, "forbidden");
	c->fails_now = c->side[NEW].count > 0;
	if (c->side[BASE].count + c->side[NEW].count > 0)
		return;
	c->guessed = false;
	if (take_required(c))
		return;
	take_all(c, forbids(c->side[NEW].last) ? EXPECT_FORBID : EXPECT_ALLOW,
		 forbids(c->side[NEW].last) ? "forbidden" : "bad");
}

double compare_count(const struct comparison *c, const struct result *r)
{
	double n = 0;
	unsigned o;

	for (o = 0; o < NR_OUTCOMES; o++)
		if (c->judged & 1u << o)
			n += count_in(r, o);
	return n;
}
