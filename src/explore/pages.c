/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Table pages, read sections and grace periods.
 *
 * Invariant: a page in limbo waits for the sections that had begun when it was freed, of
 * whatever kind, and for no other; who synchronizes waits for those of one kind.
 */
#include "pages.h"

uint8_t pages_sections(const struct program *p, const struct state *s, unsigned but, uint8_t kinds)
{
	uint8_t mask = 0;
	unsigned t;

	for (t = 0; t < p->nthreads; t++)
		if (t != but && (s->t[t].in_section & kinds))
			mask |= (uint8_t)(1u << t);
	return mask;
}

void pages_leave_section(const struct program *p, struct state *s, unsigned i, uint8_t kind)
{
	const uint8_t bit = (uint8_t)(1u << i);
	unsigned n;

	s->t[i].in_section &= (uint8_t)~kind;
	for (n = 0; n < p->nthreads; n++)
		if (s->t[n].syncs & kind)
			s->t[n].waits_for &= (uint8_t)~bit;
	for (n = 0; n < p->npages && !s->t[i].in_section; n++)
		s->page[n].waits_for &= (uint8_t)~bit;
}

void pages_reclaim(const struct program *p, struct state *s, unsigned page)
{
	s->page[page].life = PAGE_RECLAIMED;
	s->page[page].pfn = 0;
	if (p->page_location[page] != NO_LOCATION)
		memory_commit(p, s, p->page_location[page], p->poison);
}

unsigned pages_find(const struct program *p, const struct state *s, uint64_t pfn)
{
	unsigned i;

	for (i = 0; i < p->npages; i++)
		if ((s->page[i].life == PAGE_LIVE || s->page[i].life == PAGE_LIMBO) &&
		    s->page[i].pfn == pfn)
			return i + 1;
	return 0;
}

uint64_t pages_alloc(const struct program *p, struct state *s, unsigned thread, uint64_t pfn)
{
	const unsigned first = thread * p->page_share, end = first + p->page_share;
	unsigned i = first;

	while (i < end && s->page[i].life != PAGE_UNUSED)
		i++;
	if (i >= end || i >= p->npages) {
		s->overflow = true;
		return 0;
	}
	s->page[i].life = PAGE_LIVE;
	s->page[i].pfn = pfn;
	return i;
}

void pages_free(const struct program *p, struct state *s, unsigned page, bool at_once)
{
	s->page[page].life = PAGE_LIMBO;
	s->page[page].waits_for = pages_sections(p, s, ~0u, ANY_SECTION);
	if (at_once)
		pages_reclaim(p, s, page);
	else
		memory_barrier_for_all(p, s);	/* the grace period begins */
}
