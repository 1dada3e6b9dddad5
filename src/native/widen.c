/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A xorshift per thread: random() would take a lock, which would order the very
 * accesses whose disorder is being looked for.
 */
#include "widen.h"

#include <sched.h>

static __thread struct {
	uint32_t state, spins;
	bool yield;
} widen;

void widen_seed(uint32_t seed, uint32_t spins, bool yield)
{
	widen.state = seed ? seed : 1;
	widen.spins = spins;
	widen.yield = yield;
}

void widen_delay(void)
{
	uint32_t x = widen.state;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	widen.state = x;
	if (!widen.spins || (x & 7))
		return;
	if (widen.yield) {
		sched_yield();
		return;
	}
	for (x = (x >> 3) % widen.spins; x; x--)
		__asm__ volatile("");
}
