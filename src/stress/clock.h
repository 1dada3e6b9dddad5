/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TORNWALK_CLOCK_H
#define TORNWALK_CLOCK_H

#include <stdint.h>

/* Of CLOCK_MONOTONIC. */
uint64_t now_ns(void);

#endif
