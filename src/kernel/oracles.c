/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oracles.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "kernel/glue/glue.h"
#include "kernel/notes.h"
#include "kernel/world.h"

struct oracles oracles;
int AT(hook_tree_splits);

CALLED_BY_KERNEL void AT(hook_bad)(void) { oracles.note(NOTE_BAD_ENTRY); }
CALLED_BY_KERNEL void AT(hook_nothing)(void) { oracles.note(NOTE_HOLE); }
CALLED_BY_KERNEL void AT(hook_order)(void) { oracles.note(NOTE_ORDER); }
CALLED_BY_KERNEL void AT(hook_stale)(void) { oracles.note(NOTE_STALE); }
CALLED_BY_KERNEL unsigned long AT(hook_low)(void *entry) { return oracles.low(entry); }

CALLED_BY_KERNEL void AT(hook_waits)(void)
{
	oracles.note(NOTE_HOLE);
	world_leave();
}

CALLED_BY_KERNEL void AT(hook_missing)(const char *name)
{
	if (!world_runs()) {	/* while page tables are built */
		fprintf(stderr, "the glue reached %s, which nobody serves\n", name);
		_exit(2);
	}
	oracles.missing = name;
	oracles.note(NOTE_MISSING);
	world_leave();
}

CALLED_BY_KERNEL void AT(hook_bug)(void)
{
	oracles.note(NOTE_BUG);
	world_leave();
}

static uint32_t place_of(uintptr_t phys)
{
	if (phys >= PHYS_TABLES && phys < PHYS_TABLES + NR_TABLES * 4096)
		return NOTE_TABLE;
	if ((phys >= PHYS_LEAVES && phys < PHYS_LEAVES + NR_LEAVES * 0x200000u) ||
	    (phys >= PHYS_FAKE && phys < PHYS_FAKE + 4096) || (phys >= PHYS_FAKE_TABLE && phys < PHYS_FAKE_TABLE + 4096) ||
	    (sizeof(phys) == 8 && phys >= PHYS_GIANT && phys < PHYS_GIANT + 0x40000000ul))
		return NOTE_CONFUSED;
	return NOTE_WILD;
}

void oracles_read(const void *p)
{
	if (place_of((uintptr_t)p - (uintptr_t)world_at(0)) == NOTE_CONFUSED)
		oracles.note(NOTE_CONFUSED);
}

/* Of a frame that has no struct page it is fallen over, as over a count. */
bool oracles_lock(const void *lock)
{
	(void)*(const volatile uint32_t *)lock;
	if (!world_is_page((uintptr_t)lock) || lock == AT(glue_lock)() || lock == AT(glue_pmd_lock)())
		return true;
	for (unsigned n = 0; n < NR_TABLES; n++)
		if (lock == AT(glue_table_lock)(n))
			return true;
	oracles.note(NOTE_WRONG_LOCK);
	return false;
}

/* The table lock is held: is it this one's, and is this the table that the entry leads to? */
CALLED_BY_KERNEL void AT(hook_pte)(void *pte, glue_u64 value)
{
	const uintptr_t phys = (uintptr_t)pte - (uintptr_t)world_at(0);
	uint32_t what = place_of(phys);

	(void)value;
	if (what == NOTE_TABLE && oracles.over_pmds && ((oracles.low(NULL) ^ phys) & ~0xffful) << 8)
		what |= NOTE_RETRACTED;
	if (what & NOTE_TABLE && !oracles.holds(AT(glue_table_lock)((unsigned)(phys - PHYS_TABLES) >> 12)))
		what |= NOTE_WRONG_LOCK;
	oracles.note(what);
}

CALLED_BY_KERNEL void AT(hook_pmd)(void *pmd, glue_u64 value)
{
	const uintptr_t phys = (uintptr_t)pmd - (uintptr_t)world_at(0);

	(void)value;
	oracles.note(phys >= PHYS_PMDS && phys < PHYS_PMDS + 4096 ? NOTE_TABLE : place_of(phys));
}

static bool is_giant(unsigned long pfn)
{
	return sizeof(long) == 8 && pfn == PHYS_GIANT >> 12;
}

CALLED_BY_KERNEL void AT(hook_pinned)(unsigned long pfn)
{
	unsigned n;

	for (n = 0; n < NR_LEAVES && glue_leaf_pfn(n) != pfn; n++)
		;
	/* of what a new table maps nobody keeps books */
	if (n < NR_LEAVES && oracles.still_owned && !oracles.still_owned(pfn))
		oracles.note(NOTE_FREED);
	oracles.note(n < NR_LEAVES || is_giant(pfn) ? NOTE_LEAF :
		     pfn >= PHYS_PAGES >> 12 && pfn < (PHYS_PAGES >> 12) + NR_TABLES ? NOTE_TABLE : NOTE_TORN);
}

void oracles_fallen(int sig, uintptr_t at, uintptr_t wanted)
{
	const char *name = world_unserved(wanted);

	(void)at;
	if (name)
		oracles.missing = name;
	oracles.note(name ? NOTE_MISSING : sig == SIGILL ? NOTE_BUG : world_is_page(wanted) ? NOTE_NO_PAGE : NOTE_FAULT);
}
