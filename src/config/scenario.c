/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario.h"

static const enum expect outcome_grades[] = {
#define ALLOW EXPECT_ALLOW
#define FORBID EXPECT_FORBID
#define X(id, name, grade, text) grade,
	OUTCOMES(X)
#undef X
#undef ALLOW
#undef FORBID
};

const char *expect_name(enum expect e)
{
	static const char *const names[] = {
		[EXPECT_UNSAID] = "unsaid",
		[EXPECT_ALLOW] = "allow",
		[EXPECT_FORBID] = "forbid",
		[EXPECT_REQUIRE] = "require",
	};

	return names[e];
}

enum expect scenario_grade(const struct scenario *s, enum outcome o)
{
	return s->expect[o] == EXPECT_UNSAID ? outcome_grades[o] : s->expect[o];
}

bool scenario_requires(const struct scenario *s)
{
	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		if (s->expect[o] == EXPECT_REQUIRE)
			return true;
	return s->require_torn;
}
