/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All paths through a function: a depth-first walk over copies of struct path.
 *
 * Invariant: a state that was met before, at a jump or where paths join, is not followed
 * again; so the walk ends, and what it says of a function it says of every path with at
 * most MAX_BACKS backward jumps.
 */
#include "trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BACKS = 2, MAX_STEPS = 400000, SEEN = 1 << 17, STATE = offsetof(struct path, target) };

struct walkthrough {
	struct code code;
	cs_insn *insns;
	size_t ninsns;
	struct path *todo;
	size_t ntodo, room;
	uint64_t *seen;		/* hashes of states at jumps and joins */
	unsigned steps;
	bool returned;		/* with the stack as it was */
	struct codegen *g;
	unsigned backs[MAX_TRACES];
};

/* ---- decoding: once, in order, so that Thumb's it-blocks are what they are ---- */

static int insns_append(struct walkthrough *w, const uint8_t *code, size_t len, uint64_t addr)
{
	cs_insn *more, *all;
	size_t n = cs_disasm(w->code.cs, code, len, addr, 0, &more);

	if (!n)
		return 0;
	all = realloc(w->insns, (w->ninsns + n) * sizeof(*all));
	if (!all) {
		cs_free(more, n);
		return -ENOMEM;
	}
	memcpy(all + w->ninsns, more, n * sizeof(*all));
	free(more);	/* the details live on in `all` */
	w->insns = all;
	w->ninsns += n;
	return 0;
}

static int decode(struct walkthrough *w)
{
	const struct function *f = w->code.f;
	const uint8_t *code = image_code(w->code.img, f);
	uint64_t begin = 0, end;
	int err = 0;

	if (!code)
		return -ENOEXEC;
	for (; begin < f->size && !err; begin = end) {
		bool data = image_is_data(w->code.img, f, f->addr + begin);

		for (end = begin + 1; end < f->size && w->code.img->isa == ISA_ARM; end++)
			if (image_is_data(w->code.img, f, f->addr + end) != data)
				break;
		if (w->code.img->isa != ISA_ARM)
			end = f->size;
		if (!data)
			err = insns_append(w, code + begin, end - begin, f->addr + begin);
	}
	return err;
}

