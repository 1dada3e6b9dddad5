/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks at our own memory by /proc/self/pagemap, which the kernel fills in under the page-table
 * lock: was a page really huge, and which frames were there. A page that was split has its frames
 * in a row all the same; so where an operation does not install a new page before each look, the
 * kernel's count of huge pages that are mapped by a pmd is asked, too.
 */
#ifndef TORNWALK_LIVE_LOOKS_H
#define TORNWALK_LIVE_LOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"

enum { FRAMES = 4096, FRAME_BUCKETS = 4 * FRAMES };

struct looks {
	int pagemap;
	uint64_t looked, found;		/* of so many looks; so many found what the operation needs */
	bool hidden;			/* frame numbers are not for us: only root sees them */
	unsigned frames;
	uint64_t frame[FRAMES];		/* each once */
	uint16_t bucket[FRAME_BUCKETS];	/* number of a frame + 1; 0: none */
};

int looks_open(struct looks *l);
void looks_clear(struct looks *l);

/* Is there a huge page at p? With `mapped`: and are so many mapped by a pmd, in this process? */
void look_huge(struct looks *l, const char *p, unsigned mapped);
/* Is there a page at p, and no huge page around it? */
void look_small(struct looks *l, const char *p);

/* Which frame is at p: one more of the frames that were there. 0: none, or it is hidden. */
uint64_t look_frame(struct looks *l, const char *p);

#define PM_PRESENT (1ull << 63)
#define PM_FRAME ((1ull << 55) - 1)

/* The entries of all pages of the 2 MiB at p. */
bool pagemap_read(int pagemap, const char *p, uint64_t entry[PAGES]);
bool pagemap_huge(const uint64_t entry[PAGES]);

#endif
