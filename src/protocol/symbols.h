/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which audited symbols a race of these parts runs, without their world's name: the one
 * answer for who races them, and for who tells what they were compiled to.
 */
#ifndef TORNWALK_SYMBOLS_H
#define TORNWALK_SYMBOLS_H

#include "walk.h"

/* Rows of one world's lists. */
struct parts {
	const struct layout *layout;
	enum layout_id layout_id;
	const struct walker *walker;
	const struct reader *reader;
	const struct writer *writer;
	const struct transition *transition;
	const struct walk_ops *consumer;
	bool pauses;	/* a writer waits between its stores, as its strategy has it */
	/*
	 * Stores follow each other as closely as they can, by a strategy that wants it: for
	 * fault-zap that leaves an emulator's reader nothing present to look at.
	 */
	bool tight;
};

/* May anybody but the writer take the page-table lock? */
static inline bool parts_share_lock(const struct parts *p)
{
	return (p->reader->flags & READ_HOLDS_LOCK) || (p->walker->flags & WALK_LOCKS) ||
	       (p->consumer->flags & (CONSUME_LOCKS | CONSUME_SPLITS));
}

/* No walk: the reader's scan of one entry. */
static inline bool parts_scan(const struct parts *p)
{
	return (p->walker->flags & WALK_NO_DESCENT) && (p->consumer->flags & CONSUME_PASSIVE) &&
	       !(p->reader->flags & READ_REREADS);
}

/* The loop that has the writer inlined, where nothing is to be done between its stores; or NULL. */
static inline rounds_fn *parts_rounds(const struct parts *p)
{
	if (p->pauses || parts_share_lock(p) || (p->reader->flags & READ_NEEDS_SYNC) ||
	    (p->consumer->flags & CONSUME_WARNS) || (p->writer->flags & WRITE_TOUCHES))
		return NULL;
	switch (p->transition->inlined) {
	case INLINED_REMAP:
		return p->writer->remap[p->layout_id];
	case INLINED_FAULT_ZAP:
		return p->tight ? p->writer->fault_zap[p->layout_id] : NULL;
	default:
		return NULL;
	}
}

enum symbol_of {
	SYMBOL_READER, SYMBOL_WALKER, SYMBOL_SET, SYMBOL_CLEAR, SYMBOL_INVALIDATE, SYMBOL_TOUCH, NR_SYMBOLS
};

struct symbols {
	char of[NR_SYMBOLS][64];	/* by enum symbol_of; "" where none is run */
};

/* A touch that does nothing is not named. */
void parts_symbols(const struct parts *p, struct symbols *s);

#endif
