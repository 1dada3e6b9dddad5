/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TORNREPORT_GATE_H
#define TORNREPORT_GATE_H

#include "report/results/load.h"

/* Prints what moved; 0: open, 1: closed. */
int gate(const struct results *base, const struct results *now);

/* Prints which symbols' verdicts the compiler moved, by the audits beside the results; how many. */
unsigned gate_code(const char *base, const char *now);

#endif
