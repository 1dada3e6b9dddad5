/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine that the kernel's objects find themselves in: physical memory where the
 * kernel expects it, their own data, and somebody who notices when they fall.
 *
 * Invariant: after world_reset() the kernel's data and all of physical memory that code
 * under test may write are what they were when world_keep() was called.
 */
#ifndef TORNWALK_KERNEL_WORLD_H
#define TORNWALK_KERNEL_WORLD_H

#include <stdbool.h>
#include <stdint.h>

/* Maps memory, builds empty page tables. 0, or -errno. */
int world_init(void);
void *world_at(unsigned long phys);

void world_keep(void);
void world_reset(void);
/* From now on, somebody mirrors the page tables, or nobody does. */
void world_mirrored(bool is);
/* Of all that code under test may have written since. */
uint64_t world_hash(void);

/*
 * Runs f; what it falls over is handed to fallen() first, with the address it fell at
 * and the address that it wanted, and then f is left for good. Returns 0 if it was.
 */
int world_run(void (*f)(void), void (*fallen)(int sig, uintptr_t at, uintptr_t wanted));
void world_leave(void) __attribute__((noreturn));
/* Is this thread in such a call? */
bool world_runs(void);

/* Is it the place of a struct page? */
bool world_is_page(uintptr_t wanted);

/* The name of the symbol that nobody serves, where `wanted` is in its place; NULL: it is not. */
const char *world_unserved(uintptr_t wanted);

#endif
