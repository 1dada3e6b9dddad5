/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One table of values, for the layouts of two builds: the kernel's and this one. A value is a frame,
 * flags that every entry of its kind has, and up to two bits more; and all of that once more with the
 * frame inverted, as an entry is that is not present. Then entries of pages that are elsewhere.
 */
#include "device.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lines.h"
#include "protocol/layout_lpae.h"
#include "protocol/layout_pae.h"

#define FRAME_BITS 0x000ffffffffff000ull

static const uint64_t frames[] = { 0, 0x3f400000, 0x3f42d000, 0x1c0a00000, 0xff80000000, 0xffffffffff000, 0x200000, 0x1000 };
/* nothing; a table, a leaf, a page of each layout; what neither has */
static const uint64_t kinds[] = { 0, 0x067, 0x0e7, 0x025, 0x003, 0xf5d, 0xfdf, 0x166 };
/* migration and swap entries, as Debian's 6.1 kernels of PAE, x86_64 and LPAE made them */
static const uint64_t swapped[] = { 0xf7fffffff8136c00, 0x07fffffffffdfe00, 0xeff9ffffffbbfe02, 0x000fffffde6009e2,
				    0x0000000003f50078, 0x0000000003f524f8 };

static int by_name(const char *name, const struct layout **l)
{
	static const struct layout *const all[] = { &layout_pae, &layout_lpae };
	unsigned i;

	for (i = 0; i < 2; i++)
		if (!strcmp(all[i]->name, name)) {
			*l = all[i];
			return 0;
		}
	return -ENOENT;
}

static uint32_t ours(const struct layout *l, uint32_t level, uint64_t value)
{
	entry_t e = entry((uint32_t)value, (uint32_t)(value >> 32));

	return (l->none(level == LIVE_PMD ? LEVEL_PMD : LEVEL_PTE, e) ? LIVE_NONE : 0) |
	       (l->present(e) ? LIVE_PRESENT : 0) | (l->valid(e) ? LIVE_VALID : 0) | (l->leaf(e) ? LIVE_LEAF : 0) |
	       (l->trans_huge(e) ? LIVE_TRANS_HUGE : 0) | (l->bad(e) ? LIVE_BAD : 0) |
	       (l->write(e) ? LIVE_WRITE : 0) | (l->dirty(e) ? LIVE_DIRTY : 0) | (l->young(e) ? LIVE_YOUNG : 0);
}

struct asked {
	struct device *device;
	const struct layout *layout;
	int checked, different, err;
};

static void ask(struct asked *a, uint64_t value)
{
	struct live_layout q = { .value = value };
	entry_t e = entry((uint32_t)value, (uint32_t)(value >> 32));

	for (q.level = LIVE_PMD; q.level <= LIVE_PTE && !a->err; q.level++) {
		q.says = 0;
		q.pfn = 0;
		a->err = a->device->call(a->device, LIVE_LAYOUT, &q);
		if (a->err)
			return;
		a->checked++;
		if (q.says == ours(a->layout, q.level, value) && q.pfn == a->layout->pfn(e))
			continue;
		if (!a->different++)
			fprintf(stderr, "tornlive: %s %016" PRIx64 " of level %u: %03x, frame %" PRIx64
				" in the kernel's build; %03x, frame %" PRIx64 " in this one\n", a->layout->name, value,
				q.level, q.says, (uint64_t)q.pfn, ours(a->layout, q.level, value), a->layout->pfn(e));
	}
}

/* Two flag bits more, of all that are no frame's; the same bit twice is one. */
static void ask_with_bits(struct asked *a, uint64_t value)
{
	unsigned i, k;

	ask(a, value);
	for (i = 0; i < 64; i++)
		for (k = i; k < 64; k++)
			if (!((1ull << i | 1ull << k) & FRAME_BITS))
				ask(a, value ^ (1ull << i | 1ull << k));
}

int device_layouts(struct device *d)
{
	struct asked a = { .device = d };
	unsigned f, k;

	if (by_name(d->hello.layout, &a.layout))
		return -ENOENT;
	for (f = 0; f < sizeof(frames) / sizeof(frames[0]); f++)
		for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
			ask_with_bits(&a, frames[f] | kinds[k]);
			ask_with_bits(&a, (~frames[f] & FRAME_BITS) | (kinds[k] & ~1ull));
		}
	for (f = 0; f < sizeof(swapped) / sizeof(swapped[0]); f++)
		ask_with_bits(&a, swapped[f]);
	line("layout\t%d\t%d", a.checked, a.different);
	return a.err ? a.err : a.different;
}
