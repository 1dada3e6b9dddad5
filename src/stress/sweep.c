/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sweep.h"

#include "native/widen.h"
#include "observe.h"

unsigned sweep_class(uint64_t elapsed_ns)
{
	return (unsigned)(elapsed_ns / SWEEP_NS % NR_DELAYS);
}

uint32_t sweep_spins(unsigned class)
{
	return 8u << class;
}

/* The same loop for long: one call in eight waits, for half of `most` on average. */
static uint64_t ns_of_a_million_spins(void)
{
	enum { CALLS = 2000, MOST = 40000 };
	static uint64_t ns;
	uint64_t from = now_ns();
	unsigned i;

	if (ns)
		return ns;
	widen_seed(1, MOST, false);
	for (i = 0; i < CALLS; i++)
		widen_delay();
	ns = (now_ns() - from) * 1000000 / ((uint64_t)CALLS / 8 * (MOST / 2));
	widen_seed(1, 0, false);
	return ns += !ns;
}

uint64_t sweep_ns(unsigned class)
{
	return ns_of_a_million_spins() * (sweep_spins(class) / 2) / 1000000;
}
