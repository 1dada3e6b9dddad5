/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * This thread's seeded delays for the widened world.
 */
#ifndef TORNWALK_WIDEN_H
#define TORNWALK_WIDEN_H

#include <stdbool.h>
#include <stdint.h>

/*
 * From now on this thread delays by a sequence that `seed` fixes: up to `spins`
 * turns each (0: never), or sched_yield() where `yield`.
 */
void widen_seed(uint32_t seed, uint32_t spins, bool yield);

/* Waits, once in 8 calls; also a compiler barrier. */
void widen_delay(void);

#endif
