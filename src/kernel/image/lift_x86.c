/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One instruction of i386 as steps. Invariant: a register that it writes and that is not
 * understood is S_MADE from what it read.
 */
#include "steps.h"

#include <string.h>

#include "audit/x86.h"

static unsigned number(x86_reg r)
{
	int n = x86_number(r);

	return n < 0 ? NOREG : (unsigned)n;
}

static unsigned log2_of(int scale)
{
	return scale == 8 ? 3 : scale == 4 ? 2 : scale == 2 ? 1 : 0;
}

/* A step with the operand's address; per-cpu memory has none that is known */
static struct step *with(struct lifted *out, enum what what, unsigned dst, const cs_x86_op *o)
{
	struct step *s = lifted_step(out, what, dst, number(o->mem.base), number(o->mem.index));

	s->shift = (uint8_t)log2_of(o->mem.scale);
	s->imm = (int32_t)o->mem.disp;
	if (o->mem.segment == X86_REG_FS || o->mem.segment == X86_REG_GS) {
		s->a = s->b = NOREG;
		s->imm = 0;
	}
	return s;
}

static void touches(const cs_insn *in, struct lifted *out)
{
	struct touch t[2];
	unsigned n = insn_touches(ARCH_I386, in, t);
	const char *m = in->mnemonic;

	if (!strncmp(m, "prefetch", 8) || !strncmp(m, "invlpg", 6) || !strncmp(m, "clflush", 7))
		return;
	while (n-- > 0) {
		struct step *s = with(out, S_TOUCH, NOREG, &in->detail->x86.operands[t[n].operand]);

		s->how = (uint8_t)t[n].what;
		s->width = (uint8_t)t[n].width;
		s->by = strstr(m, "rep") ? "rep" : strstr(m, "cmpxchg8b") ? "cmpxchg8b" : strstr(m, "fild") ? "fild" :
			strstr(m, "fistp") ? "fistp" : strstr(m, "movq") ? "movq" : strstr(m, "xchg") ? "xchg" : "mov";
	}
}

/* The operand's value in a register; which may be a temporary */
static unsigned value_of(struct lifted *out, const cs_x86_op *o, unsigned temp)
{
	if (o->type == X86_OP_REG)
		return o->size == 4 ? number(o->reg) : NOREG;
	if (o->type == X86_OP_IMM)
		lifted_step(out, S_CONST, temp, NOREG, NOREG)->imm = (int32_t)o->imm;
	else if (o->size == 4)
		with(out, S_LOAD, temp, o);
	else
		return NOREG;
	return temp;
}

static void put(struct lifted *out, const cs_x86_op *o, unsigned from)
{
	if (o->type == X86_OP_MEM) {
		if (o->size == 4)
			with(out, S_STORE, from, o);
	} else if (number(o->reg) != NOREG) {
		lifted_step(out, o->size == 4 && from != NOREG ? S_MOVE : S_MADE, number(o->reg), from, NOREG);
	}
}

/* What is written and not understood */
static void made(csh cs, const cs_insn *in, struct lifted *out)
{
	const cs_x86 *x = &in->detail->x86;
	unsigned from[2] = { NOREG, NOREG }, k, n = 0;
	uint8_t nr, nw, i;
	cs_regs r, w;

	for (k = 0; k < x->op_count && n < 2; k++)
		if (x->operands[k].type == X86_OP_REG && x->operands[k].size == 4)
			from[n++] = number(x->operands[k].reg);
	if (cs_regs_access(cs, in, r, &nr, w, &nw))
		return;
	for (i = 0; i < nw; i++)
		if (number(w[i]) != NOREG && number(w[i]) != SP)
			lifted_step(out, S_MADE, number(w[i]), from[0], from[1]);
	if (x->op_count && x->operands[0].type == X86_OP_MEM && x->operands[0].size == 4 && !x86_only_read(in))
		with(out, S_STORE, NOREG, &x->operands[0]);
}

static void arithmetic(csh cs, const cs_insn *in, struct lifted *out)
{
	const cs_x86_op *o = in->detail->x86.operands;
	unsigned d, b;
	struct step *s;

	if (o[0].type != X86_OP_REG || o[0].size != 4) {
		made(cs, in, out);
		return;
	}
	d = number(o[0].reg);
	if ((in->id == X86_INS_XOR || in->id == X86_INS_SUB) && o[1].type == X86_OP_REG && o[1].reg == o[0].reg) {
		lifted_step(out, S_CONST, d, NOREG, NOREG);
		return;
	}
	if (o[1].type == X86_OP_IMM && in->id != X86_INS_XOR && in->id != X86_INS_OR) {
		s = lifted_step(out, in->id == X86_INS_AND ? S_MASK : S_SUM, d, d, NOREG);
		s->imm = (int32_t)(in->id == X86_INS_SUB ? -o[1].imm : o[1].imm);
		return;
	}
	b = o[1].type == X86_OP_IMM ? NOREG : value_of(out, &o[1], TEMP);
	lifted_step(out, in->id == X86_INS_ADD ? S_SUM : in->id == X86_INS_SUB ? S_DIFFERENCE :
		    in->id == X86_INS_AND ? S_AND : S_MADE, d, d, b);
}

static void shift(csh cs, const cs_insn *in, struct lifted *out)
{
	const cs_x86_op *o = in->detail->x86.operands;
	unsigned d = o[0].type == X86_OP_REG && o[0].size == 4 ? number(o[0].reg) : NOREG;

	if (d == NOREG || in->detail->x86.op_count > 2 || (in->detail->x86.op_count == 2 && o[1].type != X86_OP_IMM)) {
		made(cs, in, out);
		return;
	}
	lifted_step(out, in->id == X86_INS_SHR || in->id == X86_INS_SAR ? S_RIGHT : S_LEFT, d, d, NOREG)->imm =
		in->detail->x86.op_count == 2 ? (int32_t)o[1].imm : 1;
}

