/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "world.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernel/glue/glue.h"

enum { PAGE = 4096 };

static uintptr_t base;
#ifdef __x86_64__
static const size_t memory = 0x90000000;
enum { TABLE_BITS = 0x67, PAGE_BITS = 0x67 };
#else
static const size_t memory = 0x20000000;
#ifdef __arm__
enum { TABLE_BITS = 3, PAGE_BITS = 0x75f };
#else
enum { TABLE_BITS = 0x67, PAGE_BITS = 0x67 };
#endif
#endif

/* variables of the kernel's, where a process says where memory is */
extern uintptr_t k_page_offset_base __attribute__((weak));

/* the kernel's data (image.ld), and the places of symbols that nobody serves */
extern char __start_k_data[], __stop_k_data[];
extern char __start_k_unserved[] __attribute__((weak)), __stop_k_unserved[] __attribute__((weak));
extern const char k_unserved_names[] __attribute__((weak));

static struct {
	char *at, *kept;
	size_t size;
} region[7 + NR_LEAVES];
static unsigned nregions;
static uintptr_t pages_begin, pages_end;

static __thread sigjmp_buf out;
static __thread bool inside;
static __thread void (*when_fallen)(int sig, uintptr_t at, uintptr_t wanted);

void *world_at(unsigned long phys)
{
	return (void *)(base + phys);
}

static void fill_table(unsigned long at, unsigned long to, unsigned bits)
{
	uint64_t *entry = world_at(at);

	for (unsigned i = 0; i < PAGE / sizeof(*entry); i++)
		entry[i] = to | bits;
}

static void fell(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (!inside) {	/* while page tables are built */
		const char *name = world_unserved((uintptr_t)info->si_addr);

		fprintf(stderr, "the glue fell over%s %s\n", name ? " the symbol that nobody serves:" : "", name ?: "an address");
		_exit(2);
	}
	when_fallen(sig, 0, (uintptr_t)info->si_addr);
	siglongjmp(out, 1);
}

int world_run(void (*f)(void), void (*fallen)(int sig, uintptr_t at, uintptr_t wanted))
{
	int code = 1;

	when_fallen = fallen;
	if (!sigsetjmp(out, 0)) {
		inside = true;
		f();
		code = 0;
	}
	inside = false;
	return code;
}

void world_leave(void)
{
	siglongjmp(out, 1);
}

bool world_runs(void) { return inside; }

static int add_region(void *at, size_t size)
{
	region[nregions].at = at;
	region[nregions].size = size;
	region[nregions].kept = malloc(size);
	return region[nregions++].kept ? 0 : -ENOMEM;
}

/* Of 16 frames. */
static int map_some(char *pages, size_t one, unsigned long pfn)
{
	char *at = (char *)((uintptr_t)(pages + pfn * one) & ~(uintptr_t)(PAGE - 1));

	mprotect(at, 2 * PAGE, PROT_READ | PROT_WRITE);
	return add_region(at, 2 * PAGE);
}

/* The struct pages: those of frames that exist, and nothing between them. */
static int map_pages(void)
{
	const size_t one = AT(glue_pages_size)(), size = one << 24;
	char *pages = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int err = 0;

	if (pages == MAP_FAILED)
		return -errno;
	pages_begin = (uintptr_t)pages;
	pages_end = pages_begin + size;
	AT(glue_pages)(pages);
	for (unsigned n = 0; n < NR_LEAVES; n++) {
		const unsigned long pfn = glue_leaf_pfn(n);
		char *at = (char *)((uintptr_t)(pages + pfn * one) & ~(uintptr_t)(PAGE - 1));

		mprotect(at, 512 * one + PAGE, PROT_READ | PROT_WRITE);
		AT(glue_page)(pfn, 1);
		/* a split counts in each of the first one's */
		err |= add_region(at, n ? PAGE : (512 * one + PAGE) & ~(size_t)(PAGE - 1));
	}
	err |= map_some(pages, one, PHYS_TABLES >> 12) | map_some(pages, one, PHYS_PAGES >> 12);
	/* where a lock may be, or is looked for */
	err |= map_some(pages, one, PHYS_PMDS >> 12) | map_some(pages, one, PHYS_FAKE_TABLE >> 12);
	for (unsigned n = 0; n < NR_TABLES; n++) {
		AT(glue_page)((PHYS_PAGES >> 12) + n, 0);
		AT(glue_page)((PHYS_TABLES >> 12) + n, 0);	/* a table is somebody's as well */
		AT(glue_table_page)((PHYS_TABLES >> 12) + n);
	}
	AT(glue_table_page)(PHYS_PMDS >> 12);
	return err;
}

