/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One x86 instruction, 32 or 64 bits, on the audit's abstract machine.
 *
 * Invariant: a register that an instruction writes and this file does not understand is
 * MIXED if the entry's address could have gone in, else nothing.
 */
#include "x86.h"

#include <string.h>

/* xor %eax, %eax: a zero, whatever was there */
static bool zeroes(const cs_insn *in)
{
	const cs_x86_op *o = in->detail->x86.operands;

	return (in->id == X86_INS_XOR || in->id == X86_INS_SUB) && o[0].type == X86_OP_REG &&
	       o[1].type == X86_OP_REG && o[0].reg == o[1].reg;
}

/* add, sub, and: p plus a constant is followed, anything else that was made from p is not. */
static void arithmetic(const struct code *c, const cs_insn *in, struct path *p)
{
	const cs_x86_op *o = in->detail->x86.operands;
	struct value a = x86_load(c, p, &o[0]), b = x86_load(c, p, &o[1]);

	if (zeroes(in)) {
		a = (struct value){ 0 };
	} else if (in->id == X86_INS_AND) {	/* masked: no longer an address; or the stack, aligned */
		if (a.origin != FROM_STACK)
			a = (struct value){ 0 };
		else if (x86_word(c) == 4)
			a.off -= (int32_t)(((uint32_t)a.off - 4) % 16);
	} else if (o[1].type == X86_OP_IMM) {
		a = value_plus(a, (int32_t)(in->id == X86_INS_SUB ? -o[1].imm : o[1].imm));
	} else if (interesting(a) || interesting(b)) {
		a = (struct value){ .origin = FROM_MIXED };
	} else {
		a = (struct value){ 0 };
	}
	x86_store(c, p, &o[0], a);
}

/* Whatever else it is: what it writes holds nothing, or a mixture if it read p. */
static void other(const struct code *c, const cs_insn *in, struct path *p)
{
	static const char *const undone[] = { "shr", "shl", "sar", "sal", "setne", "sete", "bsr", "imul", NULL };
	const cs_x86 *x = &in->detail->x86;
	struct value v = { 0 };
	cs_regs r, w;
	uint8_t nr, nw, i;

	if (cs_regs_access(c->cs, in, r, &nr, w, &nw))
		return;
	for (i = 0; i < x->op_count; i++)
		if (interesting(x86_load(c, p, &x->operands[i])) && x->operands[i].size == x86_word(c))
			v.origin = FROM_MIXED;
	for (i = 0; undone[i]; i++)
		if (zeroes(in) || !strcmp(in->mnemonic, undone[i]))
			v.origin = FROM_NOWHERE;
	if (v.origin && x->operands[0].type == X86_OP_REG && x86_number(x->operands[0].reg) < 0)
		path_lose(p, "the entry's address goes into a vector register");
	for (i = 0; i < nw; i++)
		if (x86_number(w[i]) >= 0 && x86_number(w[i]) != SP)
			p->reg[x86_number(w[i])] = v;
	if (x->op_count && x->operands[0].type == X86_OP_MEM && !x86_only_read(in))
		x86_store(c, p, &x->operands[0], v);
	if (in->id == X86_INS_CMPXCHG)	/* capstone leaves it out */
		p->reg[AX] = (struct value){ 0 };
}

static bool handed_over(const struct code *c, const struct path *p, unsigned args)
{
	static const uint8_t order[] = { DI, SI, DX, CX, 8, 9 };
	unsigned i;

	for (i = 0; i < args; i++) {
		struct value v = x86_word(c) == 8 ? p->reg[order[i]] :
						path_slot(p, p->reg[SP].off + 4 * (int32_t)i);

		if (interesting(v))
			return true;
	}
	return false;
}

/* __x86.get_pc_thunk.bx: overwrites that register and no other */
static bool thunk(const char *name, struct path *p)
{
	static const char *const regs[] = { "ax", "cx", "dx", "bx", "sp", "bp", "si", "di" };
	int i;

	if (!name || strncmp(name, "__x86.get_pc_thunk.", 19))
		return false;
	for (i = 0; i < 8; i++)
		if (!strcmp(name + 19, regs[i]))
			p->reg[i] = (struct value){ 0 };
	return true;
}

static void call(const struct code *c, const char *name, struct path *p)
{
	static const uint8_t lost64[] = { AX, CX, DX, SI, DI, 8, 9, 10, 11 }, lost32[] = { AX, CX, DX };
	const uint8_t *lost = x86_word(c) == 8 ? lost64 : lost32;
	unsigned i, n = x86_word(c) == 8 ? sizeof(lost64) : sizeof(lost32), args = callee_args(c, name);

	path_call(p, name, handed_over(c, p, args));
	if (x86_word(c) == 4 && p->guessed && args) {	/* esp is a multiple of 16 here, 12 on entry */
		p->askew = ((uint32_t)p->reg[SP].off - 4) % 16 != 0;
		p->guessed = 0;
	}
	for (i = 0; i < n && !thunk(name, p); i++)
		p->reg[lost[i]] = value_after_call(p->reg[lost[i]]);
	/* a struct returned in memory: the callee pops the hidden argument, or it did not */
	p->called = x86_word(c) == 4 && (!name || args > 1);
}

