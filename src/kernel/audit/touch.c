/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one instruction does to memory. capstone's access flags are wrong for much of ARM, so
 * there the mnemonic decides.
 */
#include "object.h"

#include <stdio.h>
#include <string.h>

static int x86_number(x86_reg r)
{
	static const x86_reg regs[][2] = {
		{ X86_REG_EAX, X86_REG_RAX }, { X86_REG_ECX, X86_REG_RCX }, { X86_REG_EDX, X86_REG_RDX },
		{ X86_REG_EBX, X86_REG_RBX }, { X86_REG_ESP, X86_REG_RSP }, { X86_REG_EBP, X86_REG_RBP },
		{ X86_REG_ESI, X86_REG_RSI }, { X86_REG_EDI, X86_REG_RDI }, { X86_REG_R8D, X86_REG_R8 },
		{ X86_REG_R9D, X86_REG_R9 }, { X86_REG_R10D, X86_REG_R10 }, { X86_REG_R11D, X86_REG_R11 },
		{ X86_REG_R12D, X86_REG_R12 }, { X86_REG_R13D, X86_REG_R13 }, { X86_REG_R14D, X86_REG_R14 },
		{ X86_REG_R15D, X86_REG_R15 },
	};
	int i;

	for (i = 0; i < 16; i++)
		if (r == regs[i][0] || r == regs[i][1])
			return i;
	return r == X86_REG_INVALID ? -1 : -2;
}

static bool starts(const char *m, const char *s)
{
	return !strncmp(m, s, strlen(s));
}

static unsigned x86_touches(const cs_insn *in, struct touch *t)
{
	static const char *const read_only[] = { "cmp", "test", "bt", "push", "call", "jmp", "fild", "imul", "mul", "div", NULL };
	const cs_x86 *x = &in->detail->x86;
	bool locked = starts(in->mnemonic, "lock ");
	const char *m = in->mnemonic + (locked ? 5 : 0);
	unsigned k, i, n = 0;

	if (in->id == X86_INS_LEA || in->id == X86_INS_NOP)
		return 0;
	for (k = x->op_count; k-- > 0 && n < 2;) {
		const cs_x86_op *o = &x->operands[k];
		bool reads = k > 0;

		if (o->type != X86_OP_MEM)
			continue;
		for (i = 0; read_only[i]; i++)
			reads |= !strcmp(m, read_only[i]);
		t[n] = (struct touch){ .operand = k, .base = x86_number(o->mem.base), .index = x86_number(o->mem.index),
				       .disp = o->mem.disp, .width = o->size };
		if (in->id == X86_INS_CMPXCHG8B)
			t[n].width = 8;
		t[n].what = locked || in->id == X86_INS_XCHG ? 'X' : reads ? 'R' :
			    starts(m, "mov") || starts(m, "set") || starts(m, "fist") || !strcmp(m, "pop") ? 'W' : 'B';
		snprintf(t[n].by, sizeof(t[n].by), "%.15s", m);
		n++;
	}
	return n;
}

static int arm_number(int r)
{
	switch (r) {
	case ARM_REG_INVALID: return -1;
	case ARM_REG_SP: return 13;
	case ARM_REG_LR: return 14;
	case ARM_REG_PC: return 15;
	default: return r >= ARM_REG_R0 && r <= ARM_REG_R12 ? r - ARM_REG_R0 : -2;
	}
}

/* The name without its condition. */
static void arm_name(char *to, size_t room, const char *m)
{
	static const char *const names[] = { "ldrexd", "strexd", "ldrexb", "strexb", "ldrexh", "strexh", "ldrex", "strex",
		"ldrd", "strd", "ldrsb", "ldrsh", "ldrb", "strb", "ldrh", "strh", "ldm", "stm", "ldr", "str", "pld",
		"push", "pop", "vldr", "vstr", "vldm", "vstm", NULL };
	unsigned i;

	for (i = 0; names[i] && !starts(m, names[i]); i++)
		;
	snprintf(to, room, "%.15s", names[i] ? names[i] : m);
}

static unsigned arm_touches(const cs_insn *in, struct touch *t)
{
	const cs_arm *a = &in->detail->arm;
	unsigned k;

	*t = (struct touch){ .index = -1 };
	arm_name(t->by, sizeof(t->by), in->mnemonic);
	if (!strcmp(t->by, "ldm") || !strcmp(t->by, "stm")) {
		t->base = arm_number(a->operands[0].reg);
		t->width = 4 * (a->op_count - 1u);
		t->what = t->by[0] == 'l' ? 'R' : 'W';
		if (strstr(in->mnemonic, "db"))
			t->disp = -(int64_t)t->width;
		else if (strstr(in->mnemonic, "da"))
			t->disp = 4 - (int64_t)t->width;
		else if (strstr(in->mnemonic, "ib"))
			t->disp = 4;
		return 1;
	}
	if (!(starts(t->by, "ld") || starts(t->by, "st") || starts(t->by, "vld") || starts(t->by, "vst")))
		return 0;
	for (k = 0; k < a->op_count && a->operands[k].type != ARM_OP_MEM; k++)
		;
	if (k == a->op_count)
		return 0;
	t->operand = k;
	t->base = arm_number(a->operands[k].mem.base);
	t->index = arm_number(a->operands[k].mem.index);
	t->disp = a->operands[k].mem.disp;
	t->what = starts(t->by, "ld") || starts(t->by, "vld") ? 'R' : 'W';
	if (!strcmp(t->by, "ldrd") || !strcmp(t->by, "strd") || !strcmp(t->by, "ldrexd") || !strcmp(t->by, "strexd"))
		t->width = 8;
	else if (strchr(t->by, 'h'))
		t->width = 2;
	else if (t->by[strlen(t->by) - 1] == 'b')
		t->width = 1;
	else
		t->width = t->by[0] == 'v' && a->operands[0].reg >= ARM_REG_D0 && a->operands[0].reg <= ARM_REG_D31 ? 8 : 4;
	return 1;
}

unsigned insn_touches(enum arch arch, const cs_insn *in, struct touch t[2])
{
	return arch == ARCH_ARM ? arm_touches(in, t) : x86_touches(in, t);
}

bool insn_calls(const struct object *o, const cs_insn *in)
{
	return o->arch == ARCH_ARM ? in->id == ARM_INS_BL || in->id == ARM_INS_BLX : in->id == X86_INS_CALL;
}
