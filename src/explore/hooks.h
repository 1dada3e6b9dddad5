/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who watches, or performs, the shared accesses of the explored world, on this
 * thread. Knows nothing of page tables.
 *
 * With no watcher an access is simply made. `before` and `after` look on;
 * `access` makes it instead: it returns what the access loads.
 */
#ifndef TORNWALK_HOOKS_H
#define TORNWALK_HOOKS_H

#include <stdbool.h>
#include <stdint.h>

enum access_kind {
	ACCESS_LOAD,
	ACCESS_LOAD_PLAIN,	/* one half of a load the compiler may reorder */
	ACCESS_STORE,
	ACCESS_STORE_PLAIN,	/* one half of a store the compiler may reorder */
	ACCESS_RMW,		/* also a full barrier */
	ACCESS_RMB,
	ACCESS_WMB,
	ACCESS_LOCK,
	ACCESS_UNLOCK,
	/* for `access` only */
	ACCESS_FILL,		/* store to memory that nobody else can reach yet */
	ACCESS_CHOOSE,		/* what the compiler made of 8 bytes at p: 0 .. value-1 */
	/* the machine under the protocol, as its model asks for it */
	ACCESS_ENTER,		/* value: bits, which kinds of section; 0 is 1 */
	ACCESS_EXIT,		/* likewise */
	ACCESS_SYNC,		/* waits for sections of that kind */
	ACCESS_ALLOC,		/* value: frame number; returns the page's index */
	ACCESS_FREE,		/* value: index; with FREE_AT_ONCE nobody is waited for */
	ACCESS_LOOKUP,		/* value: frame number; returns index + 1, or 0 */
	ACCESS_STILL,		/* value: frame number; does a page still have it? */
	/* a read-modify-write whose result is not known before: nobody comes between its halves */
	ACCESS_RESERVE,		/* loads */
	ACCESS_FINISH,		/* stores, next of all that this thread does */
	ACCESS_END,
};

enum { FREE_AT_ONCE = 1 << 8 };

/* A kind of section: one CPU, which does nothing else meanwhile. Under sc only. */
enum { SECTION_ALONE = 1 << 7 };

struct access {
	enum access_kind kind;
	const void *p;
	unsigned size;			/* bytes: 4 or 8 */
	uint64_t value;			/* stored; low word in bits 0..31 */
	uint32_t (*f)(uint32_t);	/* ACCESS_RMW: what becomes of the old value; NULL: value */
	const void *who;		/* the code that makes it, for whoever prints; or NULL */
};

static inline bool access_loads(enum access_kind k)
{
	return k == ACCESS_LOAD || k == ACCESS_LOAD_PLAIN;
}

/* 8-byte accesses that are two words on the executor that is modelled. */
enum { TEARS_LOAD64 = 1 << 0, TEARS_STORE64 = 1 << 1, TEARS_STRD = 1 << 2 };

struct explore_hooks {
	void (*before)(void *arg, enum access_kind k, const void *p, unsigned size);
	void (*after)(void *arg, enum access_kind k, const void *p, unsigned size);
	uint64_t (*access)(void *arg, const struct access *a);
	unsigned tears;
	void *arg;
};

/* From now on, on this thread; NULL: nobody. Returns who it was. */
const struct explore_hooks *explore_watch(const struct explore_hooks *h);

void explore_before(enum access_kind k, const void *p, unsigned size);
void explore_after(enum access_kind k, const void *p, unsigned size);

/* Makes access `a`, or lets the watcher make it. */
uint64_t explore_access(const struct access *a);

/* One of n ways to access the 8 bytes at p; without a watcher that performs, the first. */
unsigned explore_choose(unsigned n, const void *p);
bool explore_tears(unsigned what);

#endif
