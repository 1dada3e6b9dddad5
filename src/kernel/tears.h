/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does this executor make two accesses of what its CPU promises to be one? Emulators do, and what the race
 * shows may be their doing then.
 */
#ifndef TORNWALK_KERNEL_TEARS_H
#define TORNWALK_KERNEL_TEARS_H

#include "stress/pin.h"

/* A line `tears	PRIMITIVE` for each, in 20 ms apiece. Nothing on 64-bit: there an entry is one word. */
void tears_print(const struct cpus *cpus);

#endif
