/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first observation of a bad outcome, as facts: what a result line carries. The
 * sentence is made of them last, and of nothing else.
 */
#ifndef TORNWALK_WITNESS_H
#define TORNWALK_WITNESS_H

#include "protocol/layout.h"
#include "protocol/outcome.h"

enum { WITNESS_LEN = 384 };

struct witness {
	bool seen;
	entry_t decided, used;
	/* where the halves of `used` come from; both numbered alike, modulo `modulo` */
	struct {
		enum half from;
		unsigned number;	/* of a store or an invalidation */
	} low, high;
	unsigned apart, modulo;		/* stores between the halves; 0: the same, or not known */
	bool direction_known;
	enum direction newer;
	/* not by the reader for certain: the writer's 8-byte store is perhaps two */
	bool perhaps_held;
	uint32_t slot, seed;
	unsigned reader;		/* its thread */
	int cpu;
	uint64_t ns;			/* after the start */
};

/* One readable line, what a human can check by hand; WITNESS_LEN is room for any. */
void witness_text(const struct witness *w, enum outcome k, char *buf, unsigned len);

#endif
