/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One x86 instruction, 32 or 64 bits, on the audit's abstract machine. */
#include "audit_path.h"

#include <string.h>

enum { AX, CX, DX, BX, SP, BP, SI, DI };

/* capstone's register numbers are alphabetical; ours are the encoding's. -1: not a general one. */
static int number(x86_reg r)
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

static unsigned word(const struct code *c)
{
	return c->img->isa == ISA_X86_64 ? 8 : 4;
}

static struct value reg(const struct path *p, x86_reg r)
{
	int n = number(r);

	return n < 0 ? (struct value){ 0 } : p->reg[n];
}

static struct value address(const struct path *p, const x86_op_mem *m)
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

static bool only_read(const cs_insn *in)
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
	struct value at = address(p, &o->mem);
	bool locked = strncmp(in->mnemonic, "lock ", 5) == 0;
	const char *by = locked ? in->mnemonic + 5 : in->mnemonic;

	if (o->size < 8 || (word(c) == 8 && !strcmp(by, "mov")))
		by = NULL;
	if (strstr(in->mnemonic, "rep") && interesting(at))
		path_lose(p, "a repeated string instruction on the entry");
	if (locked || in->id == X86_INS_XCHG) {
		path_access(p, 'X', at, o->size, by);
	} else if (k > 0 || only_read(in)) {
		path_access(p, 'R', at, o->size, by);
	} else if (only_written(in)) {
		path_access(p, 'W', at, o->size, by);
	} else {	/* read-modify-write, unlocked */
		path_access(p, 'R', at, o->size, by);
		path_access(p, 'W', at, o->size, by);
	}
}

static void accesses(const struct code *c, const cs_insn *in, struct path *p)
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

static struct value load(const struct code *c, const struct path *p, const cs_x86_op *o)
{
	struct value at;

	switch (o->type) {
	case X86_OP_REG:
		return o->size == word(c) ? reg(p, o->reg) : (struct value){ 0 };
	case X86_OP_MEM:
		at = address(p, &o->mem);
		if (at.origin == FROM_STACK && o->size == word(c))
			return path_slot(p, at.off);
		return (struct value){ 0 };
	default:
		return (struct value){ 0 };
	}
}

static void store(const struct code *c, struct path *p, const cs_x86_op *o, struct value v)
{
	struct value at;
	int n;

	if (o->type == X86_OP_REG) {
		n = number(o->reg);
		if (n >= 0)
			p->reg[n] = v;
		return;
	}
	at = address(p, &o->mem);
	if (at.origin == FROM_STACK) {
		path_set_slot(p, at.off, v);
		if (o->size > word(c))
			path_set_slot(p, at.off + (int32_t)word(c), (struct value){ 0 });
	} else if (interesting(v)) {
		path_lose(p, "the entry's address is stored elsewhere");
	}
}

static void push(const struct code *c, struct path *p, struct value v)
{
	p->reg[SP] = value_plus(p->reg[SP], -(int32_t)word(c));
	path_set_slot(p, p->reg[SP].off, v);
}

static struct value pop(const struct code *c, struct path *p)
{
	struct value v = path_slot(p, p->reg[SP].off);

