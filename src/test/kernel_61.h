/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the layouts are held against: the kernel's tests and constructors over
 * one 64-bit value. Facts from v6.1, arch/x86/include/asm/{pgtable.h,
 * pgtable_types.h,pgtable-3level.h,pgtable-invert.h,page_32_types.h} and
 * arch/arm/include/asm/{pgtable-3level.h,pgtable-3level-hwdef.h}.
 *
 * Invariant: nothing here calls a layout or names one of its constants.
 */
#ifndef TORNWALK_KERNEL_61_H
#define TORNWALK_KERNEL_61_H

#include "walk.h"

#define B(n) (1ull << (n))
#define BITS(first, last) ((~0ull >> (63 - (last))) & (~0ull << (first)))
#define LOW BITS(0, 31)
#define ALL BITS(0, 63)

static inline entry_t from(uint64_t v)
{
	return entry((uint32_t)v, (uint32_t)(v >> 32));
}

static inline uint64_t mixed(uint64_t lo, uint64_t hi)
{
	return (lo & LOW) | (hi & ~LOW);
}

enum { P = 0, RW = 1, US = 2, A = 5, D = 6, PSE = 7, PROTNONE = 8 };

/* 0 is none; so is what a Knights Landing may leave behind: A and D alone. */
static inline bool x86_none(uint64_t v) { return !(v & ~(B(A) | B(D))); }
static inline bool x86_none_low(uint64_t v) { return x86_none(v & LOW); }
static inline bool x86_present(uint64_t v) { return v & (B(P) | B(PROTNONE) | B(PSE)); }
static inline bool x86_valid(uint64_t v) { return v & B(P); }
static inline bool x86_leaf(uint64_t v) { return v & B(PSE); }
/* _PAGE_BIT_SOFTW4: 58 in 6.1; 57 in later kernels, where 58 is SAVED_DIRTY */
static inline bool x86_trans_huge(uint64_t v) { return (v & (B(PSE) | B(58))) == B(PSE); }
static inline bool x86_write(uint64_t v) { return v & B(RW); }
static inline bool x86_dirty(uint64_t v) { return v & B(D); }
static inline bool x86_young(uint64_t v) { return v & B(A); }

static inline uint64_t x86_pfn_mask(uint64_t v)
{
	return v & B(PSE) ? BITS(21, 51) : BITS(12, 51);
}

/* pmd_flags() is 64 bits wide: NX and the software bits 52..62 make it bad too */
static inline bool x86_bad(uint64_t v)
{
	return (v & ~x86_pfn_mask(v) & ~(B(US) | B(A))) != (B(P) | B(RW) | B(D));
}

static inline uint64_t x86_pfn(uint64_t v)
{
	return ((v && !(v & B(P)) ? ~v : v) & x86_pfn_mask(v)) >> 12;
}

/* pfn_pmd(pmd_pfn(v), flags); a frame number is an unsigned long, 32 bits */
static inline uint64_t x86_mkinvalid(uint64_t v)
{
	uint64_t flags = v & ~x86_pfn_mask(v) & ~(B(P) | B(PROTNONE));
	uint64_t phys = (uint64_t)(uint32_t)x86_pfn(v) << 12;

	return ((flags ? ~phys : phys) & BITS(21, 51)) | flags;
}

static inline bool arm_none(uint64_t v) { return !v; }
static inline bool arm_present(uint64_t v) { return v & B(0); }
static inline bool arm_leaf(uint64_t v) { return (v & 3) == 1; }
static inline bool arm_trans_huge(uint64_t v) { return v && (v & 3) != 3; }
static inline bool arm_bad(uint64_t v) { return !(v & B(1)); }
static inline bool arm_write(uint64_t v) { return !(v & B(58)); }
static inline bool arm_dirty(uint64_t v) { return v & B(55); }
static inline bool arm_young(uint64_t v) { return v & B(10); }
/* of a table, as pmd_page() has it; pmd_pfn() drops 12..20, which a block has not */
static inline uint64_t arm_pfn(uint64_t v) { return (v & BITS(12, 39)) >> 12; }
static inline uint64_t arm_pmd_pfn(uint64_t v) { return (v & BITS(21, 39)) >> 12; }
static inline uint64_t arm_mkinvalid(uint64_t v) { return v & ~B(0); }

/* set_pmd_at(), cpu_v7_set_pte_ext(): AP2 is clear if writable and dirty */
static inline bool arm_ap2_fits(uint64_t v)
{
	return !(v & B(7)) == (arm_write(v) && arm_dirty(v));
}

/* What each constructor makes, PFN bits aside: kernel.md section 3. */
static const struct shape {
	uint64_t huge, clean, table, pte;
	unsigned hi_gens, delta_mod;
	uint64_t pfn_bits;
	uint64_t (*pfn)(uint64_t v), (*pmd_pfn)(uint64_t v);
	uint64_t (*mkinvalid)(uint64_t v);
	uint32_t wrprotect_on, wrprotect_off, mkold_off;
} shapes[NR_LAYOUTS] = {
	[LAYOUT_PAE] = {
		.huge = B(63) | B(PSE) | B(D) | B(A) | B(US) | B(RW) | B(P),
		.clean = B(63) | B(PSE) | B(A) | B(US) | B(P),
		.table = B(D) | B(A) | B(US) | B(RW) | B(P),
		.pte = B(63) | B(D) | B(A) | B(US) | B(RW) | B(P),
		.hi_gens = 4080, .delta_mod = 2040, .pfn_bits = BITS(12, 51),
		.pfn = x86_pfn, .pmd_pfn = x86_pfn, .mkinvalid = x86_mkinvalid,
		.wrprotect_off = B(RW), .mkold_off = B(A),
	},
	[LAYOUT_LPAE] = {	/* XN 54, DIRTY 55, RDONLY 58; nG AF SH AP1 AttrIndx=7 type */
		.huge = B(55) | B(54) | BITS(8, 11) | B(6) | BITS(2, 4) | 1,
		.clean = B(58) | B(54) | BITS(6, 11) | BITS(2, 4) | 1,
		.table = 3,
		.pte = B(55) | B(54) | BITS(8, 11) | B(6) | BITS(2, 4) | 3,
		.hi_gens = 255, .delta_mod = 255, .pfn_bits = BITS(12, 39),
		.pfn = arm_pfn, .pmd_pfn = arm_pmd_pfn, .mkinvalid = arm_mkinvalid,
		.wrprotect_on = B(7), .mkold_off = B(10),
	},
};

#endif
