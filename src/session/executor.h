/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who runs the instrument: what every result line says about it. */
#ifndef TORNWALK_EXECUTOR_H
#define TORNWALK_EXECUTOR_H

#include "stress/calibrate.h"

struct executor {
	const char *target, *flags, *git;	/* from the build */
	char kind[64];				/* native, or the emulator as far as it can be told */
	char compiler[96], cpu[96], kernel[128];
	const struct cpus *cpus;
	const struct calibration *calibration;	/* NULL: not calibrated */
};

/* Fills cpu, kernel, compiler and kind; "unknown" where it cannot be told. */
void executor_probe(struct executor *x);

#endif
