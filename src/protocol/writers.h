/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The writers: in which order the words of an entry are stored.
 *
 * To add one: give it a row in WRITERS, composed of the primitives below or of
 * new ones, each with what it claims to be compiled to. Every instrument, table and report picks it up from there.
 *
 * A writer's wmb pairs with the reader's rmb (readers.h). `invalidate` is
 * pmdp_establish() with a value that is not PRESENT.
 */
#ifndef TORNWALK_WRITERS_H
#define TORNWALK_WRITERS_H

#include "claim.h"
#include "mem.h"

/*
 * ---- set: asks for each half just before it stores it ----
 *
 * A kernel writer has both at hand (value_lo, value_hi below). The remap loop
 * makes them as it goes: then the halves of one store lie as far apart as one
 * store from the next, by the very instructions that make the values. Stores
 * that are ready together leave the store buffer together, and hardly tear.
 */
typedef uint32_t half_fn(void *arg);

static __always_inline uint32_t value_lo(void *v) { return ((entry_t *)v)->lo; }
static __always_inline uint32_t value_hi(void *v) { return ((entry_t *)v)->hi; }

static __always_inline void set_high_wmb_low(entry_t *p, half_fn *lo, half_fn *hi, void *arg)
{
	mem_store32(&p->hi, hi(arg));
	mem_wmb();
	mem_store32(&p->lo, lo(arg));
}

static __always_inline void set_high_low(entry_t *p, half_fn *lo, half_fn *hi, void *arg)
{
	mem_store32(&p->hi, hi(arg));
	mem_store32(&p->lo, lo(arg));
}

static __always_inline void set_low_wmb_high(entry_t *p, half_fn *lo, half_fn *hi, void *arg)
{
	mem_store32(&p->lo, lo(arg));
	mem_wmb();
	mem_store32(&p->hi, hi(arg));
}

/* xchg is a barrier before the high word; the low word is out first. */
static __always_inline void establish_half(entry_t *p, half_fn *lo, half_fn *hi, void *arg)
{
	mem_xchg32(&p->lo, lo(arg));
	mem_store32(&p->hi, hi(arg));
}

static __always_inline entry_t both(half_fn *lo, half_fn *hi, void *arg)
{
	uint32_t low = lo(arg);

	return entry(low, hi(arg));
}

static __always_inline void set_atomic(entry_t *p, half_fn *lo, half_fn *hi, void *arg)
{
	mem_store64(p, both(lo, hi, arg));
}

static __always_inline void set_strd(entry_t *p, half_fn *lo, half_fn *hi, void *arg)
{
	mem_store_strd(p, both(lo, hi, arg));
}

static __always_inline void set_plain(entry_t *p, half_fn *lo, half_fn *hi, void *arg)
{
	mem_store_plain(p, both(lo, hi, arg));
	mem_barrier();
}

/* ---- clear ---- */

static __always_inline void clear_low_wmb_high(entry_t *p)
{
	mem_store32(&p->lo, 0);
	mem_wmb();
	mem_store32(&p->hi, 0);
}

static __always_inline void clear_low_high(entry_t *p)
{
	mem_store32(&p->lo, 0);
	mem_store32(&p->hi, 0);
}

static __always_inline void clear_high_low(entry_t *p)
{
	mem_store32(&p->hi, 0);
	mem_wmb();
	mem_store32(&p->lo, 0);
}

static __always_inline void clear_low_only(entry_t *p)
{
	mem_store32(&p->lo, 0);
}

/* native_pmdp_get_and_clear() to 6.1: xchg low, read high, high = 0 */
static __always_inline void clear_xchg_low(entry_t *p)
{
	mem_xchg32(&p->lo, 0);
	(void)mem_load32(&p->hi);
	mem_store32(&p->hi, 0);
}

static __always_inline void clear_atomic(entry_t *p) { mem_store64(p, entry(0, 0)); }
static __always_inline void clear_strd(entry_t *p) { mem_store_strd(p, entry(0, 0)); }

static __always_inline void clear_plain(entry_t *p)
{
	mem_store_plain(p, entry(0, 0));
	mem_barrier();
}

static __always_inline void clear_establish(entry_t *p)
{
	mem_xchg32(&p->lo, 0);
	mem_store32(&p->hi, 0);
}

/* ---- touch: read-modify-write of the low word ---- */

static __always_inline void touch_wrprotect(const struct layout *l, entry_t *p)
{
	mem_update32(&p->lo, l->wrprotect_lo);
}

static __always_inline void touch_old(const struct layout *l, entry_t *p)
{
	mem_update32(&p->lo, l->mkold_lo);
}

static __always_inline void touch_nothing(const struct layout *l, entry_t *p)
{
	(void)l;
	(void)p;
}

/* ---- what each claims to be compiled to ---- */

#define CLAIM_set_high_wmb_low EXACTLY("Wh {wmb}Wl ", "high, wmb, low")
#define CLAIM_set_high_low EXACTLY("Wh Wl ", "high, low")
#define CLAIM_set_low_wmb_high EXACTLY("Wl {wmb}Wh ", "low, wmb, high")
#define CLAIM_establish_half EXACTLY("{xchg lo}Wh ", "xchg low, then high")
#define CLAIM_set_atomic EXACTLY("{store64}", "one 8-byte store")
#define CLAIM_set_strd EXACTLY("{strd}", "one strd")
#define CLAIM_set_plain PLAIN_C("plain *p = v")
#define CLAIM_clear_low_wmb_high EXACTLY("Wl {wmb}Wh ", "low, wmb, high")
#define CLAIM_clear_low_high EXACTLY("Wl Wh ", "low, high")
#define CLAIM_clear_high_low EXACTLY("Wh {wmb}Wl ", "high, wmb, low")
#define CLAIM_clear_low_only EXACTLY("Wl ", "low only")
#define CLAIM_clear_xchg_low EXACTLY("{xchg lo}Rh Wh ", "xchg low, read high, high")
#define CLAIM_clear_atomic EXACTLY("{store64}", "one 8-byte store")
#define CLAIM_clear_strd EXACTLY("{strd}", "one strd")
#define CLAIM_clear_plain PLAIN_C("plain *p = 0")
#define CLAIM_clear_establish EXACTLY("{xchg lo}Wh ", "xchg low, then high")
#define CLAIM_touch_wrprotect EXACTLY("{update lo}", "locked update of low")
#define CLAIM_touch_old EXACTLY("{update lo}", "locked update of low")
#define CLAIM_touch_nothing EXACTLY("", "nothing")

