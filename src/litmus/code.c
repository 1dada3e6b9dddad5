/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A test's program, as C or as columns of instructions.
 *
 * Key invariant: each access has the form, and the register, that its branch of the
 * tree has; nothing is left out but what litmus_silent_kinds() names, accesses to table
 * pages, and paths that are cut.
 *
 * C is what tools/memory-model/linux-kernel.def of the kernel has words for, ARM and
 * X86 what lib/ARMParser.mly and lib/X86Parser.mly of herdtools7 take. herd7's ARM model
 * knows DMB and DMB ST, not the ISH forms that the kernel uses.
 */
#include "code.h"

#include <stdarg.h>
#include <string.h>

uint32_t litmus_kinds(const struct litmus *x)
{
	uint32_t kinds = 0;

	for (unsigned i = 0; i < x->p->nthreads; i++)
		kinds |= x->tree[i].kinds;
	return kinds;
}

/* ---- names ---- */

static const char *var(const struct litmus *x, unsigned location, unsigned half, char buf[24])
{
	if (!location)
		return half == HALF_HI ? "hi" : "lo";
	cell_program_location_name(x->b, location, buf);
	return buf;
}

unsigned litmus_number(const struct litmus *x, const struct op *op)
{
	const struct values *v = op->half == HALF_HI ? &x->values.hi : &x->values.lo;
	unsigned i = 0;

	while (i < v->n && v->v[i] != (uint32_t)op->value)
		i++;
	return i;
}

void litmus_put_reg(const struct litmus *x, unsigned thread, unsigned reg)
{
	static const char x86[X86_REGS][4] = { "EAX", "EBX", "ECX", "EDX", "ESI", "EDI" };

	switch (x->test->arch) {
	case LITMUS_ARM:
		fprintf(x->f, "%u:R%u", thread, ARM_FIRST + reg);
		break;
	case LITMUS_X86:
		fprintf(x->f, "%u:%s", thread, x86[reg]);
		break;
	default:
		fprintf(x->f, "%u:r%u", thread, reg);
	}
}

/* ---- C ---- */

static void indent(const struct litmus *x, unsigned depth)
{
	while (depth--)
		putc('\t', x->f);
}

static void c_access(const struct litmus *x, const struct branch *at, unsigned depth)
{
	const struct op *op = &at->op;
	char buf[24];
	const char *v = var(x, op->location, op->half, buf);

	static const char *const calls[] = {
		[ACCESS_RMB] = "smp_rmb()", [ACCESS_WMB] = "smp_wmb()", [ACCESS_ENTER] = "rcu_read_lock()",
		[ACCESS_EXIT] = "rcu_read_unlock()", [ACCESS_SYNC] = "synchronize_rcu()",
		[ACCESS_RMW] = "smp_mb()",
	};

	indent(x, depth);
	if (op->kind == ACCESS_LOAD)
		fprintf(x->f, op->plain ? "r%u = *%s" : "r%u = READ_ONCE(*%s)", at->reg, v);
	else if (op->kind == ACCESS_STORE)
		fprintf(x->f, op->plain ? "*%s = %u" : "WRITE_ONCE(*%s, %u)", v, litmus_number(x, op));
	else if (op->kind == ACCESS_RMW && op->location != NO_LOCATION)
		fprintf(x->f, "r%u = xchg(%s, %u)", at->reg, v, litmus_number(x, op));
	else if (op->kind == ACCESS_LOCK || op->kind == ACCESS_UNLOCK)
		fprintf(x->f, "spin_%s(%s)", op->kind == ACCESS_LOCK ? "lock" : "unlock", v);
	else
		fputs(calls[op->kind], x->f);
	fputs(";\n", x->f);
}

static void c_code(const struct litmus *x, const struct tree *t, uint32_t at, unsigned depth);

