/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between line.c, which has the text, and members.c, which knows what is in it. */
#ifndef TORNREPORT_MEMBERS_H
#define TORNREPORT_MEMBERS_H

#include <jansson.h>

#include "load.h"

struct parse {
	struct results *rs;
	struct result *r;
	struct machine machine;
	unsigned schema;
	uint64_t had;		/* which members were there: bits, in the contract's order */
	char *why;		/* WHY_LEN */
};

/* Valid until the next one is parsed. NULL: it is not JSON. */
json_t *parse_json(const char *text, size_t len, json_error_t *e);

/* Of what jansson gave, a string for example. */
void parse_put(void *p);

/* Whatever members `o` has, into p->r; false: one of them is not what it should be. */
bool parse_members(struct parse *p, const json_t *o);

/* Into the pool; false: it is no string. */
bool parse_string(const struct parse *p, const json_t *v, const char **out);

/* Was every member of the contract there? */
bool parse_complete(const struct parse *p);

/* Fills p->why, with nothing that a terminal would obey; false. */
bool parse_wrong(const struct parse *p, const char *fmt, ...);

#endif
