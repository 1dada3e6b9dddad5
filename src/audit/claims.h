/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each audited symbol claims to be compiled to. */
#ifndef TORNREPORT_AUDIT_CLAIMS_H
#define TORNREPORT_AUDIT_CLAIMS_H

#include "elf.h"
#include "protocol/claim.h"

struct claim {
	enum claim_kind kind;
	char words[64];
	char pattern[512];	/* POSIX ERE over the traces (path.h), calls taken out */
	bool one_value;		/* plain: it loads or stores a whole entry, not just what a test needs */
	unsigned arg;		/* which argument is the entry's address, hidden ones counted */
	unsigned indirect_args;	/* arguments of the calls by pointer it makes */
};

/* `symbol` without its world; false: not one the audit is about. */
bool claim_find(struct claim *c, const char *symbol, enum isa isa);

#endif