int world_init(void)
{
	const struct sigaction sa = { .sa_sigaction = fell, .sa_flags = SA_SIGINFO | SA_NODEFER };
	void *at;

	base = AT(glue_base)();
	at = mmap((void *)base, memory, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

	if (at != (void *)base)
		return at == MAP_FAILED ? -errno : -EEXIST;
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
	sigaction(SIGILL, &sa, NULL);
	if (&__stop_k_unserved[0] > &__start_k_unserved[0])
		mprotect(__start_k_unserved, (size_t)(__stop_k_unserved - __start_k_unserved), PROT_NONE);
	if (&k_page_offset_base)
		k_page_offset_base = base;
	for (unsigned i = 0; i < NR_TABLES; i++)
		fill_table(PHYS_TABLES + i * PAGE, PHYS_PAGES + i * PAGE, PAGE_BITS);
	/* what somebody wrote into a huge page may well look like a table */
	fill_table(PHYS_FAKE, PHYS_FAKE, PAGE_BITS);
	fill_table(PHYS_FAKE_TABLE, PHYS_FAKE, PAGE_BITS);
	for (unsigned i = 0; i < NR_LEAVES; i++)
		fill_table(PHYS_LEAVES + i * 0x200000, PHYS_FAKE, PAGE_BITS);
	if (sizeof(void *) == 8)
		fill_table(PHYS_GIANT, PHYS_FAKE_TABLE, TABLE_BITS);
	AT(glue_init)((void *)base);
	return map_pages() | add_region(__start_k_data, (size_t)(__stop_k_data - __start_k_data)) |
	       add_region(world_at(PHYS_PGD), 3 * PAGE) | add_region(world_at(PHYS_TABLES), NR_TABLES * PAGE);
}

void world_keep(void)
{
	for (unsigned i = 0; i < nregions; i++)
		memcpy(region[i].kept, region[i].at, region[i].size);
}

void world_reset(void)
{
	for (unsigned i = 0; i < nregions; i++)
		for (size_t n = 0; n < region[i].size; n += PAGE) {
			const size_t len = region[i].size - n < PAGE ? region[i].size - n : PAGE;

			if (memcmp(region[i].at + n, region[i].kept + n, len))
				memcpy(region[i].at + n, region[i].kept + n, len);
		}
}

void world_mirrored(bool is)
{
	static bool mirrored;

	if (is == mirrored)
		return;
	mirrored = is;
	world_reset();
	AT(glue_mirrored)(is);
	world_keep();
}

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

uint64_t world_hash(void)
{
	uint64_t h = 1;

	for (unsigned i = 0; i < nregions; i++)
		for (size_t n = 0; n + 8 <= region[i].size; n += PAGE) {
			const size_t len = region[i].size - n < PAGE ? region[i].size - n : PAGE;

			if (!memcmp(region[i].at + n, region[i].kept + n, len))
				continue;
			for (size_t k = 0; k + 8 <= len; k += 8) {
				uint64_t now, kept;

				memcpy(&now, region[i].at + n + k, 8);
				memcpy(&kept, region[i].kept + n + k, 8);
				if (now != kept)
					h = mix(mix(h, (uintptr_t)region[i].at + n + k), now);
			}
		}
	return h;
}

bool world_is_page(uintptr_t wanted)
{
	return wanted >= pages_begin && wanted < pages_end;
}

const char *world_unserved(uintptr_t wanted)
{
	const char *name = k_unserved_names;
	uintptr_t at = (uintptr_t)__start_k_unserved;

	if (!name || wanted < at || wanted >= (uintptr_t)__stop_k_unserved)
		return NULL;
	for (; at + PAGE <= wanted; at += PAGE)
		name += strlen(name) + 1;
	return name;
}
