/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ARM and Thumb: loads and stores. capstone's access flags are wrong for half of
 * them, so the mnemonic decides.
 */
#include "arm.h"

#include <string.h>

int arm_number(int r)
{
	switch (r) {
	case ARM_REG_SP: return SP;
	case ARM_REG_LR: return LR;
	case ARM_REG_PC: return PC;
	default: return r >= ARM_REG_R0 && r <= ARM_REG_R12 ? r - ARM_REG_R0 : -1;
	}
}

struct value arm_value(const struct path *p, int r)
{
	int n = arm_number(r);

	return n < 0 ? (struct value){ 0 } : p->reg[n];
}

void arm_set(struct path *p, int r, struct value v)
{
	int n = arm_number(r);

	if (n >= 0)
		p->reg[n] = v;
}

bool arm_starts(const cs_insn *in, const char *s)
{
	return !strncmp(in->mnemonic, s, strlen(s));
}

/* "ldrexdne" and "ldm.w" by their bare names. */
static const char *bare(const cs_insn *in)
{
	static const char *const names[] = { "ldrexd", "strexd", "ldrex", "strex", "ldrd", "strd", "vldr",
					     "vstr", "vldm", "vstm", "vld1", "vst1", "ldm", "stm", NULL };
	unsigned i;

	for (i = 0; names[i]; i++)
		if (arm_starts(in, names[i]))
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
	struct transfer t = { .load = arm_starts(in, "ld") || arm_starts(in, "vld"), .width = 4, .regs = 1 };
	bool exclusive = arm_starts(in, "ldrex") || arm_starts(in, "strex") || arm_starts(in, "ldaex") ||
			 arm_starts(in, "stlex");
	unsigned status = arm_starts(in, "strex") || arm_starts(in, "stlex");

	t.first = status;
	if (arm_starts(in, "ldrd") || arm_starts(in, "strd") || arm_starts(in, "ldrexd") || arm_starts(in, "strexd"))
		t.width = 8, t.regs = 2;
	else if (in->mnemonic[0] == 'v')
		t.width = a->operands[0].reg >= ARM_REG_D0 && a->operands[0].reg <= ARM_REG_D31 ? 8 : 4;
	else if (arm_starts(in, "ldrb") || arm_starts(in, "strb") || arm_starts(in, "ldrsb") ||
		 arm_starts(in, "ldrexb") || arm_starts(in, "strexb"))
		t.width = 1;
	else if (arm_starts(in, "ldrh") || arm_starts(in, "strh") || arm_starts(in, "ldrsh") ||
		 arm_starts(in, "ldrexh") || arm_starts(in, "strexh"))
		t.width = 2;
	if (t.width == 8 || exclusive)
		t.by = bare(in);
	return t;
}

const cs_arm_op *arm_memory(const cs_arm *a, unsigned *at)
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
			arm_set(p, r, here.origin == FROM_STACK && t->width >= 4 ? path_slot(p, here.off) :
									    (struct value){ 0 });
		else if (at.origin == FROM_STACK)
			path_set_slot(p, here.off, arm_value(p, r));
		else if (interesting(arm_value(p, r)))
			path_lose(p, "the entry's address is stored elsewhere");
	}
}

/* [base, #disp], [base, #disp]!, [base], #imm */
void arm_load_store(const cs_insn *in, const cs_arm_op *m, unsigned k, struct path *p)
{
	const cs_arm *a = &in->detail->arm;
	struct transfer t = single(in);
	struct value base = arm_value(p, m->mem.base), at;
	bool vector = arm_starts(in, "vld1") || arm_starts(in, "vst1");	/* disp is the alignment */

	at = vector ? base : value_plus(base, m->mem.disp);
	if (m->mem.index != ARM_REG_INVALID && (interesting(base) || interesting(arm_value(p, m->mem.index))))
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
		arm_set(p, a->operands[0].reg, (struct value){ 0 });
	if (!a->writeback)
		return;
	if (vector)
		at = value_plus(base, (int32_t)t.width);
	else if (k + 1 < a->op_count) {		/* post-indexed */
		const cs_arm_op *o = &a->operands[k + 1];

		at = o->type != ARM_OP_IMM ? (struct value){ .origin = FROM_MIXED } :
					     value_plus(base, o->subtracted ? -o->imm : o->imm);
	}
	arm_set(p, m->mem.base, at);
}

/* ldm, stm, push, pop, vldm, vstm, vpush, vpop: ascending addresses from `at` */
void arm_multiple(const cs_insn *in, struct path *p)
{
	const cs_arm *a = &in->detail->arm;
	bool stack = arm_starts(in, "push") || arm_starts(in, "pop") || arm_starts(in, "vpush") || arm_starts(in, "vpop");
	bool load = arm_starts(in, "ld") || arm_starts(in, "pop") || arm_starts(in, "vld") || arm_starts(in, "vpop");
	bool down = arm_starts(in, "push") || arm_starts(in, "vpush") || strstr(in->mnemonic, "db");
	const int base_reg = stack ? ARM_REG_SP : a->operands[0].reg;
	struct transfer t = { .load = load, .first = stack ? 0 : 1 };
	struct value base = arm_value(p, base_reg), at;

	t.regs = a->op_count - t.first;
	t.width = t.regs * (in->mnemonic[0] == 'v' && a->operands[t.first].reg >= ARM_REG_D0 &&
			    a->operands[t.first].reg <= ARM_REG_D31 ? 8 : 4);
	if (strstr(in->mnemonic, "da") && interesting(base))
		path_lose(p, "ldmda or stmda of the entry");
	at = value_plus(base, down ? -(int32_t)t.width : strstr(in->mnemonic, "ib") ? 4 : 0);
	path_access(p, load ? 'R' : 'W', at, t.width, t.width > 4 ? bare(in) : NULL);
	if (stack || a->writeback)
		arm_set(p, base_reg, down ? at : value_plus(base, (int32_t)t.width));
	if (in->mnemonic[0] != 'v')
		transfer_regs(p, a->operands, &t, at);
	else if (at.origin == FROM_STACK && !load)
		for (; t.width; t.width -= 4)
			path_set_slot(p, at.off + (int32_t)t.width - 4, (struct value){ 0 });
}
