/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a primitive NAME claims to be compiled to: CLAIM_NAME, above the list that NAME is in,
 * so that a row of READERS, WRITERS or WALKERS brings its claim with it. Read by the audit alone.
 *
 * The trace is a POSIX ERE over the accesses to the entry, each followed by a blank:
 * Rl Rh R8 a load of the low word, the high word, both at once; W a store; X a locked
 * read-modify-write (src/audit/path.h). {rmb} and its like are what the machine makes of them
 * (src/audit/claims.c).
 */
#ifndef TORNWALK_CLAIM_H
#define TORNWALK_CLAIM_H

enum claim_kind {
	CLAIM_EXACT,	/* every path does this */
	CLAIM_PLAIN,	/* plain C: whatever the compiler makes of it */
	CLAIM_LOCKED,	/* plain C, but under the page-table lock */
	CLAIM_NONE,	/* nobody has written one down */
};

#define EXACTLY(trace, words) CLAIM_EXACT, trace, words
#define PLAIN_C(words) CLAIM_PLAIN, "", words
#define UNDER_LOCK(words) CLAIM_LOCKED, "", words

#endif
