/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Around sections: TRUTH's load on i386 is the FPU's. The same for all readers, so that they take the same time. */
#ifndef TORNLIVE_FPU_H
#define TORNLIVE_FPU_H

#ifdef CONFIG_X86_32
#ifdef HAS_FPU_API
#include <asm/fpu/api.h>
#else
#include <asm/fpu.h>
#endif
static inline void fpu_begin(void) { kernel_fpu_begin(); }
static inline void fpu_end(void) { kernel_fpu_end(); }
#else
static inline void fpu_begin(void) { }
static inline void fpu_end(void) { }
#endif

#endif
