/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "seam.h"

#include <stddef.h>
#include <string.h>

#include "explore/hooks.h"
#include "kernel/compiled.h"
#include "kernel/glue/glue.h"
#include "kernel/notes.h"

/* The compiler calls its hooks as the kernel's functions are called. */
#ifdef __i386__
#define HOOK __attribute__((regparm(3), force_align_arg_pointer))
#elif defined(__x86_64__)
#define HOOK __attribute__((force_align_arg_pointer))
#else
#define HOOK
#endif

/* But clang passes to those that it puts in by itself on the stack, whatever -mregparm says. */
#if defined(__i386__) && defined(ANNOUNCED_BY_CLANG)
#define ANNOUNCED __attribute__((regparm(0), force_align_arg_pointer))
#else
#define ANNOUNCED HOOK
#endif

struct seam seam;

static struct {
	void *p;
	unsigned size;
	bool rmw, once;
	uint64_t old;			/* rmw: what was loaded */
	const void *who;
} pending;
static const void *asm_at;		/* the last locked instruction */
static struct {
	void *p;
	unsigned size;
} counted;				/* the last read-modify-write of a count: its loop goes on in asm */
static bool after_mb;

static struct seam_cell *cell_at(const void *p)
{
	for (unsigned i = 0; i < seam.n; i++) {
		const ptrdiff_t d = (const char *)p - (const char *)seam.cell[i].at;

		if (d >= 0 && d < (ptrdiff_t)seam.cell[i].size)
			return &seam.cell[i];
	}
	return NULL;
}

static uint64_t tell(enum access_kind k, const void *p, unsigned size, uint64_t v, const void *who)
{
	struct access a = { .kind = k, .p = p, .size = size, .value = v, .who = who };

	return explore_access(&a);
}

uint64_t seam_ask(int kind, uint64_t value, const void *who)
{
	seam_settle();
	return tell((enum access_kind)kind, NULL, 0, value, who);
}

static uint64_t get(const void *p, unsigned size)
{
	uint64_t v = 0;

	memcpy(&v, p, size);
	return v;
}

static void see(struct seam_cell *c, const void *p, unsigned size, uint64_t v)
{
	memcpy((char *)&c->view + ((const char *)p - (const char *)c->at), &v, size);
}

static void place(struct seam_cell *c, void *p, unsigned size, uint64_t v)
{
	memcpy(p, &v, size);
	see(c, p, size, v);
}

bool seam_holds(const void *lock)
{
	for (unsigned i = 0; i < seam.n; i++)
		if (seam.cell[i].held && (!lock || seam.cell[i].at == lock))
			return true;
	return seam.alone;
}

static bool is_guarded(const struct seam_cell *c)
{
	return c->unguarded || seam_holds(c->guard);
}

/* Of a lock that has no cell the explorer says that it is not modelled. */
static void tell_lock(void *lock, bool take, const void *who)
{
	struct seam_cell *c;

	seam_settle();
	counted.p = NULL;
	c = cell_at(lock);
	if (c)
		c->held = take;
	tell(take ? ACCESS_LOCK : ACCESS_UNLOCK, lock, 4, take, who);
}

void seam_lock(void *lock, const void *who) { tell_lock(lock, true, who); }
void seam_unlock(void *lock, const void *who) { tell_lock(lock, false, who); }

/*
 * The source: 8 bytes are words in one of both orders. READ_ONCE() and WRITE_ONCE() are one access where LPAE is, by
 * ldrd and strd: the kernel relies on that. Plain C is two everywhere.
 */
static unsigned ways_of_source(bool once)
{
#ifdef __arm__
	if (once)
		return WAY_WHOLE;
#else
	(void)once;
#endif
	return seam.order == ORDER_LOW_FIRST ? WAY_LOW_FIRST : seam.order == ORDER_HIGH_FIRST ? WAY_HIGH_FIRST :
									    WAY_LOW_FIRST | WAY_HIGH_FIRST;
}

/* One of WAY_*: what stays on the stack is part of the state, hence a function of its own. */
static __attribute__((noinline)) unsigned way_of(const void *p, unsigned size, bool once, const void *who)
{
	unsigned ways = 0, n;

	if (size != 8 || sizeof(void *) != 4)
		return WAY_WHOLE;
	if (seam.order == ORDER_AS_COMPILED)
		ways = compiled_ways(who);
	if (!ways)
		ways = ways_of_source(once);
	n = ways & (ways - 1) ? explore_choose((unsigned)__builtin_popcount(ways), p) : 0;
	while (n--)
		ways &= ways - 1;
	return ways & -ways;
}

