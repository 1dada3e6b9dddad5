/* SPDX-License-Identifier: GPL-2.0-or-later */
/* layout.c, which knows tornwalk's layouts and none of the kernel's page-table headers: they share names. */
#ifndef TORNLIVE_SAYS_H
#define TORNLIVE_SAYS_H

#include <linux/types.h>

#include "live/live.h"

void layout_says(struct live_layout *l);
u64 layout_stamped(u32 n);			/* the n-th leaf, both of whose words say which it is */
enum live_kind layout_kind(u64 value);		/* of what was made by layout_stamped() */
extern const char layout_name[];

#endif
