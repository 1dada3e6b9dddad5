/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One ARM instruction as steps; kernels are ARM, not Thumb, where entries have 64 bits.
 * Invariant: a register that it writes and that is not understood is S_MADE from what it read.
 */
#include "steps.h"

#include <string.h>

#include "audit/arm.h"

static unsigned number(int r)
{
	int n = arm_number(r);

	return n < 0 ? NOREG : (unsigned)n;
}

static void constant(struct lifted *out, unsigned dst, uint32_t v)
{
	lifted_step(out, S_CONST, dst, NOREG, NOREG)->imm = (int32_t)v;
}

static void sum(struct lifted *out, unsigned dst, unsigned a, int imm)
{
	lifted_step(out, S_SUM, dst, a, NOREG)->imm = imm;
}

/* An operand, shifted as it may be, in a register */
static unsigned value_of(struct lifted *out, const cs_arm_op *o, unsigned temp)
{
	if (o->type == ARM_OP_IMM) {
		constant(out, temp, (uint32_t)o->imm);
		return temp;
	}
	switch (o->shift.type) {
	case ARM_SFT_INVALID:
		return number(o->reg);
	case ARM_SFT_LSL:
		lifted_step(out, S_LEFT, temp, number(o->reg), NOREG)->imm = (int32_t)o->shift.value;
		return temp;
	case ARM_SFT_LSR: case ARM_SFT_ASR:
		lifted_step(out, S_RIGHT, temp, number(o->reg), NOREG)->imm = (int32_t)o->shift.value;
		return temp;
	default:
		lifted_step(out, S_MADE, temp, number(o->reg), NOREG);
		return temp;
	}
}

static void made(csh cs, const cs_insn *in, struct lifted *out)
{
	const cs_arm *a = &in->detail->arm;
	unsigned from[2] = { NOREG, NOREG }, k, n = 0;
	uint8_t nr, nw, i;
	cs_regs r, w;

	for (k = 1; k < a->op_count && n < 2; k++)
		if (a->operands[k].type == ARM_OP_REG)
			from[n++] = number(a->operands[k].reg);
	if (cs_regs_access(cs, in, r, &nr, w, &nw))
		return;
	for (i = 0; i < nw; i++)
		if (number(w[i]) != NOREG && number(w[i]) != SP && number(w[i]) != PC)
			lifted_step(out, S_MADE, number(w[i]), from[0], from[1]);
	/* capstone leaves some out */
	if (a->op_count && a->operands[0].type == ARM_OP_REG && number(a->operands[0].reg) < SP && !arm_starts(in, "mcr") &&
	    !arm_starts(in, "cmp") && !arm_starts(in, "cmn") && !arm_starts(in, "tst") && !arm_starts(in, "teq"))
		lifted_step(out, S_MADE, number(a->operands[0].reg), from[0], from[1]);
}

/* ---- memory ---- */

static struct step *touch(struct lifted *out, const struct touch *t, unsigned a, unsigned b, unsigned shift, int imm)
{
	static const char *const names[] = { "ldrexd", "strexd", "ldrd", "strd", "ldm", "stm", "vld", "vst", "ldrex", "strex" };
	struct step *s = lifted_step(out, S_TOUCH, NOREG, a, b);
	size_t i;

	s->shift = (uint8_t)shift;
	s->imm = imm;
	s->how = (uint8_t)t->what;
	s->width = (uint8_t)t->width;
	s->by = t->what == 'R' ? "ldr" : "str";
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(t->by, names[i], strlen(names[i]))) {
			s->by = names[i];
			break;
		}
	return s;
}

static struct step *access_word(struct lifted *out, bool load, unsigned reg, unsigned a, unsigned b, unsigned shift, int imm)
{
	struct step *s = lifted_step(out, load ? S_LOAD : S_STORE, reg, a, b);

	s->shift = (uint8_t)shift;
	s->imm = imm;
	return s;
}

static void returns(struct lifted *out)
{
	lifted_step(out, S_RETURN, NOREG, NOREG, NOREG);
	out->next = END;
}

