/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parties of the protocol and what they are handed.
 *
 * A *reader* turns an entry in memory into a value. A *walker* decides on
 * values and goes down. A *consumer* is the walker's user (struct walk_ops). A
 * *writer* is one order of primitive stores; a *transition* is what happens to
 * a slot in one round, in terms of a writer. `struct page_tables` is the
 * machine they all stand on, handed down so that no protocol file needs one.
 *
 * Everything a walk or a mutator owns is private to one thread. What is shared:
 * entries, page-table locks, reference counts and the struct-page words behind
 * page_tables->lookup; nothing else.
 */
#ifndef TORNWALK_WALK_H
#define TORNWALK_WALK_H

#include "entry.h"
#include "layout.h"

struct walk;
struct mutator;
struct page_tables;

/* A page-table lock: one word on a cache line of its own. */
struct ptl {
	uint32_t word;
} cacheline_aligned;

/* Read-side sections and deferred free; liburcu, busted, or a model. */
struct reclaim {
	const char *name, *summary, *source;
	void (*online)(void);		/* this thread may enter sections */
	void (*offline)(void);
	void (*enter)(void);
	void (*exit)(void);
	void (*quiesce)(void);		/* between two walks, outside any section */
	void (*synchronize)(void);	/* wait for every section that began before */
	bool at_once;			/* a control: nothing waits for anybody */
};

/* A table page found by its frame number, and the frame it had then. */
struct arrival {
	entry_t *table;
	const void *page;	/* opaque: the machine's struct page */
	uint64_t pfn;
};

struct page_tables {
	enum level level;	/* the level under test */
	uint32_t nslots;
	entry_t *slots;		/* the entries under test */
	entry_t *top;		/* level pmd: the stable PUD entries above them */
	struct ptl *locks;	/* nlocks, a power of two */
	uint32_t nlocks;
	uint32_t *refs;		/* hashed reference counts, nrefs a power of two */
	uint32_t nrefs;
	uint32_t fill;		/* entries a split fills in the new table: all 512, fewer in a model */
	const struct reclaim *reclaim;
	const struct layout *layout;

	/* Frame number to table page; false: no table page has this frame now. */
	bool (*lookup)(const struct page_tables *pt, uint64_t pfn, struct arrival *a);
	/* Does the page still have the frame it had on arrival? */
	bool (*still_there)(const struct arrival *a);
	bool (*poisoned)(entry_t e);
	/* A table page whose frame carries stamp s; NULL: pool is empty just now. */
	struct arrival (*alloc)(struct mutator *m, struct stamp s, unsigned *id);
	void (*free)(struct mutator *m, const struct arrival *a);
};

/* Every layout has a row in layouts[] (layouts.c); this is its number. */
enum layout_id { LAYOUT_PAE, LAYOUT_LPAE, NR_LAYOUTS };
extern const struct layout *const layouts[NR_LAYOUTS + 1];	/* ends with NULL */

/* ---- readers ---- */

enum reader_flags {
	READ_REREADS = 1 << 0,		/* has no snapshot: every use is another read */
	READ_HOLDS_LOCK = 1 << 1,	/* the page-table lock covers read and use */
	READ_IN_SECTION = 1 << 2,	/* a read section covers read and use... */
	READ_NEEDS_SYNC = 1 << 3,	/* ...and the writer waits one between two present values */
	READ_ATOMIC = 1 << 4,		/* one 8-byte access the architecture promises */
	READ_UNPROMISED = 1 << 5,	/* one 8-byte instruction that may be two accesses */
	READ_REMEMBERS = 1 << 6,	/* a value outlives the walk that read it */
};

struct reader {
	const char *name, *summary, *source;
	const char *primitive;	/* the 8-byte mechanism its claim rests on, or NULL */
	unsigned flags;
	entry_t (*read)(struct walk *w, const entry_t *p);
	/*
	 * Reads *p up to n times, until a value differs from `last`. Returns how
	 * many reads that took; *seen is the final one. NULL: READ_REREADS.
	 */
	uint32_t (*scan)(struct walk *w, const entry_t *p, entry_t last, uint32_t n, entry_t *seen);
	bool (*usable)(void);		/* NULL: always */
};

/* ---- walkers and consumers ---- */

enum action { ACTION_SUBTREE, ACTION_CONTINUE, ACTION_AGAIN };

enum consumer_flags {
	CONSUME_LOCKS = 1 << 0,		/* takes the page-table lock in its callbacks */
	CONSUME_SPLITS = 1 << 1,	/* has a vma: the walker splits leaves it meets */
	CONSUME_WARNS = 1 << 2,		/* expects leaves to be write-protected and clean */
	CONSUME_PASSIVE = 1 << 3,	/* touches nothing shared: may be left out of a scan */
};

/* Called with the value decided on and the real pointer. */
struct walk_ops {
	const char *name, *summary, *source;
	unsigned flags;
	/* an entry that is not none: what shall the walk do with it? */
	enum action (*entry)(struct walk *w, enum level l, entry_t val, entry_t *ptr);
	/* a none entry; may be NULL */
	void (*hole)(struct walk *w, enum level l, entry_t val);
	/* a PTE below; may be NULL */
	void (*pte)(struct walk *w, entry_t val, entry_t *ptr);
	/* the walk is about to look again; may be NULL */
	void (*retry)(struct walk *w, enum level l);
};

enum act_kind { ACT_NONE, ACT_HOLE, ACT_LEAF, ACT_TABLE, ACT_GAVE_UP };

