/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whoever takes away or changes what may be mirrored says so before and after, as all callers of the tree's primitives
 * do that are transitions here. A fault says nothing: nobody has mirrored what was not there.
 */
#ifndef TORNWALK_GLUE_NOTIFIED_H
#define TORNWALK_GLUE_NOTIFIED_H

#include <linux/mm.h>
#include <linux/mmu_notifier.h>

#include "glue.h"

extern struct mm_struct glue_mm;

static inline void will_change(struct mmu_notifier_range *r)
{
	*r = (struct mmu_notifier_range){ .mm = &glue_mm, .start = GLUE_ADDRESS, .end = GLUE_ADDRESS + PMD_SIZE,
					  .event = MMU_NOTIFY_CLEAR };
	mmu_notifier_invalidate_range_start(r);
}

static inline void has_changed(struct mmu_notifier_range *r)
{
	mmu_notifier_invalidate_range_end(r);
}

#endif