static const cs_insn *insn_at(const struct walkthrough *w, uint64_t addr)
{
	size_t lo = 0, hi = w->ninsns;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (w->insns[mid].address < addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < w->ninsns && w->insns[lo].address == addr ? &w->insns[lo] : NULL;
}

/* ---- the search ---- */

static void give_up(struct walkthrough *w, const char *why)
{
	if (!w->g->lost)
		w->g->lost = why;
	w->ntodo = 0;
}

/* FNV-1a; a collision in 64 bits would drop a path. */
static uint64_t hash(const struct path *p)
{
	const unsigned char *s = (const unsigned char *)p;
	uint64_t h = 14695981039346656037u;
	size_t i;

	for (i = 0; i < STATE; i++)
		h = (h ^ s[i]) * 1099511628211u;
	return h ? h : 1;
}

static bool seen(struct walkthrough *w, const struct path *p)
{
	uint64_t h = hash(p);
	size_t i = h % SEEN, n;

	for (n = 0; n < SEEN && w->seen[i]; n++, i = (i + 1) % SEEN)
		if (w->seen[i] == h)
			return true;
	if (n == SEEN)
		give_up(w, "too many paths");
	else
		w->seen[i] = h;
	return false;
}

static void later(struct walkthrough *w, const struct path *p, uint64_t pc)
{
	struct path *q;

	if (w->ntodo == w->room) {
		w->room = w->room ? 2 * w->room : 64;
		q = realloc(w->todo, w->room * sizeof(*q));
		if (!q) {
			w->room = w->ntodo;
			give_up(w, "out of memory");
			return;
		}
		w->todo = q;
	}
	q = &w->todo[w->ntodo];
	*q = *p;
	q->backs += pc < p->pc;
	q->pc = pc;
	q->split = false;
	if (q->backs <= MAX_BACKS && !seen(w, q))
		w->ntodo++;
}

/* Keeps the traces sorted by how many backward jumps they needed. */
static void record(struct walkthrough *w, const struct path *p)
{
	struct codegen *g = w->g;
	unsigned i, at;

	w->returned = true;
	for (i = 0; i < g->ntraces; i++) {
		if (strcmp(g->traces[i], p->trace))
			continue;
		if (w->backs[i] <= p->backs)
			return;
		memmove(&g->traces[i], &g->traces[i + 1], (g->ntraces - i - 1) * TRACE_MAX);
		memmove(&w->backs[i], &w->backs[i + 1], (g->ntraces - i - 1) * sizeof(w->backs[0]));
		g->ntraces--;
		break;
	}
	if (g->ntraces == MAX_TRACES) {
		give_up(w, "too many different traces");
		return;
	}
	for (at = 0; at < g->ntraces && (w->backs[at] < p->backs ||
	     (w->backs[at] == p->backs && strcmp(g->traces[at], p->trace) < 0)); at++)
		;
	memmove(&g->traces[at + 1], &g->traces[at], (g->ntraces - at) * TRACE_MAX);
	memmove(&w->backs[at + 1], &w->backs[at], (g->ntraces - at) * sizeof(w->backs[0]));
	memcpy(g->traces[at], p->trace, TRACE_MAX);
	w->backs[at] = p->backs;
	g->ntraces++;
}

/* i386: both guesses about a popped argument go on; the wrong one returns askew, and is dropped. */
static void returned(struct walkthrough *w, const struct path *p, unsigned sp)
{
	bool level = p->reg[sp].origin == FROM_STACK && p->reg[sp].off == 0;

	if (level && p->lost)
		give_up(w, p->lost);
	else if (level)
		record(w, p);
	else if (w->code.img->isa != ISA_I386)
		give_up(w, "the stack could not be followed");
}

/* One instruction; false: this path has ended. */
static bool step(struct walkthrough *w, struct path *p)
{
	const cs_insn *in = insn_at(w, p->pc);
	const bool arm = w->code.img->isa == ISA_ARM, i386 = w->code.img->isa == ISA_I386;
	enum flow flow;

	if (!in || ++w->steps > MAX_STEPS) {
		give_up(w, in ? "too many paths" : "code that does not decode");
		return false;
	}
	p->split = false;
	flow = arm ? arm_step(&w->code, in, p) : x86_step(&w->code, in, p);
	if (p->askew)
		return false;
	if (p->lost && !i386) {		/* there, it may only be a wrong guess */
		give_up(w, p->lost);
		return false;
	}
	switch (flow) {
	case FLOW_RETURN:
		if (!arm && in->id == X86_INS_RET)	/* its address is on the stack */
			returned(w, p, 4);
		else
			returned(w, p, arm ? 13 : 4);
		return false;
	case FLOW_JUMP:
		later(w, p, p->target);
		return false;
	case FLOW_FORK:
		later(w, p, p->target);
		if (p->split)
			p->cond_holds = 0;
		later(w, p, in->address + in->size);
		return false;
	case FLOW_ON:
		break;
	}
	if (p->called) {
		struct path q = *p;

		p->called = q.called = 0;
		p->guessed = q.guessed = 1;
		q.reg[4] = value_plus(q.reg[4], 4);
		later(w, &q, in->address + in->size);
	}
	p->pc = in->address + in->size;
	return true;
}

static void start(struct walkthrough *w, unsigned arg, bool calls)
{
	static const uint8_t x86_64[] = { 7, 6, 2, 1, 8, 9 };	/* rdi rsi rdx rcx r8 r9 */
	const struct value entry = { .origin = FROM_ENTRY };
	struct path p;

	memset(&p, 0, sizeof(p));
	p.pc = w->code.f->addr;
	p.quiet = !calls;
	p.reg[w->code.img->isa == ISA_ARM ? 13 : 4].origin = FROM_STACK;
	switch (w->code.img->isa) {
	case ISA_X86_64: p.reg[x86_64[arg]] = entry; break;
	case ISA_I386: path_set_slot(&p, 4 + 4 * (int32_t)arg, entry); break;
	case ISA_ARM: p.reg[arg] = entry; break;
	}
	later(w, &p, p.pc);
}

static cs_err open_decoder(csh *cs, const struct image *img, bool thumb)
{
	cs_err e = img->isa == ISA_ARM ? cs_open(CS_ARCH_ARM, thumb ? CS_MODE_THUMB : CS_MODE_ARM, cs) :
		   cs_open(CS_ARCH_X86, img->isa == ISA_X86_64 ? CS_MODE_64 : CS_MODE_32, cs);

	return e ? e : cs_option(*cs, CS_OPT_DETAIL, CS_OPT_ON);
}

int codegen_read(struct codegen *g, const struct image *img, const struct function *f, unsigned arg,
		 unsigned indirect_args, bool calls)
{
	struct walkthrough w = { .code = { .img = img, .f = f, .indirect_args = indirect_args }, .g = g };
	int err;

	*g = (struct codegen){ .traces = calloc(MAX_TRACES + 1, TRACE_MAX) };
	w.seen = calloc(SEEN, sizeof(*w.seen));
	err = !g->traces || !w.seen ? -ENOMEM : open_decoder(&w.code.cs, img, f->thumb) ? -ENOTSUP : 0;
	if (!err)
		err = decode(&w);
	if (!err)
		start(&w, arg, calls);
	while (w.ntodo) {
		struct path p = w.todo[--w.ntodo];

		while (step(&w, &p))
			;
	}
	if (!err && !w.returned && !g->lost)
		g->lost = "no path to a return";
	while (g->straight < g->ntraces && !w.backs[g->straight])
		g->straight++;
	if (w.insns)
		cs_free(w.insns, w.ninsns);
	if (w.code.cs)
		cs_close(&w.code.cs);
	free(w.seen);
	free(w.todo);
	return err;
}

void codegen_free(struct codegen *g)
{
	free(g->traces);
	*g = (struct codegen){ 0 };
}
