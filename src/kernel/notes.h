/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the oracles can say of one run of the kernel's code: each is a bit that a thread
 * notes. X(ID, name, bad, outcome, meaning): `outcome` is the word of the results'
 * vocabulary under which it is counted there (protocol/outcome.h).
 */
#ifndef TORNWALK_KERNEL_NOTES_H
#define TORNWALK_KERNEL_NOTES_H

#define NOTES(X)                                                                                     \
	X(HOLE, "hole", 0, HOLE, "nothing was there to act upon")                                     \
	X(TABLE, "table", 0, TABLE, "an entry of a table that the entry leads to")                    \
	X(LEAF, "leaf", 0, LEAF, "a page that the entry maps, or a whole leaf")                       \
	X(INVALID_MIX, "invalid-mix", 0, INVALID_MIX, "a mix of two stores of which nothing is present")  \
	X(CONFUSED, "confused", 1, CONFUSED, "a leaf was walked as a table")                          \
	X(TORN, "torn", 1, TORN_READER, "acted upon a mix of two stores, or a frame that nothing maps")  \
	X(WILD, "wild", 1, TORN_READER, "went to a table that no entry leads to")                     \
	X(NO_PAGE, "no-page", 1, TORN_READER, "touched the struct page of a frame that no entry held") \
	X(RETRACTED, "retracted", 1, FREED, "acted upon a table, under its lock, that the entry no longer leads to") \
	X(STALE, "stale", 1, FREED, "mmu_interval_read_retry() accepted what the entry did not give then")                  \
	X(FREED, "freed", 1, FREED, "used what had been freed: a table, or a page that may be somebody else's by now") \
	X(WRONG_LOCK, "wrong-lock", 1, FREED, "took another lock than that of the table it acted upon") \
	X(UNFILLED, "unfilled", 1, REREAD, "an entry of a table that was seen before it was filled")    \
	X(BAD_ENTRY, "bad-entry", 1, REREAD, "the kernel cleared a live entry as a bad one")          \
	X(FAULT, "fault", 1, TORN_READER, "a page fault in kernel code")                              \
	X(BUG, "bug", 1, REREAD, "a BUG, a WARN or an assertion of the kernel's own")                 \
	X(LOCK_HELD, "lock-held", 1, REREAD, "a lock was left held")                                  \
	X(ORDER, "order", 1, REREAD, "a walk left an address out, told of one twice, or of a PTE before its PMD") \
	/* the seam's own: what says that an answer would be worth nothing */                         \
	X(STUCK, "stuck", 2, HOLE, "somebody waits for ever, for a lock or for a section to end")   \
	X(MISSING, "missing", 2, HOLE, "a function was reached that no stub serves")                  \
	X(PARTED, "parted", 2, HOLE, "something came between the halves of a read-modify-write")      \
	X(UNLOCKED, "unlocked", 2, HOLE, "an entry was stored to without its lock")

enum note_bit {
#define X(id, name, bad, outcome, meaning) NOTE_BIT_##id,
	NOTES(X)
#undef X
	NR_NOTES
};

enum {
#define X(id, name, bad, outcome, meaning) NOTE_##id = 1 << NOTE_BIT_##id,
	NOTES(X)
#undef X
#define X(id, name, bad, outcome, meaning) | ((bad) == 1) << NOTE_BIT_##id
	NOTES_BAD = 0 NOTES(X),
#undef X
#define X(id, name, bad, outcome, meaning) | ((bad) == 2) << NOTE_BIT_##id
	NOTES_VOID = 0 NOTES(X),
#undef X
};

struct note_kind {
	const char *name, *meaning;
	unsigned bad;		/* 1: an outcome nobody wants; 2: the answer is void */
};
extern const struct note_kind note_kinds[NR_NOTES];

#endif