/* ldm, stm, push, pop: words at ascending addresses */
static void multiple(const cs_insn *in, struct lifted *out)
{
	const cs_arm *a = &in->detail->arm;
	bool stack = arm_starts(in, "push") || arm_starts(in, "pop"), load = arm_starts(in, "ld") || arm_starts(in, "pop"), pc = false;
	bool down = arm_starts(in, "push") || strstr(in->mnemonic, "db"), inside = strstr(in->mnemonic, "ib") != NULL;
	unsigned base = stack ? (unsigned)SP : number(a->operands[0].reg), first = stack ? 0 : 1, n = a->op_count - first, i;
	struct touch t = { .width = 4 * n, .what = load ? 'R' : 'W', .by = "ldm" };
	int at = down ? -4 * (int)n : inside ? 4 : 0;

	if (strstr(in->mnemonic, "da"))
		at = 4 - 4 * (int)n;
	memcpy(t.by, load ? "ldm" : "stm", 4);
	if (!stack)
		touch(out, &t, base, NOREG, 0, at);
	lifted_step(out, S_MOVE, TEMP, base, NOREG);
	if (stack || a->writeback)
		sum(out, base, base, down ? -4 * (int)n : 4 * (int)n);
	for (i = 0; i < n; i++) {
		unsigned r = number(a->operands[first + i].reg);

		pc |= load && r == PC;
		if (r != PC || !load)
			access_word(out, load, r, TEMP, NOREG, 0, at + 4 * (int)i);
	}
	if (pc)
		returns(out);
}

/* A jump by a table of words behind it */
static bool by_table(const cs_insn *in, unsigned bound, struct lifted *out, bool branches)
{
	if (!bound || bound > 1024 || in->detail->arm.cc == ARM_CC_AL)
		return false;
	out->table = bound;
	out->branches = branches;
	out->next = FORK;
	return true;
}

static void load_store(const struct kimage *k, const cs_insn *in, unsigned bound, struct lifted *out)
{
	const cs_arm *a = &in->detail->arm;
	bool load = arm_starts(in, "ld"), exclusive = arm_starts(in, "strex") || arm_starts(in, "stlex");
	bool pair = arm_starts(in, "ldrd") || arm_starts(in, "strd") || arm_starts(in, "ldrexd") || arm_starts(in, "strexd");
	unsigned m, first = exclusive, reg = number(a->operands[first].reg), base, index, shift = 0, word;
	const cs_arm_op *o = arm_memory(a, &m);
	struct touch t[2];
	int disp;

	if (!o || !insn_touches(ARCH_ARM, in, t))
		return;
	base = number(o->mem.base);
	index = number(o->mem.index);
	disp = o->mem.disp;
	if (base == PC && index == NOREG) {		/* a constant behind the function */
		if (load && reg != PC && kimage_word(k, (uint32_t)in->address + 8 + (uint32_t)disp, &word))
			constant(out, reg, word);
		else if (load && reg != PC)
			lifted_step(out, S_MADE, reg, NOREG, NOREG);
		return;
	}
	if (load && reg == PC && base == PC && by_table(in, bound, out, false))
		return;
	if (index != NOREG && (o->shift.type == ARM_SFT_LSR || o->shift.type == ARM_SFT_ASR || o->subtracted)) {
		lifted_step(out, o->subtracted ? S_MADE : S_RIGHT, TEMP + 1, index, NOREG)->imm = (int32_t)o->shift.value;
		index = TEMP + 1;
	} else if (index != NOREG && o->shift.type == ARM_SFT_LSL) {
		shift = o->shift.value;
	}
	touch(out, &t[0], base, index, shift, disp);
	if (a->writeback && m + 1 == a->op_count) {	/* [base, disp]! */
		struct step *s = lifted_step(out, S_SUM, base, base, index);

		s->shift = (uint8_t)shift;
		s->imm = disp;
		index = NOREG;
		disp = 0;
	}
	if (pair) {
		access_word(out, load, load ? TEMP : reg, base, index, shift, disp);
		access_word(out, load, number(a->operands[first + 1].reg), base, index, shift, disp + 4);
		if (load)
			lifted_step(out, S_MOVE, reg, TEMP, NOREG);
	} else if (t[0].width == 4 && reg != PC) {
		access_word(out, load, reg, base, index, shift, disp);
	} else if (load && reg != PC) {
		lifted_step(out, S_MADE, reg, NOREG, NOREG);
	}
	if (exclusive)
		lifted_step(out, S_MADE, number(a->operands[0].reg), NOREG, NOREG);
	if (a->writeback && m + 1 < a->op_count) {	/* [base], disp */
		const cs_arm_op *by = &a->operands[m + 1];

		if (by->type == ARM_OP_IMM)
			sum(out, base, base, by->subtracted ? -by->imm : by->imm);
		else
			lifted_step(out, by->subtracted ? S_DIFFERENCE : S_SUM, base, base, value_of(out, by, TEMP + 1));
	}
	if (load && reg == PC)
		returns(out);
}

