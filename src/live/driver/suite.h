/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one process of the driver does: says what machine this is, calibrates, and runs the
 * operations one by one, each first under the module's readers, then under the kernel's own.
 */
#ifndef TORNWALK_LIVE_SUITE_H
#define TORNWALK_LIVE_SUITE_H

#include <stdbool.h>
#include <stdint.h>

#include "live/live.h"

struct operation;
struct user_reader;
struct device;
struct watch;

struct suite {
	uint64_t time_ns, user_ns, race_ns;	/* of an operation; of it under one of the kernel's own readers; of a race */
	uint64_t seed;
	uint32_t gap, batch;
	bool module;			/* false: the kernel's own readers alone */
	struct live_probe probe[NR_LIVE_PROBES];	/* whose symbol is "": there is none */
	uint64_t fill_mib;
	uint64_t operations, users;	/* masks of what was asked for */
	int cpu[2];			/* of the operation, of who reads; the same: there is only one */
	const char *no_thp;		/* why there are no huge pages; NULL: there are */
};

/* An exit code. `device` is NULL without the module, else it has said hello. */
int suite_run(const struct suite *s, struct device *d, struct watch *w);

#endif
