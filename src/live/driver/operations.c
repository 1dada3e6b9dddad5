/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * On 6.1 a region whose table has once been there never becomes huge again by being emptied and
 * touched: the empty table stays. So what splits a page unmaps the region afterwards, or collapses it.
 */
#include "operations.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "files.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

/* How often an operation that is much faster than a look is looked at: every so many cycles. */
enum { SELDOM = 64, NOW_AND_THEN = 8 };

static void tried(struct work *w, int result)
{
	if (!result)
		return;
	w->errors++;
	w->failed = errno;
}

/* ---- huge pages ---- */

static unsigned turn(const struct work *w) { return (unsigned)(w->cycles % REGIONS); }

/* Writes a new generation into region r, which installs its huge page where none is. */
static char *fill(struct work *w, unsigned r)
{
	uint32_t g = arena_next(w->arena, r);
	unsigned k;

	for (k = 0; k < MARKED; k++)
		mark(w->arena, r, marked_page(r, k), g);
	return region(w->arena, r);
}

static char *install(struct work *w)
{
	char *p = fill(w, turn(w));

	look_huge(w->looks, p, 0);
	return p;
}

/* Any page but the marked ones: those must not be empty while somebody looks at them. */
static char *some_page(const struct work *w, char *p) { return p + (w->cycles * 37 % MARKED * 73 + 1) * PAGE; }

/*
 * Maps region p by moving a mapping there that was made in its hole: had it no MADV_HUGEPAGE for a
 * moment, a reader's fault would have a small page installed in that moment, and so a table.
 */
