/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The widened world's delays, swept: every 20 ms all threads change to the next
 * length, from 8 turns of a loop to 16384, and round again. So one run shows how
 * a tear depends on the delay between the halves.
 */
#ifndef TORNWALK_SWEEP_H
#define TORNWALK_SWEEP_H

#include "cell.h"

enum { SWEEP_NS = 20000000, SWEEP_NONE = NR_DELAYS };

/* Which class of delay it is `elapsed_ns` after the start. */
unsigned sweep_class(uint64_t elapsed_ns);

/* A delay of this class is at most so many turns. */
uint32_t sweep_spins(unsigned class);

/* The mean delay of a class here, in ns; measured, some 10 ms at the first call. */
uint64_t sweep_ns(unsigned class);

#endif
