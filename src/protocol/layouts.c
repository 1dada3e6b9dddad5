/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of entry layouts. */
#include "layout_lpae.h"
#include "layout_pae.h"
#include "walk.h"

const struct layout *const layouts[NR_LAYOUTS + 1] = {
	[LAYOUT_PAE] = &layout_pae,
	[LAYOUT_LPAE] = &layout_lpae,
};
