/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results as they lie on disk, one JSON object a line, read into plain structs.
 *
 * A hundred thousand lines are a fifth of a gigabyte of JSON, nearly all of it the
 * same again and again: within one struct results every string but the witness is kept
 * once, so two of them are equal exactly if their pointers are.
 *
 * What is in a string is whatever the board wrote: it is UTF-8 (jansson refuses
 * anything else) and nothing more. Who prints it escapes it.
 */
#ifndef TORNREPORT_LOAD_H
#define TORNREPORT_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "judge/words.h"
#include "protocol/outcome.h"

enum predicted { PREDICTED_NOTHING, PREDICTED_IMPOSSIBLE, PREDICTED_POSSIBLE };

enum { MAX_PRIMITIVES = 16 };

struct calibrated {
	unsigned n;
	struct {
		const char *name;
		uint64_t reads, torn;
	} of[MAX_PRIMITIVES];
};

/* The worst thing seen. A sentence of a form nobody knows is all there is of some. */
struct witness {
	const char *text;
	bool known;			/* the rest is too */
	bool perhaps_held;		/* memory may have held the mix */
	uint8_t newer;			/* enum direction; NR_DIRECTIONS: not certain */
	uint8_t outcome;		/* here by the reader and by the writer are two */
	struct {
		uint8_t from;		/* enum half */
		unsigned store;		/* its number, modulo `modulo` */
	} low, high;
	unsigned apart, modulo;		/* stores between them; 0: not known */
	uint64_t used, decided, ns;
	unsigned slot, reader;
	int cpu;
};

/* The kernel tree whose own code it was. */
struct tree {
	const char *name, *rev, *version, *describe, *hash, *arch, *config, *patch;	/* hash: of the files under test; "-": none */
};

/* What every execution of a kernel tree's own code showed in one cell. */
struct source {
	bool outside;			/* the tree's contract */
	uint64_t bad_rounds;		/* of the race, that showed something bad */
	unsigned nr_models, nr_witnesses;
	const struct explored {
		const char *model, *bad;	/* sc, low; "confused,torn", "" */
		bool complete;
		unsigned unknown;		/* compiled: accesses of which nobody knows what they became */
	} *models;
	const struct source_witness {
		const char *note, *meaning, *model;
		unsigned n;
		const struct source_step {
			const char *who, *where, *what, *code;	/* code: the source's line, or NULL */
		} *steps;
	} *witnesses;			/* the one that the verdict is about comes first */
};

/* What was seen of a running kernel's own page tables in one cell. */
struct live {
	const char *of, *source;	/* operation, private, user, log; what the kernel calls that reader */
	const char *log, *witness;	/* a line of the kernel's log; what a reader from user space was handed; or NULL */
	uint64_t words;
	bool operation;			/* only then the rest */
	uint64_t reads, reads_per_second, lost, overflow, detached, cycles;
	struct {
		uint64_t values, leaves, confirmed, huge, looked;
	} truth;
	unsigned nr_kinds, nr_witnesses;
	const struct live_kind {
		const char *name;	/* leaf, torn-by-reader, unsure ... */
		uint64_t episodes;
	} *kinds;
	const struct live_witness {
		const char *is, *value, *says;
		uint64_t episodes, first_ns;
		unsigned n;
		const struct live_around {
			const char *before, *before_says, *after, *after_says;
			uint64_t times;
		} *around;
	} *witnesses;			/* what the verdict is about comes first */
};

/* Who ran it and what: lines with all of this equal share one. */
struct machine {
	const char *target, *executor, *cpu, *cpus, *kernel, *compiler, *flags, *git;
	const struct tree *tree;	/* NULL: tornwalk's own transcriptions */
	unsigned nr_cpus;
	unsigned index;			/* in results.machines */
};

/* What rates are taken of: the whole run, or the part that did not depend on what was seen. */
struct rated {
	double seconds;
	uint64_t rounds, distinct[NR_OUTCOMES], torn_by[2];
};

struct result {
	const char *path;
	unsigned line;

	const char *scenario, *hash;
	const char *layout, *level, *walker, *reader, *writer, *transition, *consumer, *reclaim,
		*world;
	const struct machine *machine;
	const struct calibrated *calibration;	/* NULL: none was made */
	bool alias;
	unsigned readers, writers, slots;
	uint32_t seed;
	double seconds;
	uint64_t walks, rounds, present, retries;
	uint64_t outcomes[NR_OUTCOMES], distinct[NR_OUTCOMES];
	uint64_t first_ns[NR_OUTCOMES];		/* 0: never */
	uint64_t direction[NR_DIRECTIONS], harm[NR_HARMS];
	const uint32_t *intervals;		/* distinct bad observations in each */
	unsigned nr_intervals;
	uint64_t interval_ns;			/* 0: an old line that does not say */
	uint8_t expect[NR_OUTCOMES];		/* enum expect; of torn, the stricter of the two */
	uint8_t expect_by[2];			/* torn by the reader, by the writer */
	uint8_t predicted[NR_OUTCOMES];		/* enum predicted */
	uint8_t verdict;			/* enum verdict */
	uint8_t cause;				/* enum cause */
	bool has_predicted, has_torn_by;
	uint64_t torn_by[2];			/* distinct: by the reader, by the writer */
	const char *reason;
	const char *errata;			/* why ERRATA voids it, or NULL */
	const char *primitive;			/* that tears, where that is the cause; or NULL */
	const struct witness *witness;		/* NULL: nothing bad was seen */

