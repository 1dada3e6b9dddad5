/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "meet.h"

#include <time.h>

#include "observe.h"

enum { NAP_NS = 50000, SILENT = 8 };

uint32_t route_shuffled(struct route *r)
{
	r->random ^= r->random << 13;
	r->random ^= r->random >> 17;
	r->random ^= r->random << 5;
	return r->first + (uint32_t)((uint64_t)r->random * r->n >> 32) * r->step;
}

void meet(struct meeting *m)
{
	uint32_t seen;

	if (!m->wait_ns)
		return;
	__atomic_store_n(&m->ours->n, __atomic_load_n(&m->ours->n, __ATOMIC_RELAXED) + 1, __ATOMIC_RELAXED);
	seen = __atomic_load_n(&m->theirs->n, __ATOMIC_RELAXED);
	if (seen != m->seen) {
		m->seen = seen;
		m->silent = 0;
		return;
	}
	if (++m->silent < SILENT)
		return;
	if (m->silent == SILENT)
		m->since_ns = now_ns();
	else if (now_ns() - m->since_ns > m->wait_ns)
		nanosleep(&(struct timespec){ .tv_nsec = NAP_NS }, NULL);
}
