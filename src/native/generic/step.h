/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No single steps without a tracer here. */
#ifndef TORNWALK_STEP_H
#define TORNWALK_STEP_H

#include <stdbool.h>
#include <ucontext.h>

#define ARCH_STEPS false

static inline void arch_step_end(ucontext_t *u) { (void)u; }

static inline bool arch_step(ucontext_t *u)
{
	(void)u;
	return false;
}

#endif
