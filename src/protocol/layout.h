/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How an entry's bits are laid out: make, test, decode. Works on values already
 * loaded; a test reads exactly the word or words the kernel's test reads.
 *
 * Identity of a store. Each word carries a counter of the stores to its slot,
 * in its PFN bits: the low word modulo LO_GENS, the high word modulo
 * layout->hi_gens plus the slot's colour. So both halves of any value tell
 * which store they came from. Low: bits 21..31. High: from bit 32 up, never 0,
 * so every frame lives above 4 GiB.
 */
#ifndef TORNWALK_LAYOUT_H
#define TORNWALK_LAYOUT_H

#include "entry.h"

enum {
	LO_GEN_SHIFT = 21,
	LO_GENS = 2040,		/* a multiple of every layout's delta_mod */
	TABLE_ID_SHIFT = 12,	/* which page of the pool: bits 12..20, 0 = a frame */
	TABLE_IDS = 511,
};

/* A store's identity, as the two words carry it. */
struct stamp {
	uint16_t lo;	/* 0 .. LO_GENS-1 */
	uint16_t hi;	/* 0 .. hi_gens-1, colour included */
};

/* Why a word is what it is; decoded from the word alone. */
enum half { HALF_ZERO, HALF_STAMPED, HALF_INVERTED, HALF_RUBBISH };

enum { NR_HALVES = HALF_RUBBISH + 1 };

/* What made it, as a result's witness has it; ends with NULL. */
extern const char *const half_origins[NR_HALVES + 1];

struct half_lo {
	enum half what;
	uint32_t flags;		/* everything but PFN bits */
	unsigned gen;		/* 0 .. LO_GENS-1 where stamped or inverted */
	unsigned table_id;
};

struct half_hi {
	enum half what;
	uint32_t flags;
	unsigned gen;		/* 0 .. hi_gens-1, colour included */
};

struct field {
	const char *name;
	unsigned bit, width;	/* bit 0..63 of the entry */
};

struct layout {
	const char *name, *summary, *source;
	unsigned hi_gens;	/* identities the high word has room for */
	unsigned delta_mod;	/* both halves' counters compare modulo this */

	/* make */
	entry_t (*mk_huge)(struct stamp s);	/* present, writable, dirty, young leaf */
	entry_t (*mk_clean)(struct stamp s);	/* present leaf, write-protected and clean */
	entry_t (*mk_table)(struct stamp s, unsigned id);
	entry_t (*mk_pte)(struct stamp s, unsigned index);
	entry_t (*mk_invalid)(entry_t huge);	/* pmd_mkinvalid */
	uint32_t (*wrprotect_lo)(uint32_t lo);	/* the low word's part of pmd_wrprotect */
	uint32_t (*mkold_lo)(uint32_t lo);	/* the low word's part of pmd_mkold */

	/* test: the kernel's, by level where they differ */
	bool (*none)(enum level l, entry_t e);
	bool (*present)(entry_t e);		/* pmd_present() */
	bool (*valid)(entry_t e);		/* what the hardware walker calls present */
	bool (*leaf)(entry_t e);
	bool (*trans_huge)(entry_t e);
	bool (*bad)(entry_t e);
	bool (*write)(entry_t e);
	bool (*dirty)(entry_t e);
	bool (*young)(entry_t e);

	/* decode */
	struct half_lo (*half_lo)(uint32_t lo);
	struct half_hi (*half_hi)(uint32_t hi);
	uint64_t (*pfn)(entry_t e);		/* 4 KiB frame number, as pmd_pfn() has it */
	const struct field *fields;		/* ends with a NULL name */
};

#endif
