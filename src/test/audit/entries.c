/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads and stores of page-table entries that the list of a kernel's objects must have, and
 * others that it must not: with BUSTED, each of the first is another one. Compiled, never run.
 */
typedef unsigned long long u64;
typedef unsigned int u32;
#ifdef __arm__	/* as the kernel has them: an integer there, a union on x86 */
typedef u64 pte_t;
typedef u64 pmd_t;
#define val(e) (e)
#else
typedef union { struct { unsigned long low, high; }; u64 whole; } pte_t;
typedef union { struct { unsigned long low, high; }; u64 whole; } pmd_t;
#define val(e) ((e).whole)
#endif

#ifdef BUSTED
#define TWIN(good, bad) bad
#else
#define TWIN(good, bad) good
#endif
#define word(p, n) (((volatile u32 *)(p))[TWIN(n, 1 - (n))])

struct walk { int depth; pmd_t *pmd; pmd_t seen; };
struct object { u64 a, b; };

/* ---- entries ---- */

void store_low_high(pmd_t *p, u32 lo, u32 hi)
{
	word(p, 0) = lo;
	word(p, 1) = hi;
}

void store_high_low(pmd_t *p, u32 lo, u32 hi)
{
	word(p, 1) = hi;
	word(p, 0) = lo;
}

u32 load_low(pmd_t *p)
{
	return word(p, 0);
}

/* the pointer comes out of a struct, and goes over the stack */
void store_member(struct walk *w, u32 v)
{
	pmd_t *volatile kept = w->pmd;

	word(kept + 1, 1) = v;
}

static __attribute__((noinline)) void called(void *p, u32 v)
{
	word((pte_t *)p + 3, 0) = v;
}

void call_it(pte_t *p, u32 v)
{
	called(p, v);
}

/* a table is where an entry says that it is */
u32 load_next(pmd_t *p, unsigned n)
{
	pte_t *table = (pte_t *)((unsigned long)(val(*p) & ~0xfffull) + 0xc0000000ul);

	return word(table + n, 1);
}

#ifdef __arm__
void store_stm(pmd_t *p, u32 lo, u32 hi)
{
	register u32 a __asm__("r1") = lo, b __asm__("r2") = hi;

	__asm__ volatile(TWIN("stm %0, {%1, %2}", "str %1, [%0]\n\tstr %2, [%0, #4]") : : "r"(p), "r"(a), "r"(b) : "memory");
}

void store_strd(pmd_t *p, u64 v)
{
	__asm__ volatile(TWIN("strd %1, %H1, [%2]", "stm %2, {%1, %H1}") : "=Qo"(*p) : "r"(v), "r"(p));
}

u64 load_ldrd(pmd_t *p)
{
	u64 v;

	__asm__ volatile(TWIN("ldrd %0, %H0, [%1]", "ldr %0, [%1]\n\tldr %H0, [%1, #4]") : "=&r"(v) : "r"(p), "Qo"(*p));
	return v;
}
#else
void store_cmpxchg(pmd_t *p, u64 old, u64 new)
{
	__asm__ volatile(TWIN("lock; cmpxchg8b %0", "cmpxchg8b %0") : "+m"(p->whole), "+A"(old)
			 : "b"((u32)new), "c"((u32)(new >> 32)) : "memory");
}

void store_by_call(pmd_t *p)
{
	__asm__ volatile("call somewhere" : : "S"(p) : "memory");
}
#endif

/* nobody says what this leads to */
u32 load_unknown(pmd_t *p)
{
	return *(volatile u32 *)(unsigned long)(val(*p) & ~0xfffull);
}

/* ---- no entries ---- */

void not_in_a_table(struct walk *w, pmd_t *p)
{
	w->seen = *(volatile pmd_t *)p;
}

static __attribute__((noinline)) void hands_back(pmd_t *out, u64 v)
{
	val(*(volatile pmd_t *)out) = v;
}

u64 not_by_its_callers(u64 v)
{
	pmd_t mine;

	hands_back(&mine, v);
	return val(mine);
}

void not_an_entry(struct object *o, u64 *q, u64 v)
{
	o->b = v;
	*q = v;
}
