/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vocabulary of one observation: what the value ACTED UPON was.
 *
 * Exactly one outcome per observation, judged in this order: the value itself
 * (torn, phantom, invalid-mix), then what the walk did with it (confused,
 * reread), then where it arrived (freed), then its age (stale).
 *
 * `torn` is one word in every table and result, and two findings here: made by
 * the reader out of a memory that was whole, or put into memory by the writer.
 */
#ifndef TORNWALK_OUTCOME_H
#define TORNWALK_OUTCOME_H

#include <stdint.h>

/* What somebody expects of an outcome. An outcome's own grade is the one where nobody says. */
#define EXPECTS(X)                                                                     \
	X(UNSAID, "unsaid")                                                            \
	X(ALLOW, "allow")                                                              \
	X(FORBID, "forbid")                                                            \
	X(REQUIRE, "require")

enum expect {
#define X(id, name) EXPECT_##id,
	EXPECTS(X)
#undef X
	NR_EXPECTS
};

/*
 * X(ID, name, grade, rank, meaning). Rank 0 is how a walk ends on any machine; the others
 * are bad wherever they are seen, and 1 is the worst. An outcome that is forbidden unless
 * a scenario allows it is counted per interval too.
 */
#define OUTCOMES(X)                                                                              \
	X(HOLE, "hole", ALLOW, 0, "whole entry, none")                                             \
	X(LEAF, "leaf", ALLOW, 0, "whole entry, huge leaf (also while invalidated by a split)")    \
	X(TABLE, "table", ALLOW, 0, "whole entry, pointer to a lower table")                       \
	X(TORN_READER, "torn-by-reader", FORBID, 1,                                              \
	  "present, halves of two stores, though memory held this mix at no instant")              \
	X(TORN_WRITER, "torn-by-writer", FORBID, 2,                                              \
	  "present, halves of two stores, and memory itself held the mix: no reader can repair it") \
	X(PHANTOM, "phantom", ALLOW, 8, "low word 0, high word not: not none, not present")        \
	X(INVALID_MIX, "invalid-mix", ALLOW, 7, "not present, halves of two stores")               \
	X(REREAD, "reread", FORBID, 6, "the walk decided on one value and used another")           \
	X(CONFUSED, "confused", FORBID, 3, "a leaf was walked as a table")                         \
	X(FREED, "freed", FORBID, 4, "arrived in a table page after its reclaim")                  \
	X(STALE, "stale", FORBID, 5, "a whole entry that was replaced before this walk began")     \
	X(GAVE_UP, "gave-up", ALLOW, 0, "bounded retries exceeded")

enum outcome {
#define X(id, name, grade, rank, meaning) OUTCOME_##id,
	OUTCOMES(X)
#undef X
	NR_OUTCOMES
};

/* Sets of outcomes: bit = enum outcome. */
enum {
#define X(id, name, grade, rank, meaning) | (rank != 0) << OUTCOME_##id
	OUTCOMES_BAD = 0 OUTCOMES(X),
#undef X
#define X(id, name, grade, rank, meaning) | (EXPECT_##grade == EXPECT_FORBID) << OUTCOME_##id
	OUTCOMES_COUNTED = 0 OUTCOMES(X),
#undef X
	OUTCOMES_TORN = 1 << OUTCOME_TORN_READER | 1 << OUTCOME_TORN_WRITER,
};

/* What went wrong with a torn value, had it been used: X(ID, name, meaning). */
#define HARMS(X)                                                               \
	X(WILD, "wild", "its frame does not exist")                             \
	X(ALIAS, "alias", "its frame belongs to somebody else")                 \
	X(MASKED, "masked", "its frame is right, only flag bits are mixed")     \
	X(WARNED, "warned", "the dirty helper's WARN fired on it")

enum harm {
#define X(id, name, meaning) HARM_##id,
	HARMS(X)
#undef X
	NR_HARMS
};

enum direction { LOW_NEWER, HIGH_NEWER, NR_DIRECTIONS };

struct outcome_kind {
	const char *name, *meaning;
	enum expect grade;	/* where no scenario says otherwise */
	unsigned rank;
};

extern const struct outcome_kind outcome_kinds[NR_OUTCOMES];
/* Of a torn entry where the writer's 8-byte store may be two, so that it may be to blame. */
extern const char outcome_perhaps_held[];
extern const char *const harm_names[NR_HARMS];
extern const char *const direction_names[NR_DIRECTIONS];
extern const char *const expect_names[NR_EXPECTS + 1];	/* ends with NULL */

/*
 * In a result both kinds of torn are one outcome, OUTCOME_TORN: these are a result's names,
 * NULL at OUTCOME_TORN_WRITER, and this the set of outcomes that is counted under one of them.
 */
#define OUTCOME_TORN OUTCOME_TORN_READER
extern const char *const outcome_result_names[NR_OUTCOMES];

static inline uint32_t outcome_in_results(unsigned o)
{
	return o == OUTCOME_TORN ? OUTCOMES_TORN : o == OUTCOME_TORN_WRITER ? 0 : 1u << o;
}

/*
 * Which of the outcomes that were seen a report is about: the worst of those that are
 * forbidden, or else of those that are required, or else of all. -1: nothing bad was seen.
 */
int outcome_worst(uint32_t seen, uint32_t forbidden, uint32_t required);

#endif
