/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One ARM or Thumb instruction on the audit's abstract machine.
 *
 * A predicated instruction forks the path; while the flags stay, instructions
 * of the same or the opposite condition follow suit. capstone's access flags are
 * wrong for half of the loads and stores here, so the mnemonic decides.
 */
#include "audit_path.h"

#include <stdio.h>
#include <string.h>

enum { SP = 13, LR = 14, PC = 15 };

static int number(int r)
{
	switch (r) {
	case ARM_REG_SP: return SP;
	case ARM_REG_LR: return LR;
	case ARM_REG_PC: return PC;
	default: return r >= ARM_REG_R0 && r <= ARM_REG_R12 ? r - ARM_REG_R0 : -1;
	}
}

static struct value reg(const struct path *p, int r)
{
	int n = number(r);

	return n < 0 ? (struct value){ 0 } : p->reg[n];
}

static void set(struct path *p, int r, struct value v)
{
	int n = number(r);

	if (n >= 0)
		p->reg[n] = v;
}

static bool starts(const cs_insn *in, const char *s)
{
	return !strncmp(in->mnemonic, s, strlen(s));
}

/* ---- loads and stores ---- */

/* "ldrexdne" and "ldm.w" by their bare names. */
static const char *bare(const cs_insn *in)
{
	static const char *const names[] = { "ldrexd", "strexd", "ldrex", "strex", "ldrd", "strd", "vldr",
					     "vstr", "vldm", "vstm", "vld1", "vst1", "ldm", "stm", NULL };
	unsigned i;

	for (i = 0; names[i]; i++)
		if (starts(in, names[i]))
			return names[i];
	return in->mnemonic;
}

struct transfer {
	bool load;
	unsigned width;		/* all of it, in bytes */
	const char *by;		/* NULL: a plain ldr or str */
	unsigned first, regs;	/* operands that are moved */
};

/* One address plus [base, #disp]; how wide, and which operands it moves. */
static struct transfer single(const cs_insn *in)
{
	const cs_arm *a = &in->detail->arm;
	struct transfer t = { .load = starts(in, "ld") || starts(in, "vld"), .width = 4, .regs = 1 };
	bool exclusive = starts(in, "ldrex") || starts(in, "strex") || starts(in, "ldaex") ||
			 starts(in, "stlex");
	unsigned status = starts(in, "strex") || starts(in, "stlex");

	t.first = status;
	if (starts(in, "ldrd") || starts(in, "strd") || starts(in, "ldrexd") || starts(in, "strexd"))
		t.width = 8, t.regs = 2;
	else if (in->mnemonic[0] == 'v')
		t.width = a->operands[0].reg >= ARM_REG_D0 && a->operands[0].reg <= ARM_REG_D31 ? 8 : 4;
	else if (starts(in, "ldrb") || starts(in, "strb") || starts(in, "ldrsb") ||
		 starts(in, "ldrexb") || starts(in, "strexb"))
		t.width = 1;
	else if (starts(in, "ldrh") || starts(in, "strh") || starts(in, "ldrsh") ||
		 starts(in, "ldrexh") || starts(in, "strexh"))
		t.width = 2;
	if (t.width == 8 || exclusive)
		t.by = bare(in);
	return t;
}

static const cs_arm_op *memory_of(const cs_arm *a, unsigned *at)
{
	for (*at = 0; *at < a->op_count; ++*at)
		if (a->operands[*at].type == ARM_OP_MEM)
			return &a->operands[*at];
	return NULL;
}

static void transfer_regs(struct path *p, const cs_arm_op *ops, const struct transfer *t, struct value at)
{
	unsigned i;

	for (i = 0; i < t->regs; i++) {
		const int r = ops[t->first + i].reg;
		struct value here = value_plus(at, 4 * (int32_t)i);

		if (t->load)
			set(p, r, here.origin == FROM_STACK && t->width >= 4 ? path_slot(p, here.off) :
									    (struct value){ 0 });
		else if (at.origin == FROM_STACK)
			path_set_slot(p, here.off, reg(p, r));
		else if (interesting(reg(p, r)))
			path_lose(p, "the entry's address is stored elsewhere");
	}
}

/* [base, #disp], [base, #disp]!, [base], #imm */
static void load_store(const cs_insn *in, const cs_arm_op *m, unsigned k, struct path *p)
{
	const cs_arm *a = &in->detail->arm;
	struct transfer t = single(in);
	struct value base = reg(p, m->mem.base), at;
	bool vector = starts(in, "vld1") || starts(in, "vst1");	/* disp is the alignment */

	at = vector ? base : value_plus(base, m->mem.disp);
	if (m->mem.index != ARM_REG_INVALID && (interesting(base) || interesting(reg(p, m->mem.index))))
		at = (struct value){ .origin = FROM_MIXED };
	else if (m->mem.index != ARM_REG_INVALID)
		at = (struct value){ 0 };
	if (vector)
		t.width *= k;	/* as many registers as stand before the address */
	if (vector && interesting(base) && k > 1)
		path_lose(p, "a vector access the audit does not know");
	path_access(p, t.load ? 'R' : 'W', at, t.width, t.by);
	transfer_regs(p, a->operands, &t, at);
	if (t.first)
		set(p, a->operands[0].reg, (struct value){ 0 });
	if (!a->writeback)
		return;
	if (vector)
		at = value_plus(base, (int32_t)t.width);
	else if (k + 1 < a->op_count) {		/* post-indexed */
		const cs_arm_op *o = &a->operands[k + 1];

		at = o->type != ARM_OP_IMM ? (struct value){ .origin = FROM_MIXED } :
					     value_plus(base, o->subtracted ? -o->imm : o->imm);
	}
	set(p, m->mem.base, at);
}

