// SPDX-License-Identifier: GPL-2.0-or-later
/* What tornwalk's layout of this architecture says of a value: the same source as everywhere else. */
#include "says.h"

#ifdef CONFIG_ARM
#include "layout_lpae.h"
static const struct layout *const layout = &layout_lpae;
#else
/* x86_64 has the same bits, in one word */
#include "layout_pae.h"
static const struct layout *const layout = &layout_pae;
#endif

const char layout_name[] =
#ifdef CONFIG_ARM
	"lpae";
#else
	"pae";
#endif

static entry_t entry_of(u64 v)
{
	return entry((u32)v, (u32)(v >> 32));
}

void layout_says(struct live_layout *l)
{
	const entry_t e = entry_of(l->value);

	l->says = (layout->none(l->level == LIVE_PTE ? LEVEL_PTE : LEVEL_PMD, e) ? LIVE_NONE : 0) |
		  (layout->present(e) ? LIVE_PRESENT : 0) | (layout->valid(e) ? LIVE_VALID : 0) |
		  (layout->leaf(e) ? LIVE_LEAF : 0) | (layout->trans_huge(e) ? LIVE_TRANS_HUGE : 0) |
		  (layout->bad(e) ? LIVE_BAD : 0) | (layout->write(e) ? LIVE_WRITE : 0) |
		  (layout->dirty(e) ? LIVE_DIRTY : 0) | (layout->young(e) ? LIVE_YOUNG : 0);
	l->pfn = layout->pfn(e);
}

u64 layout_stamped(u32 n)
{
	const struct stamp s = { .lo = n % LO_GENS, .hi = n % layout->hi_gens };

	return entry_u64(layout->mk_huge(s));
}

enum live_kind layout_kind(u64 value)
{
	const u32 lo = (u32)value, hi = (u32)(value >> 32);

	if (!value)
		return LIVE_ZERO;
	if (!lo)
		return LIVE_HIGH_ONLY;
	if (!hi)
		return LIVE_LOW_ONLY;
	/* delta_mod divides both counters' periods, so that halves of one store agree modulo it */
	if (layout->half_lo(lo).what != HALF_STAMPED || layout->half_hi(hi).what != HALF_STAMPED ||
	    layout->half_lo(lo).gen % layout->delta_mod != layout->half_hi(hi).gen % layout->delta_mod)
		return LIVE_MIXED;
	return LIVE_WHOLE;
}
