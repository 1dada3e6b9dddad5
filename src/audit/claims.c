/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The claims, by symbol: read from the protocol's own lists (READERS, WRITERS, WALKERS), where
 * they stand beside the primitives (protocol/claim.h), so that a new row there is audited
 * without a word here. A primitive without a claim does not compile.
 *
 * What is known here is what a machine makes of {rmb} and its like.
 */
#include "claims.h"

#include <stdio.h>
#include <string.h>

#include "protocol/readers.h"
#include "protocol/steps.h"
#include "protocol/writers.h"

/* X86 keeps loads and stores in order: its rmb and wmb are no instruction. */
static const struct { const char *name, *x86, *arm; } machine[] = {
	{ "rmb", "", "dmb\\.(ish|sy) " },
	{ "wmb", "", "dmb\\.(ishst|ish|st|sy) " },
	{ "xchg lo", "Xl ", "dmb\\.ish (Rl )?(Rl\\(ldrex\\) (Wl\\(strex\\) )?)+dmb\\.ish " },
	/* a compare that fails leaves without the store */
	{ "update lo", "Rl (Xl )+", "Rl (dmb\\.ish |Rl\\(ldrex\\) |Wl\\(strex\\) )+" },
	{ "load64", "X8\\(cmpxchg8b\\) ", "R8\\(ldrexd\\) " },
	/* what cmpxchg8b is first compared with may be read in any way */
	{ "store64", "((R8(\\([a-z]*\\))?|Rl|Rh) )*(X8\\(cmpxchg8b\\) )+",
	  "(R8\\(ldrexd\\) W8\\(strexd\\) )+" },
	{ "lock", "", "(dmb\\.ish )*" },
	{ "strd", "((R8(\\([a-z]*\\))?|Rl|Rh) )*(X8\\(cmpxchg8b\\) )+", "W8\\(strd\\) " },
};

/* Which arguments there are: the entry's address, and the hidden one of a struct returned. */
static const struct shape {
	const char *prefix;
	unsigned arg;
	unsigned returns;	/* bytes of a struct, or 0 */
	unsigned indirect_args;
	bool loops;
} shapes[] = {
	{ "read_", 1, 8, 0, false },
	{ "scan_", 1, 0, 0, true },
	{ "set_", 0, 0, 1, false },
	{ "clear_", 0, 0, 1, false },
	{ "invalidate_", 0, 0, 1, false },
	{ "touch_by_", 1, 0, 1, false },
	{ "remap_", 1, 0, 1, true },
	{ "fault_zap_", 1, 0, 1, true },
	{ "walk_", 2, 32, 6, false },
};

#define TRACE_OF(...) TRACE_OF_(__VA_ARGS__)
#define TRACE_OF_(kind, trace, words) trace

static const struct row {
	const char *symbol;
	enum claim_kind kind;
	const char *trace, *words;
	const char *then;	/* the trace of a second primitive, after the first */
} rows[] = {
#define X(id, name, body, fl, ok, text, src) \
	{ "read_" #id, CLAIM_##body, "" }, { "scan_" #id, CLAIM_##body, "" },
	READERS(X)
#undef X
#define X(id, nm, set, clr, inv, tch, fl, tr, text, src) \
	{ "set_" #id, CLAIM_##set, "" }, { "clear_" #id, CLAIM_##clr, "" }, \
	{ "invalidate_" #id, CLAIM_##inv, "" }, { "touch_by_" #id, CLAIM_##tch, "" }, \
	{ "remap_" #id "_pae", CLAIM_##set, "" }, { "remap_" #id "_lpae", CLAIM_##set, "" }, \
	{ "fault_zap_" #id "_pae", CLAIM_##set, TRACE_OF(CLAIM_##clr) }, \
	{ "fault_zap_" #id "_lpae", CLAIM_##set, TRACE_OF(CLAIM_##clr) },
	WRITERS(X)
#undef X
#define X(id, nm, step, loop, fl, text, src) { "walk_" #id "_step", CLAIM_##step, "" },
#define R(id, nm, step, loop, fl, text, src) X(id, nm, step, loop, fl, text, src) \
	{ "walk_" #id "_pae_plain_step", CLAIM_plain_step, "" }, \
	{ "walk_" #id "_lpae_plain_step", CLAIM_plain_step, "" },
	WALKERS(X, R)
#undef X
#undef R
};

/* Appends `from` to pattern, its {names} as this machine has them. */
static void expand(char *pattern, size_t room, const char *from, enum isa isa)
{
	size_t n = strlen(pattern), i;

	while (*from && n + 1 < room) {
		const char *end = *from == '{' ? strchr(from, '}') : NULL;

		for (i = 0; end && i < sizeof(machine) / sizeof(machine[0]); i++) {
			if (strlen(machine[i].name) != (size_t)(end - from - 1) ||
			    strncmp(machine[i].name, from + 1, (size_t)(end - from - 1)))
				continue;
			n += (size_t)snprintf(pattern + n, room - n, "%s",
					      isa == ISA_ARM ? machine[i].arm : machine[i].x86);
		}
		if (!end)
			pattern[n++] = *from;
		pattern[n] = '\0';
		from = end ? end + 1 : from + 1;
	}
}

/* read_atomic64_MECHANISM, read_pair64_MECHANISM: this machine's own, by one such instruction. */
static void claim_mechanism(struct claim *c, const char *symbol, const struct shape *s)
{
	static const char *const kinds[] = { "atomic64_", "pair64_" };
	const char *name = symbol + strlen(s->prefix);
	const size_t room = sizeof(c->pattern) - strlen(c->pattern);
	size_t i;

	for (i = 0; i < 2; i++) {
		if (strncmp(name, kinds[i], strlen(kinds[i])))
			continue;
		name += strlen(kinds[i]);
		c->kind = CLAIM_EXACT;
		snprintf(c->pattern + strlen(c->pattern), room, "[RX]8\\(%s\\) ", name);
		snprintf(c->words, sizeof(c->words), "one %s", name);
	}
}

bool claim_find(struct claim *c, const char *symbol, enum isa isa)
{
	const struct shape *s = NULL;
	size_t i;

	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]) && !s; i++)
		if (!strncmp(symbol, shapes[i].prefix, strlen(shapes[i].prefix)))
			s = &shapes[i];
	if (!s || (s->returns == 32 && !strstr(symbol, "_step")))
		return false;
	*c = (struct claim){ .kind = CLAIM_NONE, .indirect_args = s->indirect_args,
			     .one_value = s->returns != 32, .arg = s->arg };
	c->arg += s->returns > (isa == ISA_X86_64 ? 16u : 0);
	strcpy(c->pattern, s->loops ? "^(" : "^");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]) && c->kind == CLAIM_NONE; i++) {
		if (strcmp(rows[i].symbol, symbol))
			continue;
		c->kind = rows[i].kind;
		snprintf(c->words, sizeof(c->words), "%s",
			 *rows[i].then ? "set and clear as those of its writer" : rows[i].words);
		expand(c->pattern, sizeof(c->pattern) - 4, rows[i].trace, isa);
		expand(c->pattern, sizeof(c->pattern) - 4, rows[i].then, isa);
	}
	if (c->kind == CLAIM_NONE)
		claim_mechanism(c, symbol, s);
	strcat(c->pattern, s->loops ? ")*$" : "$");
	return true;
}