/* ---- registers ---- */

static bool compute(const cs_insn *in, struct lifted *out)
{
	const cs_arm *a = &in->detail->arm;
	const cs_arm_op *o = a->operands, *last = &a->operands[a->op_count ? a->op_count - 1 : 0];
	unsigned d = a->op_count && o[0].type == ARM_OP_REG ? number(o[0].reg) : NOREG;
	unsigned n = a->op_count > 2 ? number(o[1].reg) : d;
	struct step *s;

	if (d == NOREG)
		return false;
	switch (in->id) {
	case ARM_INS_MOV: case ARM_INS_MOVW:
		if (last->type == ARM_OP_IMM)
			constant(out, d, (uint32_t)last->imm);
		else
			lifted_step(out, S_MOVE, d, value_of(out, last, TEMP), NOREG);
		return true;
	case ARM_INS_MVN:
		if (last->type != ARM_OP_IMM)
			return false;
		constant(out, d, ~(uint32_t)last->imm);
		return true;
	case ARM_INS_MOVT:
		lifted_step(out, S_TOP, d, NOREG, NOREG)->imm = last->imm;
		return true;
	case ARM_INS_ADD: case ARM_INS_SUB:
		if (last->type == ARM_OP_IMM) {
			sum(out, d, n, in->id == ARM_INS_SUB ? -last->imm : last->imm);
		} else if (in->id == ARM_INS_ADD && last->shift.type == ARM_SFT_LSL) {
			s = lifted_step(out, S_SUM, d, n, number(last->reg));
			s->shift = (uint8_t)last->shift.value;
		} else {
			unsigned b = value_of(out, last, TEMP);

			lifted_step(out, in->id == ARM_INS_ADD ? S_SUM : S_DIFFERENCE, d, n, b);
		}
		return true;
	case ARM_INS_AND: case ARM_INS_BIC:
		if (last->type == ARM_OP_IMM) {
			lifted_step(out, S_MASK, d, n, NOREG)->imm = in->id == ARM_INS_AND ? last->imm : ~last->imm;
		} else {
			unsigned b = value_of(out, last, TEMP);

			lifted_step(out, in->id == ARM_INS_AND ? S_AND : S_CLEAR, d, n, b);
		}
		return true;
	case ARM_INS_LSL: case ARM_INS_LSR: case ARM_INS_ASR:
		if (o[1].shift.type != ARM_SFT_INVALID && a->op_count == 2)
			lifted_step(out, S_MOVE, d, value_of(out, &o[1], TEMP), NOREG);
		else if (last->type == ARM_OP_IMM)
			lifted_step(out, in->id == ARM_INS_LSL ? S_LEFT : S_RIGHT, d, n, NOREG)->imm = last->imm;
		else
			return false;
		return true;
	case ARM_INS_UBFX:
		s = lifted_step(out, S_BITS, d, number(o[1].reg), NOREG);
		s->shift = (uint8_t)o[2].imm;
		s->imm = o[3].imm;
		return true;
	case ARM_INS_UXTH: case ARM_INS_UXTB:
		s = lifted_step(out, S_BITS, d, number(o[1].reg), NOREG);
		s->imm = in->id == ARM_INS_UXTH ? 16 : 8;
		return true;
	case ARM_INS_BFC:
		lifted_step(out, S_MASK, d, d, NOREG)->imm = (int32_t)~((o[2].imm >= 32 ? ~0u : (1u << o[2].imm) - 1) << o[1].imm);
		return true;
	default:
		return false;
	}
}

