/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory models, and everything else threads share: an abstract machine
 * whose states are small enough to copy and to hash.
 *
 * sc	an access takes effect at once.
 * tso	x86: stores wait in a FIFO buffer of their thread, loads look there first;
 *	read-modify-writes and locks wait until it is empty. A load that is half
 *	in the buffer waits too: no forwarding from two places.
 * weak	ARM, multi-copy atomic: waiting stores leave in any order, but for a wmb
 *	between them or a word in common; a load may be satisfied early: it reads
 *	any version that the word has had since the last rmb (of what was then
 *	read), and never one older than this thread has seen of that word. An
 *	8-byte access takes both halves from one version, or makes one.
 *
 * Who can move is an *agent*: a thread, a thread's store buffer (a store becomes
 * visible), or a freed page (it is reclaimed: its grace period is over). An agent's
 * move may have several alternatives.
 */
#ifndef TORNWALK_MODEL_H
#define TORNWALK_MODEL_H

#include "behaviour.h"

enum memory_model { MODEL_SC, MODEL_TSO, MODEL_WEAK, NR_MODELS };
extern const char *const model_names[NR_MODELS + 1];	/* ends with NULL */

enum {
	MAX_PARTIES = 4,
	MAX_WAITING = 12,	/* stores in a buffer */
	MAX_PAGES = 8,
	MAX_LOG = 160,		/* versions: stores that became visible */
	NR_AGENTS = 2 * MAX_PARTIES + MAX_PAGES,
};

struct waiting_store {
	uint8_t location, half, epoch;
	uint32_t lo, hi;
};

struct thread_state {
	uint32_t node;
	uint8_t nwaiting, epoch;
	uint8_t in_section;		/* a bit each kind */
	bool syncing;
	uint8_t syncs, waits_for;	/* syncing: for which kind; sections, a bit a thread */
	uint8_t floor;			/* weak: no load reads a version before this time */
	uint8_t seen[MAX_LOCATIONS][2];	/* weak: nor, of this word, before this one */
	struct waiting_store waiting[MAX_WAITING];
};

enum page_life { PAGE_UNUSED, PAGE_LIVE, PAGE_LIMBO, PAGE_RECLAIMED };

struct page_model {
	uint8_t life;		/* enum page_life */
	uint8_t waits_for;
	uint64_t pfn;
};

struct version {
	uint8_t location;
	uint64_t value;		/* of the location's two words, afterwards */
};

struct state {
	uint64_t mem[MAX_LOCATIONS];	/* now */
	struct page_model page[MAX_PAGES];
	uint8_t ended;			/* threads, a bit each */
	bool overflow;			/* more versions or stores than there is room for */
	struct thread_state t[MAX_PARTIES];
	/* weak: before the first logged version, and the versions since */
	uint64_t base[MAX_LOCATIONS];
	uint8_t now;			/* how many are logged */
	struct version log[MAX_LOG];
};

/* What 8 bytes that need not be one access become: the ways that add an outcome, all, or the first. */
enum shapes { SHAPES_TELLING, SHAPES_ALL, SHAPES_FIRST };

/* A bounded program under a memory model. */
struct program {
	enum memory_model model;
	unsigned nthreads;
	struct behaviour b[MAX_PARTIES];
	unsigned watched;		/* threads whose notes are wanted, a bit each */
	struct locations locations;
	uint64_t initial[MAX_LOCATIONS];
	bool locks[MAX_LOCATIONS];	/* this location is a lock */
	unsigned npages, page_share;	/* thread i allocates pages i * page_share ... */
	uint8_t page_location[MAX_PAGES];	/* the location of a page's first entry, or NO_LOCATION */
	uint64_t page_pfn[MAX_PAGES];	/* of a page that is live before anybody runs; 0: it is not */
	uint64_t poison;
	bool reclaims;			/* somebody frees, or waits for a grace period */
	bool at_once;			/* a page is reclaimed the moment it is freed */
	enum shapes shapes;
};

/* Copies s but for what is not in use. */
void state_copy(struct state *to, const struct state *from);
void state_first(const struct program *p, struct state *s);

struct hash128 {
	uint64_t a, b;
};
struct hash128 state_hash(const struct program *p, const struct state *s, unsigned salt);

/* Alternatives of agent `a` in `s`; 0: it cannot move. */
unsigned agent_moves(const struct program *p, const struct state *s, unsigned a);

/*
 * Makes move `alt` of agent `a`. *answer: what a thread's access returned.
 * 0; -ENOMEM; -EFAULT: see behaviour_next().
 */
int agent_move(struct program *p, struct state *s, unsigned a, unsigned alt, uint64_t *answer);

/* Does it touch nothing that another agent's moves could touch? */
bool agent_is_local(const struct program *p, const struct state *s, unsigned a);

/* What the next move of an agent touches: bits of shared objects. */
struct footprint {
	uint64_t reads, writes;
};
struct footprint agent_footprint(const struct program *p, const struct state *s, unsigned a);

/* Does the order of these agents' next moves make no difference? */
static inline bool independent(struct footprint x, struct footprint y)
{
	return !(x.writes & (y.reads | y.writes)) && !(y.writes & x.reads);
}

static inline unsigned agent_flush(unsigned thread) { return MAX_PARTIES + thread; }
static inline unsigned agent_reclaim(unsigned page) { return 2 * MAX_PARTIES + page; }
static inline bool agent_is_thread(unsigned a) { return a < MAX_PARTIES; }
static inline bool agent_is_flush(unsigned a) { return a >= MAX_PARTIES && a < 2 * MAX_PARTIES; }

/* What the watched threads that have ended noted; and what any thread has, so far. */
uint32_t state_notes(const struct program *p, const struct state *s);
uint32_t state_noted(const struct program *p, const struct state *s);

/* The store in the buffer that move `alt` of a flushing agent makes visible. */
const struct waiting_store *flushed_store(const struct program *p, const struct state *s, unsigned a,
					  unsigned alt);

#endif
