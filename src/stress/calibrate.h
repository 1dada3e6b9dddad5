/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is each 64-bit primitive single-copy atomic on this executor? Measured, not
 * looked up: CPUs promise, emulators tear.
 */
#ifndef TORNWALK_CALIBRATE_H
#define TORNWALK_CALIBRATE_H

#include <signal.h>

#include "native/primitives.h"
#include "pin.h"

enum { MAX_PRIMITIVES = 16 };

struct calibration {
	unsigned n;
	struct calibrated {
		const struct primitive *primitive;
		bool usable;
		uint64_t reads, torn;
	} of[MAX_PRIMITIVES];
};

/* About `ns_each` per primitive; longer for two-words, until it has torn (at most 20 times). */
void calibrate(struct calibration *c, const struct cpus *cpus, uint64_t ns_each,
	       const volatile sig_atomic_t *interrupted);

/*
 * Looks at one primitive again, until it tears or for `ns`: on a busy machine the
 * first look may have missed it. Adds to what is known. NULL, unknown names: nothing.
 */
void calibrate_again(struct calibration *c, const char *primitive, const struct cpus *cpus, uint64_t ns,
		     const volatile sig_atomic_t *interrupted);

/* Did this primitive tear? NULL and unknown names did not. */
bool calibration_tears(const struct calibration *c, const char *primitive);

/* Did the two-word control tear? If not, this executor cannot show a tear. */
bool calibration_shows_tears(const struct calibration *c);

#endif
