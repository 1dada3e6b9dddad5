/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that a cell's threads stand on: memory, oracle, pools, the threads' own state. */
#ifndef TORNWALK_FIXTURE_H
#define TORNWALK_FIXTURE_H

#include "machine/tables.h"
#include "oracle.h"
#include "racers.h"

struct fixture {
	struct control control;
	struct cell cell;	/* with the slots its strategy wants */
	struct page_tables *pt;
	struct oracle oracle;
	uint8_t *owners;
	struct stamp *stamps;
	struct reader_thread *readers;
	struct writer_thread *writers;
	unsigned nr_readers, nr_writers;	/* that were started */
	unsigned observing, joined;		/* observers, mutators' pools that were made */
};

/* NULL, and why in *err: -ENOMEM, or what oracle_learn() says. */
struct fixture *fixture_new(const struct cell *c, bool unwatched, int *err);
void fixture_free(struct fixture *fixture);

#endif
