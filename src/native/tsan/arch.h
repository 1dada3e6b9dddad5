/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine as ThreadSanitizer sees it: generic, since it looks into no asm, and
 * with a wmb that it understands. It knows no fences; what a wmb orders before the
 * store that publishes it is tied to race_published here, and taken up where the
 * machine looks a table page up (race.h).
 */
#ifndef TORNWALK_TSAN_ARCH_H
#define TORNWALK_TSAN_ARCH_H

#define arch_wmb arch_wmb_fence
#include "native/generic/arch.h"
#undef arch_wmb

extern char race_published;
void __tsan_release(void *addr);

static __always_inline void arch_wmb(void)
{
	__tsan_release(&race_published);
	arch_wmb_fence();
}

#endif
