/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86 PAE: three-level tables, 64-bit entries.
 * Models arch/x86/include/asm/{pgtable_types.h,pgtable.h,pgtable-3level.h,
 * pgtable-invert.h}, v6.1.
 *
 * Which word a test reads is the point: pmd_none looks at the low word only, on
 * purpose (705e87c0c3c3); pud_none and pte_none look at both.
 */
#ifndef TORNWALK_LAYOUT_PAE_H
#define TORNWALK_LAYOUT_PAE_H

#include "layout.h"

enum {
	PAE_P = 1 << 0, PAE_RW = 1 << 1, PAE_US = 1 << 2, PAE_A = 1 << 5,
	PAE_D = 1 << 6, PAE_PSE = 1 << 7, PAE_PROTNONE = 1 << 8,
	PAE_HUGE = PAE_P | PAE_RW | PAE_US | PAE_A | PAE_D | PAE_PSE,
	PAE_CLEAN = PAE_P | PAE_US | PAE_A | PAE_PSE,
	PAE_TABLE = PAE_P | PAE_RW | PAE_US | PAE_A | PAE_D,	/* _PAGE_TABLE */
	PAE_PTE = PAE_P | PAE_RW | PAE_US | PAE_A | PAE_D,
	PAE_KERNPG = PAE_P | PAE_RW | PAE_A | PAE_D,
};

#define PAE_LO_PFN	0xfffff000u	/* bits 12..31 */
#define PAE_HI_PFN	0x000fffffu	/* bits 32..51, the software mask */
#define PAE_HI_DEVMAP	(1u << 25)	/* bit 57 since 6.6 (58 in 6.1); no entry made here has it */
#define PAE_HI_NX	(1u << 31)	/* bit 63 */

enum { PAE_HI_GENS = 4080 };	/* 12 of the 20 bits, so an inversion stands out */

static __always_inline uint32_t pae_lo(struct stamp s, uint32_t flags)
{
	return (uint32_t)s.lo << LO_GEN_SHIFT | flags;
}

static __always_inline uint32_t pae_hi(struct stamp s, uint32_t flags)
{
	return (s.hi + 1u) | flags;
}

static __always_inline entry_t pae_mk_huge(struct stamp s)
{
	return entry(pae_lo(s, PAE_HUGE), pae_hi(s, PAE_HI_NX));
}

static __always_inline entry_t pae_mk_clean(struct stamp s)
{
	return entry(pae_lo(s, PAE_CLEAN), pae_hi(s, PAE_HI_NX));
}

static __always_inline entry_t pae_mk_table(struct stamp s, unsigned id)
{
	return entry(pae_lo(s, PAE_TABLE | (id + 1) << TABLE_ID_SHIFT), pae_hi(s, 0));
}

static __always_inline entry_t pae_mk_pte(struct stamp s, unsigned index)
{
	return entry(pae_lo(s, PAE_PTE | index << PTE_SHIFT), pae_hi(s, PAE_HI_NX));
}

/* PRESENT off, PSE kept, PFN inverted in both words: pmd_mkinvalid since 2018. */
static __always_inline entry_t pae_mk_invalid(entry_t e)
{
	return entry((e.lo & ~(PAE_LO_PFN | PAE_P | PAE_PROTNONE)) |
			     (~e.lo & PAE_LO_PFN & ~((1u << LO_GEN_SHIFT) - 1)),
		     (e.hi & ~PAE_HI_PFN) | (~e.hi & PAE_HI_PFN));
}

static __always_inline uint32_t pae_wrprotect_lo(uint32_t lo) { return lo & ~PAE_RW; }
static __always_inline uint32_t pae_mkold_lo(uint32_t lo) { return lo & ~PAE_A; }

static __always_inline bool pae_none(enum level l, entry_t e)
{
	return l == LEVEL_PMD ? e.lo == 0 : (e.lo | e.hi) == 0;
}

static __always_inline bool pae_present(entry_t e)
{
	return e.lo & (PAE_P | PAE_PROTNONE | PAE_PSE);
}

static __always_inline bool pae_valid(entry_t e) { return e.lo & PAE_P; }
static __always_inline bool pae_leaf(entry_t e) { return e.lo & PAE_PSE; }

