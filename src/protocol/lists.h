/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lists each world has one of. PROTOCOL_LIST() gives them, and each audited symbol, the
 * world's name: native_read_lo_hi is what a claim is about, widened_read_lo_hi is not.
 */
#ifndef TORNWALK_LISTS_H
#define TORNWALK_LISTS_H

#include "mem.h"

extern const struct reader PROTOCOL_LIST(readers)[];
extern const struct writer PROTOCOL_LIST(writers)[];
extern const struct transition PROTOCOL_LIST(transitions)[];
extern const struct walker PROTOCOL_LIST(walkers)[];
extern const struct walk_ops PROTOCOL_LIST(consumers)[];
extern void PROTOCOL_LIST(split)(struct walk *w, enum level l, entry_t *ptr);

#endif
