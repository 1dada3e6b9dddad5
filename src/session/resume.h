/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which cells a results file has already. Lines are searched for the words that
 * result_print() puts there; nothing is parsed.
 */
#ifndef TORNWALK_RESUME_H
#define TORNWALK_RESUME_H

#include "judge/judge.h"
#include "stress/pin.h"

struct resumed {
	struct resumed_cell {
		char name[NAME_LEN];
		uint64_t hash, cpus;	/* cpus: of the list */
		uint32_t seed;
		uint64_t ms;		/* that it ran */
		enum verdict verdict;
	} *list;
	unsigned nr, room;
};

/*
 * Reads whole lines only. Cells that were interrupted or never started do not count as
 * done, nor do cells that ran for less than their present budget. A file that does
 * not exist holds nothing. Returns 0 or -errno.
 */
int resume_read(struct resumed *d, const char *path);

/* Finds the last run of that cell as it would be run now, on the same CPUs. */
bool resume_find(const struct resumed *d, const struct scenario *s, const struct cpus *cpus,
		 enum verdict *v);
void resume_free(struct resumed *d);

#endif
