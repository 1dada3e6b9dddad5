/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cells by which the tester itself is measured: each tears for a reason of its own,
 * and needs another strategy for it.
 */
#ifndef TORNWALK_SHAPES_H
#define TORNWALK_SHAPES_H

#include "names.h"

struct shape {
	const char *name, *summary;
	const char *words[20];	/* key, value, ...; ends with NULL */
	uint32_t bad;		/* bits of enum outcome it is about */
};
extern const struct shape shapes[];	/* ends with a NULL name */

/* As cell_resolve(). */
int shape_resolve(const struct shape *s, struct cell *c, char *err, size_t len);

#endif
