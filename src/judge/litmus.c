/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The formats are those of herdtools7 and of the kernel's tools/memory-model:
 * Documentation/litmus-tests.txt and linux-kernel.def there; lib/splitter.mll,
 * lib/stateParser.mly, lib/ARMParser.mly and lib/X86Parser.mly of herdtools7.
 *
 * Traps: no brace in a comment before the initial state, and no "exists" or quote in
 * a comment of C code, where the splitter does not skip comments. herd7's ARM model
 * knows DMB and DMB ST, not the ISH forms that the kernel uses.
 */
#include "litmus.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "litmus_tree.h"

const char *const litmus_arch_names[NR_LITMUS_ARCHS + 1] = { "C", "ARM", "X86", NULL };

enum { MAX_LINES = 64, LINE = 24, ARM_FIRST = 3, ARM_STATUS = 12, X86_REGS = 6 };

struct column {
	unsigned n;
	char line[MAX_LINES][LINE];
	unsigned statuses;	/* ARM: of store-exclusives, R12 downwards */
};

struct litmus {
	const struct litmus_test *test;
	struct bounded *b;
	struct program *p;
	struct entry_values values;
	struct tree tree[MAX_PARTIES];
	struct column column[MAX_PARTIES];
	FILE *f;
};

static uint32_t all_kinds(const struct litmus *x)
{
	uint32_t kinds = 0;

	for (unsigned i = 0; i < x->p->nthreads; i++)
		kinds |= x->tree[i].kinds;
	return kinds;
}

/* ---- names ---- */

static const char *var(const struct litmus *x, unsigned cell, unsigned half, char buf[24])
{
	if (!cell)
		return half == HALF_HI ? "hi" : "lo";
	bounded_cell_name(x->b, cell, buf);
	return buf;
}

static unsigned number(const struct litmus *x, const struct op *op)
{
	const struct values *v = op->half == HALF_HI ? &x->values.hi : &x->values.lo;
	unsigned i = 0;

	while (i < v->n && v->v[i] != (uint32_t)op->value)
		i++;
	return i;
}

