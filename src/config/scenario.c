/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario.h"

enum expect scenario_grade(const struct scenario *s, enum outcome o)
{
	return s->expect[o] == EXPECT_UNSAID ? outcome_kinds[o].grade : s->expect[o];
}

bool scenario_requires(const struct scenario *s)
{
	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		if (s->expect[o] == EXPECT_REQUIRE)
			return true;
	return s->require_torn;
}

uint32_t scenario_forbids(const struct scenario *s)
{
	uint32_t set = 0;

	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		set |= (uint32_t)(scenario_grade(s, o) == EXPECT_FORBID) << o;
	return set;
}