static void store(struct seam_cell *c, void *p, unsigned size, uint64_t v, bool once, const void *who)
{
	const unsigned way = way_of(p, size, once, who);

	see(c, p, size, v);
	if (!is_guarded(c))
		seam.note(NOTE_UNLOCKED);
	if (way != WAY_WHOLE) {
		const unsigned high = way == WAY_HIGH_FIRST;

		tell(ACCESS_STORE, (char *)p + 4 * high, 4, (uint32_t)(v >> 32 * high), who);
		tell(ACCESS_STORE, (char *)p + 4 * !high, 4, (uint32_t)(v >> 32 * !high), who);
	} else {
		tell(ACCESS_STORE, p, size, v, who);
	}
}

/* One step, and a full barrier: what a locked instruction made of the cell. */
static void modify(struct seam_cell *c, void *p, unsigned size, uint64_t v, uint64_t old, const void *who)
{
	see(c, p, size, v);
	if (!is_guarded(c))
		seam.note(NOTE_UNLOCKED);
	if (tell(ACCESS_RMW, p, size, v, who) != old)
		seam.note(NOTE_PARTED);
}

/* The second half of what will_modify() began. */
static void finish(struct seam_cell *c, void *p, unsigned size, uint64_t v, const void *who)
{
	see(c, p, size, v);
	if (!is_guarded(c) && v != pending.old)
		seam.note(NOTE_UNLOCKED);
	tell(ACCESS_FINISH, p, size, v, who);
}

static void settle_announced(void)
{
	struct seam_cell *c = cell_at(pending.p);
	void *p = pending.p;
	const uint64_t v = get(p, pending.size);

	pending.p = NULL;
	if (pending.rmw)
		finish(c, p, pending.size, v, pending.who);
	else
		store(c, p, pending.size, v, pending.once, pending.who);
}

static void settle_silent(struct seam_cell *c)
{
	const uint64_t now = get(c->at, c->size), was = c->view, diff = now ^ was;

	if (!diff)
		return;
	if (c->size == 8 && (uint32_t)diff && diff >> 32)
		modify(c, c->at, 8, now, was, asm_at);
	else if (diff >> 32)
		modify(c, (char *)c->at + 4, 4, now >> 32, was >> 32, asm_at);
	else if (sizeof(void *) == 8 && c->size == 8)
		modify(c, c->at, 8, now, was, asm_at);
	else
		modify(c, c->at, 4, (uint32_t)now, (uint32_t)was, asm_at);
}

void seam_settle(void)
{
	if (pending.p)
		settle_announced();
	for (unsigned i = 0; i < seam.n; i++)
		if (!seam.cell[i].lock)
			settle_silent(&seam.cell[i]);
}

void seam_reset(void)
{
	memset(&pending, 0, sizeof(pending));
	asm_at = counted.p = NULL;
	after_mb = seam.alone = false;
	for (unsigned i = 0; i < seam.n; i++) {
		memcpy(seam.cell[i].at, &seam.cell[i].first, seam.cell[i].size);
		seam.cell[i].view = seam.cell[i].first;
		seam.cell[i].held = false;
	}
}

uint64_t seam_hash(void)
{
	uint64_t h = (uintptr_t)pending.p * 31u + pending.size * 8 + pending.rmw * 4 + pending.once * 8192 + after_mb * 2;

	h ^= pending.old * 0x51ed270b ^ (uintptr_t)counted.p << 7;
	for (unsigned i = 0; i < seam.n; i++) {
		if (seam.cell[i].lock && !seam.cell[i].held)	/* as if nobody had ever taken it */
			continue;
		h = (h ^ seam.cell[i].view ^ i) * 0x9e3779b97f4a7c15u;
		h = (h ^ h >> 31 ^ get(seam.cell[i].at, seam.cell[i].size)) * 0x9e3779b97f4a7c15u;
	}
	return h ^ h >> 29;
}

/* What load_as() keeps on the stack is part of the state: hence two functions of their own. */

/* An address dependency: a table is reached through the entry. */
static __attribute__((noinline)) void came_through(const struct seam_cell *c, const void *who)
{
	if (c->filled)
		tell(ACCESS_LOOKUP, NULL, 0, c->filled, who);
}

