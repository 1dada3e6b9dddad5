/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of entry layouts, and what a half of an entry may come from. */
#include "layout_lpae.h"
#include "layout_pae.h"
#include "walk.h"

const struct layout *const layouts[NR_LAYOUTS + 1] = {
	[LAYOUT_PAE] = &layout_pae,
	[LAYOUT_LPAE] = &layout_lpae,
};

const char *const half_origins[NR_HALVES + 1] = {
	[HALF_ZERO] = "clear",
	[HALF_STAMPED] = "store",
	[HALF_INVERTED] = "invalidation",
	[HALF_RUBBISH] = "nothing",
};
