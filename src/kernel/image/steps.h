/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A function as steps of a small machine: what both instruction sets' code does to registers,
 * memory and the flow of control, as far as an address can be followed through it.
 *
 * Registers are numbered as machines do, 0 to 15; 16 to 18 are between the steps of one
 * instruction. An address is a + (b << shift) + imm. What a step does not say is unknown.
 */
#ifndef TORNWALK_KERNEL_IMAGE_STEPS_H
#define TORNWALK_KERNEL_IMAGE_STEPS_H

#include "image.h"

enum { REGISTERS = 19, TEMP = 16, NOREG = 0xff };

enum what {
	S_MOVE,		/* dst = a */
	S_CONST,	/* dst = imm */
	S_TOP,		/* dst = imm << 16 | dst & 0xffff (movt) */
	S_SUM,		/* dst = a + (b << shift) + imm */
	S_DIFFERENCE,	/* dst = a - b */
	S_AND,		/* dst = a & b */
	S_CLEAR,	/* dst = a & ~b */
	S_MASK,		/* dst = a & imm */
	S_LEFT,		/* dst = a << imm */
	S_RIGHT,	/* dst = a >> imm */
	S_BITS,		/* dst = imm bits of a, from bit `shift` */
	S_MADE,		/* dst = something made from a and b */
	S_LOAD,		/* dst = word at the address */
	S_STORE,	/* word at the address = dst; NOREG: something */
	S_TOUCH,	/* the instruction reads or writes memory at the address */
	S_CLEAN,	/* the cache line of a is written back (ARM: what follows each store to an upper table) */
	S_CALL,		/* imm, or, by pointer, a; S_CALL_BY: the word at the address */
	S_CALL_BY,
	S_TAIL,		/* likewise, and returns */
	S_RETURN,
};

struct step {
	uint32_t addr;		/* of its instruction */
	int32_t imm;
	uint8_t what, dst, a, b, shift;
	bool maybe;		/* predicated: it may not happen */
	uint8_t cc;		/* by this condition (ARM) */
	/* S_TOUCH */
	uint8_t how, width;	/* as struct touch has them */
	const char *by;
};

struct block { uint32_t addr; unsigned first, end, edge, nedges; };

struct routine {
	struct step *steps;
	struct block *blocks;	/* by address; the first one in memory need not be the entry */
	unsigned *edges;	/* the blocks that follow, [edge, edge + nedges) of each */
	unsigned nsteps, nblocks, nedges, entry;
};

/* Jumps that are no instructions yet: where a nop may become one, and to where. Sorted. */
struct patch { uint32_t from, to; };

struct lifter {
	const struct kimage *image;
	csh cs;
	struct patch *patches;
	unsigned npatches;
	const struct symbol **cold;	/* by name */
	unsigned ncold;
};

int lifter_open(struct lifter *l, const struct kimage *k);
void lifter_close(struct lifter *l);

/* The function of symbol `s`, and its .cold part with it. 0 or -ENOMEM. */
int lift(const struct lifter *l, int s, struct routine *r);
void routine_free(struct routine *r);

/* ---- of the lifters: one instruction ---- */

enum next { ON, JUMP, FORK, END };

struct lifted {
	struct step steps[48];
	unsigned n;
	enum next next;
	uint32_t target;
	unsigned table;		/* ARM: a jump by a table of as many words (or branches) behind it */
	bool branches;
};

void lift_x86(const struct kimage *k, csh cs, const cs_insn *in, struct lifted *out);
void lift_arm(const struct kimage *k, csh cs, const cs_insn *in, unsigned bound, struct lifted *out);
struct step *lifted_step(struct lifted *out, enum what what, unsigned dst, unsigned a, unsigned b);

#endif
