/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Was a value never memory's, or has nobody looked when it was? */
#ifndef TORNWALK_LIVE_CHANCE_H
#define TORNWALK_LIVE_CHANCE_H

#include "judged.h"

/*
 * Turns what is IS_UNSURE of that reader into IS_BY_READER where memory cannot have held it. All
 * values of the operation have been sorted; those of the truth have what they are.
 */
void settle_unsure(const struct judged *j, const struct operation *op, enum live_reader r);

/* Everything of an entry that is not its frame's number. */
uint64_t value_flags(const struct judged *j, uint64_t v);

/* How many changes of one kind there may be in a section of that reader, on average, at least 1. */
double look_clump(const struct operation *op, const struct look *l);

const struct seen *look_find(const struct look *l, uint64_t value);

#endif
