/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An object file that entries.cc has seen: its lines, and the instructions between a pair
 * of its symbols.
 */
#ifndef TORNWALK_KERNEL_AUDIT_OBJECT_H
#define TORNWALK_KERNEL_AUDIT_OBJECT_H

#include <capstone/capstone.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum arch { ARCH_X86_64, ARCH_I386, ARCH_ARM };

struct spot { size_t section; uint64_t addr; bool there; };

struct object {
	enum arch arch;
	char *lines;		/* of .tornwalk, with '\n' between, "" for none */
	struct spot *starts, *ends;
	unsigned nspots;
	struct spot *functions;
	unsigned nfunctions;
	csh cs;
	struct object_private *elf;
};

/* 0, or -errno and why in plain words. */
int object_open(struct object *o, const char *path, const char **why);
void object_close(struct object *o);

/* Is the code the same, byte for byte, in each of their executable sections? */
bool object_same_code(const struct object *a, const struct object *b);

/* The instructions between the symbols of N; 0 where there are none. */
size_t object_insns(const struct object *o, unsigned n, cs_insn **insns);

/* What one instruction does to memory; width 0: nothing. */
struct touch {
	unsigned operand;
	int base, index;	/* as machines number registers, -1: none */
	int64_t disp;
	unsigned width;
	char what;		/* R, W, X: a locked read-modify-write, B: one that is not locked */
	char by[16];		/* its name */
};
unsigned insn_touches(enum arch arch, const cs_insn *in, struct touch t[2]);
bool insn_calls(const struct object *o, const cs_insn *in);

#endif
