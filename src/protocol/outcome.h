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

/* X(ID, name, grade unless a scenario says otherwise, meaning) */
#define OUTCOMES(X)                                                                              \
	X(HOLE, "hole", ALLOW, "whole entry, none")                                                \
	X(LEAF, "leaf", ALLOW, "whole entry, huge leaf (also while invalidated by a split)")       \
	X(TABLE, "table", ALLOW, "whole entry, pointer to a lower table")                          \
	X(TORN_READER, "torn-by-reader", FORBID,                                                             \
	  "present, halves of two stores, though memory held this mix at no instant")              \
	X(TORN_WRITER, "torn-by-writer", FORBID,                                                             \
	  "present, halves of two stores, and memory itself held the mix: no reader can repair it") \
	X(PHANTOM, "phantom", ALLOW, "low word 0, high word not: not none, not present")           \
	X(INVALID_MIX, "invalid-mix", ALLOW, "not present, halves of two stores")                  \
	X(REREAD, "reread", FORBID, "the walk decided on one value and used another")              \
	X(CONFUSED, "confused", FORBID, "a leaf was walked as a table")                            \
	X(FREED, "freed", FORBID, "arrived in a table page after its reclaim")                     \
	X(STALE, "stale", FORBID, "a whole entry that was replaced before this walk began")        \
	X(GAVE_UP, "gave-up", ALLOW, "bounded retries exceeded")

enum outcome {
#define X(id, name, grade, text) OUTCOME_##id,
	OUTCOMES(X)
#undef X
	NR_OUTCOMES
};

/* What went wrong with a torn value, had it been used. */
#define HARMS(X)                                                               \
	X(WILD, "wild", "its frame does not exist")                             \
	X(ALIAS, "alias", "its frame belongs to somebody else")                 \
	X(MASKED, "masked", "its frame is right, only flag bits are mixed")     \
	X(WARNED, "warned", "the dirty helper's WARN fired on it")

enum harm {
#define X(id, name, text) HARM_##id,
	HARMS(X)
#undef X
	NR_HARMS
};

enum direction { LOW_NEWER, HIGH_NEWER, NR_DIRECTIONS };

#endif
