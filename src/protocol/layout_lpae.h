/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ARM LPAE: three-level tables, 64-bit descriptors.
 * Models arch/arm/include/asm/{pgtable-3level.h,pgtable-3level-hwdef.h}, v6.1.
 *
 * Write and dirty live in the HIGH word (58, 55) while the hardware's AP[2] in
 * the low word is derived from them when an entry is set: a cross-word
 * invariant that a mix of two stores breaks. No PFN inversion here.
 */
#ifndef TORNWALK_LAYOUT_LPAE_H
#define TORNWALK_LAYOUT_LPAE_H

#include "layout.h"

enum {
	LPAE_VALID = 1 << 0, LPAE_TYPE = 3, LPAE_BLOCK = 1, LPAE_TABLE_TYPE = 3,
	LPAE_WBWA = 7 << 2, LPAE_USER = 1 << 6, LPAE_AP2 = 1 << 7, LPAE_SH = 3 << 8,
	LPAE_AF = 1 << 10, LPAE_NG = 1 << 11,
	LPAE_LEAF_BITS = LPAE_WBWA | LPAE_USER | LPAE_SH | LPAE_AF | LPAE_NG,
};

#define LPAE_LO_PFN	0xfffff000u	/* bits 12..31 */
#define LPAE_HI_PFN	0x000000ffu	/* bits 32..39 */
#define LPAE_HI_XN	(1u << 22)	/* bit 54 */
#define LPAE_HI_DIRTY	(1u << 23)	/* bit 55 */
#define LPAE_HI_RDONLY	(1u << 26)	/* bit 58 */

enum { LPAE_HI_GENS = 255 };

static __always_inline uint32_t lpae_lo(struct stamp s, uint32_t flags)
{
	return (uint32_t)s.lo << LO_GEN_SHIFT | flags;
}

static __always_inline uint32_t lpae_hi(struct stamp s, uint32_t flags)
{
	return (s.hi + 1u) | flags;
}

static __always_inline entry_t lpae_mk_huge(struct stamp s)
{
	return entry(lpae_lo(s, LPAE_BLOCK | LPAE_LEAF_BITS),
		     lpae_hi(s, LPAE_HI_XN | LPAE_HI_DIRTY));
}

static __always_inline entry_t lpae_mk_clean(struct stamp s)
{
	return entry(lpae_lo(s, LPAE_BLOCK | LPAE_LEAF_BITS | LPAE_AP2),
		     lpae_hi(s, LPAE_HI_XN | LPAE_HI_RDONLY));
}

static __always_inline entry_t lpae_mk_table(struct stamp s, unsigned id)
{
	return entry(lpae_lo(s, LPAE_TABLE_TYPE | (id + 1) << TABLE_ID_SHIFT), lpae_hi(s, 0));
}

static __always_inline entry_t lpae_mk_pte(struct stamp s, unsigned index)
{
	return entry(lpae_lo(s, LPAE_TABLE_TYPE | LPAE_LEAF_BITS | index << PTE_SHIFT),
		     lpae_hi(s, LPAE_HI_XN | LPAE_HI_DIRTY));
}

static __always_inline entry_t lpae_mk_invalid(entry_t e)
{
	return entry(e.lo & ~LPAE_VALID, e.hi);
}

static __always_inline uint32_t lpae_wrprotect_lo(uint32_t lo) { return lo | LPAE_AP2; }
static __always_inline uint32_t lpae_mkold_lo(uint32_t lo) { return lo & ~LPAE_AF; }

static __always_inline bool lpae_none(enum level l, entry_t e)
{
	(void)l;
	return (e.lo | e.hi) == 0;
}

static __always_inline bool lpae_present(entry_t e) { return e.lo & LPAE_VALID; }
static __always_inline bool lpae_leaf(entry_t e) { return (e.lo & LPAE_TYPE) == LPAE_BLOCK; }

static __always_inline bool lpae_trans_huge(entry_t e)
{
	return (e.lo | e.hi) && (e.lo & LPAE_TYPE) != LPAE_TABLE_TYPE;
}

static __always_inline bool lpae_bad(entry_t e) { return !(e.lo & 2); }
static __always_inline bool lpae_write(entry_t e) { return !(e.hi & LPAE_HI_RDONLY); }
static __always_inline bool lpae_dirty(entry_t e) { return e.hi & LPAE_HI_DIRTY; }
static __always_inline bool lpae_young(entry_t e) { return e.lo & LPAE_AF; }

static inline struct half_lo lpae_half_lo(uint32_t lo)
{
	struct half_lo h = { .flags = lo & ~LPAE_LO_PFN };

	if (lo == 0)
		return h;
	h.gen = lo >> LO_GEN_SHIFT;
	h.table_id = lo >> TABLE_ID_SHIFT & TABLE_IDS;
	h.what = h.gen < LO_GENS ? HALF_STAMPED : HALF_RUBBISH;
	return h;
}

static inline struct half_hi lpae_half_hi(uint32_t hi)
{
	struct half_hi h = { .flags = hi & ~LPAE_HI_PFN };
	uint32_t pfn = hi & LPAE_HI_PFN;

	if (hi == 0)
		return h;
	h.gen = pfn - 1;
	h.what = pfn && pfn <= LPAE_HI_GENS ? HALF_STAMPED : HALF_RUBBISH;
	return h;
}

static inline uint64_t lpae_pfn(entry_t e)
{
	return (entry_u64(e) & 0x000000fffffff000ull) >> PTE_SHIFT;
}

static const struct field lpae_fields[] = {
	{ "type", 0, 2 }, { "AttrIndx", 2, 3 }, { "AP1", 6, 1 }, { "AP2", 7, 1 }, { "SH", 8, 2 },
	{ "AF", 10, 1 }, { "nG", 11, 1 }, { "PFN-low", 12, 20 }, { "PFN-high", 32, 8 },
	{ "PXN", 53, 1 }, { "XN", 54, 1 }, { "DIRTY", 55, 1 }, { "SPECIAL", 56, 1 },
	{ "NONE", 57, 1 }, { "RDONLY", 58, 1 }, { 0 },
};

static const struct layout layout_lpae = {
	.name = "lpae",
	.summary = "ARM LPAE: present and leaf in the low word, write and dirty in the high; none reads both",
	.source = "arch/arm/include/asm/pgtable-3level.h (6.1)",
	.hi_gens = LPAE_HI_GENS, .delta_mod = LPAE_HI_GENS,
	.mk_huge = lpae_mk_huge, .mk_clean = lpae_mk_clean, .mk_table = lpae_mk_table,
	.mk_pte = lpae_mk_pte, .mk_invalid = lpae_mk_invalid,
	.wrprotect_lo = lpae_wrprotect_lo, .mkold_lo = lpae_mkold_lo,
	.none = lpae_none, .present = lpae_present, .valid = lpae_present, .leaf = lpae_leaf,
	.trans_huge = lpae_trans_huge, .bad = lpae_bad, .write = lpae_write,
	.dirty = lpae_dirty, .young = lpae_young,
	.half_lo = lpae_half_lo, .half_hi = lpae_half_hi, .pfn = lpae_pfn, .fields = lpae_fields,
};

#endif
