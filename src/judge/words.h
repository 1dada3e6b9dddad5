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

/*
 * Why a verdict is what it is; everything that decides, decides on this. X(ID, name,
 * verdict, flags, meaning). The names are in results, and never change.
 *
 * THIN: the run saw too little, and a longer one may do; none of these closes a gate by
 * itself. AGAIN: nothing was measured to the end, so --resume runs the cell again.
 */
#define CAUSES(X)                                                                              \
	X(PASSED_CLAIM, "passed-claim", PASS, 0, "nothing forbidden was seen by a run that could have shown it") \
	X(PASSED_REQUIRED, "passed-required", PASS, 0, "what is required was seen")               \
	X(FORBIDDEN, "forbidden", FAIL, 0, "what is forbidden was seen")                          \
	X(ALARM, "alarm", FAIL, 0, "what the explorer calls impossible was seen")                 \
	X(REQUIRED_UNSEEN, "required-unseen", FAIL, 0, "what is required was not seen, with every chance") \
	X(REQUIRED_IMPOSSIBLE, "required-impossible", INCONCLUSIVE, 0, "what is required cannot be seen here") \
	X(THIN_PRESENT, "thin-present", INCONCLUSIVE, CAUSE_THIN, "too few present observations")  \
	X(THIN_ROUNDS, "thin-rounds", INCONCLUSIVE, CAUSE_THIN, "too few rounds of the writers")   \
	X(THIN_DISTINCT, "thin-distinct", INCONCLUSIVE, CAUSE_THIN, "too few distinct present observations") \
	X(THIN_STRENGTH, "thin-strength", INCONCLUSIVE, CAUSE_THIN, "its twin was caught too seldom beside it") \
	X(LADDER_SILENT, "ladder-silent", INCONCLUSIVE, CAUSE_THIN, "what is required was not seen on any rung") \
	X(NO_TEARS_SHOWN, "no-tears-shown", INCONCLUSIVE, 0, "this executor does not show torn words") \
	X(CONTROL_SILENT, "control-silent", INCONCLUSIVE, CAUSE_THIN, "its control did not fire")          \
	X(CONTROL_NOT_RUN, "control-not-run", INCONCLUSIVE, 0, "its control was not run")         \
	X(GAP, "gap", INCONCLUSIVE, CAUSE_THIN, "what is forbidden is possible, and was not seen")         \
	X(BLAMES_EXECUTOR, "blames-executor", INCONCLUSIVE, 0, "the executor tears what its CPU promises not to") \
	X(UNPROMISED, "unpromised-primitive", INCONCLUSIVE, 0, "an access tears that no CPU promised to be one") \
	X(INTERRUPTED, "interrupted", INCONCLUSIVE, CAUSE_AGAIN, "somebody stopped it")           \
	X(NO_MEMORY, "no-memory", INCONCLUSIVE, CAUSE_AGAIN, "it does not fit into this machine's memory") \
	X(TOO_MANY_VALUES, "too-many-values", INCONCLUSIVE, CAUSE_AGAIN, "its writer leaves more kinds of values than can be told apart") \
	X(COULD_NOT_START, "could-not-start", INCONCLUSIVE, CAUSE_AGAIN, "the system refused what it needs") \
	/* never the instrument's: */                                                          \
	X(VOID, "void", INCONCLUSIVE, 0, "a bug of the tester that is known by now: results/ERRATA") \
	X(UNKNOWN, "unknown", INCONCLUSIVE, 0, "an old result that does not say it in a form that is known") \
	/* a kernel tree's, by every execution of its own code (kernel/judge): */                             \
	X(SOURCE_SHOWS, "source-shows", FAIL, 0, "an execution of the tree's own code shows what is forbidden") \
	X(SOURCE_CANNOT, "source-cannot", PASS, 0, "no execution of the tree's own code shows what is forbidden, and a busted twin is caught") \
	X(SOURCE_OUTSIDE, "source-outside", PASS, 0, "outside the tree's contract, and an execution shows why") \
	X(NO_TWIN, "no-twin", INCONCLUSIVE, 0, "no busted twin was caught in this cell")          \
	X(NO_STUB, "no-stub", INCONCLUSIVE, 0, "the code went where nobody serves it, or did what is not modelled") \
	X(UNFINISHED, "unfinished", INCONCLUSIVE, 0, "the search did not come to its end")         \
	/* a running kernel's, of its own page tables (live/judge): */                                     \
	X(KERNEL_LOG, "kernel-log", FAIL, 0, "the kernel complained in its log meanwhile")            \
	X(UNSURE, "unsure", INCONCLUSIVE, CAUSE_THIN, "halves of two entries were seen, too seldom to say that memory never held them") \
	X(UNKNOWN_VALUES, "unknown-values", INCONCLUSIVE, CAUSE_THIN, "too many values with halves that nobody saw in memory") \
	X(WRONG_PAGES, "wrong-pages", INCONCLUSIVE, 0, "the pages that it worked on were seldom what they should be") \
	X(NO_TRUTH, "no-truth", INCONCLUSIVE, 0, "what memory held is not known, or contradicts itself")

enum { CAUSE_THIN = 1, CAUSE_AGAIN = 2 };

enum cause {
#define X(id, name, verdict, flags, meaning) CAUSE_##id,
	CAUSES(X)
#undef X
	NR_CAUSES
};

struct cause_kind {
	enum verdict verdict;
	unsigned flags;
	const char *meaning;
};

extern const struct cause_kind cause_kinds[NR_CAUSES];
extern const char *const cause_names[NR_CAUSES + 1];	/* ends with NULL */

/*
 * How a cell was made to show something, from the bottom: each rung is tried where the one
 * below showed nothing, or too little. X(ID, name, meaning)
 */
#define RUNGS(X)                                                                       \
	X(AS_GIVEN, "as-given", "the cell's own strategy, usually free")               \
	X(TUNED, "tuned", "a strategy that was found on this machine")                 \
	X(INTERRUPTED, "interrupted", "readers are interrupted or single-stepped")     \
	X(WIDENED, "widened", "another world: a delay between the halves")             \
	X(SILENT, "silent", "nothing was shown on any of them")

enum rung {
#define X(id, name, meaning) RUNG_##id,
	RUNGS(X)
#undef X
	NR_RUNGS
};

extern const char *const rung_names[NR_RUNGS + 1];	/* ends with NULL */

/* What ended a cell. X(ID, name, meaning) */
#define STOPS(X)                                                                       \
	X(NOT_YET, "not-yet", "it still runs")                                          \
	X(SEEN, "seen", "what is required was seen often enough")                      \
	X(STRONG, "strong", "nothing forbidden was seen, and that proves enough")      \
	X(FORBIDDEN, "forbidden", "something forbidden was seen, and again")           \
	X(TIME, "time", "its time was over, or somebody stopped it")

enum stop {
#define X(id, name, meaning) STOP_##id,
	STOPS(X)
#undef X
	NR_STOPS
};

extern const char *const stop_names[NR_STOPS + 1];	/* ends with NULL */
extern const char *const stop_meanings[NR_STOPS];

#endif