	/* members this program knows nothing of but what follows; NULL: not there */
	struct rated rated;
	const char *strategy;	/* NAME,key=value...; NULL: a line that does not say */
	bool tight, pauses;	/* ... which is one with which struct parts' are set */
	double most;		/* seconds it was allowed; 0: the line does not say */
	const struct source *source;	/* of a kernel tree's cell; NULL: of tornwalk's own */
	const struct live *live;	/* of a running kernel's cell; NULL: it is none */
	uint8_t rung, stop;	/* enum rung, enum stop; STOP_NOT_YET: the line does not say */
	uint64_t strength;	/* 0: none */
	const char *twin;	/* that was run beside it, in turns; NULL: none was */
	uint64_t twin_distinct;	/* how often it was caught */
	double twin_seconds;
	const char *schedule;	/* as JSON has it: result_schedule() */
	const char *model;	/* of the explorer's predictions: sc, tso, weak */
	unsigned overridden;	/* by options of the run: 1 << enum overridable */
	/* distinct torn by the delay between the halves, in `nr_delays` classes */
	const struct delay_class *delays;
	unsigned nr_delays;
};

/* What an option may change of a scenario's own cell. */
enum overridable { OVERRIDE_WORLD, OVERRIDE_RECLAIM, OVERRIDE_READERS, OVERRIDE_WRITERS, OVERRIDE_SLOTS,
		   NR_OVERRIDABLE };
extern const char *const overridable_names[NR_OVERRIDABLE];

/* {"ns": the mean, "seconds": exposure or 0, "torn": distinct} */
struct delay_class {
	double ns, seconds;
	uint64_t torn;
};

struct results {
	struct result *r;		/* in the files' order */
	size_t n, room;
	struct machine **machines;
	unsigned nr_machines;
	unsigned skipped;		/* truncated, foreign or newer lines; each named on stderr */
	const char *path;		/* the first file's */
	struct pool *pool;
	unsigned notes;			/* stretches of lines that were parsed once for many */
};

/*
 * Adds a file (or every *.jsonl of a directory, sorted by name) to `rs`, which
 * starts as { 0 }. 0; -errno; -ENODATA: not one usable line in it. A bad line is
 * named on stderr (file:line: why) and skipped.
 */
int results_load(struct results *rs, const char *path);
void results_free(struct results *rs);

/* A text that lives as long as the results. */
__attribute__((format(printf, 2, 3)))
const char *results_string(struct results *rs, const char *fmt, ...);

/* The last line of that scenario, or NULL. */
const struct result *results_find(const struct results *rs, const char *scenario);

/* Sets of outcomes, both kinds of torn apart where the line tells them apart. */
uint32_t result_seen(const struct result *r);
uint32_t result_forbids(const struct result *r);

/*
 * The outcome that its witness is of: outcome_worst() of these sets, a result's outcome, as
 * the instrument chooses it. -1: nothing bad was seen.
 */
int result_worst(const struct result *r);

/* The explorer's steps to what the witness shows, to be freed; NULL: none, or no memory. */
char *result_schedule(const struct result *r);

enum { TREE_LABEL = 160 };

/* Of a kernel tree's cell that fails: the schedule of what it is about, a step a line, to be freed; NULL: none, or no memory. */
char *source_schedule(const struct result *r);

/* Of a running kernel's cell that fails: the first value that was torn, and what was seen around it; to be freed; NULL: likewise. */
char *live_story(const struct result *r);
/* Whichever of both there is. */
char *result_story(const struct result *r);
/* How many episodes of its reader's were of that kind. */
uint64_t live_episodes(const struct result *r, const char *kind);
bool live_is_torn(const struct live_witness *w);

/* "debian:6.1 + fix.patch, x86_64" */
const char *tree_label(char buf[TREE_LABEL], const struct tree *t);

/* What is bad under the model of its machine, of a kernel tree's cell: "confused,torn", "". */
const char *result_shows(const struct result *r);

/* Its rates are of the whole run: the clock ended it. */
void result_rate_whole(struct result *r);

/* Some outcome has to be seen, by its scenario. */
bool result_requires(const struct result *r);

/* Did calibration see that primitive tear? -1: it was not calibrated. */
int result_tears(const struct result *r, const char *primitive);

#endif
