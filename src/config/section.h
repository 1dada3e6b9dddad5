/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of one section of a scenario file, as far as it has been read. */
#ifndef TORNWALK_SECTION_H
#define TORNWALK_SECTION_H

#include "names.h"

enum { SUMMARY_LEN = 160 };

enum section_key { SECTION_SUMMARY, SECTION_CONTROL, SECTION_MIN_PRESENT, SECTION_MIN_ROUNDS,
		 SECTION_ALLOW, SECTION_FORBID, SECTION_REQUIRE, NR_SECTION_KEYS };

struct section {
	struct cell_names cell;
	enum expect expect[NR_OUTCOMES];
	bool require_torn;
	uint32_t given;			/* 1 << enum section_key */
	uint64_t min_present, min_rounds;
	unsigned control_line;
	char control[NAME_LEN];
	char summary[SUMMARY_LEN];
};

/* Returns 0; -EINVAL, with a line in err, for a bad value, a key given twice, a contradiction. */
int section_set(struct section *d, const char *key, const char *value, unsigned line, char *err,
	      size_t len);

/* As section_set(), for the keys that are not the cell's. -ENOENT: the key is none of them. */
int section_set_judging(struct section *d, const char *key, const char *value, unsigned line,
		      char *err, size_t len);

void section_inherit(struct section *d, const struct section *from);

/* As cell_resolve(); the scenario gets everything but its name. */
int section_resolve(const struct section *d, struct scenario *s, char *err, size_t len);

#endif
