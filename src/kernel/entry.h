/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One reader of the tree against one writer of it, over one entry (glue/primitives.h): is
 * what the reader returns a value that the entry held as a whole?
 */
#ifndef TORNWALK_KERNEL_ENTRY_H
#define TORNWALK_KERNEL_ENTRY_H

#include "kernel/cells.h"

/* Calls `cell` for each pair that the tree has; `alone` runs the writer with nobody beside it. */
void entry_cells(void (*cell)(const struct walker *, const struct transition *, const char *name),
		 int (*alone)(const struct transition *));

#endif