	p->reg[SP] = value_plus(p->reg[SP], (int32_t)word(c));
	return v;
}

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
	struct value a = load(c, p, &o[0]), b = load(c, p, &o[1]);

	if (zeroes(in)) {
		a = (struct value){ 0 };
	} else if (in->id == X86_INS_AND) {	/* masked: no longer an address; or the stack, aligned */
		if (a.origin != FROM_STACK)
			a = (struct value){ 0 };
		else if (word(c) == 4)
			a.off -= (int32_t)(((uint32_t)a.off - 4) % 16);
	} else if (o[1].type == X86_OP_IMM) {
		a = value_plus(a, (int32_t)(in->id == X86_INS_SUB ? -o[1].imm : o[1].imm));
	} else if (interesting(a) || interesting(b)) {
		a = (struct value){ .origin = FROM_MIXED };
	} else {
		a = (struct value){ 0 };
	}
	store(c, p, &o[0], a);
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
		if (interesting(load(c, p, &x->operands[i])) && x->operands[i].size == word(c))
			v.origin = FROM_MIXED;
	for (i = 0; undone[i]; i++)
		if (zeroes(in) || !strcmp(in->mnemonic, undone[i]))
			v.origin = FROM_NOWHERE;
	if (v.origin && x->operands[0].type == X86_OP_REG && number(x->operands[0].reg) < 0)
		path_lose(p, "the entry's address goes into a vector register");
	for (i = 0; i < nw; i++)
		if (number(w[i]) >= 0 && number(w[i]) != SP)
			p->reg[number(w[i])] = v;
	if (x->op_count && x->operands[0].type == X86_OP_MEM && !only_read(in))
		store(c, p, &x->operands[0], v);
	if (in->id == X86_INS_CMPXCHG)	/* capstone leaves it out */
		p->reg[AX] = (struct value){ 0 };
}

static bool handed_over(const struct code *c, const struct path *p, unsigned args)
{
	static const uint8_t order[] = { DI, SI, DX, CX, 8, 9 };
	unsigned i;

	for (i = 0; i < args; i++) {
		struct value v = word(c) == 8 ? p->reg[order[i]] :
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
	const uint8_t *lost = word(c) == 8 ? lost64 : lost32;
	unsigned i, n = word(c) == 8 ? sizeof(lost64) : sizeof(lost32), args = callee_args(c, name);

	path_call(p, name, handed_over(c, p, args));
	if (word(c) == 4 && p->guessed && args) {	/* esp is a multiple of 16 here, 12 on entry */
		p->askew = ((uint32_t)p->reg[SP].off - 4) % 16 != 0;
		p->guessed = 0;
	}
	for (i = 0; i < n && !thunk(name, p); i++)
		p->reg[lost[i]] = value_after_call(p->reg[lost[i]]);
	/* a struct returned in memory: the callee pops the hidden argument, or it did not */
	p->called = word(c) == 4 && (!name || args > 1);
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
	p->reg[SP] = value_plus(p->reg[SP], (int32_t)word(c));	/* its arguments lie as ours */
	call(c, name, p);
	p->reg[SP] = value_plus(p->reg[SP], -(int32_t)word(c));
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
		store(c, p, &o[0], load(c, p, &o[1]));
		return true;
	case X86_INS_LEA:
		v = address(p, &o[1].mem);
		store(c, p, &o[0], o[0].size == word(c) ? v : (struct value){ 0 });
		return true;
	case X86_INS_PUSH:
		push(c, p, load(c, p, &o[0]));
		return true;
	case X86_INS_POP:
		store(c, p, &o[0], pop(c, p));
		return true;
	case X86_INS_LEAVE:
		p->reg[SP] = p->reg[BP];
		p->reg[BP] = pop(c, p);
		return true;
	case X86_INS_XCHG:
		v = load(c, p, &o[0]);
		store(c, p, &o[0], load(c, p, &o[1]));
		store(c, p, &o[1], v);
		return true;
	case X86_INS_INC: case X86_INS_DEC:
		store(c, p, &o[0], value_plus(load(c, p, &o[0]), in->id == X86_INS_INC ? 1 : -1));
		return true;
	default:
		return false;
	}
}

enum flow x86_step(const struct code *c, const cs_insn *in, struct path *p)
{
	const cs_x86_op *o = in->detail->x86.operands;

	accesses(c, in, p);
	if (in->id == X86_INS_CALL) {
		if (o->type == X86_OP_IMM && (uint64_t)o->imm == in->address + in->size &&
		    !image_callee(c->img, c->f, in->address, in->size, ~0ull)) {
			push(c, p, (struct value){ 0 });	/* call 1f; 1: pop: where am I? */
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
