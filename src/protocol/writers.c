/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each writer as symbols (WORLD_set_NAME, WORLD_clear_NAME, WORLD_invalidate_NAME), and in the tight
 * world the loops of `remap` and `fault-zap` with the writer inlined: the tightest there are,
 * so that a control is limited by the machine and not by the tester.
 */
#include "lists.h"
#include "stamp.h"
#include "writers.h"

#include "layout_lpae.h"
#include "layout_pae.h"

#if WORLD_REMAPS_INLINED
struct remap {
	struct stamp s;
	bool alias;
};

/* mem_made_now(): this half's arithmetic happens here, not before the other's store. */
#define HALVES(layout)                                                           \
	static __always_inline uint32_t next_lo_##layout(void *arg)               \
	{                                                                         \
		struct remap *r = arg;                                            \
		uint32_t gen = mem_made_now(r->s.lo);                             \
                                                                                  \
		gen = r->alias ? gen : gen + 1 == LO_GENS ? 0 : gen + 1;          \
		r->s.lo = (uint16_t)gen;                                          \
		return layout##_mk_huge(r->s).lo;                                 \
	}                                                                         \
	static __always_inline uint32_t next_hi_##layout(void *arg)               \
	{                                                                         \
		struct remap *r = arg;                                            \
		uint32_t gen = mem_made_now(r->s.hi);                             \
                                                                                  \
		r->s.hi = (uint16_t)(gen + 1 == layout_##layout.hi_gens ? 0 : gen + 1); \
		return layout##_mk_huge(r->s).hi;                                 \
	}
HALVES(pae)
HALVES(lpae)

#define REMAP(id, set, layout)                                                   \
	static audited void PROTOCOL_LIST(remap_##id##_##layout)(struct mutator *m, entry_t *p, \
								 struct stamp *stamp, unsigned rounds) \
	{                                                                         \
		struct remap r = { .s = *stamp, .alias = m->alias };              \
                                                                                  \
		while (rounds--)                                                  \
			set(p, next_lo_##layout, next_hi_##layout, &r);           \
		*stamp = r.s;                                                     \
	}
#define FAULT_ZAP(id, set, clr, layout)                                          \
	static audited void PROTOCOL_LIST(fault_zap_##id##_##layout)(struct mutator *m, entry_t *p, \
								     struct stamp *stamp, unsigned rounds) \
	{                                                                         \
		struct remap r = { .s = *stamp, .alias = m->alias };              \
                                                                                  \
		while (rounds--) {                                                \
			set(p, next_lo_##layout, next_hi_##layout, &r);           \
			clr(p);                                                   \
		}                                                                 \
		*stamp = r.s;                                                     \
	}
#define BOTH_LAYOUTS(loop, id) { [LAYOUT_PAE] = PROTOCOL_LIST(loop##_##id##_pae), \
				 [LAYOUT_LPAE] = PROTOCOL_LIST(loop##_##id##_lpae) }
#else
#define REMAP(id, set, layout)
#define FAULT_ZAP(id, set, clr, layout)
#define BOTH_LAYOUTS(loop, id) { NULL }
#endif

#define X(id, nm, set, clr, inv, tch, fl, tr, text, src)                         \
	static audited void PROTOCOL_LIST(set_##id)(entry_t *p, entry_t v)        \
	{                                                                         \
		set(p, value_lo, value_hi, &v);                                   \
	}                                                                         \
	static audited void PROTOCOL_LIST(clear_##id)(entry_t *p) { clr(p); }     \
	static audited void PROTOCOL_LIST(invalidate_##id)(entry_t *p, entry_t v) \
	{                                                                         \
		inv(p, value_lo, value_hi, &v);                                   \
	}                                                                         \
	static audited void PROTOCOL_LIST(touch_by_##id)(const struct layout *l, entry_t *p) \
	{                                                                         \
		tch(l, p);                                                        \
	}                                                                         \
	REMAP(id, set, pae)                                                       \
	REMAP(id, set, lpae)                                                      \
	FAULT_ZAP(id, set, clr, pae)                                              \
	FAULT_ZAP(id, set, clr, lpae)
WRITERS(X)
#undef X

/* What a writer's claim rests on, by how it sets. */
#define PRIMITIVE_set_atomic ARCH_LOAD64_NAME
#define PRIMITIVE_set_strd ARCH_STRD_NAME
#define PRIMITIVE_set_plain NULL
#define PRIMITIVE_set_high_wmb_low NULL
#define PRIMITIVE_set_high_low NULL
#define PRIMITIVE_set_low_wmb_high NULL

const struct writer PROTOCOL_LIST(writers)[] = {
#define X(id, nm, st, clr, inv, tch, fl, tr, text, src)                          \
	{ .name = nm, .summary = text, .source = src, .flags = fl, .transition = tr, \
	  .primitive = PRIMITIVE_##st,                                            \
	  .set = PROTOCOL_LIST(set_##id), .clear = PROTOCOL_LIST(clear_##id),     \
	  .invalidate = PROTOCOL_LIST(invalidate_##id), .touch = PROTOCOL_LIST(touch_by_##id), \
	  .remap = BOTH_LAYOUTS(remap, id), .fault_zap = BOTH_LAYOUTS(fault_zap, id) },
	WRITERS(X)
#undef X
	{ .name = NULL },
};