static void move_stack(struct lifted *out, int by)
{
	lifted_step(out, S_SUM, SP, SP, NOREG)->imm = by;
}

static void push(const cs_insn *in, struct lifted *out)
{
	unsigned v = value_of(out, &in->detail->x86.operands[0], TEMP);

	move_stack(out, -4);
	lifted_step(out, S_STORE, v, SP, NOREG);
}

static void call(const cs_insn *in, struct lifted *out, enum what what)
{
	const cs_x86_op *o = &in->detail->x86.operands[0];
	struct step *s;

	if (o->type == X86_OP_MEM && what == S_TAIL) {
		with(out, S_LOAD, TEMP, o);
		lifted_step(out, S_TAIL, NOREG, TEMP, NOREG);
	} else if (o->type == X86_OP_MEM) {
		with(out, S_CALL_BY, NOREG, o);
	} else {
		s = lifted_step(out, what, NOREG, o->type == X86_OP_REG ? number(o->reg) : NOREG, NOREG);
		s->imm = o->type == X86_OP_IMM ? (int32_t)o->imm : 0;
	}
}

static void string(const cs_insn *in, struct lifted *out)
{
	const char *m = in->mnemonic;

	lifted_step(out, S_MADE, DI, DI, NOREG);
	if (strstr(m, "movs"))
		lifted_step(out, S_MADE, SI, SI, NOREG);
	if (!strncmp(m, "rep", 3))
		lifted_step(out, S_MADE, CX, NOREG, NOREG);
}

static bool is_string(const cs_insn *in)
{
	const cs_x86 *x = &in->detail->x86;

	return strstr(in->mnemonic, "stos") || (strstr(in->mnemonic, "movs") && x->op_count == 2 &&
	       x->operands[0].type == X86_OP_MEM && x->operands[1].type == X86_OP_MEM);
}

static void exchange(const cs_insn *in, struct lifted *out)
{
	const cs_x86_op *o = in->detail->x86.operands;
	unsigned k = o[0].type == X86_OP_MEM, v;	/* a register */

	if (o[k].size != 4) {
		put(out, &o[k], NOREG);
		return;
	}
	v = value_of(out, &o[!k], TEMP + 1);
	lifted_step(out, S_MOVE, TEMP, v, NOREG);
	put(out, &o[!k], number(o[k].reg));
	put(out, &o[k], TEMP);
}

void lift_x86(const struct kimage *k, csh cs, const cs_insn *in, struct lifted *out)
{
	const cs_x86_op *o = in->detail->x86.operands;
	unsigned i, from;

	(void)k;
	touches(in, out);
	if (is_string(in)) {
		string(in, out);
		return;
	}
	switch (in->id) {
	case X86_INS_MOV:
		from = value_of(out, &o[1], TEMP);
		put(out, &o[0], from);
		return;
	case X86_INS_LEA:
		with(out, S_SUM, number(o[0].reg), &o[1]);
		return;
	case X86_INS_ADD: case X86_INS_SUB: case X86_INS_AND: case X86_INS_OR: case X86_INS_XOR:
		arithmetic(cs, in, out);
		return;
	case X86_INS_SHL: case X86_INS_SAL: case X86_INS_SHR: case X86_INS_SAR:
		shift(cs, in, out);
		return;
	case X86_INS_INC: case X86_INS_DEC:
		if (o[0].type == X86_OP_REG && o[0].size == 4)
			lifted_step(out, S_SUM, number(o[0].reg), number(o[0].reg), NOREG)->imm = in->id == X86_INS_INC ? 1 : -1;
		else
			made(cs, in, out);
		return;
	case X86_INS_PUSH:
		push(in, out);
		return;
	case X86_INS_POP:
		lifted_step(out, S_LOAD, TEMP, SP, NOREG);
		move_stack(out, 4);
		put(out, &o[0], TEMP);
		return;
	case X86_INS_PUSHFD: case X86_INS_PUSHF:
		move_stack(out, -4);
		lifted_step(out, S_STORE, NOREG, SP, NOREG);
		return;
	case X86_INS_POPFD: case X86_INS_POPF:
		move_stack(out, 4);
		return;
	case X86_INS_LEAVE:
		lifted_step(out, S_MOVE, SP, BP, NOREG);
		lifted_step(out, S_LOAD, BP, SP, NOREG);
		move_stack(out, 4);
		return;
	case X86_INS_XCHG:
		exchange(in, out);
		return;
	case X86_INS_CMP: case X86_INS_TEST: case X86_INS_NOP: case X86_INS_BT:
		return;
	case X86_INS_CALL:
		call(in, out, S_CALL);
		return;
	case X86_INS_RET:
		lifted_step(out, S_RETURN, NOREG, NOREG, NOREG);
		out->next = END;
		return;
	case X86_INS_INT3: case X86_INS_IRET: case X86_INS_IRETD:
		out->next = END;
		return;
	default:
		break;
	}
	if (cs_insn_group(cs, in, CS_GRP_JUMP)) {
		out->next = in->id == X86_INS_JMP ? JUMP : FORK;
		out->target = (uint32_t)o[0].imm;
		if (o[0].type != X86_OP_IMM) {
			call(in, out, S_TAIL);
			out->next = END;
		}
		return;
	}
	if (!strncmp(in->mnemonic, "cmov", 4) && o[0].size == 4) {
		i = out->n;
		put(out, &o[0], value_of(out, &o[1], TEMP));
		for (; i < out->n; i++)
			out->steps[i].maybe = out->steps[i].dst != TEMP;
		return;
	}
	made(cs, in, out);
}
