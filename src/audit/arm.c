/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One ARM or Thumb instruction on the audit's abstract machine.
 *
 * A predicated instruction forks the path; while the flags stay, instructions
 * of the same or the opposite condition follow suit.
 */
#include "arm.h"

#include <stdio.h>
#include <string.h>

/* ---- registers ---- */

/* mov, add, sub follow p; and, bic, shifts and the like make it something else. */
static void compute(const struct code *c, const cs_insn *in, struct path *p)
{
	static const char *const undone[] = { "and", "bic", "lsl", "lsr", "asr", "ubfx", "sbfx", "uxt", "sxt",
					      "mul", "clz", "movt", "movw", "mvn", NULL };
	const cs_arm *a = &in->detail->arm;
	const cs_arm_op *last = &a->operands[a->op_count ? a->op_count - 1 : 0];
	struct value v = { 0 }, src = a->op_count ? arm_value(p, a->operands[a->op_count > 2].reg) : v;
	bool add = in->id == ARM_INS_ADD, sub = in->id == ARM_INS_SUB;
	cs_regs r, w;
	uint8_t nr, nw, i;

	if (cs_regs_access(c->cs, in, r, &nr, w, &nw))
		return;
	for (i = 0; i < nr; i++)
		if (interesting(arm_value(p, r[i])))
			v.origin = FROM_MIXED;
	for (i = 0; undone[i]; i++)
		if (arm_starts(in, undone[i]))
			v.origin = FROM_NOWHERE;
	if (in->id == ARM_INS_MOV && a->op_count == 2 && last->type == ARM_OP_REG && !last->shift.type)
		v = arm_value(p, last->reg);
	else if (in->id == ARM_INS_MOV)
		v.origin = FROM_NOWHERE;
	else if ((add || sub) && last->type == ARM_OP_IMM)
		v = value_plus(src, sub ? -last->imm : last->imm);
	if (v.origin && a->op_count && arm_number(a->operands[0].reg) < 0)
		path_lose(p, "the entry's address goes into a vector register");
	for (i = 0; i < nw; i++)
		if (arm_number(w[i]) != PC)
			arm_set(p, w[i], v);
}

static bool compares(const cs_insn *in)
{
	return in->id == ARM_INS_CMP || in->id == ARM_INS_CMN || in->id == ARM_INS_TST ||
	       in->id == ARM_INS_TEQ || in->id == ARM_INS_IT || in->id == ARM_INS_NOP;
}

/* ---- flow ---- */

static void call(const struct code *c, const char *name, struct path *p)
{
	unsigned i, args = callee_args(c, name);
	bool over = false;

	for (i = 0; i < args && i < 4; i++)
		over |= interesting(p->reg[i]);
	path_call(p, name, over);
	for (i = 0; i < 4; i++)
		path_lent(p, p->reg[i]);
	for (i = 0; i < 4; i++)
		p->reg[i] = value_after_call(p->reg[i]);
	p->reg[12] = value_after_call(p->reg[12]);
	p->reg[LR] = value_after_call(p->reg[LR]);
}

static enum flow branch(const struct code *c, const cs_insn *in, struct path *p, bool forks)
{
	const cs_arm *a = &in->detail->arm;
	const char *name;

	p->target = (uint64_t)(uint32_t)a->operands[a->op_count - 1].imm;
	name = c->img->object ? image_callee(c->img, c->f, in->address, in->size, ~0ull) : NULL;
	if (!name && p->target >= c->f->addr && p->target < c->f->addr + c->f->size)
		return forks ? FLOW_FORK : FLOW_JUMP;
	if (!name)
		name = image_callee(c->img, c->f, in->address, in->size, p->target);
	if (!name || forks)
		path_lose(p, "a jump out of the function");
	call(c, name, p);
	return FLOW_RETURN;
}

static bool writes_pc(const cs_insn *in)
{
	const cs_arm *a = &in->detail->arm;
	unsigned i;

	if (compares(in) || arm_starts(in, "st") || arm_starts(in, "push"))
		return false;
	for (i = 0; i < a->op_count; i++)
		if (a->operands[i].type == ARM_OP_REG && a->operands[i].reg == ARM_REG_PC)
			return arm_starts(in, "ld") || arm_starts(in, "pop") || i == 0;
	return false;
}

/* What an instruction that is executed does. */
static enum flow execute(const struct code *c, const cs_insn *in, struct path *p, bool forks)
{
	const cs_arm *a = &in->detail->arm;
	const cs_arm_op *m;
	char token[16];
	unsigned k;

	switch (in->id) {
	case ARM_INS_B:
		return branch(c, in, p, forks);
	case ARM_INS_CBZ: case ARM_INS_CBNZ:
		return branch(c, in, p, true);
	case ARM_INS_BL: case ARM_INS_BLX:
		call(c, a->operands[0].type == ARM_OP_IMM ?
			     image_callee(c->img, c->f, in->address, in->size,
					  (uint64_t)(uint32_t)a->operands[0].imm) : NULL, p);
		return FLOW_ON;
	case ARM_INS_BX:
		if (a->operands[0].reg != ARM_REG_LR)
			call(c, NULL, p);	/* a tail call by pointer */
		return FLOW_RETURN;
	case ARM_INS_TBB: case ARM_INS_TBH:
		path_lose(p, "a jump by table");
		return FLOW_RETURN;
	case ARM_INS_DMB: case ARM_INS_DSB: case ARM_INS_ISB:
		snprintf(token, sizeof(token), "%.3s.%.8s", in->mnemonic, in->op_str);
		path_token(p, token);
		return FLOW_ON;
	case ARM_INS_CLREX:
		return FLOW_ON;
	default:
		break;
	}
	m = arm_memory(a, &k);
	if (arm_starts(in, "ldm") || arm_starts(in, "stm") || arm_starts(in, "push") || arm_starts(in, "pop") ||
	    arm_starts(in, "vldm") || arm_starts(in, "vstm") || arm_starts(in, "vpush") || arm_starts(in, "vpop"))
		arm_multiple(in, p);
	else if (m && !arm_starts(in, "pld"))
		arm_load_store(in, m, k, p);
	else if (!compares(in))
		compute(c, in, p);
	return writes_pc(in) ? FLOW_RETURN : FLOW_ON;
}

/* ARM's conditions come in pairs: eq ne, hs lo, mi pl ... */
static bool opposite(int a, int b)
{
	return a != b && (a - 1) / 2 == (b - 1) / 2;
}

enum flow arm_step(const struct code *c, const cs_insn *in, struct path *p)
{
	const cs_arm *a = &in->detail->arm;
	int cc = in->id == ARM_INS_IT || a->cc == ARM_CC_INVALID || a->cc == ARM_CC_AL ? 0 : (int)a->cc;
	bool known = cc && p->cond && (cc == p->cond || opposite(cc, p->cond));
	bool holds = known && (cc == p->cond) == p->cond_holds;
	enum flow flow;

	if (known && !holds)
		return FLOW_ON;
	if (cc && !known) {
		p->cond = cc;
		p->cond_holds = 1;
		p->split = true;	/* it does not hold where the path falls through */
		if (in->id == ARM_INS_B)
			return execute(c, in, p, true);
		p->target = in->address;	/* again, knowing that it does */
		return FLOW_FORK;
	}
	flow = execute(c, in, p, false);
	if (a->update_flags || in->id == ARM_INS_BL || in->id == ARM_INS_BLX)
		p->cond = p->cond_holds = 0;
	return flow;
}