/* The answer whose code most of the answers share. */
static unsigned usual_answer(const struct tree *t, const struct branch *x)
{
	unsigned best = 0, most = 0, i, j, n;

	for (i = 0; i < x->n; i++) {
		for (j = n = 0; j < x->n; j++)
			n += t->at[x->first + i].code == t->at[x->first + j].code;
		if (n > most && !t->at[x->first + i].cut) {
			most = n;
			best = i;
		}
	}
	return best;
}

/* From answer `i` on, those that do not go the usual way; then the usual way. */
static void c_branches(const struct litmus *x, const struct tree *t, const struct branch *at, unsigned i,
		       unsigned usual, unsigned depth)
{
	const struct branch *to = &t->at[at->first], *go = &to[usual];
	bool rest = go->code;
	unsigned j;

	while (i < at->n && (to[i].cut || to[i].code == go->code))
		i++;
	if (i == at->n) {
		c_code(x, t, at->first + usual, depth);
		return;
	}
	for (j = i + 1; j < at->n; j++)
		rest |= !to[j].cut && to[j].code;
	indent(x, depth);
	if (to[i].code) {
		fprintf(x->f, "if (r%u == %u) {\n", at->reg, i);
		c_code(x, t, at->first + i, depth + 1);
		if (rest) {
			indent(x, depth);
			fputs("} else {\n", x->f);
		}
	} else {
		fprintf(x->f, "if (r%u != %u) {\n", at->reg, i);
	}
	if (rest)
		c_branches(x, t, at, i + 1, usual, depth + 1);
	indent(x, depth);
	fputs("}\n", x->f);
}

static void c_code(const struct litmus *x, const struct tree *t, uint32_t i, unsigned depth)
{
	while (t->at[i].code) {
		const struct branch *at = &t->at[i];

		if (!at->silent)
			c_access(x, at, depth);
		i = tree_only_way(t, at);
		if (i == NO_BRANCH) {
			c_branches(x, t, at, 0, usual_answer(t, at), depth);
			return;
		}
	}
}

static void c_thread(const struct litmus *x, unsigned thread)
{
	const struct tree *t = &x->tree[thread];
	char buf[24];
	unsigned i;

	fprintf(x->f, "P%u(int *lo, int *hi", thread);
	for (i = 1; i < MAX_LOCATIONS; i++)
		if (t->locks & 1u << i)
			fprintf(x->f, ", spinlock_t *%s", var(x, i, BOTH, buf));
	fputs(")\n{\n", x->f);
	for (i = 0; i < t->regs; i++)
		fprintf(x->f, "\tint r%u;\n", i);
	if (t->regs)
		putc('\n', x->f);
	c_code(x, t, 0, 1);
	fputs("}\n\n", x->f);
}

void litmus_put_c(const struct litmus *x)
{
	for (unsigned i = 0; i < x->p->nthreads; i++)
		c_thread(x, i);
}

/* ---- ARM and X86: a column a thread ---- */

__attribute__((format(printf, 2, 3)))
static void put_line(struct column *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (c->n < MAX_LINES)
		vsnprintf(c->line[c->n], LINE, fmt, ap);
	va_end(ap);
	c->n++;
}

static void arm_access(const struct litmus *x, struct column *c, const struct branch *at)
{
	const struct op *op = &at->op;
	const unsigned address = op->half == HALF_HI, r = ARM_FIRST + at->reg;

	if (op->kind == ACCESS_RMB) {
		put_line(c, "DMB");
	} else if (op->kind == ACCESS_WMB) {
		put_line(c, "DMB ST");
	} else if (op->kind == ACCESS_LOAD) {
		put_line(c, "LDR R%u,[R%u]", r, address);
	} else if (op->kind == ACCESS_STORE) {
		put_line(c, "MOV R2,#%u", litmus_number(x, op));
		put_line(c, "STR R2,[R%u]", address);
	} else if (op->kind == ACCESS_RMW) {
		put_line(c, "DMB");
		if (op->location == NO_LOCATION)
			return;
		put_line(c, "MOV R2,#%u", litmus_number(x, op));
		put_line(c, "LDREX R%u,[R%u]", r, address);
		put_line(c, "STREX R%u,R2,[R%u]", ARM_STATUS - c->statuses++, address);
		put_line(c, "DMB");
	}
}

