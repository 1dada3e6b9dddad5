/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole image: what each function is given, hands on and returns, until nothing changes.
 *
 * A function is known by what all of its callers pass: registers and stack words that are
 * parameters, and words of what they point to (a struct vm_fault or page_vma_mapped_walk lies on
 * a caller's stack). What it puts into such words goes back to all of them. Calls
 * through pointers are followed where the pointer is a constant, or is in a constant struct
 * (mm_walk_ops) that a caller passes.
 */
#ifndef TORNWALK_KERNEL_IMAGE_FLOW_H
#define TORNWALK_KERNEL_IMAGE_FLOW_H

#include "steps.h"
#include "values.h"

enum { PARAMS = 10, SLOTS = 160, REACH = 256 };

/*
 * What calls say of one word: a value that leads to entries counts as soon as half of all places
 * that call the function by name pass one, because a register or a stack word may hold what
 * is no argument. Invariant: votes only grow, as values do.
 */
struct word { struct val v, heard; uint32_t *sites; unsigned nsites; };

struct field { int32_t off; struct word w; bool out; };		/* out: the function puts it there */

struct func {
	struct word in[PARAMS];
	struct val ret;
	unsigned sites;		/* places that call it by name */
	struct field *fields[PARAMS];
	unsigned nfields[PARAMS];
	unsigned *callers, ncallers;
	struct routine routine;
	unsigned uses;		/* a bit for each parameter that it reads */
	bool queued, code;
	bool entries;		/* it accesses some, or hands on addresses of some */
};

struct global { uint32_t addr; struct val v; unsigned *readers, nreaders; };

/* A value of a function's that has no other origin than that an instruction treats it as an entry's address */
struct hint { unsigned func; uint32_t id; uint8_t levels; };

struct slot { int32_t off; struct val v; };

struct state {
	struct val r[REGISTERS];
	struct slot slots[SLOTS];
	unsigned nslots;
};

/* One access of an entry, or a call that is given its address */
struct access {
	unsigned func, block, step;
	uint32_t addr;
	struct val at;
	char how;		/* R W X B; C: by a call through a pointer; F: cleaned; M: by a function that copies or clears memory */
	uint8_t width, arg;
	const char *by;
	uint32_t pointer;	/* C: the variable that the function's address is in, 0 unknown */
};

struct whole {
	const struct kimage *image;
	struct lifter lifter;
	struct sets sets;
	struct func *funcs;	/* one for each symbol */
	struct global *globals;
	unsigned nglobals;
	struct hint *hints;
	unsigned nhints;
	unsigned *queue, head, nqueue;
	struct access *accesses;
	unsigned naccesses;
	bool record, restart;
	unsigned runs, unsettled, doubtful;
	int err;
};

int whole_open(struct whole *w, const struct kimage *k);
int whole_run(struct whole *w);		/* until nothing changes, then the accesses */
void whole_close(struct whole *w);

bool whole_is_trace(const char *name);	/* called first of all, and nobody's argument is lost */

/* Which parameters each function reads */
int uses_find(struct whole *w);

/* ---- one function ---- */

struct frame {
	struct whole *w;
	unsigned f;		/* its number, that of its symbol */
	const struct routine *r;
	struct state *in;	/* of each block */
	bool *dirty;
	unsigned block, step;	/* where it is */
	bool last;		/* all is settled: what is returned now is returned */
	struct val ret;
};

int flow_run(struct frame *fr);
void flow_returns(struct frame *fr, struct val v);

struct val state_slot(const struct state *s, int32_t off);
void state_set(struct state *s, int32_t off, struct val v);

/* ---- calls and memory, of the whole ---- */

struct val whole_handed(const struct whole *w, struct val v);	/* what of it is of use to another function */
bool whole_vote(struct whole *w, unsigned f, struct word *to, struct val v, uint32_t site);	/* has it become another? */
void whole_again(struct whole *w, unsigned f);		/* run it again */
void whole_list(struct whole *w, unsigned **list, unsigned *n, unsigned f);	/* add it, once */
void whole_uses(struct whole *w, unsigned f, int32_t stack);	/* the stack word is read */
struct val whole_param(struct whole *w, unsigned f, unsigned k);
struct val whole_field(struct whole *w, unsigned f, unsigned k, int32_t off);
/* By the call at `site`; 0: by itself */
void whole_put(struct whole *w, unsigned f, unsigned k, int32_t off, struct val v, uint32_t site);
void whole_hint(struct frame *fr, struct val at, unsigned levels);	/* it is an entry's address, as its user shows */
unsigned whole_hinted(const struct whole *w, unsigned f, uint32_t id);	/* levels, 0: no */
struct val whole_load(struct whole *w, unsigned f, uint32_t addr, bool passed);
void whole_store(struct whole *w, uint32_t addr, struct val v);
void whole_return(struct whole *w, unsigned f, struct val v);
void whole_call(struct frame *fr, struct state *s, const struct step *st, struct val target, bool tail);
void whole_access(struct frame *fr, unsigned block, unsigned step, struct access a);

#endif
