/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every execution of a bounded program: what its watched threads can note, and
 * for each note a shortest schedule.
 */
#ifndef TORNWALK_SEARCH_H
#define TORNWALK_SEARCH_H

#include "model.h"

enum search_how {
	SEARCH_BRUTE,	/* every interleaving of every access, nothing left out */
	SEARCH_SLEEP,	/* sleep sets, and moves that touch nothing shared at once */
	SEARCH_REDUCED,	/* the same, and no state twice */
};

struct search {
	enum search_how how;
	uint64_t max_states;	/* 0: no limit; moves, where states are not kept */
	uint32_t voids;		/* of the notes: those after which nothing that is noted is worth anything */
	/* may be NULL; looked at now and then: stop? */
	bool (*stop)(void *arg);
	void *arg;

	uint64_t executions;	/* ways to the end that were walked */
	uint64_t states, moves;
	uint32_t notes;		/* all that can be noted: a bit each */
	uint32_t sound;		/* of these: what some execution notes with none of `voids` before it */
	bool complete;		/* false: stopped or out of bounds, `notes` is a lower bound */
	bool deadlock;		/* some execution ends with threads waiting for nobody */
	const char *why;	/* it is not complete */
};

/* 0; -ENOMEM; -EFAULT, -ELOOP: the program cannot be explored, see behaviour.h. */
int search_all(struct search *x, struct program *p);

struct schedule {
	unsigned n;
	struct {
		uint8_t agent, alt;
	} move[512];
};

/*
 * A shortest schedule that ends with one of `notes` noted; of those, one that
 * changes threads seldom. 0; -ENOENT: there is none; -ENOMEM; -E2BIG: more than
 * max_states.
 */
int search_witness(struct program *p, uint32_t notes, uint64_t max_states, struct schedule *out);

#endif
