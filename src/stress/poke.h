/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupts of every CPU that runs one of our threads, with none of their instructions changed. */
#ifndef TORNWALK_POKE_H
#define TORNWALK_POKE_H

#include <stdbool.h>

/* May this process? Asks the kernel, and signs up for it. */
bool poke_usable(void);

/* Interrupts them; returns when all have been. */
void poke(void);

#endif
