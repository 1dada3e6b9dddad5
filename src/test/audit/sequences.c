/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbols as the audit looks for, each of a known sequence: with BUSTED, each with
 * its twin, which the audit has to tell from it. Compiled, never run.
 */
typedef struct {
	_Alignas(8) unsigned lo;
	unsigned hi;
} entry_t;

#define WORD(p, half) (*(volatile unsigned *)&(p)->half)
#ifdef __arm__
#define rmb() __asm__ volatile("dmb ish" ::: "memory")
#define wmb() __asm__ volatile("dmb ishst" ::: "memory")
#else
#define rmb() __asm__ volatile("" ::: "memory")
#define wmb() __asm__ volatile("" ::: "memory")
#endif

struct walk {
	entry_t (*read)(struct walk *w, const entry_t *p);
	unsigned (*test)(entry_t e);
	unsigned index;
};
entry_t elsewhere(const entry_t *p);

#ifdef BUSTED
#define TWIN(good, bad) bad
#undef rmb
#undef wmb
#define rmb() __asm__ volatile("" ::: "memory")
#define wmb() __asm__ volatile("" ::: "memory")
#else
#define TWIN(good, bad) good
#endif

/* busted: in the other order */
entry_t native_read_lo_hi(struct walk *w, const entry_t *p)
{
	entry_t v;

	(void)w;
	TWIN(v.lo = WORD(p, lo), v.hi = WORD(p, hi));
	TWIN(v.hi = WORD(p, hi), v.lo = WORD(p, lo));
	return v;
}

/* busted: the low word twice */
entry_t native_read_hi_lo(struct walk *w, const entry_t *p)
{
	entry_t v;

	(void)w;
	v.hi = WORD(p, hi);
	v.lo = WORD(p, lo);
	TWIN((void)0, v.lo |= WORD(p, lo));
	return v;
}

/* busted: one word only */
entry_t native_read_read_once(struct walk *w, const entry_t *p)
{
	entry_t v;

	(void)w;
	v.hi = WORD(p, hi);
	v.lo = TWIN(WORD(p, lo), 0);
	return v;
}

/* busted: on ARM without its barrier */
entry_t native_read_pmd_read_atomic(struct walk *w, const entry_t *p)
{
	entry_t v = { .lo = WORD(p, lo) };

	(void)w;
	if (v.lo) {
		rmb();
		v.hi = WORD(p, hi);
	}
	return v;
}

/* busted: no second look */
entry_t native_read_get_lockless(struct walk *w, const entry_t *p)
{
	entry_t v;

	(void)w;
	do {
		v.lo = WORD(p, lo);
		rmb();
		v.hi = WORD(p, hi);
		rmb();
	} while (TWIN(v.lo != WORD(p, lo), 0));
	return v;
}

/* plain, and split by hand; busted: only one half of it */
entry_t native_read_plain_barrier(struct walk *w, const entry_t *p)
{
	entry_t v;

	(void)w;
	v.lo = WORD(p, lo);
	v.hi = TWIN(WORD(p, hi), 0);
	return v;
}

/* busted: the address goes where the audit cannot follow */
entry_t native_read_locked(struct walk *w, const entry_t *p)
{
	(void)w;
	return TWIN(*p, elsewhere(p));
}

/* busted: without the barrier, on ARM */
void native_set_pae_pte(entry_t *p, entry_t v)
{
	WORD(p, hi) = v.hi;
	wmb();
	WORD(p, lo) = v.lo;
}

/* busted: low first */
void native_set_busted_nowmb(entry_t *p, entry_t v)
{
	TWIN(WORD(p, hi) = v.hi, WORD(p, lo) = v.lo);
	TWIN(WORD(p, lo) = v.lo, WORD(p, hi) = v.hi);
}

/* busted: high as well */
void native_clear_ppc32_pte64(entry_t *p)
{
	WORD(p, lo) = 0;
	TWIN((void)0, WORD(p, hi) = 0);
}

/* busted: something */
void native_touch_by_lpae(const void *layout, entry_t *p)
{
	(void)layout;
	TWIN((void)p, WORD(p, lo) |= 1);
}

struct step {
	entry_t decided, used;
	void *more[4];
};

/*
 * Structs returned and passed through pointers, then a look of its own or none: i386's
 * callees pop their hidden argument, so the stack has to be followed through that.
 */
struct step native_walk_entry_step(struct walk *w, int level, entry_t *p)
{
	struct step s = { .decided = w->read(w, p) };

	if (w->test(s.decided) == (unsigned)level)
		s.used = w->read(w, p);
	TWIN((void)0, s.used.lo = WORD(p, lo));
	return s;
}

/* one plain look; busted: through an index, which is not followed */
struct step native_walk_gup_fast_step(struct walk *w, int level, entry_t *p)
{
	struct step s = { .decided = w->read(w, p) };

	(void)level;
	s.used.hi = WORD(TWIN(p, p + w->index), hi);
	s.used.lo = WORD(p, lo);
	return s;
}
