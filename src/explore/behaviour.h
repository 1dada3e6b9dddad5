/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one thread does, as a graph: a node is its next shared access, an edge the
 * value that access returned.
 *
 * The graph is grown by running the thread's own code, alone on a stack of its
 * own, up to the first access whose answer is not known yet. So the code must be
 * deterministic: all it does follows from what its accesses returned.
 *
 * Two histories after which the thread is in the same state (every byte of its
 * stack, its registers, and what it says is private) go on alike: they are one
 * node. What a variable held that is dead may keep such histories apart; that
 * costs time and nothing else.
 */
#ifndef TORNWALK_BEHAVIOUR_H
#define TORNWALK_BEHAVIOUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hooks.h"

enum { MAX_LOCATIONS = 16, NO_LOCATION = 255 };

/* Which words of a location. */
enum { HALF_LO = 1, HALF_HI = 2, BOTH = 3 };

struct op {
	uint8_t kind;		/* enum access_kind */
	uint8_t location, half;	/* what it touches, or NO_LOCATION */
	bool plain;		/* the compiler may reorder it, and repeat it */
	uint64_t value;
	uint32_t (*f)(uint32_t);
	const void *who;	/* whose access it is: says nothing of what it does */
	uint32_t notes;		/* what the thread has noted on its way here */
};

/* The addresses that are modelled: two words each (an entry), or one (a lock). */
struct locations {
	unsigned n;
	const void *at[MAX_LOCATIONS];
};

struct node;

struct behaviour {
	void (*run)(void *arg);		/* from the start, every time */
	/* a hash of all that run() changes off its stack and may look at again; NULL: nothing */
	uint64_t (*off_stack)(void *arg);
	void *arg;
	const struct locations *locations;
	unsigned tears;			/* TEARS_* */

	struct node *nodes;
	uint32_t nr, size;
	uint32_t *by_hash;		/* nodes, hashed by the thread's state; 2 * size */
	uint32_t notes;			/* of the run that is going */
	bool endless, foreign, wild;	/* why behaviour_next() failed */
	struct playback *playback;
};

enum { NO_NODE = UINT32_MAX, FIRST_NODE = 0 };

/* Finds the first node. -ENOMEM, -ELOOP (see behaviour_next). */
int behaviour_init(struct behaviour *b);
void behaviour_free(struct behaviour *b);

const struct op *behaviour_op(const struct behaviour *b, uint32_t node);

/*
 * The node after `node` answered `got`; NO_NODE: out of memory, or (b->endless)
 * too many accesses, or (b->foreign) a store to an address that is no location, or
 * (b->wild) the code did something else than the last time.
 */
uint32_t behaviour_next(struct behaviour *b, uint32_t node, uint64_t got);

/* For the code that runs: this execution has seen `notes`. */
void behaviour_note(struct behaviour *b, uint32_t notes);

#endif
