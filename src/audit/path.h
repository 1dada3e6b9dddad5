/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One path through one function, and what it does to the entry behind the pointer `p`.
 *
 * An abstract machine: each register and stack slot holds p plus a constant, the
 * stack pointer plus a constant, something made from p that is not followed (MIXED), or
 * nothing of interest. Invariant: an access through MIXED, or p stored where it cannot be
 * found again, loses the path: the audit then says "unknown" and never guesses.
 *
 * The trace is a line of tokens, each followed by a blank:
 *	Rl Rh R8 Wl Wh W8	a load or store of the low word, the high word, both at once
 *	Xl Xh X8		a locked read-modify-write (x86)
 *	R8(movq)		by which instruction, where it is not a plain move
 *	R1+3			other widths: bytes + offset
 *	mfence dmb.ish ...	a barrier
 *	call call(p) call:NAME	a call; (p): the entry's address may be handed over
 */
#ifndef TORNREPORT_AUDIT_PATH_H
#define TORNREPORT_AUDIT_PATH_H

#include <capstone/capstone.h>

#include "elf.h"

enum { NR_REGS = 16, NR_SLOTS = 24, TRACE_MAX = 320 };

/* STALE: it held p before a call that may have overwritten it. */
enum origin { FROM_NOWHERE, FROM_ENTRY, FROM_STACK, FROM_MIXED, FROM_STALE };

struct value {
	int32_t origin;		/* enum origin */
	int32_t off;
};

struct path {
	uint64_t pc;
	struct value reg[NR_REGS];
	struct { int32_t off; struct value v; } slots[NR_SLOTS];
	uint32_t nslots;
	int32_t cond;		/* ARM: this condition is known since the flags were set; 0: none is */
	int32_t cond_holds;
	uint32_t backs;		/* jumps backwards taken */
	/*
	 * i386: a callee that returns a struct pops its hidden argument, and nothing at the
	 * call says so. Both cases are followed; the wrong one shows in a stack that is not
	 * aligned at the next call, or not level at the return, and is dropped.
	 */
	uint32_t called, guessed, askew;
	uint32_t quiet;		/* calls leave no token */
	char trace[TRACE_MAX];
	/* of the step that was just made; not part of the state */
	uint64_t target;
	bool split;		/* of a fork: the branch that falls through has !cond */
	const char *lost;	/* why the path cannot be followed, or NULL; stays */
};

enum flow { FLOW_ON, FLOW_JUMP, FLOW_FORK, FLOW_RETURN };

/* What a step needs to know besides the path. */
struct code {
	const struct image *img;
	const struct function *f;
	csh cs;
	unsigned indirect_args;	/* arguments of the calls by pointer that this symbol makes */
};

enum flow x86_step(const struct code *c, const cs_insn *in, struct path *p);
enum flow arm_step(const struct code *c, const cs_insn *in, struct path *p);

/* Does it lead to the entry, or might it? */
static inline bool interesting(struct value v)
{
	return v.origin == FROM_ENTRY || v.origin == FROM_MIXED;
}

/* What is left of a register that a callee may overwrite. */
static inline struct value value_after_call(struct value v)
{
	return (struct value){ .origin = interesting(v) || v.origin == FROM_STALE ? FROM_STALE : FROM_NOWHERE };
}

struct value value_plus(struct value v, int32_t n);
struct value path_slot(const struct path *p, int32_t off);
void path_set_slot(struct path *p, int32_t off, struct value v);
void path_lose(struct path *p, const char *why);

/* `what` is one of RWX; `by` is NULL for a plain move. Only p and MIXED leave a mark. */
void path_access(struct path *p, char what, struct value addr, unsigned width, const char *by);
void path_token(struct path *p, const char *token);

/* How many arguments the callee takes at most. */
unsigned callee_args(const struct code *c, const char *name);
void path_call(struct path *p, const char *name, bool hands_over);

/* A callee was given this address: an entry's value may be returned to the stack there. */
void path_lent(struct path *p, struct value v);

#endif