static void put_reg(const struct litmus *x, unsigned thread, unsigned reg)
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
	const char *v = var(x, op->cell, op->half, buf);

	static const char *const calls[] = {
		[ACCESS_RMB] = "smp_rmb()", [ACCESS_WMB] = "smp_wmb()", [ACCESS_ENTER] = "rcu_read_lock()",
		[ACCESS_EXIT] = "rcu_read_unlock()", [ACCESS_SYNC] = "synchronize_rcu()",
		[ACCESS_RMW] = "smp_mb()",
	};

	indent(x, depth);
	if (op->kind == ACCESS_LOAD)
		fprintf(x->f, at->plain ? "r%u = *%s" : "r%u = READ_ONCE(*%s)", at->reg, v);
	else if (op->kind == ACCESS_STORE)
		fprintf(x->f, at->plain ? "*%s = %u" : "WRITE_ONCE(*%s, %u)", v, number(x, op));
	else if (op->kind == ACCESS_RMW && op->cell != NO_CELL)
		fprintf(x->f, "r%u = xchg(%s, %u)", at->reg, v, number(x, op));
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
	for (i = 1; i < MAX_CELLS; i++)
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
		put_line(c, "MOV R2,#%u", number(x, op));
		put_line(c, "STR R2,[R%u]", address);
	} else if (op->kind == ACCESS_RMW) {
		put_line(c, "DMB");
		if (op->cell == NO_CELL)
			return;
		put_line(c, "MOV R2,#%u", number(x, op));
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
		put_line(c, "MOV [%s],$%u", v, number(x, op));
	} else if (op->kind == ACCESS_RMW && op->cell == NO_CELL) {
		put_line(c, "MFENCE");
	} else if (op->kind == ACCESS_RMW) {
		put_line(c, "MOV %s,$%u", r, number(x, op));
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

static const char *lay_out_all(struct litmus *x)
{
	const bool arm = x->test->arch == LITMUS_ARM;
	const uint32_t kinds = all_kinds(x);
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

static void print_columns(const struct litmus *x)
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

/* ---- the rest ---- */

/* Is answer `i` the first of those that end like it, and do they end as asked at all? */
static bool begins_group(const struct branch *to, unsigned i)
{
	unsigned j = 0;

	while (j < i && to[j].ends != to[i].ends)
		j++;
	return j == i && to[i].ends;
}

/* "1:r0=1 \/ 1:r0=2": the answers that end like answer `i`. Returns how many. */
static unsigned put_answers(const struct litmus *x, unsigned thread, const struct branch *b, unsigned i,
			    bool say)
{
	const struct branch *to = &x->tree[thread].at[b->first];
	unsigned j, n = 0;

	for (j = 0; j < b->n; j++) {
		if (to[j].ends != to[i].ends)
			continue;
		if (n++ && say)
			fputs(" \\/ ", x->f);
		if (say)
			put_reg(x, thread, b->reg);
		if (say)
			fprintf(x->f, "=%u", j);
	}
	return n;
}

static void put(const struct litmus *x, bool say, const char *what)
{
	if (say)
		fputs(what, x->f);
}

/* Which answers lead to an end as asked. Every \/ below the outermost has its parentheses. */
static void condition(const struct litmus *x, unsigned thread, uint32_t at, bool outermost)
{
	const struct tree *t = &x->tree[thread];
	const struct branch *b = &t->at[at];
	unsigned i, groups = 0, said = 0;
	bool any;

	while (b->ends == t->at[b->first].ends)	/* this answer decides nothing */
		b = &t->at[b->first];
	for (i = 0; i < b->n; i++)
		groups += begins_group(&t->at[b->first], i);
	for (i = 0; !t->at[b->first + i].ends; i++)
		;
	any = groups > 1 || (t->at[b->first + i].ends == 1 && put_answers(x, thread, b, i, false) > 1);
	put(x, any && !outermost, "(");
	for (i = 0; i < b->n; i++) {
		const uint64_t ends = t->at[b->first + i].ends;
		const bool several = ends != 1 && put_answers(x, thread, b, i, false) > 1;

		if (!begins_group(&t->at[b->first], i))
			continue;
		put(x, said++, outermost ? " \\/\n\t" : " \\/ ");
		put(x, ends != 1 && groups > 1, "(");
		put(x, several, "(");
		put_answers(x, thread, b, i, true);
		put(x, several, ")");
		if (ends == 1)
			continue;
		fputs(" /\\ ", x->f);
		condition(x, thread, b->first + i, false);
		put(x, groups > 1, ")");
	}
	put(x, any && !outermost, ")");
}

static void print_exists(const struct litmus *x)
{
	bool statuses = false;
	unsigned readers = 0, i, j, n = 0;

	for (i = 0; i < x->p->nthreads; i++)
		statuses |= x->column[i].statuses;
	for (i = 0; i < x->p->nthreads; i++)
		readers += x->tree[i].at[0].ends != 0;
	fprintf(x->f, "exists (%s", statuses ? "(" : "");
	for (i = 0; i < x->p->nthreads; i++)
		if (x->tree[i].at[0].ends) {
			fputs(n++ ? " \\/\n\t" : "", x->f);
			put(x, readers > 1, "(");
			condition(x, i, 0, readers == 1);
			put(x, readers > 1, ")");
		}
	fputs(statuses ? ")" : "", x->f);
	for (i = 0; i < x->p->nthreads; i++)	/* the store-exclusive succeeded */
		for (j = 0; j < x->column[i].statuses; j++)
			fprintf(x->f, " /\\ %u:R%u=0", i, ARM_STATUS - j);
	fputs(")\n", x->f);
}

static void print_values(const struct litmus *x, unsigned half)
{
	const struct values *v = half == HALF_HI ? &x->values.hi : &x->values.lo;
	char text[96];
	unsigned i;

	for (i = 1; i < v->n; i++) {
		bounded_value_text(x->b, half, v->v[i], text, sizeof(text));
		fprintf(x->f, " *\t%s %u: %08x, %s\n", half == HALF_HI ? "hi" : "lo", i, v->v[i], text);
	}
}

static void print_head(const struct litmus *x)
{
	const struct litmus_test *t = x->test;
	const struct bounds *b = &t->bounds;
	const uint32_t kinds = all_kinds(x);
	bool retries = false;
	unsigned i;

	for (i = 0; i < x->p->nthreads; i++)
		retries |= x->tree[i].retries;
	fprintf(x->f, "%s %s\n\n(*\n * tornwalk explore: %s\n *\n", litmus_arch_names[t->arch], t->name,
		t->predicted);
	fprintf(x->f, " * %u writer%s of %u round%s from P0 on, then %u reader%s of %u walk%s; lo and hi are the\n"
		" * two words of the entry. What the numbers stand for, besides 0:\n",
		b->writers, b->writers > 1 ? "s" : "", b->rounds, b->rounds > 1 ? "s" : "", b->readers,
		b->readers > 1 ? "s" : "", b->walks, b->walks > 1 ? "s" : "");
	print_values(x, HALF_LO);
	print_values(x, HALF_HI);
	if (retries)
		fputs(" * Left out: retries. To try again is to begin later.\n", x->f);
	if (x->values.tables)
		fputs(" * Left out: what is in table pages, and who frees them when.\n", x->f);
	if (kinds & 1u << ACCESS_CHOOSE)
		fputs(" * What the compiler makes of 8 bytes is written low word first; no model used with\n"
		      " * this kind of test orders the two.\n", x->f);
	if (t->arch == LITMUS_X86 && kinds & (1u << ACCESS_RMB | 1u << ACCESS_WMB))
		fputs(" * smp_rmb() and smp_wmb() are no instructions on x86.\n", x->f);
	fputs(" *)\n\n{", x->f);
	if (t->arch == LITMUS_ARM)
		for (i = 0; i < x->p->nthreads; i++)
			fprintf(x->f, " %u:R0=lo; %u:R1=hi;", i, i);
	if (x->p->initial[0]) {
		struct op lo = { .half = HALF_LO, .value = (uint32_t)x->p->initial[0] };
		struct op hi = { .half = HALF_HI, .value = x->p->initial[0] >> 32 };

		fprintf(x->f, " lo=%u; hi=%u;", number(x, &lo), number(x, &hi));
	}
	fprintf(x->f, "%s}\n\n", t->arch == LITMUS_ARM || x->p->initial[0] ? " " : "");
}

static void print_test(const struct litmus *x)
{
	unsigned i;

	print_head(x);
	for (i = 0; x->test->arch == LITMUS_C && i < x->p->nthreads; i++)
		c_thread(x, i);
	if (x->test->arch != LITMUS_C)
		print_columns(x);
	print_exists(x);
}

static uint32_t silent_kinds(enum litmus_arch arch)
{
	const uint32_t c = 1u << ACCESS_CHOOSE | 1u << ACCESS_LOOKUP | 1u << ACCESS_STILL |
			   1u << ACCESS_ALLOC | 1u << ACCESS_FILL | 1u << ACCESS_FREE;
	const uint32_t arm = c | 1u << ACCESS_ENTER | 1u << ACCESS_EXIT;

	/* x86 keeps stores in order, and loads: smp_wmb() and smp_rmb() are no instructions */
	return arch == LITMUS_C ? c : arch == LITMUS_ARM ? arm : arm | 1u << ACCESS_RMB | 1u << ACCESS_WMB;
}

static int prepare(struct litmus *x, char *why, unsigned len)
{
	const char *no = NULL;
	bool possible = false;
	unsigned i;
	int err = entry_values_find(&x->values, x->p, why, len);

	for (i = 0; !err && i < x->p->nthreads; i++) {
		const bool watched = x->p->watched & 1u << i;

		x->tree[i].silent = silent_kinds(x->test->arch);
		err = tree_grow(&x->tree[i], &x->p->b[i], &x->values, watched ? x->test->notes : 0, why, len);
		possible |= !err && x->tree[i].at[0].ends;
	}
	if (!err && !possible)
		no = "no path of its reader ends so, whatever it reads";
	if (!err && !no && x->test->arch != LITMUS_C)
		no = lay_out_all(x);
	if (no)
		snprintf(why, len, "%s", no);
	return no ? -EINVAL : err;
}

int litmus_write(FILE *f, const struct litmus_test *t, char *why, unsigned len)
{
	struct litmus *x = calloc(1, sizeof(*x));
	struct bounds bounds = t->bounds;
	int err = -ENOMEM;
	unsigned i;

	bounds.retries = 0;	/* a walk that begins again is the same again, later */
	if (x)
		x->b = bounded_new(t->cell, &bounds, t->model, t->tears, &err);
	if (x && x->b) {
		x->test = t;
		x->f = f;
		x->p = bounded_program(x->b);
		err = prepare(x, why, len);
		if (!err && f)
			print_test(x);
		for (i = 0; i < MAX_PARTIES; i++)
			tree_free(&x->tree[i]);
		bounded_free(x->b);
	}
	free(x);
	return err;
}