/* X(id, name, set, clear, invalidate, touch, flags, usual transition, meaning, kernel source) */
#define WRITERS(X)                                                               \
	X(pae_pte, "pae-pte", set_high_wmb_low, clear_low_wmb_high, establish_half, touch_nothing, \
	  0, "fault-zap", "the documented order: set high, wmb, low; clear low, wmb, high", \
	  "native_set_pte, native_pte_clear; comment above ptep_get_lockless")    \
	X(pae_pmd, "pae-pmd", set_atomic, clear_low_wmb_high, establish_half, touch_nothing, \
	  0, "fault-zap", "set by one cmpxchg8b; clear low, wmb, high",           \
	  "native_set_pmd/pud, native_pmd_clear")                                 \
	X(pae_pmd_xchg, "pae-pmd-xchg", set_atomic, clear_xchg_low, establish_half, touch_nothing, \
	  0, "fault-zap", "set by one cmpxchg8b; clear by xchg low, read high, high = 0", \
	  "native_pmdp_get_and_clear to 6.1")                                     \
	X(pae_pmd_cmpxchg, "pae-pmd-cmpxchg", set_atomic, clear_atomic, establish_half, touch_nothing, \
	  0, "fault-zap", "set and clear by one cmpxchg8b each", "pmdp_huge_get_and_clear since 6.2") \
	X(pae_establish, "pae-establish", set_atomic, clear_establish, establish_half, touch_nothing, \
	  0, "split-anon", "invalidate and clear by xchg low, then high: the low word is out first", \
	  "pmdp_establish, x86 pgtable-3level.h (6.1)")                           \
	X(lpae, "lpae", set_strd, clear_strd, set_strd, touch_nothing,            \
	  0, "fault-zap", "one strd each", "cpu_v7_set_pte_ext, proc-v7-3level.S") \
	X(lpae_plain, "lpae-plain", set_plain, clear_plain, set_plain, touch_nothing, \
	  0, "fault-zap", "a plain u64 store: one strd, or two str, as the compiler likes", \
	  "set_pmd_at, pmd_clear, arm pgtable-3level.h")                          \
	X(mips_xpa, "mips-xpa", set_high_wmb_low, clear_high_low, set_high_wmb_low, touch_nothing, \
	  0, "fault-zap", "set high, wmb, low; clear HIGH first: against the documented order", \
	  "mips set_pte/pte_clear, 64-bit phys on 32-bit")                        \
	X(sh_x2tlb, "sh-x2tlb", set_high_wmb_low, clear_high_low, set_high_wmb_low, touch_nothing, \
	  0, "fault-zap", "as mips-xpa: set high, wmb, low; clear HIGH first", "sh set_pte/pte_clear, X2TLB") \
	X(ppc32_pte64, "ppc32-pte64", set_high_wmb_low, clear_low_only, set_high_wmb_low, touch_nothing, \
	  0, "fault-zap", "set high, barrier, low; the clear never touches high",  \
	  "powerpc __set_pte_at with PTE_64BIT; book3s32 pte_clear")              \
	X(present_present, "present-present", set_high_wmb_low, clear_low_wmb_high, set_high_wmb_low, \
	  touch_nothing, WRITE_OVERWRITES, "remap",                               \
	  "present over present in two words: outside the kernel's contract, the sharpest control", \
	  "none: forbidden by 8d3c106e19e8's rules")                              \
	X(wrprotect, "wrprotect", set_atomic, clear_low_wmb_high, establish_half, touch_wrprotect, \
	  WRITE_TOUCHES, "fault-zap", "after each huge set: write-protect by a RMW of the low word", \
	  "pmdp_set_wrprotect")                                                   \
	X(clear_young, "clear-young", set_atomic, clear_low_wmb_high, establish_half, touch_old, \
	  WRITE_TOUCHES, "fault-zap", "after each huge set: clear the accessed bit by a RMW of the low word", \
	  "pmdp_test_and_clear_young")                                            \
	X(busted_low_first, "busted-low-first", set_low_wmb_high, clear_low_wmb_high, set_low_wmb_high, \
	  touch_nothing, WRITE_BUSTED, "remap", "control: set low, then high", "none: a busted twin") \
	X(busted_nowmb, "busted-nowmb", set_high_low, clear_low_high, set_high_low, touch_nothing, \
	  WRITE_BUSTED, "fault-zap",                                              \
	  "control: the documented order without its wmb (visible on weakly ordered machines)", \
	  "none: a busted twin")                                                  \
	X(busted_nogp, "busted-nogp", set_high_wmb_low, clear_low_wmb_high, establish_half, \
	  touch_nothing, WRITE_BUSTED | WRITE_NO_SYNC, "fault-zap",               \
	  "control for get-lockless-irqoff: present to present through none, no grace period", \
	  "none: a busted twin")

#endif
