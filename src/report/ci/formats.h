/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results in other programs' languages. Each returns 0 or -errno. */
#ifndef TORNREPORT_FORMATS_H
#define TORNREPORT_FORMATS_H

#include <stdio.h>

#include "report/results/load.h"

/* KTAP version 1 */
int ktap(FILE *f, const struct results *rs);

/* JUnit's XML, as Jenkins and GitLab read it */
int junit(FILE *f, const struct results *rs);

/*
 * KCIDB's schema v5. `origin` names the CI system. `build` is the id of the kernel
 * build the results are for; NULL: builds and checkouts are made up, of the kernel tree
 * whose own code it was, or else of tornwalk itself, which is right only where no kernel is tested.
 */
int kcidb(FILE *f, const struct results *rs, const char *origin, const char *build);

/* [a-z0-9_]+, at most 40 of them */
bool kcidb_is_origin(const char *s);
/* ORIGIN:anything */
bool kcidb_is_id(const char *s);

#endif
