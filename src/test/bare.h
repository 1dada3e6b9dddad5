/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a machine can show at all: for each shape of cell the same stores and loads by two
 * pinned threads that do nothing else and record a counter. What the tester shows is
 * measured against this.
 */
#ifndef TORNWALK_TEST_BARE_H
#define TORNWALK_TEST_BARE_H

#include "stress/pin.h"
#include "stress/strategy.h"

/* Distinct bad observations a second, of the shape by this name; negative: there is no such loop. */
double bare_rate(const char *shape, const struct strategy *s, const struct cpus *cpus, uint64_t ns);

#endif
