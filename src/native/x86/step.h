/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Single steps, from a signal handler. */
#ifndef TORNWALK_STEP_H
#define TORNWALK_STEP_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>

#define ARCH_STEPS true

enum { EFLAGS_TF = 1 << 8 };

#ifdef __x86_64__
#define STEP_PC REG_RIP
#else
#define STEP_PC REG_EIP
#endif

/* No SIGTRAP after the next instruction. */
static inline void arch_step_end(ucontext_t *u)
{
	u->uc_mcontext.gregs[REG_EFL] &= ~EFLAGS_TF;
}

/*
 * SIGTRAP after the next instruction. Not if that is a system call: it might be
 * the one that blocks SIGTRAP, and a blocked one kills.
 */
static inline bool arch_step(ucontext_t *u)
{
	static const unsigned char calls[][2] = { { 0x0f, 0x05 }, { 0x0f, 0x34 }, { 0xcd, 0x80 } };
	const void *pc = (const void *)(uintptr_t)u->uc_mcontext.gregs[STEP_PC];
	unsigned i;

	for (i = 0; i < 3; i++)
		if (!memcmp(pc, calls[i], 2))
			return false;
	u->uc_mcontext.gregs[REG_EFL] |= EFLAGS_TF;
	return true;
}

#endif