/* What the walk did with the entry under test. */
struct act {
	entry_t decided;	/* the value the last decision was made on */
	entry_t used;		/* the value acted upon */
	uint8_t kind;		/* enum act_kind */
	bool freed;		/* the table page below had been reclaimed */
	bool warned;		/* the dirty helper's WARN */
	bool child;		/* a table page was reached */
};

enum walker_flags {
	WALK_LOCKS = 1 << 0,		/* takes the page-table lock itself */
	WALK_SNAPSHOT = 1 << 1,		/* needs a reader that has a snapshot */
	WALK_NO_DESCENT = 1 << 2,
	WALK_SPLITS = 1 << 3,		/* splits leaves for a consumer that wants it */
	WALK_REREADS = 1 << 4,		/* is about reading again: usually seen with a reader that does */
};

struct walker {
	const char *name, *summary, *source;
	unsigned flags;
	/* reads through walk->reader */
	void (*walk)(struct walk *w, uint64_t addr, uint64_t end);
	/* with plain-reread and the layout inlined; NULL where the walker takes a snapshot */
	void (*walk_plain[NR_LAYOUTS])(struct walk *w, uint64_t addr, uint64_t end);
};

struct walk {
	/* set once by the owner */
	const struct page_tables *pt;
	const struct layout *layout;
	const struct reader *reader;
	const struct walker *walker;
	const struct walk_ops *ops;
	const struct writer *writer;	/* the one a split goes through */
	void (*split)(struct walk *w, enum level l, entry_t *ptr);
	void (*run)(struct walk *w, uint64_t addr, uint64_t end);
	uint32_t max_retries;		/* per walk */

	/* of the walk that is running */
	enum action action;
	uint32_t retries_left;
	struct act act;

	/* of all walks */
	uint64_t retries;
	entry_t hoisted;		/* busted-hoisted's old value */
	uint32_t reads;			/* busted-hoisted's */
};

/* ---- writers and transitions ---- */

enum writer_flags {
	WRITE_NO_SYNC = 1 << 0,		/* never waits a grace period (busted-nogp) */
	WRITE_OVERWRITES = 1 << 1,	/* only ever present over present */
	WRITE_BUSTED = 1 << 2,		/* a control */
	WRITE_TOUCHES = 1 << 3,		/* has a touch that does something */
};

typedef void rounds_fn(struct mutator *m, entry_t *p, struct stamp *s, unsigned rounds);

struct writer {
	const char *name, *summary, *source;
	unsigned flags;
	const char *transition;		/* the one it is usually seen in */
	const char *primitive;		/* the 8-byte mechanism its claim rests on, or NULL */
	void (*set)(entry_t *p, entry_t v);
	void (*clear)(entry_t *p);
	void (*invalidate)(entry_t *p, entry_t v);	/* pmdp_establish() */
	void (*touch)(const struct layout *l, entry_t *p);	/* low-word RMW after a huge set */
	bool (*usable)(void);	/* NULL: always */
	/*
	 * These transitions with this writer inlined, for one who neither locks, waits, pauses
	 * nor touches: rounds on one slot; NULL: take the transition's
	 */
	rounds_fn *remap[NR_LAYOUTS], *fault_zap[NR_LAYOUTS];
};

enum inlined { INLINED_NONE, INLINED_REMAP, INLINED_FAULT_ZAP };

struct transition {
	const char *name, *summary, *source;
	bool makes_tables;
	bool clears;		/* goes through none */
	bool invalidates;
	enum inlined inlined;	/* which of a writer's loops is this with the writer inlined */
	void (*rounds)(struct mutator *m, uint32_t slot, unsigned rounds);
	/*
	 * Every slot has had its round, which ended at none: one grace period for all of them,
	 * as a batch of a zap has one. NULL: a round needs its own in between.
	 */
	void (*end_pass)(struct mutator *m);
};

struct mutator {
	const struct page_tables *pt;
	const struct layout *layout;
	const struct writer *writer;
	const struct transition *transition;
	bool lock;		/* somebody else may take the page-table lock, or write */
	bool sync;		/* the reader's protocol wants a grace period after a clear... */
	bool sync_later;	/* ...which end_pass() has for all slots: one round a visit, each once a pass */
	bool alias;		/* all frames share one low word */
	bool clean;		/* huge entries are write-protected and clean */
	struct stamp *stamps;	/* [nslots], this mutator's slots only */
	uint64_t rounds;
	uint64_t starved;	/* times the pool of table pages was empty */
	void *pool;		/* the machine's, private to this mutator */
	/*
	 * Between two stores to a slot that is at rest, present or none, no lock held:
	 * a strategy may let time pass. Touches nothing shared. NULL: goes on at once.
	 */
	void (*pause)(struct mutator *m, bool present);
};

/* One world's instance of the protocol sources. Lists end with a NULL name. */
struct protocol {
	const char *world;
	const struct reader *readers;
	const struct writer *writers;
	const struct transition *transitions;
	const struct walker *walkers;
	const struct walk_ops *consumers;
	void (*split)(struct walk *w, enum level l, entry_t *ptr);
	void (*seed)(uint32_t seed, uint32_t spins, bool yield);	/* widened: this thread's delays; may be NULL */
};

extern const struct protocol native_protocol, widened_protocol, explored_protocol;

static __always_inline struct ptl *ptl_of(const struct page_tables *pt, const entry_t *slot)
{
	return &pt->locks[(uint32_t)(slot - pt->slots) & (pt->nlocks - 1)];
}

/* A bounded loop looks again; false: give up. Counts either way. */
static __always_inline bool walk_retry(struct walk *w)
{
	w->retries++;
	if (!w->retries_left)
		return false;
	w->retries_left--;
	return true;
}

#endif
