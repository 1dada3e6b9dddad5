/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TORNWALK_KERNEL_AUDIT_ASSEMBLER_H
#define TORNWALK_KERNEL_AUDIT_ASSEMBLER_H

#include <stddef.h>

/*
 * What `name` in the object file does to the entry whose address is its argument `arg` (from 0): its
 * traces (src/audit/path.h), with | between. Else not 0, and why.
 */
int assembler_read(const char *path, const char *name, unsigned arg, char *trace, size_t room, const char **why);

#endif
