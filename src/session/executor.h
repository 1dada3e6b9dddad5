/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who runs the instrument: what every result line says about it. */
#ifndef TORNWALK_EXECUTOR_H
#define TORNWALK_EXECUTOR_H

#include "predict/cell_program.h"
#include "stress/calibrate.h"

struct executor {
	const char *target, *flags, *git;	/* from the build */
	char kind[64];				/* native, or the emulator as far as it is known */
	enum memory_model model;		/* x86 natively: tso; ARM, and any emulator: weak */
	char compiler[96], cpu[96], kernel[128];
	const struct cpus *cpus;
	const struct calibration *calibration;	/* NULL: not calibrated */
};

/* Fills cpu, kernel, compiler, kind and model; a name that cannot be found is "unknown". */
void executor_probe(struct executor *x);

#endif
