/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each primitive in a loop of its own, so that nothing but it is measured. The
 * same function stores and loads through one mechanism.
 */
#include "primitives.h"

#include <string.h>

#include "mem.h"

const bool machine_stores_in_order = ARCH_STORES_IN_ORDER;

#define LOOPS(id, do_store, do_load)                                             \
	static audited uint32_t store_##id(entry_t *p, uint32_t k, uint32_t n)    \
	{                                                                         \
		for (; n; n--, k++)                                               \
			do_store(p, entry(k, ~k));                                \
		return k;                                                         \
	}                                                                         \
	static audited uint32_t load_##id(const entry_t *p, uint32_t n)           \
	{                                                                         \
		uint32_t torn = 0;                                                \
                                                                                  \
		for (; n; n--) {                                                  \
			entry_t e = do_load(p);                                   \
                                                                                  \
			torn += e.hi != ~e.lo;                                    \
		}                                                                 \
		return torn;                                                      \
	}

static __always_inline void store_words(entry_t *p, entry_t v)
{
	mem_store32(&p->lo, v.lo);
	mem_store32(&p->hi, v.hi);
}

static __always_inline entry_t load_words(const entry_t *p)
{
	uint32_t lo = mem_load32(&p->lo);

	return entry(lo, mem_load32(&p->hi));
}

/* In plain C, kept in the loop by a compiler barrier. */
static __always_inline void store_in_c(entry_t *p, entry_t v)
{
	mem_store_plain(p, v);
	mem_barrier();
}

static __always_inline entry_t load_in_c(const entry_t *p)
{
	entry_t v = mem_load_plain(p);

	mem_barrier();
	return v;
}

LOOPS(two_words, store_words, load_words)
LOOPS(plain, store_in_c, load_in_c)
#define X(id, name, text) LOOPS(id, arch_store64_##id, arch_load64_##id)
ARCH_ATOMIC64(X)
ARCH_UNPROMISED64(X)
#undef X

const struct primitive primitives[] = {
	{ .name = "two-words", .summary = "two 32-bit accesses: must tear, or nothing can be shown here",
	  .two_words = true, .store = store_two_words, .load = load_two_words },
	{ .name = "plain", .summary = "a struct copy in C, as this compiler made it",
	  .store = store_plain, .load = load_plain },
#define X(id, nm, text)                                                          \
	{ .name = nm, .summary = text, .usable = arch_has_##id,                   \
	  .promised = arch_promises_##id,                                         \
	  .store = store_##id, .load = load_##id },
	ARCH_ATOMIC64(X)
#undef X
#define X(id, nm, text)                                                          \
	{ .name = nm, .summary = text, .usable = arch_has_##id,                   \
	  .store = store_##id, .load = load_##id },
	ARCH_UNPROMISED64(X)
#undef X
	{ .name = NULL },
};

bool primitive_promised(const char *name)
{
	const struct primitive *p;

	for (p = primitives; p->name; p++)
		if (!strcmp(p->name, name))
			return p->promised && p->promised();
	return false;
}
