/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The readers: how an entry in memory becomes a value.
 *
 * To add one: write rd_NAME() and what it claims to be compiled to, and give it a row
 * in READERS. Every instrument, table and report picks it up from there.
 *
 * Pairing. The documented writer order (pgtable.h, above ptep_get_lockless) is
 *	set:   high; wmb; low		clear: low = 0; wmb; high = 0
 * so a reader that goes low; rmb; high pairs its rmb with those wmb: a new low
 * word implies the new high word. The second rmb of get-lockless pairs with the
 * clear's: a stale high word implies a changed low word on the second look,
 * unless the next low word is equal to the old one (ABA).
 */
#ifndef TORNWALK_READERS_H
#define TORNWALK_READERS_H

#include "claim.h"
#include "plain.h"

static __always_inline entry_t rd_plain_barrier(struct walk *w, const entry_t *p)
{
	entry_t v = mem_load_plain(p);

	(void)w;
	mem_barrier();
	return v;
}

static __always_inline entry_t rd_read_once(struct walk *w, const entry_t *p)
{
	(void)w;
	return mem_load_once(p);
}

static __always_inline entry_t rd_lo_hi(struct walk *w, const entry_t *p)
{
	uint32_t lo = mem_load32(&p->lo);

	(void)w;
	return entry(lo, mem_load32(&p->hi));
}

static __always_inline entry_t rd_hi_lo(struct walk *w, const entry_t *p)
{
	uint32_t hi = mem_load32(&p->hi);

	(void)w;
	return entry(mem_load32(&p->lo), hi);
}

/* No recheck: the high word may be newer than the low one. */
static __always_inline entry_t rd_pmd_read_atomic(struct walk *w, const entry_t *p)
{
	entry_t v = entry(mem_load32(&p->lo), 0);

	(void)w;
	if (v.lo) {
		mem_rmb();
		v.hi = mem_load32(&p->hi);
	}
	return v;
}

static __always_inline entry_t rd_get_lockless(struct walk *w, const entry_t *p)
{
	entry_t v;

	for (;;) {	/* as the kernel's: until it holds */
		v.lo = mem_load32(&p->lo);
		mem_rmb();
		v.hi = mem_load32(&p->hi);
		mem_rmb();
		if (v.lo == mem_load32(&p->lo))
			return v;
		w->retries++;
	}
}

static __always_inline entry_t rd_atomic64(struct walk *w, const entry_t *p)
{
	(void)w;
	return mem_load64(p);
}

/* The lock is the walker's business (READ_HOLDS_LOCK): it covers the use too. */
static __always_inline entry_t rd_locked(struct walk *w, const entry_t *p)
{
	return rd_plain_barrier(w, p);
}

/* A load hoisted out of the loop and used once more beside a fresh one. */
static __always_inline entry_t rd_busted_hoisted(struct walk *w, const entry_t *p)
{
	entry_t v = mem_load64(p);

	if (w->reads++ % 16 == 0)
		w->hoisted = v;
	return w->reads % 2 ? v : w->hoisted;
}

#define X(id, name, text)                                                        \
	static __always_inline entry_t rd_atomic64_##id(struct walk *w, const entry_t *p) \
	{                                                                         \
		(void)w;                                                          \
		return MEM_LOAD64_VIA(id, p);                                     \
	}
ARCH_ATOMIC64(X)
ARCH_UNPROMISED64(X)
#undef X

/* ---- what each claims to be compiled to ---- */

#define CLAIM_rd_plain_barrier PLAIN_C("one plain copy")
#define CLAIM_rd_read_once EXACTLY("Rh Rl ", "two loads, high first")
#define CLAIM_rd_lo_hi EXACTLY("Rl Rh ", "two loads, low first")
#define CLAIM_rd_hi_lo EXACTLY("Rh Rl ", "two loads, high first")
#define CLAIM_rd_pmd_read_atomic EXACTLY("Rl ({rmb}Rh )?", "low; if not 0: rmb, high")
#define CLAIM_rd_get_lockless EXACTLY("(Rl {rmb}Rh {rmb}Rl )+", "low, rmb, high, rmb, low again")
#define CLAIM_rd_atomic64 EXACTLY("{load64}", "one 8-byte load")
#define CLAIM_rd_locked UNDER_LOCK("plain, under the lock")
#define CLAIM_rd_busted_hoisted EXACTLY("{load64}", "one 8-byte load")

/* X(id, name, body, flags, usable, meaning, kernel source) */
#define READERS(X)                                                               \
	X(plain_reread, "plain-reread", rd_plain_reread, READ_REREADS, NULL,      \
	  "plain *p, read again at every use; the compiler may fuse, split or repeat", \
	  "walk_pud_range, 4.11 to 6.12")                                         \
	X(plain_barrier, "plain-barrier", rd_plain_barrier, 0, NULL,              \
	  "one plain copy, then barrier(): whatever the compiler makes of the copy", \
	  "handle_mm_fault's pud path, 6.12")                                     \
	X(read_once, "read-once", rd_read_once, 0, NULL,                          \
	  "READ_ONCE of 8 bytes on a 32-bit machine: two loads, high word first", \
	  "gup_pmd_range to 6.1; pudp_get, 6.12")                                 \
	X(lo_hi, "lo-hi", rd_lo_hi, 0, NULL, "two loads, low word first", "none: a probe") \
	X(hi_lo, "hi-lo", rd_hi_lo, 0, NULL, "two loads, high word first", "none: a probe") \
	X(pmd_read_atomic, "pmd-read-atomic", rd_pmd_read_atomic, 0, NULL,        \
	  "low; if not 0: rmb, high; no recheck",                                 \
	  "pmd_read_atomic, x86 pgtable-3level.h to 6.1 (e4eed03fd065)")          \
	X(get_lockless, "get-lockless", rd_get_lockless, 0, NULL,                 \
	  "low; rmb; high; rmb; again while low changed",                         \
	  "ptep_get_lockless (2a4a06da8a4b), pmdp_get_lockless since 6.2 (024d232ae4fc)") \
	X(get_lockless_irqoff, "get-lockless-irqoff", rd_get_lockless,            \
	  READ_IN_SECTION | READ_NEEDS_SYNC, NULL,                                \
	  "get-lockless with IRQs off from read to use; the writer waits for such readers", \
	  "pmdp_get_lockless_start/_sync, 6.6; stand-in: an RCU read section")    \
	X(atomic64, "atomic64", rd_atomic64, READ_ATOMIC, arch_has_load64,                  \
	  "one 8-byte load, this machine's preferred mechanism", "the reference") \
	X(locked, "locked", rd_locked, READ_HOLDS_LOCK, NULL,                     \
	  "page-table lock around read and use", "pmd_lock(): ground truth")      \
	X(busted_hoisted, "busted-hoisted", rd_busted_hoisted, READ_REMEMBERS, arch_has_load64, \
	  "control: every other value is one read up to 16 reads ago", "none: a busted twin")

#endif
