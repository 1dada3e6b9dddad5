/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TORNREPORT_GATE_H
#define TORNREPORT_GATE_H

#include "report/results/load.h"

/* Prints what moved; 0: open, 1: closed, 4: open, and where it is strict some cells were thin. */
int gate(const struct results *base, const struct results *now, bool strict);

/*
 * Prints the names of the cells that saw too little, so that a longer run may do: those that
 * passed in BASE, or where it is NULL all.
 */
void gate_thin(const struct results *base, const struct results *now);

/* Prints which symbols' verdicts the compiler moved, by the audits beside the results; how many. */
unsigned gate_code(const char *base, const char *now);

#endif
