/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a call hands to whom, and what comes back. Functions that are known by name are those
 * whose code would say nothing of it: what copies memory, what maps a page, what a trace calls.
 */
#include "flow.h"

#include <string.h>

static bool named(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(name, *list))
			return true;
	return false;
}

/* Memory that is copied or cleared: what such a function does to entries is nobody's order. */
static bool is_copy(const char *name)
{
	static const char *const names[] = { "memcpy", "memmove", "memset", "__memcpy", "__memset", "__memset32", "__memzero",
		"mmioset", "mmiocpy", "clear_page", "copy_page", "v7wbi_clear_user_highpage", NULL };

	return named(name, names);
}

/* What stores an entry for whoever calls it, and is a function of its own where the compiler thought so */
static bool is_helper(const char *name)
{
	return !strncmp(name, "set_64bit", 9);
}

/* A page is made to have an address: the table's that its entry leads to */
static bool is_mapping(const char *name)
{
	return !strncmp(name, "kmap", 4) || !strncmp(name, "__kmap_local", 12) || !strncmp(name, "page_address", 12);
}

bool whole_is_trace(const char *name)
{
	static const char *const names[] = { "__fentry__", "mcount", "__gnu_mcount_nc", "ftrace_caller", NULL };

	return named(name, names);
}

static struct val argument(const struct whole *w, const struct state *s, unsigned k, bool tail)
{
	static const uint8_t x86[] = { 0, 2, 1 };
	const bool arm = w->image->arch == ARCH_ARM;
	const unsigned regs = arm ? 4 : 3;
	struct val sp = s->r[arm ? 13 : 4];

	if (k < regs)
		return s->r[arm ? k : x86[k]];
	return sp.kind == V_STACK ? state_slot(s, sp.off + (tail && !arm ? 4 : 0) + 4 * (int32_t)(k - regs)) : val_unknown();
}

/* What a callee may have put into a word: if nothing was known of that, it has */
static struct val filled(struct whole *w, struct val old, struct val v, uint32_t id)
{
	if (old.kind > V_UNKNOWN)
		return val_join(&w->sets, old, v, id, MOST_CONSTANTS);
	if (v.kind == V_ENTRY)
		v.id = id;
	return v;
}

/* What an argument points to, there and back */
static void share(struct frame *fr, struct state *s, unsigned callee, unsigned k, struct val v, uint32_t site)
{
	struct whole *w = fr->w;
	struct func *to = &w->funcs[callee];
	unsigned i;

	for (i = 0; i < to->nfields[k]; i++) {
		const struct field *l = &to->fields[k][i];
		int32_t at = v.off + l->off;

		/* beyond the frame lies nobody's object */
		if (v.kind == V_STACK && (at < 0 || v.off >= 0)) {
			whole_put(w, callee, k, l->off, state_slot(s, at), site);
			if (to->fields[k][i].out)
				state_set(s, at, filled(w, state_slot(s, at), to->fields[k][i].w.v, 0x10000000u ^ (uint32_t)at));
		} else if (v.kind == V_PARAM) {
			whole_put(w, callee, k, l->off, whole_field(w, fr->f, v.from, at), site);
			if (to->fields[k][i].out)
				whole_put(w, fr->f, v.from, at, to->fields[k][i].w.v, 0);
		}
	}
}

/* One callee; what it returns */
static struct val call_one(struct frame *fr, struct state *s, unsigned callee, bool tail, uint32_t site)
{
	struct whole *w = fr->w;
	struct func *to = &w->funcs[callee];
	bool changed = false;
	unsigned k;
	struct val ret;

	whole_list(w, &to->callers, &to->ncallers, fr->f);
	for (k = 0; k < PARAMS; k++) {
		struct val v = argument(w, s, k, tail), given = whole_handed(w, v);

		if (!(to->uses >> k & 1))
			continue;
		if (v.kind == V_STACK || v.kind == V_PARAM)
			share(fr, s, callee, k, v, site);
		else if (given.kind > V_UNKNOWN)
			changed |= whole_vote(w, callee, &to->in[k], given, site);
		w->funcs[fr->f].entries |= v.kind == V_ENTRY;
	}
	if (changed)
		whole_again(w, callee);
	ret = to->ret;
	if (ret.kind == V_PARAM) {
		struct val v = argument(w, s, ret.from, tail);

		ret = v.kind == V_CONST && v.id ? val_unknown() : val_sum(&w->sets, v, (struct val){ 0 }, 0, ret.off);
	}
	return ret.kind == V_NEVER ? val_unknown() : ret;
}

/* A library function that copies or clears what entries are in, or gives them an address */
static bool special(struct frame *fr, struct state *s, const struct step *st, const char *name, struct val *ret)
{
	unsigned k;

	if (is_mapping(name)) {
		for (k = 0; k < 3; k++) {
			struct val v = argument(fr->w, s, k, st->what == S_TAIL);

			if ((v.kind == V_MADE || v.kind == V_HELD) && v.levels >> 1)
				*ret = (struct val){ .kind = V_ENTRY, .levels = v.levels >> 1, .id = st->addr };
		}
		return false;
	}
	if (!is_copy(name))
		return false;
	for (k = 0; k < 2; k++) {
		struct val v = argument(fr->w, s, k, st->what == S_TAIL);

		if (v.kind == V_ENTRY)
			whole_access(fr, 0, 0, (struct access){ .addr = st->addr, .at = v, .by = name, .how = 'M', .arg = (uint8_t)k });
	}
	return true;
}

