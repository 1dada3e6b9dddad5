/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stop.h"

uint64_t stop_unbiased_ns(const struct progress_of_cell *p)
{
	const uint64_t share = p->most_ns / UNBIASED_SHARE;

	return p->exact ? p->most_ns : share < UNBIASED_MOST_NS ? share : UNBIASED_MOST_NS;
}

enum stop stop_now(const struct progress_of_cell *p)
{
	if (p->ns >= p->most_ns + p->extra_ns)
		return STOP_TIME;
	if (p->exact || p->ns < stop_unbiased_ns(p))
		return STOP_NOT_YET;
	if (p->forbidden)	/* once is perhaps a ray from the sky: more of it, or the time is up */
		return p->forbidden >= CONFIRMED ? STOP_FORBIDDEN : STOP_NOT_YET;
	if (p->requires)
		return p->required >= SEEN_ENOUGH ? STOP_SEEN : STOP_NOT_YET;
	return p->wanted && p->strength >= p->wanted ? STOP_STRONG : STOP_NOT_YET;
}
