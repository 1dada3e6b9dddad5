/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line's member "tree": the kernel tree, and what every execution of its code showed. */
#ifndef TORNREPORT_SOURCE_H
#define TORNREPORT_SOURCE_H

#include "members.h"

/* Into p->machine.tree and p->r->source; false: it is not what it should be. */
bool source_parse(struct parse *p, const json_t *v);

#endif