/* What is present is in the low word, where it is two. */
static __attribute__((noinline)) void judge_value(const struct seam_cell *c, const void *p, uint64_t v)
{
	if (c->poison && ((uint32_t)v == (uint32_t)c->poison || v >> 32 == c->poison >> 32))
		seam.note(NOTE_FREED);
	if (c->filled && p == c->at && !v && !seam_holds(c->guard))
		seam.note(NOTE_UNFILLED);
}

static uint64_t load_as(void *p, unsigned size, bool once, const void *who)
{
	struct seam_cell *c = cell_at(p);
	unsigned way;
	uint64_t v = 0;

	if (!c) {
		if (seam.stray)
			seam.stray(p);
		return 0;
	}
	seam_settle();
	after_mb = false;
	came_through(c, who);
	way = c->lock ? WAY_WHOLE : way_of(p, size, once, who);
	if (c->lock) {
		place(c, p, size, c->held);	/* its holder may assert that it is held */
	} else if (way != WAY_WHOLE) {
		const unsigned high = way == WAY_HIGH_FIRST;
		const uint64_t first = tell(ACCESS_LOAD, (char *)p + 4 * high, 4, 0, who);
		const uint64_t second = tell(ACCESS_LOAD, (char *)p + 4 * !high, 4, 0, who);

		v = high ? first << 32 | second : second << 32 | first;
		place(c, p, 8, v);
	} else if (size < 4) {
		char *word = (char *)((uintptr_t)p & ~(uintptr_t)3);

		v = tell(ACCESS_LOAD, word, 4, 0, who);
		place(c, word, 4, v);
	} else {
		v = tell(ACCESS_LOAD, p, size, 0, who);
		place(c, p, size, v);
	}
	judge_value(c, p, v);
	return v;
}

static uint64_t load(void *p, unsigned size, const void *who)
{
	return load_as(p, size, false, who);
}

uint64_t seam_load(void *p, unsigned size)
{
	return cell_at(p) ? load(p, size, NULL) : get(p, size);
}

static void will_store_as(void *p, unsigned size, bool once, const void *who)
{
	struct seam_cell *c = cell_at(p);

	if (!c)
		return;
	seam_settle();
	if (c->lock) {	/* an unlock that is a store after all */
		seam_unlock(c->at, who);
		return;
	}
	pending.p = p;
	pending.size = size;
	pending.rmw = false;
	pending.once = once;
	pending.who = who;
}

static void will_store(void *p, unsigned size, const void *who)
{
	will_store_as(p, size, false, who);
}

/* Nobody comes between the halves: what the instruction finds is what it replaces. */
static void will_modify(void *p, unsigned size, const void *who)
{
	struct seam_cell *c = cell_at(p);

	if (!c || c->lock)
		return;
	seam_settle();
	after_mb = false;
	if (size < 4) {
		p = (void *)((uintptr_t)p & ~(uintptr_t)3);
		size = 4;
	}
	pending.old = tell(ACCESS_RESERVE, p, size, 0, who);
	place(c, p, size, pending.old);
	counted.p = c->unguarded ? p : NULL;
	counted.size = size;
	pending.p = p;
	pending.size = size;
	pending.rmw = true;
	pending.who = who;
}

/* ---- what the compiler calls ---- */

#define CALLER __builtin_return_address(0)
#define DECLARED(name, ...) ANNOUNCED void AT(name)(__VA_ARGS__); ANNOUNCED void AT(name)(__VA_ARGS__)

