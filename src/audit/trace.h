/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All paths through a function, as the set of their traces. */
#ifndef TORNREPORT_AUDIT_TRACE_H
#define TORNREPORT_AUDIT_TRACE_H

#include "path.h"

enum { MAX_TRACES = 64 };

struct codegen {
	char (*traces)[TRACE_MAX];	/* distinct, those of fewest backward jumps first */
	unsigned ntraces, straight;	/* how many of them jump backwards nowhere */
	const char *lost;		/* why it could not be followed to the end; static */
};

/*
 * Runs f from its first instruction with the entry's address in argument `arg`
 * (from 0, hidden ones counted). A path takes two backward jumps at most:
 * what a loop does to the entry, it has done by then. `calls`: they are in the traces. 0 or -errno.
 */
int codegen_read(struct codegen *g, const struct image *img, const struct function *f, unsigned arg,
		 unsigned indirect_args, bool calls);
void codegen_free(struct codegen *g);

#endif
