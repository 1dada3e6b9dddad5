/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `tornwalk list`: everything that can be named, with what it models. */
#ifndef TORNWALK_LISTING_H
#define TORNWALK_LISTING_H

#include <stddef.h>
#include <stdio.h>

/*
 * what: readers writers walkers transitions layouts consumers reclaim outcomes
 * scenarios suites levels worlds, or NULL: all. -EINVAL and a line in err
 * (ERR_LEN): not one of them, or the configuration is bad.
 */
int listing_print(FILE *f, const char *what, char *err, size_t len);

#endif