#define ACCESSES(n)                                                                                 \
	DECLARED(__tsan_read##n, void *p) { load(p, n, CALLER); }                                   \
	DECLARED(__tsan_unaligned_read##n, void *p) { load(p, n, CALLER); }                         \
	DECLARED(__tsan_volatile_read##n, void *p) { load_as(p, n, true, CALLER); }                 \
	DECLARED(__tsan_unaligned_volatile_read##n, void *p) { load_as(p, n, true, CALLER); }       \
	DECLARED(__tsan_write##n, void *p) { will_store(p, n, CALLER); }                            \
	DECLARED(__tsan_unaligned_write##n, void *p) { will_store(p, n, CALLER); }                  \
	DECLARED(__tsan_volatile_write##n, void *p) { will_store_as(p, n, true, CALLER); }          \
	DECLARED(__tsan_unaligned_volatile_write##n, void *p) { will_store_as(p, n, true, CALLER); } \
	DECLARED(__tsan_read_write##n, void *p)                                                     \
	{                                                                                           \
		load(p, n, CALLER);                                                                 \
		will_store(p, n, CALLER);                                                           \
	}
ACCESSES(1)
ACCESSES(2)
ACCESSES(4)
ACCESSES(8)

/* A struct's copy; 8 bytes of it are an entry, and more than that is nobody's here. */
DECLARED(__tsan_read_range, void *p, unsigned long n) { load(p, n < 8 ? (unsigned)n : 8, CALLER); }
DECLARED(__tsan_write_range, void *p, unsigned long n) { will_store(p, n < 8 ? (unsigned)n : 8, CALLER); }
DECLARED(__tsan_read16, void *p) { load(p, 8, CALLER); }
DECLARED(__tsan_write16, void *p) { will_store(p, 8, CALLER); }
DECLARED(__tsan_init, void) {}

/* What clang 16 and later make of memset() and memcpy(); their result is used. */
#define COPIES(name, ...) ANNOUNCED void *AT(name)(__VA_ARGS__); ANNOUNCED void *AT(name)(__VA_ARGS__)
COPIES(__tsan_memset, void *p, int c, unsigned long n)
{
	will_store(p, n < 8 ? (unsigned)n : 8, CALLER);
	return memset(p, c, n);
}
COPIES(__tsan_memcpy, void *p, const void *q, unsigned long n)
{
	load((void *)(uintptr_t)q, n < 8 ? (unsigned)n : 8, CALLER);
	will_store(p, n < 8 ? (unsigned)n : 8, CALLER);
	return memcpy(p, q, n);
}
COPIES(__tsan_memmove, void *p, const void *q, unsigned long n)
{
	load((void *)(uintptr_t)q, n < 8 ? (unsigned)n : 8, CALLER);
	will_store(p, n < 8 ? (unsigned)n : 8, CALLER);
	return memmove(p, q, n);
}
DECLARED(__tsan_func_entry, void *p) { (void)p; }
DECLARED(__tsan_func_exit, void) {}

/* kcsan-checks.h: mb, wmb, rmb and release, each under an order that no fence of C has else */
DECLARED(__tsan_atomic_signal_fence, int order)
{
	seam_settle();
	after_mb = false;
	switch (order) {
	case __ATOMIC_SEQ_CST:
		tell(ACCESS_RMW, NULL, 4, 0, CALLER);
		after_mb = true;
		break;
	case __ATOMIC_ACQ_REL:
		tell(ACCESS_WMB, NULL, 0, 0, CALLER);
		break;
	case __ATOMIC_ACQUIRE:
		tell(ACCESS_RMB, NULL, 0, 0, CALLER);
		break;
	default:	/* release: the unlock behind it is one */
		break;
	}
}

/* kcsan-checks.h: WRITE 1, COMPOUND 2, ATOMIC 4, ASSERT 8 */
HOOK void AT(__kcsan_check_access)(void *p, unsigned long size, int type);
HOOK void AT(__kcsan_check_access)(void *p, unsigned long size, int type)
{
	if (type & 8)
		return;
	if (!(type & 1))
		load(p, (unsigned)size, CALLER);
	else if (!(type & 2) && !after_mb)
		will_store(p, (unsigned)size, CALLER);	/* atomic_set() */
	else
		will_modify(p, (unsigned)size, CALLER);	/* xchg() says mb first */
}

/* Before a locked instruction; if it is the one that was announced, it has not happened yet. */
CALLED_BY_KERNEL void AT(hook_asm)(const void *who);
CALLED_BY_KERNEL void AT(hook_asm)(const void *who)
{
	if (!pending.p || !pending.rmw) {
		seam_settle();
		if (counted.p)	/* it was announced once, and is tried again */
			will_modify(counted.p, counted.size, who);
	}
	asm_at = who;
}

#define NOTHING(name) DECLARED(name, void) {}
NOTHING(kcsan_disable_current)
NOTHING(kcsan_enable_current)
NOTHING(kcsan_enable_current_nowarn)
NOTHING(kcsan_nestable_atomic_begin)
NOTHING(kcsan_nestable_atomic_end)
NOTHING(kcsan_flat_atomic_begin)
NOTHING(kcsan_flat_atomic_end)
NOTHING(kcsan_atomic_next)
NOTHING(kcsan_set_access_mask)
NOTHING(kcsan_begin_scoped_access)
NOTHING(kcsan_end_scoped_access)
NOTHING(__kcsan_mb)
NOTHING(__kcsan_wmb)
NOTHING(__kcsan_rmb)
NOTHING(__kcsan_release)
