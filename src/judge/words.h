/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of a verdict, which the instrument writes and the desk reads. No types of
 * either, so that both include it.
 */
#ifndef TORNWALK_WORDS_H
#define TORNWALK_WORDS_H

#define VERDICTS(X)                                                                    \
	X(PASS, "pass")                                                                \
	X(FAIL, "fail")                                                                \
	X(INCONCLUSIVE, "inconclusive")

enum verdict {
#define X(id, name) VERDICT_##id,
	VERDICTS(X)
#undef X
	NR_VERDICTS
};

extern const char *const verdict_names[NR_VERDICTS + 1];	/* ends with NULL */

#endif
