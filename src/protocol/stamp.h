/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The identity of the next store to a slot. */
#ifndef TORNWALK_STAMP_H
#define TORNWALK_STAMP_H

#include "layout.h"

/* Aliased frames share the low word: only the high word's counter moves. */
static __always_inline void stamp_next(struct stamp *s, unsigned hi_gens, bool alias)
{
	if (!alias)
		s->lo = s->lo + 1 == LO_GENS ? 0 : s->lo + 1;
	s->hi = s->hi + 1u == hi_gens ? 0 : s->hi + 1;
}

/* Where a slot's counter begins; the colour tells the slots' frames apart. */
static inline struct stamp stamp_first(uint32_t slot, unsigned hi_gens)
{
	return (struct stamp){ .lo = 0, .hi = (uint16_t)(slot * 37u % hi_gens) };
}

#endif
