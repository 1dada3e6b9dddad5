/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small kernel's image for the audit of images: accesses of page-table entries that it must list,
 * and others that look like them. With BUSTED, each of the first is another one. Linked, never run.
 */
typedef unsigned int u32;
typedef unsigned long long u64;
typedef struct { u32 low, high; } entry;

#define NOINLINE __attribute__((noinline, noclone, used))

#ifdef BUSTED
#define TWIN(good, bad) bad
#else
#define TWIN(good, bad) good
#endif
#define word(p, n) (((volatile u32 *)(p))[TWIN(n, 1 - (n))])

struct walk { u32 flags; entry *pmd, *pte; };
struct ops { int (*hole)(u32 addr); int (*pmd_entry)(entry *pmd, struct walk *w); };

/* the walk: of a directory that nobody knows, bits 30 and 31, 21 to 29, 12 to 20 say which entry */
static inline entry *pgd_of(entry *pgd, u32 addr) { return pgd + (addr >> 30); }
static inline entry *below(u32 low) { return (entry *)((low & 0xfffff000u) + 0xc0000000u); }
static inline entry *pmd_of(entry *pgd, u32 addr) { return below(((volatile entry *)pgd)->low) + (addr >> 21 & 511); }
static inline entry *pte_of(entry *pmd, u32 addr) { return below(((volatile entry *)pmd)->low) + (addr >> 12 & 511); }

/* ---- what has to be found, here or in whoever is called ---- */

/* only callers know what it is given */
NOINLINE void store_low_high(entry *p, u32 lo, u32 hi)
{
	word(p, 0) = lo;
	word(p, 1) = hi;
}

NOINLINE void store_high_low(entry *p, u32 lo, u32 hi)
{
	word(p, 1) = hi;
	word(p, 0) = lo;
}

/* by a struct on the caller's stack */
NOINLINE u64 load_member(struct walk *w)
{
	u32 lo = word(w->pte, 0), hi = word(w->pte, 1);

	return lo | (u64)hi << 32;
}

NOINLINE void find_member(struct walk *w, entry *pmd, u32 addr)
{
	w->pte = pte_of(pmd, addr);
}

NOINLINE u32 load_again(entry *p)
{
	u32 lo, hi;

	do {
		lo = word(p, 0);
		hi = word(p, 1);
	} while (word(p, 0) != lo);
	return lo ^ hi;
}

/* by a pointer out of a constant struct, that a caller passes */
NOINLINE int load_callback(entry *pmd, struct walk *w)
{
	w->flags = word(pmd, 1);
	return 0;
}
static const struct ops walk_ops = { 0, load_callback };
const struct ops *const kept_ops = &walk_ops;

NOINLINE int walk_with(entry *pgd, u32 addr, const struct ops *ops, struct walk *w)
{
	return ops->pmd_entry(pmd_of(pgd_of(pgd, addr), addr), w);
}

#ifdef __arm__
NOINLINE void store_whole(entry *p, u64 v)
{
	__asm__ volatile(TWIN("strd %1, %H1, [%0]", "stm %0, {%1, %H1}") : : "r"(p), "r"(v) : "memory");
}

NOINLINE u64 load_whole(entry *p)
{
	u64 v;

	__asm__ volatile(TWIN("ldrd %0, %H0, [%1]", "ldm %1, {%0, %H0}") : "=&r"(v) : "r"(p));
	return v;
}

/* nobody says what it is, but that its cache line is written back */
NOINLINE void store_cleaned(entry **p, u32 v)
{
	entry *e = p[5];

	word(e, 1) = v;
	__asm__ volatile("mcr p15, 0, %0, c7, c10, 1" : : "r"(e) : "memory");
}
#else
NOINLINE void store_whole(entry *p, u64 v)
{
	u64 old = 0;

	__asm__ volatile(TWIN("lock; cmpxchg8b (%1)", "cmpxchg8b (%1)") : "+A"(old) : "S"(p), "b"((u32)v), "c"((u32)(v >> 32)) : "memory");
}

NOINLINE u64 load_whole(entry *p)
{
	u64 v;

	__asm__ volatile(TWIN("fildll %1\n\tfistpll %0", "mov %1, %%eax\n\tmov %%eax, %0") : "=m"(v) : "m"(*(u64 *)p) : "eax");
	return v;
}
#endif

/* ---- what must not be listed ---- */

struct object { u32 a, b; };

NOINLINE void other_store(struct object *o, u32 a, u32 b)
{
	((volatile struct object *)o)->a = a;
	((volatile struct object *)o)->b = b;
}

/* 512 things of 8 bytes, but by other bits */
NOINLINE u32 other_index(struct object *o, u32 hash)
{
	return ((volatile struct object *)o)[hash >> 13 & 511].a;
}

/* what an entry leads to if it is no table */
NOINLINE u32 other_frame(entry *pte)
{
	return *(volatile u32 *)(((word(pte, 0) >> 12) * 32) + 0xd0000000u);
}

void start(entry *pgd, u32 addr, u32 lo, u32 hi, struct object *o, entry **all)
{
	entry *pmd = pmd_of(pgd_of(pgd, addr), addr);
	struct walk w = { 0, pmd, 0 };

	store_low_high(pmd, lo, hi);
	store_high_low(pte_of(pmd, addr), lo, hi);
	find_member(&w, pmd, addr);
	other_store(o, (u32)load_member(&w), load_again(pmd));
	store_whole(pmd, load_whole(pmd));
	walk_with(pgd, addr, kept_ops, &w);
	walk_with(pgd, hi, &walk_ops, &w);
	other_store(o, other_index(o, addr), other_frame(pte_of(pmd, addr)));
#ifdef __arm__
	store_cleaned(all, lo);
#else
	(void)all;
#endif
}
