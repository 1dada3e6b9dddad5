/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One source, compiled twice: with the compiler's announcements, as it is explored, and without, as it runs. What the
 * second made of each access of the first is known here, since it is made by hand; with BUSTED it is the other order.
 */
typedef unsigned long long u64;
typedef unsigned int u32;
#ifdef __arm__
typedef u64 pmd_t;
#else
typedef union { struct { unsigned long low, high; }; u64 whole; } pmd_t;
#endif

#ifdef BUSTED
#define first(n) (1 - (n))
#else
#define first(n) (n)
#endif

#ifdef ANNOUNCED
#define LOAD(p, n) (*(volatile u64 *)(p))
#define LOAD_LOW(p) LOAD(p, 0)
#define LOAD_NOTHING(p) LOAD(p, 0)
#define LOAD_WHOLE(p) LOAD(p, 0)
#define STORE(p, n, v) (*(volatile u64 *)(p) = (v))
#define LOAD_UNSEEN(p) 0
#define COPIED __attribute__((noinline))
#else
#define word(p, n) (((volatile u32 *)(p))[n])
#define LOAD(p, n)                                                                         \
	({                                                                                 \
		u64 a_ = word(p, first(n)), b_ = word(p, 1 - first(n));                    \
		first(n) ? a_ << 32 | b_ : b_ << 32 | a_;                                  \
	})
#define LOAD_LOW(p) word(p, 0)
#define LOAD_NOTHING(p) 0
#define LOAD_WHOLE(p) (first(0) ? LOAD(p, 0) : *(volatile pmd_t *)(p))
#define STORE(p, n, v) (word(p, first(n)) = (u32)((v) >> 32 * first(n)), word(p, 1 - first(n)) = (u32)((v) >> 32 * !first(n)))
#define LOAD_UNSEEN(p) LOAD(p, 1)
#define COPIED inline __attribute__((always_inline))
#endif

u64 load_low_first(pmd_t *p)
{
	return LOAD(p, 0);
}

/* two of them on one line are two */
u64 load_both(pmd_t *p, pmd_t *q)
{
	return LOAD(p, 0) ^ LOAD(q, 1);
}

/* copied to two places, and each is another one; where it is explored, it is one */
static COPIED u64 copied(pmd_t *p, u32 n)
{
	return LOAD(p, n);
}

u64 load_copied(pmd_t *p)
{
	return copied(p, 0);
}

u64 load_other_copy(pmd_t *p)
{
	return copied(p, 1);
}

u64 load_one_word(pmd_t *p)
{
	return LOAD_LOW(p);
}

u64 load_nothing(pmd_t *p)
{
	return LOAD_NOTHING(p);
}

/* the other order of it may be a copy of this one, put somewhere else */
u64 load_beside(pmd_t *p)
{
	u64 v = LOAD(p, 0);

	return v ^ LOAD_UNSEEN(p);
}

void store_high_first(pmd_t *p, u64 v)
{
	STORE(p, 1, v);
}

#ifdef __arm__
u64 load_whole(pmd_t *p)
{
	u64 v = LOAD_WHOLE(p);

	__asm__ volatile("" : "+r"(v));	/* else gcc says that it is where the function returns */
	return v;
}
#endif