static __always_inline bool pae_trans_huge(entry_t e)
{
	return (e.lo & PAE_PSE) && !(e.hi & PAE_HI_DEVMAP);
}

/* pmd_flags() is 64 bits wide: NX alone makes a table bad, so this reads both words. */
static __always_inline bool pae_bad(entry_t e)
{
	return (e.lo & ~(PAE_LO_PFN | PAE_US | PAE_A)) != (PAE_KERNPG & ~PAE_A) ||
	       (e.hi & ~PAE_HI_PFN);
}

static __always_inline bool pae_write(entry_t e) { return e.lo & PAE_RW; }
static __always_inline bool pae_dirty(entry_t e) { return e.lo & PAE_D; }
static __always_inline bool pae_young(entry_t e) { return e.lo & PAE_A; }

static inline struct half_lo pae_half_lo(uint32_t lo)
{
	struct half_lo h = { .flags = lo & ~PAE_LO_PFN };
	uint32_t pfn = lo & PAE_LO_PFN;

	if (lo == 0)
		return h;
	h.what = HALF_STAMPED;
	if (!(lo & PAE_P)) {
		h.what = HALF_INVERTED;
		pfn = ~lo & PAE_LO_PFN & ~((1u << LO_GEN_SHIFT) - 1);
	}
	h.gen = pfn >> LO_GEN_SHIFT;
	h.table_id = pfn >> TABLE_ID_SHIFT & TABLE_IDS;
	if (h.gen >= LO_GENS)
		h.what = HALF_RUBBISH;
	return h;
}

static inline struct half_hi pae_half_hi(uint32_t hi)
{
	struct half_hi h = { .flags = hi & ~PAE_HI_PFN };
	uint32_t pfn = hi & PAE_HI_PFN;

	if (hi == 0)
		return h;
	h.what = HALF_STAMPED;
	if (pfn > PAE_HI_GENS) {
		h.what = HALF_INVERTED;
		pfn = ~pfn & PAE_HI_PFN;
	}
	h.gen = pfn - 1;
	if (pfn == 0 || pfn > PAE_HI_GENS)
		h.what = HALF_RUBBISH;
	return h;
}

/* pmd_pfn(): undoes the inversion of a value that is not present. */
static inline uint64_t pae_pfn(entry_t e)
{
	uint64_t v = entry_u64(e);

	if (v && !(e.lo & PAE_P))
		v = ~v;
	/* pmd_pfn_mask(): a leaf's frame starts at bit 21 */
	return (v & (e.lo & PAE_PSE ? 0x000fffffffe00000ull : 0x000ffffffffff000ull)) >> PTE_SHIFT;
}

static const struct field pae_fields[] = {
	{ "P", 0, 1 }, { "RW", 1, 1 }, { "US", 2, 1 }, { "A", 5, 1 }, { "D", 6, 1 },
	{ "PSE", 7, 1 }, { "G", 8, 1 }, { "PFN-low", 12, 20 }, { "PFN-high", 32, 20 },
	{ "DEVMAP", 57, 1 }, { "NX", 63, 1 }, { 0 },
};

static const struct layout layout_pae = {
	.name = "pae",
	.summary = "x86 PAE: present, leaf, dirty in the low word; pmd_none reads the low word only",
	.source = "arch/x86/include/asm/pgtable-3level.h (6.1); 705e87c0c3c3",
	.hi_gens = PAE_HI_GENS, .delta_mod = LO_GENS,
	.mk_huge = pae_mk_huge, .mk_clean = pae_mk_clean, .mk_table = pae_mk_table,
	.mk_pte = pae_mk_pte, .mk_invalid = pae_mk_invalid,
	.wrprotect_lo = pae_wrprotect_lo, .mkold_lo = pae_mkold_lo,
	.none = pae_none, .present = pae_present, .valid = pae_valid, .leaf = pae_leaf,
	.trans_huge = pae_trans_huge, .bad = pae_bad, .write = pae_write,
	.dirty = pae_dirty, .young = pae_young,
	.half_lo = pae_half_lo, .half_hi = pae_half_hi, .pfn = pae_pfn, .fields = pae_fields,
};

#endif