static void x86_access(const struct litmus *x, struct column *c, const struct branch *at)
{
	static const char regs[X86_REGS][4] = { "EAX", "EBX", "ECX", "EDX", "ESI", "EDI" };
	const struct op *op = &at->op;
	const char *v = op->half == HALF_HI ? "hi" : "lo", *r = at->reg < X86_REGS ? regs[at->reg] : "";

	if (op->kind == ACCESS_LOAD) {
		put_line(c, "MOV %s,[%s]", r, v);
	} else if (op->kind == ACCESS_STORE) {
		put_line(c, "MOV [%s],$%u", v, litmus_number(x, op));
	} else if (op->kind == ACCESS_RMW && op->location == NO_LOCATION) {
		put_line(c, "MFENCE");
	} else if (op->kind == ACCESS_RMW) {
		put_line(c, "MOV %s,$%u", r, litmus_number(x, op));
		put_line(c, "XCHG [%s],%s", v, r);
	}
}

/*
 * One line of accesses; false: there is none. Where the code may stop or go on, it
 * goes on: loads that nobody asks about change nothing, stores would.
 */
static bool lay_out(const struct litmus *x, struct column *c, const struct tree *t, uint32_t at)
{
	unsigned i, go;

	while (t->at[at].code) {
		const struct branch *b = &t->at[at], *to = &t->at[b->first];

		if (!b->silent)
			(x->test->arch == LITMUS_ARM ? arm_access : x86_access)(x, c, b);
		for (i = go = 0; i < b->n; i++)
			if (!to[i].cut && (to[go].cut || to[i].code))
				go = i;
		for (i = 0; i < b->n; i++)
			if (!to[i].cut && to[i].code != to[go].code && (to[i].code || to[go].acts))
				return false;
		at = b->first + go;
	}
	return true;
}

const char *litmus_lay_out(struct litmus *x)
{
	const bool arm = x->test->arch == LITMUS_ARM;
	const uint32_t kinds = litmus_kinds(x);
	unsigned i;

	if (kinds & (1u << ACCESS_LOCK))
		return "it takes a lock; that is for the C export";
	if (kinds & (1u << ACCESS_SYNC))
		return "it waits for a grace period; that is for the C export";
	if (!arm && kinds & (1u << ACCESS_CHOOSE))
		return "the order of its two words is the compiler's choice, no one X86 program; use ARM or C";
	for (i = 0; i < x->p->nthreads; i++) {
		struct column *c = &x->column[i];
		const struct tree *t = &x->tree[i];

		if (!lay_out(x, c, t, 0))
			return "its accesses are not one straight line; that is for the C export";
		if (c->n > MAX_LINES || (arm ? ARM_FIRST + t->regs + c->statuses > ARM_STATUS + 1 : t->regs > X86_REGS))
			return "it needs more registers than there are";
	}
	return NULL;
}

void litmus_put_columns(const struct litmus *x)
{
	const unsigned n = x->p->nthreads;
	unsigned width[MAX_PARTIES] = { 0 }, rows = 0, i, j;

	for (i = 0; i < n; i++) {
		const struct column *c = &x->column[i];

		width[i] = 2;
		rows = c->n > rows ? c->n : rows;
		for (j = 0; j < c->n; j++)
			width[i] = strlen(c->line[j]) > width[i] ? (unsigned)strlen(c->line[j]) : width[i];
	}
	for (j = 0; j <= rows; j++)
		for (i = 0; i < n; i++) {
			char head[16];

			snprintf(head, sizeof(head), "P%u", i);
			fprintf(x->f, " %-*s %s", (int)width[i],
				!j ? head : j <= x->column[i].n ? x->column[i].line[j - 1] : "",
				i + 1 < n ? "|" : ";\n");
		}
	putc('\n', x->f);
}