static void map_again(struct work *w, char *p)
{
	char *hole = p + HUGE;

	if (mmap(hole, HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == hole) {
		tried(w, madvise(hole, HUGE, MADV_HUGEPAGE));
		if (mremap(hole, HUGE, HUGE, MREMAP_MAYMOVE | MREMAP_FIXED, p) == p)
			return;
	}
	w->failed = errno;
	w->broken = true;
}

static void unmap_and_map(struct work *w, char *p)
{
	tried(w, munmap(p, HUGE));
	map_again(w, p);
}

static void zap(struct work *w)
{
	tried(w, madvise(install(w), HUGE, MADV_DONTNEED));
}

static void unmap(struct work *w)
{
	unmap_and_map(w, install(w));
}

static void usplit(struct work *w)
{
	char *p = install(w);

	tried(w, madvise(some_page(w, p), PAGE, MADV_DONTNEED));
	unmap_and_map(w, p);
}

static void uprot(struct work *w)
{
	char *p = install(w);

	tried(w, mprotect(some_page(w, p), PAGE, PROT_READ));
	unmap_and_map(w, p);
}

static void lazyfree(struct work *w)
{
	char *p = install(w);

	tried(w, madvise(some_page(w, p), PAGE, MADV_FREE));
	unmap_and_map(w, p);
}

/* Looks at what stays where it is, or comes back: all regions that were filled must be huge. */
static void look_again(struct work *w, const char *p)
{
	if (w->cycles % SELDOM < REGIONS)
		look_huge(w->looks, p, w->cycles < REGIONS ? turn(w) + 1 : REGIONS);
}

static void move(struct work *w)
{
	char *p = fill(w, turn(w)), *hole = p + HUGE;

	look_again(w, p);
	if (mremap(p, HUGE, HUGE, MREMAP_MAYMOVE | MREMAP_FIXED, hole) == MAP_FAILED) {
		tried(w, -1);
	} else if (mremap(hole, HUGE, HUGE, MREMAP_MAYMOVE | MREMAP_FIXED, p) == MAP_FAILED) {
		tried(w, -1);
		map_again(w, p);
	}
}

static void hprot(struct work *w)
{
	char *p = fill(w, turn(w));

	look_again(w, p);
	tried(w, mprotect(p, HUGE, w->cycles / REGIONS % 2 ? PROT_NONE : PROT_READ));
	tried(w, mprotect(p, HUGE, PROT_READ | PROT_WRITE));
}

static void collapse(struct work *w)
{
	char *p = fill(w, turn(w)), *page = some_page(w, p);

	tried(w, madvise(page, PAGE, MADV_DONTNEED));
	__atomic_store_n((uint32_t *)(void *)page, 0, __ATOMIC_RELAXED);
	tried(w, madvise(p, HUGE, MADV_COLLAPSE));
	look_huge(w->looks, p, 0);
}

static const char *no_collapse(struct arena *a)
{
	char *p = region(a, 0);
	int result;

	mark(a, 0, 0, arena_next(a, 0));
	result = madvise(p, HUGE, MADV_COLLAPSE);
	return result && errno == EINVAL ? "no MADV_COLLAPSE: this kernel is older than 6.1, or has no huge pages" : NULL;
}

/* ---- other nodes' memory ---- */

static const char *one_node(struct arena *a)
{
	char nodes[64];

	(void)a;
	if (file_read("/sys/devices/system/node/has_memory", nodes, sizeof(nodes)) < 0 || !strpbrk(nodes, ",-"))
		return "one NUMA node: there is nowhere to migrate to";
	return NULL;
}

/* The first node that has memory, and the last. */
static const int *ends_of_memory(void)
{
	static int ends[2] = { -1 };
	char nodes[64], *last;

	if (ends[0] < 0 && file_read("/sys/devices/system/node/has_memory", nodes, sizeof(nodes)) > 0) {
		last = nodes + strlen(nodes);
		while (last > nodes && last[-1] >= '0' && last[-1] <= '9')
			last--;
		ends[0] = atoi(nodes);
		ends[1] = atoi(last);
	}
	return ends;
}

/* Each of `places` in turn, to one node and to the other. That it has moved shows in its frame alone. */
static void migrate(struct work *w, char *p, unsigned places)
{
	const int *node = &ends_of_memory()[w->cycles / places % 2];
	uint64_t before = look_frame(w->looks, p);
	int status = 0;

	tried(w, syscall(SYS_move_pages, 0, 1UL, &p, node, &status, 2 /* MPOL_MF_MOVE */) < 0 ? -1 : 0);
	/* the first time round it may have been there */
	if (w->cycles >= places && before && look_frame(w->looks, p) == before) {
		errno = status < 0 ? -status : EAGAIN;
		tried(w, -1);
	}
}

static void migrate_huge(struct work *w)
{
	char *p = fill(w, turn(w));

	migrate(w, p, REGIONS);
	look_huge(w->looks, p, 0);
}

/* ---- small pages ---- */

static char *small_page(struct work *w)
{
	return region(w->arena, SMALL) + (size_t)(w->cycles % SMALL_SLOTS) * PAGE;
}

static char *small_fill(struct work *w)
{
	char *p = small_page(w);

	mark(w->arena, SMALL, (unsigned)(w->cycles % SMALL_SLOTS), arena_next(w->arena, SMALL));
	if (w->cycles % (NOW_AND_THEN * SMALL_SLOTS) < SMALL_SLOTS)
		look_small(w->looks, p);
	return p;
}

static void ptezap(struct work *w)
{
	tried(w, madvise(small_fill(w), PAGE, MADV_DONTNEED));
}

static void pteprot(struct work *w)
{
	char *p = small_fill(w);

	tried(w, mprotect(p, PAGE, w->cycles / SMALL_SLOTS % 2 ? PROT_NONE : PROT_READ));
	tried(w, mprotect(p, PAGE, PROT_READ | PROT_WRITE));
}

static void ptefree(struct work *w)
{
	tried(w, madvise(small_fill(w), PAGE, MADV_FREE));
}

/* The pages of a huge one that are read as small ones, while there is a table. */
static void ptesplit(struct work *w)
{
	char *p = install(w);
	unsigned r = turn(w), k;

	for (k = 0; k < SMALL_SLOTS / REGIONS; k++)
		look_frame(w->looks, p + (size_t)marked_page(r, k) * PAGE);
	tried(w, madvise(some_page(w, p), PAGE, MADV_FREE));
	unmap_and_map(w, p);
}

static void ptemigr(struct work *w)
{
	migrate(w, small_fill(w), SMALL_SLOTS);
}

static void pteswap(struct work *w)
{
	tried(w, madvise(small_fill(w), PAGE, MADV_PAGEOUT));
}

static const char *no_swap(struct arena *a)
{
	char swaps[512], *second;

	(void)a;
	if (file_read("/proc/swaps", swaps, sizeof(swaps)) < 0)
		return "this kernel has no swap";
	second = strchr(swaps, '\n');
	return second && second[1] ? NULL : "no swap is on";
}

static const char *never_anonymous(struct arena *a)
{
	(void)a;
	return "fault-around maps a file's pages; only anonymous memory is read";
}

const char *const level_names[] = { [LIVE_PMD] = "pmd", [LIVE_PTE] = "pte", NULL };

#define BIG 0, REGIONS
#define LITTLE SMALL, 1
const struct operation operations[] = {
	{ "usplit", LIVE_PMD, "touch, empty 4 KiB of it (a split), unmap", BIG, false, NULL, usplit },
	{ "uprot", LIVE_PMD, "touch, protect 4 KiB of it (a split), unmap", BIG, false, NULL, uprot },
	{ "unmap", LIVE_PMD, "touch, unmap", BIG, false, NULL, unmap },
	{ "zap", LIVE_PMD, "touch, empty all of it", BIG, false, NULL, zap },
	{ "move", LIVE_PMD, "mremap() there and back", BIG, false, NULL, move },
	{ "hprot", LIVE_PMD, "protect all of it and back, from writing and from all by turns", BIG, false, NULL, hprot },
	{ "coll", LIVE_PMD, "empty 4 KiB of it (a split), MADV_COLLAPSE", BIG, true, no_collapse, collapse },
	{ "free", LIVE_PMD, "touch, MADV_FREE 4 KiB of it (a split), unmap", BIG, false, NULL, lazyfree },
	{ "migr", LIVE_PMD, "to another NUMA node and back", BIG, true, one_node, migrate_huge },
	{ "ptezap", LIVE_PTE, "touch, empty", LITTLE, false, NULL, ptezap },
	{ "pteprot", LIVE_PTE, "protect and back, from writing and from all by turns", LITTLE, false, NULL, pteprot },
	{ "ptefree", LIVE_PTE, "touch, MADV_FREE", LITTLE, false, NULL, ptefree },
	{ "ptesplit", LIVE_PTE, "as free: the page itself is split, by migration entries", BIG, false, NULL, ptesplit },
	{ "ptemigr", LIVE_PTE, "to another NUMA node and back", LITTLE, true, one_node, ptemigr },
	{ "pteswap", LIVE_PTE, "touch, swap out", LITTLE, true, no_swap, pteswap },
	{ "around", LIVE_PTE, "fault around in a file's mapping", LITTLE, false, never_anonymous, NULL },
	{ 0 },
};
#undef BIG
#undef LITTLE
