/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may write what: a page's key and entries only the mutator that owns the
 * page, except that entries are shared once published. Free pages and frees not
 * yet due are private to a mutator: a batch of them waits for one grace period,
 * as tlb_remove_table's batches do.
 */
#include "tables.h"

#include "race.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/stamp.h"

enum {
	PAGE_BYTES = TABLE_ENTRIES * sizeof(entry_t),
	POOL_PAGES = TABLE_IDS - 1,	/* ids 0..509; 510 names the stable PMD tables */
	STABLE_ID = TABLE_IDS - 1,
	BATCH = 255,	/* a grace period is microseconds, a round a tenth of one: all wait that can */
	MAX_LOCKS = 1024,
	NR_REFS = 1024,
	POISON_LO = 0xdead0b0e,
	POISON_HI = 0x006b6b6b,
};

struct page {
	uint32_t key;		/* frame number >> 9 of the frame it is now; 0: free */
	entry_t *entries;
} cacheline_aligned;

struct machine {
	struct page_tables pt;	/* first: pt is the machine */
	unsigned mutators;
	uint32_t npages;
	struct page *pages;
	entry_t *memory;
};

struct pool {
	struct machine *machine;
	unsigned nfree, npending;
	uint16_t free[POOL_PAGES];
	uint16_t pending[BATCH];
	unsigned batch;
};

static struct machine *machine_of(const struct page_tables *pt)
{
	return (struct machine *)pt;
}

static bool lookup(const struct page_tables *pt, uint64_t pfn, struct arrival *a)
{
	struct machine *m = machine_of(pt);
	unsigned id = (unsigned)(pfn & TABLE_IDS) - 1;	/* 0 wraps: a huge frame */
	uint32_t key = (uint32_t)(pfn >> (LO_GEN_SHIFT - TABLE_ID_SHIFT));

	if (id == STABLE_ID) {
		uint32_t n = ((key >> 11) - 1) * LO_GENS + (key & 0x7ff);

		*a = (struct arrival){ .table = pt->slots + (uint64_t)n * TABLE_ENTRIES };
		return pt->level == LEVEL_PMD && n < (pt->nslots + TABLE_ENTRIES - 1) / TABLE_ENTRIES;
	}
	if (id >= m->npages || __atomic_load_n(&m->pages[id].key, __ATOMIC_RELAXED) != key)
		return false;
	race_acquire(race_published);
	*a = (struct arrival){ .table = m->pages[id].entries, .page = &m->pages[id], .pfn = pfn };
	return true;
}

static bool still_there(const struct arrival *a)
{
	const struct page *page = a->page;

	return !page || __atomic_load_n(&page->key, __ATOMIC_RELAXED) ==
				(uint32_t)(a->pfn >> (LO_GEN_SHIFT - TABLE_ID_SHIFT));
}

static bool poisoned(entry_t e)
{
	return e.lo == POISON_LO && e.hi == POISON_HI;
}

static void reclaim_page(struct pool *pool, unsigned id)
{
	struct page *page = &pool->machine->pages[id];
	unsigned i;

	__atomic_store_n(&page->key, 0, __ATOMIC_RELEASE);
	for (i = 0; i < pool->machine->pt.fill; i++)
		page->entries[i] = entry(POISON_LO, POISON_HI);
	pool->free[pool->nfree++] = (uint16_t)id;
}

static void reclaim_batch(struct pool *pool)
{
	pool->machine->pt.reclaim->synchronize();
	while (pool->npending)
		reclaim_page(pool, pool->pending[--pool->npending]);
}

static struct arrival alloc(struct mutator *m, struct stamp s, unsigned *id)
{
	struct pool *pool = m->pool;
	struct arrival a;
	struct page *page;

	if (!pool->nfree) {
		m->starved++;
		reclaim_batch(pool);
	}
	*id = pool->free[--pool->nfree];
	page = &pool->machine->pages[*id];
	memset(page->entries, 0, m->pt->fill * sizeof(entry_t));
	a.pfn = m->layout->pfn(m->layout->mk_table(s, *id));
	a.table = page->entries;
	a.page = page;
	__atomic_store_n(&page->key, (uint32_t)(a.pfn >> (LO_GEN_SHIFT - TABLE_ID_SHIFT)),
			 __ATOMIC_RELEASE);
	return a;
}

static void free_page(struct mutator *m, const struct arrival *a)
{
	struct pool *pool = m->pool;
	unsigned id = (unsigned)((const struct page *)a->page - pool->machine->pages);

	if (m->pt->reclaim->at_once) {
		reclaim_page(pool, id);
		return;
	}
	pool->pending[pool->npending++] = (uint16_t)id;
	if (pool->npending == pool->batch)
		reclaim_batch(pool);
}

static uint32_t round_up_pow2(uint32_t n)
{
	uint32_t p = 1;

	while (p < n)
		p <<= 1;
	return p;
}

