/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The flavours of read-side section and grace period. */
#ifndef TORNWALK_RECLAIM_H
#define TORNWALK_RECLAIM_H

#include "protocol/walk.h"

extern const struct reclaim *const reclaims[];	/* ends with NULL */

/* No sections, no waiting, and nothing is done about it: for one thread alone. */
extern const struct reclaim reclaim_alone;

#endif
