/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arena.h"

#include <errno.h>
#include <sys/mman.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

enum { GENERATIONS = 1 << GENERATION_BITS };

/* Low, because what the C library maps meanwhile must not land in a hole of ours. */
static const uintptr_t places[] = { 0x60000000, 0x50000000, 0x30000000, 0x20000000 };

static int map_at(char *p, size_t length, int how)
{
	char *got = mmap(p, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | how, -1, 0);

	if (got == MAP_FAILED)
		return -errno;
	if (got != p) {
		munmap(got, length);
		return -EEXIST;
	}
	return 0;
}

int arena_map(struct arena *a)
{
	int err = -EEXIST;
	unsigned i;

	a->length = (REGIONS * 2 + 1) * HUGE;
	for (i = 0; err && i < sizeof(places) / sizeof(places[0]); i++) {
		a->base = (char *)places[i];
		err = map_at(a->base, a->length + HUGE, MAP_FIXED_NOREPLACE);
	}
	if (err) {
		a->base = NULL;
		return err;
	}
	a->keeper = a->base + a->length;
	madvise(a->keeper, HUGE, MADV_NOHUGEPAGE);
	__atomic_store_n((uint32_t *)(void *)a->keeper, 1, __ATOMIC_RELAXED);
	return arena_fresh(a);
}

int arena_fresh(struct arena *a)
{
	int err = map_at(a->base, a->length, MAP_FIXED);
	char *small = region(a, SMALL);

	if (err)
		return err;
	/* fails where there are no huge pages, and then there is nothing to say of them */
	madvise(a->base, a->length - HUGE, MADV_HUGEPAGE);
	madvise(small, HUGE, MADV_NOHUGEPAGE);
	__atomic_store_n((uint32_t *)(void *)(small + HUGE - PAGE), 1, __ATOMIC_RELAXED);
	return 0;
}

void arena_unmap(struct arena *a)
{
	if (a->base)
		munmap(a->base, a->length + HUGE);
}

uint32_t arena_next(struct arena *a, unsigned r)
{
	return __atomic_add_fetch(&a->generation[r], 1, __ATOMIC_RELEASE);
}

static uint32_t marker(unsigned r, unsigned page, uint32_t generation)
{
	return 1u << 31 | r << (GENERATION_BITS + 9) | page << GENERATION_BITS | generation % GENERATIONS;
}

void mark(const struct arena *a, unsigned r, unsigned page, uint32_t generation)
{
	__atomic_store_n((uint32_t *)(void *)(region(a, r) + (size_t)page * PAGE), marker(r, page, generation),
			 __ATOMIC_RELAXED);
}

bool marker_possible(const struct arena *a, unsigned r, unsigned page, uint32_t value)
{
	uint32_t last = __atomic_load_n(&a->generation[r], __ATOMIC_ACQUIRE), age;

	if (!value)
		return true;
	if (value >> GENERATION_BITS != marker(r, page, 0) >> GENERATION_BITS)
		return false;
	age = (last - value) % GENERATIONS;
	/* what comes from the future has wrapped round */
	return age < GENERATIONS / 2 && age <= last;
}
