/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One reader of the tree against one writer of it, over one entry (glue/primitives.h): is
 * what the reader returns a value that the entry held as a whole?
 */
#ifndef TORNWALK_KERNEL_ENTRY_H
#define TORNWALK_KERNEL_ENTRY_H

#include <stdint.h>

#include "kernel/cells.h"

/* Calls `cell` for each pair that the tree has; `alone` runs the writer with nobody beside it. */
void entry_cells(void (*cell)(const struct walker *, const struct transition *, const char *name),
		 int (*alone)(const struct transition *));

/* Of primitives.h, by its name; NULL: it is not in this tree. */
const struct walker *entry_reader(const char *name, enum level *level);
/* Alone it makes *to of *from; both 0: that is not known. */
const struct transition *entry_writer(const char *name, int (*alone)(const struct transition *), uint64_t *from, uint64_t *to);

/* Whoever wants the values themselves, and puts into the entry what it begins as; NULL: the oracle. */
extern void (*entry_seen)(uint64_t value);

#endif