static void clobber(const struct whole *w, struct state *s, const struct step *st, struct val ret)
{
	static const uint8_t x86[] = { 1, 2 }, arm[] = { 1, 2, 3, 12, 14 };
	const bool is_arm = w->image->arch == ARCH_ARM;
	unsigned i;

	for (i = 0; i < (is_arm ? sizeof(arm) : sizeof(x86)); i++)
		s->r[is_arm ? arm[i] : x86[i]] = (struct val){ .kind = V_UNKNOWN, .id = st->addr + 1 + i };
	if (ret.kind <= V_UNKNOWN || ret.kind == V_ENTRY || ret.kind == V_HELD)
		ret.id = st->addr;
	s->r[0] = ret;
}

/* __x86_indirect_thunk_eax: a call by that register */
static bool thunk(struct state *s, const char *name, struct val *target)
{
	static const char *const regs[] = { "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi" };
	unsigned i;

	if (strncmp(name, "__x86_indirect_thunk_", 21))
		return false;
	for (i = 0; i < 8; i++)
		if (!strcmp(name + 21, regs[i]))
			*target = s->r[i];
	return true;
}

/* Is this argument made for this call, in the same straight piece of code, or was it left there? */
static bool is_passed(const struct frame *fr, unsigned k)
{
	static const uint8_t x86[] = { 0, 2, 1 };
	const bool arm = fr->w->image->arch == ARCH_ARM;
	const unsigned regs = arm ? 4 : 3, sp = arm ? 13 : 4;
	unsigned i;

	for (i = fr->step; i-- > fr->r->blocks[fr->block].first;) {
		const struct step *st = &fr->r->steps[i];

		if (st->what == S_CALL || st->what == S_CALL_BY)
			return false;
		if (k < regs && st->dst == (arm ? k : x86[k]) && st->what < S_STORE)
			return true;
		if (k >= regs && st->what == S_STORE && st->a == sp && (!arm || st->imm == 4 * (int32_t)(k - regs)))
			return true;
	}
	return false;
}

void whole_call(struct frame *fr, struct state *s, const struct step *st, struct val target, bool tail)
{
	struct whole *w = fr->w;
	struct val ret = { 0 }, mapped = { 0 };
	unsigned i, k, n = val_count(&w->sets, target), found = 0;
	const bool direct = st->what != S_CALL_BY && st->a == NOREG;
	bool by_pointer = !direct, copies = false;

	if (direct && n == 1) {		/* by name */
		int f = kimage_symbol(w->image, (uint32_t)target.off);
		const char *name = f < 0 ? "" : w->image->symbols[f].name;

		if (whole_is_trace(name)) {
			if (w->image->arch == ARCH_ARM)		/* it pops what was pushed for it */
				s->r[13] = val_sum(&w->sets, s->r[13], (struct val){ 0 }, 0, 4);
			return;
		}
		if (!strcmp(name, "__x86_return_thunk")) {
			flow_returns(fr, s->r[0]);
			return;
		}
		if (is_helper(name)) {
			struct val at = argument(w, s, 0, tail);

			if (at.kind != V_ENTRY)
				whole_hint(fr, at, PMD);
			else
				whole_access(fr, fr->block, fr->step, (struct access){ .addr = st->addr, .at = at, .how = 'H', .by = w->image->symbols[f].name });
		}
		by_pointer = thunk(s, name, &target);
		n = val_count(&w->sets, target);
	}
	for (i = 0; i < n; i++) {
		uint32_t addr = val_constant(&w->sets, target, i);
		int f = kimage_symbol(w->image, addr);

		if (f < 0 || w->image->symbols[f].addr != addr)
			continue;
		found++;
		if (special(fr, s, st, w->image->symbols[f].name, &mapped))
			copies = true;
		else
			ret = val_join(&w->sets, ret, call_one(fr, s, (unsigned)f, tail, st->addr), st->addr, MOST_CONSTANTS);
	}
	/* a pointer that is 0 in every struct that gets here leads nowhere */
	for (k = 0; by_pointer && !found && target.kind == V_UNKNOWN && k < PARAMS; k++) {
		struct val v = argument(w, s, k, tail);

		if (v.kind == V_ENTRY && !v.doubt && is_passed(fr, k))
			whole_access(fr, 0, 0, (struct access){ .addr = st->addr, .at = v, .how = 'C', .by = "a pointer", .arg = (uint8_t)k,
				.pointer = target.kind == V_UNKNOWN && target.from ? (uint32_t)target.off : 0 });
	}
	if (copies)
		ret = argument(w, s, 0, tail);
	if (mapped.kind == V_ENTRY)
		ret = mapped;
	if (tail)
		flow_returns(fr, ret);
	clobber(w, s, st, ret.kind == V_NEVER ? val_unknown() : ret);
}

