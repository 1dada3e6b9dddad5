/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The claims, by primitive. Which symbol is made of which primitive is read from the
 * protocol's own lists (READERS, WRITERS), so that a new row there is audited
 * without a word here; a new primitive wants a row below, and until it has one its
 * symbols are "unknown".
 *
 * {rmb} and its like are what a machine makes of them: see `machine`.
 */
#include "claims.h"

#include <stdio.h>
#include <string.h>

#include "protocol/readers.h"
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
	{ "strd", "((R8(\\([a-z]*\\))?|Rl|Rh) )*(X8\\(cmpxchg8b\\) )+", "W8\\(strd\\) " },
};

static const struct primitive_claim {
	const char *name, *pattern, *words;
	enum claim_kind kind;
} claims[] = {
	{ "rd_plain_reread", "", "plain *p", CLAIM_PLAIN },
	{ "rd_plain_barrier", "", "one plain copy", CLAIM_PLAIN },
	{ "rd_read_once", "Rh Rl ", "two loads, high first", CLAIM_EXACT },
	{ "rd_lo_hi", "Rl Rh ", "two loads, low first", CLAIM_EXACT },
	{ "rd_hi_lo", "Rh Rl ", "two loads, high first", CLAIM_EXACT },
	{ "rd_pmd_read_atomic", "Rl ({rmb}Rh )?", "low; if not 0: rmb, high", CLAIM_EXACT },
	{ "rd_get_lockless", "(Rl {rmb}Rh {rmb}Rl )+", "low, rmb, high, rmb, low again", CLAIM_EXACT },
	{ "rd_atomic64", "{load64}", "one 8-byte load", CLAIM_EXACT },
	{ "rd_locked", "", "plain, under the lock", CLAIM_LOCKED },
	{ "rd_busted_hoisted", "{load64}", "one 8-byte load", CLAIM_EXACT },

	/* read_atomic64_MECHANISM */
	{ "cmpxchg8b", "X8\\(cmpxchg8b\\) ", "one lock cmpxchg8b", CLAIM_EXACT },
	{ "movq", "R8\\(movq\\) ", "one movq", CLAIM_EXACT },
	{ "fild", "R8\\(fild\\) ", "one fild", CLAIM_EXACT },
	{ "ldrexd", "R8\\(ldrexd\\) ", "one ldrexd", CLAIM_EXACT },
	{ "ldrd", "R8\\(ldrd\\) ", "one ldrd", CLAIM_EXACT },
	{ "vldr", "R8\\(vldr\\) ", "one vldr", CLAIM_EXACT },
	{ "ldm", "R8\\(ldm\\) ", "one ldm", CLAIM_EXACT },

	{ "set_high_wmb_low", "Wh {wmb}Wl ", "high, wmb, low", CLAIM_EXACT },
	{ "set_high_low", "Wh Wl ", "high, low", CLAIM_EXACT },
	{ "set_low_wmb_high", "Wl {wmb}Wh ", "low, wmb, high", CLAIM_EXACT },
	{ "establish_half", "{xchg lo}Wh ", "xchg low, then high", CLAIM_EXACT },
	{ "set_atomic", "{store64}", "one 8-byte store", CLAIM_EXACT },
	{ "set_strd", "{strd}", "one strd", CLAIM_EXACT },
	{ "set_plain", "", "plain *p = v", CLAIM_PLAIN },
	{ "clear_low_wmb_high", "Wl {wmb}Wh ", "low, wmb, high", CLAIM_EXACT },
	{ "clear_low_high", "Wl Wh ", "low, high", CLAIM_EXACT },
	{ "clear_high_low", "Wh {wmb}Wl ", "high, wmb, low", CLAIM_EXACT },
	{ "clear_low_only", "Wl ", "low only", CLAIM_EXACT },
	{ "clear_xchg_low", "{xchg lo}Rh Wh ", "xchg low, read high, high", CLAIM_EXACT },
	{ "clear_atomic", "{store64}", "one 8-byte store", CLAIM_EXACT },
	{ "clear_strd", "{strd}", "one strd", CLAIM_EXACT },
	{ "clear_plain", "", "plain *p = 0", CLAIM_PLAIN },
	{ "clear_establish", "{xchg lo}Wh ", "xchg low, then high", CLAIM_EXACT },
	{ "touch_wrprotect", "{update lo}", "locked update of low", CLAIM_EXACT },
	{ "touch_old", "{update lo}", "locked update of low", CLAIM_EXACT },
	{ "touch_nothing", "", "nothing", CLAIM_EXACT },

	/* a step's own accesses, and its lock's barriers; what it reads through walk->reader is the reader's affair */
	{ "step_by_call", "(dmb\\.ish )*", "none of its own", CLAIM_EXACT },
	{ "step_plain", "", "plain *p, again and again", CLAIM_PLAIN },
	{ "step_rechecks", "", "plain *p once more", CLAIM_PLAIN },
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

/* then: a second primitive, after the first */
static const struct { const char *symbol, *primitive, *then; } symbols[] = {
#define X(id, name, body, fl, ok, text, src) \
	{ "read_" #id, #body, "" }, { "scan_" #id, #body, "" },
	READERS(X)
#undef X
#define X(id, nm, set, clr, inv, tch, fl, tr, text, src) \
	{ "set_" #id, #set, "" }, { "clear_" #id, #clr, "" }, { "invalidate_" #id, #inv, "" }, \
	{ "touch_by_" #id, #tch, "" }, { "remap_" #id "_pae", #set, "" }, { "remap_" #id "_lpae", #set, "" }, \
	{ "fault_zap_" #id "_pae", #set, #clr }, { "fault_zap_" #id "_lpae", #set, #clr },
	WRITERS(X)
#undef X
	{ "walk_entry_step", "step_by_call", "" }, { "walk_pagewalk_step", "step_by_call", "" },
	{ "walk_pagewalk_rfc_step", "step_by_call", "" }, { "walk_pagewalk_2026_step", "step_by_call", "" },
	{ "walk_offset_map_lock_step", "step_by_call", "" },
	{ "walk_trans_unstable_step", "step_rechecks", "" }, { "walk_gup_fast_step", "step_rechecks", "" },
	{ "walk_entry_pae_plain_step", "step_plain", "" }, { "walk_entry_lpae_plain_step", "step_plain", "" },
	{ "walk_pagewalk_pae_plain_step", "step_plain", "" }, { "walk_pagewalk_lpae_plain_step", "step_plain", "" },
};

static const char *primitive_of(const char *symbol, const char **then)
{
	size_t i;

	*then = "";
	for (i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++)
		if (!strcmp(symbols[i].symbol, symbol)) {
			*then = symbols[i].then;
			return symbols[i].primitive;
		}
	if (!strncmp(symbol, "read_atomic64_", 14) || !strncmp(symbol, "scan_atomic64_", 14))
		return symbol + 14;
	return "";
}

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

static const struct primitive_claim *claim_of(const char *primitive)
{
	size_t i;

	for (i = 0; i < sizeof(claims) / sizeof(claims[0]); i++)
		if (!strcmp(claims[i].name, primitive))
			return &claims[i];
	return NULL;
}

bool claim_find(struct claim *c, const char *symbol, enum isa isa)
{
	const struct primitive_claim *first, *second;
	const struct shape *s = NULL;
	const char *then;
	size_t i;

	for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]) && !s; i++)
		if (!strncmp(symbol, shapes[i].prefix, strlen(shapes[i].prefix)))
			s = &shapes[i];
	if (!s || (s->returns == 32 && !strstr(symbol, "_step")))
		return false;
	*c = (struct claim){ .kind = CLAIM_NONE, .words = "", .indirect_args = s->indirect_args,
			     .one_value = s->returns != 32, .arg = s->arg };
	c->arg += s->returns > (isa == ISA_X86_64 ? 16u : 0);
	first = claim_of(primitive_of(symbol, &then));
	second = *then ? claim_of(then) : NULL;
	if (!first || (*then && !second))
		return true;
	c->kind = first->kind;
	c->words = second ? "set and clear as those of its writer" : first->words;
	strcpy(c->pattern, s->loops ? "^(" : "^");
	expand(c->pattern, sizeof(c->pattern) - 4, first->pattern, isa);
	if (second)
		expand(c->pattern, sizeof(c->pattern) - 4, second->pattern, isa);
	strcat(c->pattern, s->loops ? ")*$" : "$");
	return true;
}