static uint32_t pages_wanted(const struct tables_config *c)
{
	uint32_t n = c->mutators * 2 * BATCH;

	return !c->tables ? 0 : n < POOL_PAGES ? n : POOL_PAGES;
}

static uint32_t stable_tables(const struct tables_config *c)
{
	return c->level == LEVEL_PMD ? (c->slots + TABLE_ENTRIES - 1) / TABLE_ENTRIES : 0;
}

static uint64_t slot_bytes(const struct tables_config *c)
{
	return ((uint64_t)c->slots * sizeof(entry_t) + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
}

uint64_t tables_bytes(const struct tables_config *c)
{
	uint32_t nlocks = round_up_pow2(c->slots < MAX_LOCKS ? c->slots : MAX_LOCKS);

	return sizeof(struct machine) + slot_bytes(c) + stable_tables(c) * sizeof(entry_t) +
	       (uint64_t)pages_wanted(c) * (PAGE_BYTES + sizeof(struct page)) +
	       nlocks * sizeof(struct ptl) + NR_REFS * sizeof(uint32_t) +
	       (uint64_t)c->slots * sizeof(struct stamp);
}

/* Level pmd: the PUD entries above the slots; they never change. */
static void fill_top(struct page_tables *pt, uint32_t n)
{
	uint32_t k;

	for (k = 0; k < n; k++)
		pt->top[k] = pt->layout->mk_table(
			(struct stamp){ .lo = k % LO_GENS, .hi = (uint16_t)(k / LO_GENS) }, STABLE_ID);
}

struct page_tables *tables_new(const struct tables_config *c)
{
	uint32_t ntop = stable_tables(c), i;
	struct machine *m = calloc(1, sizeof(*m));
	struct page_tables *pt = &m->pt;

	if (!m)
		return NULL;
	*pt = (struct page_tables){
		.level = c->level, .nslots = c->slots, .layout = c->layout, .reclaim = c->reclaim,
		.fill = c->fill, .nrefs = NR_REFS,
		.nlocks = round_up_pow2(c->slots < MAX_LOCKS ? c->slots : MAX_LOCKS),
		.lookup = lookup, .still_there = still_there, .poisoned = poisoned,
		.alloc = alloc, .free = free_page,
	};
	m->mutators = c->mutators;
	m->npages = pages_wanted(c);
	pt->slots = aligned_alloc(PAGE_BYTES, slot_bytes(c));
	pt->top = ntop ? calloc(ntop, sizeof(entry_t)) : NULL;
	pt->locks = aligned_alloc(_Alignof(struct ptl), pt->nlocks * sizeof(struct ptl));
	pt->refs = calloc(NR_REFS, sizeof(uint32_t));
	if (!pt->slots || !pt->locks || !pt->refs || (ntop && !pt->top))
		goto out_free;
	if (m->npages) {
		m->pages = aligned_alloc(_Alignof(struct page), m->npages * sizeof(struct page));
		m->memory = aligned_alloc(PAGE_BYTES, (size_t)m->npages * PAGE_BYTES);
		if (!m->pages || !m->memory)
			goto out_free;
		for (i = 0; i < m->npages; i++)
			m->pages[i] = (struct page){ .entries = m->memory + (size_t)i * TABLE_ENTRIES };
	}
	memset(pt->slots, 0, slot_bytes(c));
	memset(pt->locks, 0, pt->nlocks * sizeof(struct ptl));
	fill_top(pt, ntop);
	return pt;

out_free:
	tables_free(pt);
	return NULL;
}

void tables_free(struct page_tables *pt)
{
	struct machine *m = machine_of(pt);

	if (!pt)
		return;
	free(m->memory);
	free(m->pages);
	free(pt->refs);
	free(pt->locks);
	free(pt->top);
	free(pt->slots);
	free(m);
}

int tables_join(struct page_tables *pt, struct mutator *m, unsigned i)
{
	struct machine *machine = machine_of(pt);
	struct pool *pool = calloc(1, sizeof(*pool));
	uint32_t share = machine->npages / machine->mutators, k;

	m->pt = pt;
	m->layout = pt->layout;
	if (!pool)
		return -ENOMEM;
	pool->machine = machine;
	for (k = 0; k < share; k++) {
		pool->free[pool->nfree++] = (uint16_t)(i * share + k);
		/* so that it does not fault while a writer's speed is measured, or in a race */
		*machine->pages[i * share + k].entries = entry(0, 0);
	}
	pool->batch = share / 2 < BATCH ? share / 2 : BATCH;
	m->pool = pool;
	return 0;
}

void tables_part(struct mutator *m)
{
	free(m->pool);
	m->pool = NULL;
}

uint64_t tables_addr(const struct page_tables *pt, uint32_t slot)
{
	return (uint64_t)slot << level_shift(pt->level);
}
