/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line's member "live": what was seen of a running kernel's own page tables. */
#ifndef TORNREPORT_LIVE_H
#define TORNREPORT_LIVE_H

#include "members.h"

/* Into p->r->live; false: it is not what it should be. */
bool live_parse(struct parse *p, const json_t *v);

#endif
