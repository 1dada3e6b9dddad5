/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What both instruction sets' steps do to a path: values, stack slots, tokens, calls.
 *
 * Invariant: a trace that has no room for another token, or slots that have none for another
 * pointer, lose the path: nothing is left out silently.
 */
#include "path.h"

#include <stdio.h>
#include <string.h>

struct value value_plus(struct value v, int32_t n)
{
	if (v.origin == FROM_ENTRY || v.origin == FROM_STACK)
		v.off += n;
	return v;
}

struct value path_slot(const struct path *p, int32_t off)
{
	uint32_t i;

	for (i = 0; i < p->nslots; i++)
		if (p->slots[i].off == off)
			return p->slots[i].v;
	return (struct value){ 0 };
}

/* Only slots that hold something of interest are kept. */
void path_set_slot(struct path *p, int32_t off, struct value v)
{
	uint32_t i;

	for (i = 0; i < p->nslots && p->slots[i].off != off; i++)
		;
	if (v.origin == FROM_NOWHERE) {
		if (i < p->nslots)
			p->slots[i] = p->slots[--p->nslots];
		memset(&p->slots[p->nslots], 0, sizeof(p->slots[0]));
	} else if (i == NR_SLOTS) {
		path_lose(p, "more stack slots than the audit keeps");
	} else {
		p->slots[i].off = off;
		p->slots[i].v = v;
		p->nslots += i == p->nslots;
	}
}

void path_lose(struct path *p, const char *why)
{
	if (!p->lost)
		p->lost = why;
}

void path_token(struct path *p, const char *token)
{
	size_t n = strlen(p->trace);

	if (n + strlen(token) + 2 > sizeof(p->trace))
		path_lose(p, "more accesses than the audit keeps");
	else
		sprintf(p->trace + n, "%s ", token);
}

void path_access(struct path *p, char what, struct value addr, unsigned width, const char *by)
{
	char token[48];
	int n;

	if (addr.origin == FROM_MIXED)
		path_lose(p, "an access through a pointer made from the entry's");
	if (addr.origin == FROM_STALE)
		path_lose(p, "an access through a register that a call may have overwritten");
	if (addr.origin != FROM_ENTRY)
		return;
	if (width == 4 && (addr.off == 0 || addr.off == 4))
		n = snprintf(token, sizeof(token), "%c%c", what, addr.off ? 'h' : 'l');
	else if (width == 8 && addr.off == 0)
		n = snprintf(token, sizeof(token), "%c8", what);
	else
		n = snprintf(token, sizeof(token), "%c%u+%d", what, width, addr.off);
	if (by)
		snprintf(token + n, sizeof(token) - (size_t)n, "(%s)", by);
	path_token(p, token);
}

/* What a protocol calls by name, and how many arguments that takes. */
static const struct { const char *prefix; unsigned args; } callees[] = {
	{ "value_", 1 }, { "next_", 1 }, { "sched_yield", 0 }, { "__sched_yield", 0 },
	{ "__x86.get_pc_thunk", 0 },
};

unsigned callee_args(const struct code *c, const char *name)
{
	size_t i;

	if (!name)
		return c->indirect_args;
	for (i = 0; i < sizeof(callees) / sizeof(callees[0]); i++)
		if (!strncmp(name, callees[i].prefix, strlen(callees[i].prefix)))
			return callees[i].args;
	return 6;
}

void path_call(struct path *p, const char *name, bool hands_over)
{
	char token[80];

	if (p->quiet || (name && !strncmp(name, "__x86.get_pc_thunk", 18)))
		return;
	snprintf(token, sizeof(token), "call%s%s%s", hands_over ? "(p)" : "", name ? ":" : "",
		 name ? name : "");
	path_token(p, token);
}

void path_lent(struct path *p, struct value v)
{
	int32_t i;

	for (i = 0; v.origin == FROM_STACK && i < 8; i += 4)
		if (interesting(path_slot(p, v.off + i)))
			path_set_slot(p, v.off + i, (struct value){ .origin = FROM_STALE });
}
