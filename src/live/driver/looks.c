/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "looks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"

int looks_open(struct looks *l)
{
	l->pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	return l->pagemap < 0 ? -errno : 0;
}

void looks_clear(struct looks *l)
{
	l->looked = l->found = 0;
	l->frames = 0;
	memset(l->bucket, 0, sizeof(l->bucket));
}

static bool entries_read(int pagemap, const char *p, uint64_t *entry, unsigned n)
{
	off_t at = (off_t)((uintptr_t)p / PAGE * sizeof(*entry));

	return pread(pagemap, entry, n * sizeof(*entry), at) == (ssize_t)(n * sizeof(*entry));
}

bool pagemap_read(int pagemap, const char *p, uint64_t entry[PAGES]) { return entries_read(pagemap, p, entry, PAGES); }

bool pagemap_huge(const uint64_t entry[PAGES])
{
	uint64_t first = entry[0] & PM_FRAME;
	unsigned i;

	if (!first || first % PAGES)
		return false;
	for (i = 0; i < PAGES; i++)
		if (!(entry[i] & PM_PRESENT) || (entry[i] & PM_FRAME) != first + i)
			return false;
	return true;
}

static void frame_add(struct looks *l, uint64_t frame)
{
	unsigned b = (unsigned)((frame * 0x9e3779b97f4a7c15ull) >> 32) % FRAME_BUCKETS;

	for (; l->bucket[b]; b = (b + 1) % FRAME_BUCKETS)
		if (l->frame[l->bucket[b] - 1] == frame)
			return;
	if (l->frames == FRAMES)
		return;
	l->frame[l->frames++] = frame;
	l->bucket[b] = (uint16_t)l->frames;
}

uint64_t look_frame(struct looks *l, const char *p)
{
	uint64_t entry;

	if (!entries_read(l->pagemap, p, &entry, 1) || !(entry & PM_PRESENT) || !(entry & PM_FRAME))
		return 0;
	frame_add(l, entry & PM_FRAME);
	return entry & PM_FRAME;
}

static unsigned mapped_by_pmd(void)
{
	char kib[64];

	if (file_field("/proc/self/smaps_rollup", "AnonHugePages", kib, sizeof(kib)))
		return 0;
	return (unsigned)strtoul(kib, NULL, 10) / (HUGE / 1024);
}

void look_huge(struct looks *l, const char *p, unsigned mapped)
{
	uint64_t entry[PAGES];
	bool huge;

	if (!pagemap_read(l->pagemap, p, entry))
		return;
	if ((entry[0] & PM_PRESENT) && !(entry[0] & PM_FRAME)) {
		l->hidden = true;
		return;
	}
	l->looked++;
	huge = pagemap_huge(entry) && (!mapped || mapped_by_pmd() >= mapped);
	l->found += huge;
	if (huge)
		frame_add(l, entry[0] & PM_FRAME);
}

void look_small(struct looks *l, const char *p)
{
	uint64_t entry[PAGES];
	const char *block = p - (uintptr_t)p % HUGE;
	unsigned page = (unsigned)((p - block) / PAGE);

	if (!pagemap_read(l->pagemap, block, entry))
		return;
	if ((entry[page] & PM_PRESENT) && !(entry[page] & PM_FRAME)) {
		l->hidden = true;
		return;
	}
	l->looked++;
	if (!(entry[page] & PM_PRESENT) || pagemap_huge(entry))
		return;
	l->found++;
	frame_add(l, entry[page] & PM_FRAME);
}