static enum flow jump(const struct code *c, const cs_insn *in, struct path *p)
{
	const cs_x86_op *o = &in->detail->x86.operands[0];
	const char *name;

	if (o->type != X86_OP_IMM) {
		path_lose(p, "a jump by pointer");
		return FLOW_RETURN;
	}
	p->target = (uint64_t)o->imm;
	name = c->img->object ? image_callee(c->img, c->f, in->address, in->size, ~0ull) : NULL;
	if (!name && p->target >= c->f->addr && p->target < c->f->addr + c->f->size)
		return in->id == X86_INS_JMP ? FLOW_JUMP : FLOW_FORK;
	if (!name)
		name = image_callee(c->img, c->f, in->address, in->size, p->target);
	if (in->id != X86_INS_JMP || !name || strstr(name, ".cold"))
		path_lose(p, "a jump out of the function");
	p->reg[SP] = value_plus(p->reg[SP], (int32_t)x86_word(c));	/* its arguments lie as ours */
	call(c, name, p);
	p->reg[SP] = value_plus(p->reg[SP], -(int32_t)x86_word(c));
	return FLOW_RETURN;
}

static void string_move(const cs_insn *in, struct path *p)
{
	bool repeated = !strncmp(in->mnemonic, "rep ", 4);
	const char *m = repeated ? in->mnemonic + 4 : in->mnemonic;
	int32_t n = in->detail->x86.operands[0].size;
	const struct value gone = { 0 };

	if (strncmp(m, "stos", 4))
		p->reg[SI] = repeated ? gone : value_plus(p->reg[SI], n);
	if (strncmp(m, "lods", 4))
		p->reg[DI] = repeated ? gone : value_plus(p->reg[DI], n);
	else
		p->reg[AX] = gone;
	if (repeated)
		p->reg[CX] = gone;
}

static bool is_string(const cs_insn *in)
{
	const cs_x86 *x = &in->detail->x86;
	const char *m = strncmp(in->mnemonic, "rep ", 4) ? in->mnemonic : in->mnemonic + 4;

	return !strncmp(m, "stos", 4) || !strncmp(m, "lods", 4) ||
	       (!strncmp(m, "movs", 4) && x->op_count == 2 &&
		x->operands[0].type == X86_OP_MEM && x->operands[1].type == X86_OP_MEM);
}

/* Moves between registers and the stack; false: not one of them. */
static bool moved(const struct code *c, const cs_insn *in, struct path *p)
{
	const cs_x86_op *o = in->detail->x86.operands;
	struct value v;

	switch (in->id) {
	case X86_INS_MOV: case X86_INS_MOVABS:
		x86_store(c, p, &o[0], x86_load(c, p, &o[1]));
		return true;
	case X86_INS_LEA:
		v = x86_address(p, &o[1].mem);
		x86_store(c, p, &o[0], o[0].size == x86_word(c) ? v : (struct value){ 0 });
		return true;
	case X86_INS_PUSH:
		x86_push(c, p, x86_load(c, p, &o[0]));
		return true;
	case X86_INS_POP:
		x86_store(c, p, &o[0], x86_pop(c, p));
		return true;
	case X86_INS_LEAVE:
		p->reg[SP] = p->reg[BP];
		p->reg[BP] = x86_pop(c, p);
		return true;
	case X86_INS_XCHG:
		v = x86_load(c, p, &o[0]);
		x86_store(c, p, &o[0], x86_load(c, p, &o[1]));
		x86_store(c, p, &o[1], v);
		return true;
	case X86_INS_INC: case X86_INS_DEC:
		x86_store(c, p, &o[0], value_plus(x86_load(c, p, &o[0]), in->id == X86_INS_INC ? 1 : -1));
		return true;
	default:
		return false;
	}
}

enum flow x86_step(const struct code *c, const cs_insn *in, struct path *p)
{
	const cs_x86_op *o = in->detail->x86.operands;

	x86_accesses(c, in, p);
	if (in->id == X86_INS_CALL) {
		if (o->type == X86_OP_IMM && (uint64_t)o->imm == in->address + in->size &&
		    !image_callee(c->img, c->f, in->address, in->size, ~0ull)) {
			x86_push(c, p, (struct value){ 0 });	/* call 1f; 1: pop: where am I? */
			return FLOW_ON;
		}
		call(c, o->type == X86_OP_IMM ? image_callee(c->img, c->f, in->address, in->size,
							     (uint64_t)o->imm) : NULL, p);
		return FLOW_ON;
	}
	if (in->id == X86_INS_RET || in->id == X86_INS_UD2)
		return FLOW_RETURN;
	if (cs_insn_group(c->cs, in, CS_GRP_JUMP))
		return jump(c, in, p);
	if (in->id == X86_INS_MFENCE || in->id == X86_INS_LFENCE || in->id == X86_INS_SFENCE)
		path_token(p, in->mnemonic);
	else if (is_string(in))
		string_move(in, p);
	else if (in->id == X86_INS_ADD || in->id == X86_INS_SUB || in->id == X86_INS_AND)
		arithmetic(c, in, p);
	else if (!moved(c, in, p) && in->id != X86_INS_CMP && in->id != X86_INS_TEST)
		other(c, in, p);
	return FLOW_ON;
}
