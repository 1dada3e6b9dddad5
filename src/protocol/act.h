/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a walk says what it did with the entry under test. Private memory only. */
#ifndef TORNWALK_ACT_H
#define TORNWALK_ACT_H

#include "walk.h"

/* Entries of other levels are not under test. The last act of a walk counts. */
static __always_inline void act(struct walk *w, enum level l, enum act_kind kind, entry_t decided,
			      entry_t used)
{
	if (l != w->pt->level)
		return;
	w->act.kind = (uint8_t)kind;
	w->act.decided = decided;
	w->act.used = used;
}

#endif
