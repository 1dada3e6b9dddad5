/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time passes, and nothing shared is touched. */
#ifndef TORNWALK_SPIN_H
#define TORNWALK_SPIN_H

#include <stdint.h>

/* `turns` of an empty loop: about a cycle each, a few ns under an emulator. */
static inline void spin(uint32_t turns)
{
	for (; turns; turns--)
		__asm__ volatile("");
}

#endif
