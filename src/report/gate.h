/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TORNREPORT_GATE_H
#define TORNREPORT_GATE_H

#include "load.h"

/* Prints what moved; 0: open, 1: closed. */
int gate(const struct results *base, const struct results *now);

#endif
