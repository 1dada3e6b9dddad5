/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86 operands: which register, which address, and what an instruction does to memory.
 *
 * Invariant: each access to the entry leaves one token, an unlocked read-modify-write two.
 */
#include "x86.h"

#include <string.h>

/* capstone's register numbers are alphabetical; ours are the encoding's. -1: not a general one. */
int x86_number(x86_reg r)
{
#define FOUR(n, e, r32, r16, r8) case X86_REG_##e: case X86_REG_##r32: case X86_REG_##r16: \
	case X86_REG_##r8: return n;
#define NEW(n) case X86_REG_R##n: case X86_REG_R##n##D: case X86_REG_R##n##W: \
	case X86_REG_R##n##B: return n;
	switch (r) {
	FOUR(AX, RAX, EAX, AX, AL) FOUR(CX, RCX, ECX, CX, CL) FOUR(DX, RDX, EDX, DX, DL)
	FOUR(BX, RBX, EBX, BX, BL) FOUR(SP, RSP, ESP, SP, SPL) FOUR(BP, RBP, EBP, BP, BPL)
	FOUR(SI, RSI, ESI, SI, SIL) FOUR(DI, RDI, EDI, DI, DIL)
	NEW(8) NEW(9) NEW(10) NEW(11) NEW(12) NEW(13) NEW(14) NEW(15)
	case X86_REG_AH: return AX;
	case X86_REG_CH: return CX;
	case X86_REG_DH: return DX;
	case X86_REG_BH: return BX;
	default: return -1;
	}
#undef FOUR
#undef NEW
}

unsigned x86_word(const struct code *c)
{
	return c->img->isa == ISA_X86_64 ? 8 : 4;
}

static struct value reg(const struct path *p, x86_reg r)
{
	int n = x86_number(r);

	return n < 0 ? (struct value){ 0 } : p->reg[n];
}

struct value x86_address(const struct path *p, const x86_op_mem *m)
{
	struct value b = reg(p, m->base), i = reg(p, m->index);

	if (m->segment == X86_REG_FS || m->segment == X86_REG_GS)
		return (struct value){ 0 };
	if (m->base == X86_REG_INVALID && m->index != X86_REG_INVALID && m->scale == 1)
		return value_plus(i, (int32_t)m->disp);
	if (m->index == X86_REG_INVALID)
		return value_plus(b, (int32_t)m->disp);
	if (interesting(b) || interesting(i))
		return (struct value){ .origin = FROM_MIXED };
	return (struct value){ 0 };
}

/* Is the memory operand, the first one, written without being read? */
static bool only_written(const cs_insn *in)
{
	const char *m = in->mnemonic;

	return !strncmp(m, "mov", 3) || !strncmp(m, "set", 3) || !strncmp(m, "fst", 3) ||
	       !strncmp(m, "fist", 4) || !strncmp(m, "vmov", 4) || !strcmp(m, "pop") ||
	       !strncmp(m, "pextr", 5) || !strncmp(m, "stos", 4);
}

bool x86_only_read(const cs_insn *in)
{
	static const char *const names[] = { "cmp", "test", "bt", "push", "call", "jmp", "fild", "fld",
					     "mul", "imul", "div", "idiv", "fadd", "fmul", "fcom" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(in->mnemonic, names[i]))
			return true;
	return false;
}

/* The accesses of a memory operand; only those of the entry leave a mark. */
static void touch(const struct code *c, const cs_insn *in, unsigned k, struct path *p)
{
	const cs_x86 *x = &in->detail->x86;
	const cs_x86_op *o = &x->operands[k];
	struct value at = x86_address(p, &o->mem);
	bool locked = strncmp(in->mnemonic, "lock ", 5) == 0;
	const char *by = locked ? in->mnemonic + 5 : in->mnemonic;

	if (o->size < 8 || (x86_word(c) == 8 && !strcmp(by, "mov")))
		by = NULL;
	if (strstr(in->mnemonic, "rep") && interesting(at))
		path_lose(p, "a repeated string instruction on the entry");
	if (locked || in->id == X86_INS_XCHG) {
		path_access(p, 'X', at, o->size, by);
	} else if (k > 0 || x86_only_read(in)) {
		path_access(p, 'R', at, o->size, by);
	} else if (only_written(in)) {
		path_access(p, 'W', at, o->size, by);
	} else {	/* read-modify-write, unlocked */
		path_access(p, 'R', at, o->size, by);
		path_access(p, 'W', at, o->size, by);
	}
}

void x86_accesses(const struct code *c, const cs_insn *in, struct path *p)
{
	const cs_x86 *x = &in->detail->x86;
	unsigned k;

	if (in->id == X86_INS_LEA || in->id == X86_INS_NOP)
		return;
	/* movs: the load comes first */
	for (k = x->op_count; k-- > 0;)
		if (x->operands[k].type == X86_OP_MEM)
			touch(c, in, k, p);
}

struct value x86_load(const struct code *c, const struct path *p, const cs_x86_op *o)
{
	struct value at;

	switch (o->type) {
	case X86_OP_REG:
		return o->size == x86_word(c) ? reg(p, o->reg) : (struct value){ 0 };
	case X86_OP_MEM:
		at = x86_address(p, &o->mem);
		if (at.origin == FROM_STACK && o->size == x86_word(c))
			return path_slot(p, at.off);
		return (struct value){ 0 };
	default:
		return (struct value){ 0 };
	}
}

void x86_store(const struct code *c, struct path *p, const cs_x86_op *o, struct value v)
{
	struct value at;
	int n;

	if (o->type == X86_OP_REG) {
		n = x86_number(o->reg);
		if (n >= 0)
			p->reg[n] = v;
		return;
	}
	at = x86_address(p, &o->mem);
	if (at.origin == FROM_STACK) {
		path_set_slot(p, at.off, v);
		if (o->size > x86_word(c))
			path_set_slot(p, at.off + (int32_t)x86_word(c), (struct value){ 0 });
	} else if (interesting(v)) {
		path_lose(p, "the entry's address is stored elsewhere");
	}
}

void x86_push(const struct code *c, struct path *p, struct value v)
{
	p->reg[SP] = value_plus(p->reg[SP], -(int32_t)x86_word(c));
	path_set_slot(p, p->reg[SP].off, v);
}

struct value x86_pop(const struct code *c, struct path *p)
{
	struct value v = path_slot(p, p->reg[SP].off);

	p->reg[SP] = value_plus(p->reg[SP], (int32_t)x86_word(c));
	return v;
}