/* ldm, stm, push, pop, vldm, vstm, vpush, vpop: ascending addresses from `at` */
static void multiple(const cs_insn *in, struct path *p)
{
	const cs_arm *a = &in->detail->arm;
	bool stack = starts(in, "push") || starts(in, "pop") || starts(in, "vpush") || starts(in, "vpop");
	bool load = starts(in, "ld") || starts(in, "pop") || starts(in, "vld") || starts(in, "vpop");
	bool down = starts(in, "push") || starts(in, "vpush") || strstr(in->mnemonic, "db");
	const int base_reg = stack ? ARM_REG_SP : a->operands[0].reg;
	struct transfer t = { .load = load, .first = stack ? 0 : 1 };
	struct value base = reg(p, base_reg), at;

	t.regs = a->op_count - t.first;
	t.width = t.regs * (in->mnemonic[0] == 'v' && a->operands[t.first].reg >= ARM_REG_D0 &&
			    a->operands[t.first].reg <= ARM_REG_D31 ? 8 : 4);
	if (strstr(in->mnemonic, "da") && interesting(base))
		path_lose(p, "ldmda or stmda of the entry");
	at = value_plus(base, down ? -(int32_t)t.width : strstr(in->mnemonic, "ib") ? 4 : 0);
	path_access(p, load ? 'R' : 'W', at, t.width, t.width > 4 ? bare(in) : NULL);
	if (stack || a->writeback)
		set(p, base_reg, down ? at : value_plus(base, (int32_t)t.width));
	if (in->mnemonic[0] != 'v')
		transfer_regs(p, a->operands, &t, at);
	else if (at.origin == FROM_STACK && !load)
		for (; t.width; t.width -= 4)
			path_set_slot(p, at.off + (int32_t)t.width - 4, (struct value){ 0 });
}

/* ---- registers ---- */

/* mov, add, sub follow p; and, bic, shifts and the like make it something else. */
static void compute(const struct code *c, const cs_insn *in, struct path *p)
{
	static const char *const undone[] = { "and", "bic", "lsl", "lsr", "asr", "ubfx", "sbfx", "uxt", "sxt",
					      "mul", "clz", "movt", "movw", "mvn", NULL };
	const cs_arm *a = &in->detail->arm;
	const cs_arm_op *last = &a->operands[a->op_count ? a->op_count - 1 : 0];
	struct value v = { 0 }, src = a->op_count ? reg(p, a->operands[a->op_count > 2].reg) : v;
	bool add = in->id == ARM_INS_ADD, sub = in->id == ARM_INS_SUB;
	cs_regs r, w;
	uint8_t nr, nw, i;

	if (cs_regs_access(c->cs, in, r, &nr, w, &nw))
		return;
	for (i = 0; i < nr; i++)
		if (interesting(reg(p, r[i])))
			v.origin = FROM_MIXED;
	for (i = 0; undone[i]; i++)
		if (starts(in, undone[i]))
			v.origin = FROM_NOWHERE;
	if (in->id == ARM_INS_MOV && a->op_count == 2 && last->type == ARM_OP_REG && !last->shift.type)
		v = reg(p, last->reg);
	else if (in->id == ARM_INS_MOV)
		v.origin = FROM_NOWHERE;
	else if ((add || sub) && last->type == ARM_OP_IMM)
		v = value_plus(src, sub ? -last->imm : last->imm);
	if (v.origin && a->op_count && number(a->operands[0].reg) < 0)
		path_lose(p, "the entry's address goes into a vector register");
	for (i = 0; i < nw; i++)
		if (number(w[i]) != PC)
			set(p, w[i], v);
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

	if (compares(in) || starts(in, "st") || starts(in, "push"))
		return false;
	for (i = 0; i < a->op_count; i++)
		if (a->operands[i].type == ARM_OP_REG && a->operands[i].reg == ARM_REG_PC)
			return starts(in, "ld") || starts(in, "pop") || i == 0;
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
	m = memory_of(a, &k);
	if (starts(in, "ldm") || starts(in, "stm") || starts(in, "push") || starts(in, "pop") ||
	    starts(in, "vldm") || starts(in, "vstm") || starts(in, "vpush") || starts(in, "vpop"))
		multiple(in, p);
	else if (m && !starts(in, "pld"))
		load_store(in, m, k, p);
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