/* ---- flow ---- */

static void branch(const cs_insn *in, struct lifted *out, bool maybe)
{
	out->next = maybe ? FORK : JUMP;
	out->target = (uint32_t)in->detail->arm.operands[0].imm;
}

static bool writes_pc(const cs_insn *in)
{
	const cs_arm_op *o = in->detail->arm.operands;

	return in->detail->arm.op_count && o[0].type == ARM_OP_REG && o[0].reg == ARM_REG_PC;
}

static void flows(const struct kimage *k, csh cs, const cs_insn *in, unsigned bound, bool maybe, struct lifted *out)
{
	const cs_arm *a = &in->detail->arm;
	const cs_arm_op *o = a->operands;
	struct step *s;

	switch (in->id) {
	case ARM_INS_B:
		branch(in, out, maybe);
		return;
	case ARM_INS_BL: case ARM_INS_BLX:
		s = lifted_step(out, S_CALL, NOREG, o[0].type == ARM_OP_IMM ? NOREG : number(o[0].reg), NOREG);
		s->imm = o[0].type == ARM_OP_IMM ? o[0].imm : 0;
		return;
	case ARM_INS_BX:
		if (o[0].reg != ARM_REG_LR)
			lifted_step(out, S_TAIL, NOREG, number(o[0].reg), NOREG);
		else
			lifted_step(out, S_RETURN, NOREG, NOREG, NOREG);
		out->next = END;
		return;
	case ARM_INS_MCR:
		/* p15, 0, reg, c7, c10, 1: clean a line of the data cache */
		if (strstr(in->op_str, "p15, #0") && strstr(in->op_str, "c7, c10, #1") && a->op_count > 2)
			lifted_step(out, S_CLEAN, NOREG, number(o[2].reg), NOREG);
		return;
	case ARM_INS_CMP: case ARM_INS_CMN: case ARM_INS_TST: case ARM_INS_TEQ: case ARM_INS_NOP:
	case ARM_INS_DMB: case ARM_INS_DSB: case ARM_INS_ISB: case ARM_INS_CLREX:
		return;
	case ARM_INS_UDF:
		out->next = END;
		return;
	default:
		break;
	}
	if (arm_starts(in, "pld") || arm_starts(in, "v"))
		return;
	if (writes_pc(in) && in->id == ARM_INS_ADD && by_table(in, bound, out, true))
		return;
	if (writes_pc(in) && !arm_starts(in, "ld")) {
		returns(out);
		return;
	}
	if (arm_starts(in, "ldm") || arm_starts(in, "stm") || arm_starts(in, "push") || arm_starts(in, "pop"))
		multiple(in, out);
	else if (arm_starts(in, "ld") || arm_starts(in, "st"))
		load_store(k, in, bound, out);
	else if (!compute(in, out))
		made(cs, in, out);
}

void lift_arm(const struct kimage *k, csh cs, const cs_insn *in, unsigned bound, struct lifted *out)
{
	bool maybe = in->detail->arm.cc != ARM_CC_AL && in->detail->arm.cc != ARM_CC_INVALID;
	unsigned i;

	flows(k, cs, in, bound, maybe, out);
	for (i = 0; maybe && i < out->n; i++)	/* a return that may not happen leaves the rest as it is */
		if (out->steps[i].what == S_RETURN) {
			out->steps[0] = out->steps[i];
			out->n = 1;
		}
	for (i = 0; maybe && i < out->n; i++) {
		out->steps[i].maybe = true;
		out->steps[i].cc = (uint8_t)in->detail->arm.cc;
	}
	if (maybe && out->next == END)	/* else it goes on */
		out->next = ON;
}
