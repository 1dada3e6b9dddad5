/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The simulated machine: slots, table pages, frames.
 *
 * A frame number is a function of a store's stamp, so physical memory needs no
 * array: huge frames carry table id 0, table pages 1..511 (bits 12..20). Each
 * table page has a `struct page` whose key says which frame it is now, 0 while
 * it is free. A walker looks a frame number up and compares keys; it never
 * follows a number it has not found.
 */
#ifndef TORNWALK_TABLES_H
#define TORNWALK_TABLES_H

#include "protocol/walk.h"

struct tables_config {
	enum level level;
	const struct layout *layout;
	const struct reclaim *reclaim;
	uint32_t slots;
	unsigned mutators;
	bool tables;		/* transitions will need table pages */
	uint32_t fill;		/* see page_tables; no walk looks at an entry behind these */
};

/* NULL: not enough memory. */
struct page_tables *tables_new(const struct tables_config *c);
void tables_free(struct page_tables *pt);

/* Bytes tables_new() would take. */
uint64_t tables_bytes(const struct tables_config *c);

/* Hands mutator number `i` its share of the table pages and its slots' stamps. */
int tables_join(struct page_tables *pt, struct mutator *m, unsigned i);
void tables_part(struct mutator *m);

/* The address a walk of slot `slot` starts at; one page long. */
uint64_t tables_addr(const struct page_tables *pt, uint32_t slot);

#endif
