/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A symbol's code against its claim. */
#ifndef TORNREPORT_AUDIT_CHECK_H
#define TORNREPORT_AUDIT_CHECK_H

#include "claims.h"
#include "trace.h"

enum audit_class { AUDIT_AS_CLAIMED, AUDIT_LUCK, AUDIT_DIFFERS, AUDIT_UNKNOWN };

extern const char *const audit_words[];	/* by enum audit_class */

struct check {
	char symbol[80];		/* without its world */
	char claim[64];
	enum audit_class class;
	char form[200];			/* its traces in short */
	char why[TRACE_MAX + 32];	/* "" as claimed */
	bool plain;			/* the claim leaves it to the compiler */
	bool refetch;			/* a path loads the same word twice */
	bool fused;			/* one access of both words */
	bool calls;			/* a call between two accesses */
	struct codegen code;
};

/* 0 or -errno. */
int check_make(struct check *f, const struct image *img, const struct function *fn,
		 const char *symbol, const struct claim *c);

#endif
