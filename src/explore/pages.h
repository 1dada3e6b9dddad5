/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of the model: table pages and who waits for whom. */
#ifndef TORNWALK_PAGES_H
#define TORNWALK_PAGES_H

#include "memory.h"

/* All kinds of sections. */
enum { ANY_SECTION = 0xff };

/* The threads that are in a section of these kinds, a bit each, without thread `but`. */
uint8_t pages_sections(const struct program *p, const struct state *s, unsigned but, uint8_t kinds);
void pages_leave_section(const struct program *p, struct state *s, unsigned i, uint8_t kind);
void pages_reclaim(const struct program *p, struct state *s, unsigned page);

/* The page that has this frame now, plus one; 0: none has. */
unsigned pages_find(const struct program *p, const struct state *s, uint64_t pfn);

/* Each mutator has pages of its own, and uses each once. */
uint64_t pages_alloc(const struct program *p, struct state *s, unsigned thread, uint64_t pfn);
void pages_free(const struct program *p, struct state *s, unsigned page, bool at_once);

#endif
