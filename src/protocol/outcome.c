/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The vocabulary's words. Compiled once: no world touches them. */
#include <stddef.h>

#include "outcome.h"

const struct outcome_kind outcome_kinds[NR_OUTCOMES] = {
#define X(id, nm, grd, rk, text) [OUTCOME_##id] = { nm, text, EXPECT_##grd, rk },
	OUTCOMES(X)
#undef X
};

const char *const outcome_result_names[NR_OUTCOMES] = {
#define X(id, name, grade, rank, meaning) [OUTCOME_##id] = OUTCOME_##id == OUTCOME_TORN ? "torn" : \
	OUTCOME_##id == OUTCOME_TORN_WRITER ? NULL : name,
	OUTCOMES(X)
#undef X
};

const char outcome_perhaps_held[] =
	"present, halves of two stores, and memory may have held the mix: an 8-byte store that is perhaps two";

const char *const harm_names[NR_HARMS] = {
#define X(id, name, meaning) [HARM_##id] = name,
	HARMS(X)
#undef X
};

const char *const direction_names[NR_DIRECTIONS] = {
	[LOW_NEWER] = "low-newer", [HIGH_NEWER] = "high-newer",
};

const char *const expect_names[NR_EXPECTS + 1] = {
#define X(id, name) [EXPECT_##id] = name,
	EXPECTS(X)
#undef X
};

static int first_by_rank(uint32_t set)
{
	int worst = -1;

	for (int o = 0; o < NR_OUTCOMES; o++)
		if ((set & 1u << o) &&
		    (worst < 0 || outcome_kinds[o].rank < outcome_kinds[worst].rank))
			worst = o;
	return worst;
}

int outcome_worst(uint32_t seen, uint32_t forbidden, uint32_t required)
{
	seen &= OUTCOMES_BAD;
	return first_by_rank(seen & forbidden ? seen & forbidden : seen & required ? seen & required : seen);
}
