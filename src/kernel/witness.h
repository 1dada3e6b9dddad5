/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TORNWALK_KERNEL_WITNESS_H
#define TORNWALK_KERNEL_WITNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "explore/search.h"

/* The two threads of a program, and the sections that they may be in besides SECTION_ALONE. */
enum { READER, WRITER, NR_THREADS };
enum { SECTION_IRQS = 1, SECTION_RCU = 2 };

/* Their names, with commas; "-": none. */
void print_notes(uint32_t notes);

/* Lines `step` of a shortest schedule that shows this note, and `void` if it also voids itself. false: under its model there is none. */
bool print_witness(const char *name, struct program *p, uint32_t bit, uint64_t max_states);

#endif
