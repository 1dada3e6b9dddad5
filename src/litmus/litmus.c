/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One litmus test: what its numbers stand for and what the explorer claims of it, its
 * initial state, its program (code.h), its condition.
 *
 * Key invariant: the condition is over the registers of the program as it is written,
 * and true of exactly those answers after which a reader's own code ends as wanted.
 *
 * The format is that of herdtools7: lib/splitter.mll and lib/stateParser.mly there, and
 * Documentation/litmus-tests.txt of the kernel's tools/memory-model.
 *
 * Traps: no brace in a comment before the initial state, no line of one that begins
 * like KEY = VALUE; and no comments in C code, where the splitter does not skip them and
 * takes an "exists" for the condition.
 */
#include "litmus.h"

#include <errno.h>
#include <stdlib.h>

#include "code.h"

const char *const litmus_arch_names[NR_LITMUS_ARCHS + 1] = { "C", "ARM", "X86", NULL };

/* Is answer `i` the first of those that end like it, and do they end as wanted at all? */
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
			litmus_put_reg(x, thread, b->reg);
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

/* Which answers lead to an end as wanted. Every \/ below the outermost has its parentheses. */
static void condition(const struct litmus *x, unsigned thread, uint32_t at, bool outermost)
{
	const struct tree *t = &x->tree[thread];
	const struct branch *b = &t->at[at];
	unsigned i, groups = 0, written = 0;
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
		put(x, written++, outermost ? " \\/\n\t" : " \\/ ");
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
		cell_program_value_text(x->b, half, v->v[i], text, sizeof(text));
		fprintf(x->f, " *\t%s %u: %08x, %s\n", half == HALF_HI ? "hi" : "lo", i, v->v[i], text);
	}
}

static void print_head(const struct litmus *x)
{
	const struct litmus_test *t = x->test;
	const struct bounds *b = &t->bounds;
	const uint32_t kinds = litmus_kinds(x);
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
		fputs(" * Where 8 bytes are two words the low one comes first here: what sc and tso allow, they\n"
		      " * allow in that order. weak, and herd7's model for this kind of test, keep neither.\n",
		      x->f);
	if (t->arch == LITMUS_X86 && kinds & (1u << ACCESS_RMB | 1u << ACCESS_WMB))
		fputs(" * smp_rmb() and smp_wmb() are no instructions on x86.\n", x->f);
	fputs(" *)\n\n{", x->f);
	if (t->arch == LITMUS_ARM)
		for (i = 0; i < x->p->nthreads; i++)
			fprintf(x->f, " %u:R0=lo; %u:R1=hi;", i, i);
	if (x->p->initial[0]) {
		struct op lo = { .half = HALF_LO, .value = (uint32_t)x->p->initial[0] };
		struct op hi = { .half = HALF_HI, .value = x->p->initial[0] >> 32 };

		fprintf(x->f, " lo=%u; hi=%u;", litmus_number(x, &lo), litmus_number(x, &hi));
	}
	fprintf(x->f, "%s}\n\n", t->arch == LITMUS_ARM || x->p->initial[0] ? " " : "");
}

static void print_test(const struct litmus *x)
{
	print_head(x);
	(x->test->arch == LITMUS_C ? litmus_put_c : litmus_put_columns)(x);
	print_exists(x);
}

uint32_t litmus_silent_kinds(enum litmus_arch arch)
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

		x->tree[i].silent = litmus_silent_kinds(x->test->arch);
		err = tree_grow(&x->tree[i], &x->p->b[i], &x->values, watched ? x->test->notes : 0, why, len);
		possible |= !err && x->tree[i].at[0].ends;
	}
	if (!err && !possible && x->f)
		no = "no path of its reader ends so, whatever it reads";
	if (!err && !no && x->test->arch != LITMUS_C)
		no = litmus_lay_out(x);
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
		x->b = cell_program_new(t->cell, &bounds, t->model, t->tears, &err);
	if (x && x->b) {
		x->test = t;
		x->f = f;
		x->p = cell_program_base(x->b);
		err = prepare(x, why, len);
		if (!err && f)
			print_test(x);
		for (i = 0; i < MAX_PARTIES; i++)
			tree_free(&x->tree[i]);
		cell_program_free(x->b);
	}
	free(x);
	return err;
}
