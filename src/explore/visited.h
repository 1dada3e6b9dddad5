/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The states that were met, by 128 bits of hash, with a word about each. Two
 * states of a search of a million share all 128 with a chance of 1 in 10^26.
 */
#ifndef TORNWALK_VISITED_H
#define TORNWALK_VISITED_H

#include "model.h"

struct visited {
	struct visited_slot {
		struct hash128 key;
		uint32_t word;
		bool used;
	} *slots;
	uint64_t n, size;	/* size: a power of two */
};

/*
 * 0: new, and kept with `word`; 1: known. *kept is the word that is kept, until
 * the next call. -ENOMEM.
 */
int visited_add(struct visited *v, struct hash128 key, uint32_t word, uint32_t **kept);
void visited_free(struct visited *v);

#endif
