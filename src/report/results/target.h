/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_RESULTS_TARGET_H
#define REPORT_RESULTS_TARGET_H

#include <stdbool.h>

/*
 * The word of KCIDB's schema for the architecture of a target, by configs/targets/NAME.mk.
 * NULL if there is no such target here.
 */
const char *target_kcidb(const char *target);

/* Does the target's architecture promise that this 8-byte primitive is single-copy atomic? */
bool target_promises(const char *target, const char *primitive);

#endif
