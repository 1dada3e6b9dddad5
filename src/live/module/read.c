// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The thread that reads a process's entries: by each reader in turns, and by TRUTH before
 * every second one, each for a section with interrupts off, as gup-fast has them, which keeps
 * page tables where they are. What a section noted goes into tables after it.
 *
 * Key invariant: the process's memory is held for SLICE_MS at a stretch, and never after its last
 * user is gone; a session's tables are nobody else's until its thread has stopped.
 */
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "module.h"
#include "fpu.h"

enum { HASH = 2 * MAX_VALUES };

/* What one reader saw. index[]: 1 + where in value[], by the value's hash. */
struct table {
	struct live_count count;
	u64 last[LIVE_SLOTS];
	bool looked[LIVE_SLOTS];
	u16 index[HASH];
	struct live_value value[MAX_VALUES];
};

struct reading {
	struct live_start start;
	struct mm_struct *mm;
	struct task_struct *thread;
	u64 began, random;
	struct section section;
	struct table *table[NR_LIVE_READERS];
};

/* ---- what was seen ---- */

static struct live_value *value_of(struct table *t, u64 v)
{
	u32 h = (u32)((v ^ v >> 32) * 0x9e3779b1u) % HASH, tries;

	for (tries = 0; tries < HASH; tries++, h = (h + 1) % HASH) {
		if (!t->index[h]) {
			if (t->count.values == MAX_VALUES)
				return NULL;
			t->value[t->count.values].value = v;
			t->count.values++;
			t->index[h] = (u16)t->count.values;
		}
		if (t->value[t->index[h] - 1].value == v)
			return &t->value[t->index[h] - 1];
	}
	return NULL;
}

static void seen_around(struct live_value *v, u64 before, u64 after)
{
	unsigned int i;

	for (i = 0; i < LIVE_AROUND; i++) {
		if (v->around[i].times && (v->around[i].before != before || v->around[i].after != after))
			continue;
		v->around[i].before = before;
		v->around[i].after = after;
		v->around[i].times++;
		return;
	}
	v->around_other++;
}

/* The first look of a section is an episode where it differs from the last look of the one before. */
static void commit(struct table *t, const struct section *s, unsigned int slot, u64 ns)
{
	u32 i;

	for (i = 0; i < s->n; i++) {
		struct live_value *v;

		if (i == 0 && t->looked[slot] && t->last[slot] == s->change[0].value)
			continue;
		v = value_of(t, s->change[i].value);
		if (!v) {
			t->count.overflow++;
			continue;
		}
		if (!v->episodes++)
			v->first_ns = ns;
		if (i > 0 && i + 1 < s->n)
			seen_around(v, s->change[i - 1].value, s->change[i + 1].value);
	}
	t->count.lost += s->lost;
	/* what came after those that were lost is not known */
	t->looked[slot] = s->n > 0 && !s->lost;
	if (s->n > 0)
		t->last[slot] = s->change[s->n - 1].value;
}

/* ---- where it is ---- */

/* Both words of one value, and nothing stored. 0: it would not hold still. */
static u64 whole(const void *p)
{
#ifdef CONFIG_X86_32
	const u32 *w = p;
	unsigned int turns;

	for (turns = 0; turns < 1000; turns++) {
		const u32 lo = READ_ONCE(w[0]), hi = READ_ONCE(w[1]);

		if (lo == READ_ONCE(w[0]) && hi == READ_ONCE(w[1]))
			return (u64)hi << 32 | lo;
	}
	return 0;
#else
	return atomic64_read((const atomic64_t *)p);
#endif
}

/* With interrupts off. Each level is read once, whole, and descended into by that copy. */
static pmd_t *pmd_at(struct mm_struct *mm, unsigned long addr)
{
	pgd_t *pgdp = pgd_offset(mm, addr), pgd;
	p4d_t *p4dp, p4d;
	pud_t *pudp, pud;
	u64 v;

	BUILD_BUG_ON(sizeof(pgd) != sizeof(v) || sizeof(p4d) != sizeof(v) || sizeof(pud) != sizeof(v));
	v = whole(pgdp);
	memcpy(&pgd, &v, sizeof(v));
	if (pgd_none(pgd) || pgd_bad(pgd))
		return NULL;
	p4dp = PTRS_PER_P4D > 1 ? p4d_offset(&pgd, addr) : (p4d_t *)pgdp;
	v = whole(p4dp);
	memcpy(&p4d, &v, sizeof(v));
	if (p4d_none(p4d) || p4d_bad(p4d))
		return NULL;
	pudp = PTRS_PER_PUD > 1 ? pud_offset(&p4d, addr) : (pud_t *)p4dp;
	v = whole(pudp);
	memcpy(&pud, &v, sizeof(v));
	if (pud_none(pud) || pud_bad(pud))
		return NULL;
	return pmd_offset(&pud, addr);
}

/* The table that this value of a PMD leads to, mapped; NULL: none. */
static void *pte_table(u64 value)
{
	struct live_layout l = { .value = value, .level = LIVE_PMD };

	layout_says(&l);
	if (!(l.says & LIVE_VALID) || l.says & LIVE_LEAF || !pfn_valid((unsigned long)l.pfn))
		return NULL;
#ifdef HAS_KMAP_LOCAL
	return kmap_local_page(pfn_to_page((unsigned long)l.pfn));
#else
	return kmap_atomic(pfn_to_page((unsigned long)l.pfn));
#endif
}

static void pte_table_done(void *table)
{
#ifdef HAS_KMAP_LOCAL
	kunmap_local(table);
#else
	kunmap_atomic(table);
#endif
}

/* ---- the thread ---- */

/* The truth reads oftener, and less at a time: 1 / (1 + share) of a batch. The slow control is to have its time. */
static const u32 share[NR_LIVE_READERS] = { [LIVE_READER_TRUTH] = 1 };

static void section(struct reading *r, enum live_reader reader, unsigned int slot)
{
	struct table *t = r->table[reader];
	const u32 batch = (r->start.batch + share[reader]) / (share[reader] + 1);
	const unsigned long addr = (unsigned long)r->start.slot[slot];
	unsigned long flags;
	bool counts = false;
	u64 began;
	pmd_t *pmd;

	fpu_begin();
	local_irq_save(flags);
	began = ktime_get_ns();
	pmd = pmd_at(r->mm, addr);
	if (pmd && r->start.level == LIVE_PMD) {
		section_of[LIVE_PMD][reader](pmd, batch, r->start.gap, &r->random, &r->section);
		counts = true;
	} else if (pmd) {
		const u64 leads = whole(pmd);
		pte_t *table = pte_table(leads);

		if (table) {
			section_of[LIVE_PTE][reader](&table[addr >> PAGE_SHIFT & (PTRS_PER_PTE - 1)],
						     batch, r->start.gap, &r->random, &r->section);
			pte_table_done(table);
			counts = whole(pmd) == leads;
			t->count.detached += !counts;
		} else {
			t->count.holes++;
		}
	} else {
		t->count.holes++;
	}
	began = ktime_get_ns() - began;
	local_irq_restore(flags);
	fpu_end();
	if (!counts)
		return;
	t->count.reads += batch;
	t->count.ns += began;
	t->count.sections++;
	commit(t, &r->section, slot, ktime_get_ns() - r->began);
}

/* In a drawn order: a writer that waits for whoever has interrupts off must not always go on before the same one. */
static unsigned int drawn(struct reading *r, enum live_reader order[NR_LIVE_READERS])
{
	unsigned int i, n = 0;

	for (i = 0; i < NR_LIVE_READERS; i++) {
		unsigned int at;

		if (i == LIVE_READER_TRUTH || !r->table[i])
			continue;
		at = (u32)(xorshift(&r->random) >> 33) % (n + 1);
		order[n++] = order[at];
		order[at] = i;
	}
	return n;
}

static void pass(struct reading *r)
{
	enum live_reader order[NR_LIVE_READERS] = { 0 };
	unsigned int slot, turn;

	for (slot = 0; slot < r->start.nslots; slot++) {
		const unsigned int n = drawn(r, order);

		for (turn = 0; turn < n; turn++) {
			if (turn % 2 == 0)
				section(r, LIVE_READER_TRUTH, slot);
			section(r, order[turn], slot);
		}
		if (!n)
			section(r, LIVE_READER_TRUTH, slot);
	}
}

/*
 * Where tables are freed after a grace period, a section with interrupts off is one. Elsewhere they are freed when
 * all CPUs that run in this memory have answered an interrupt: then this one does.
 */
static void run_in(struct mm_struct *mm, bool in)
{
	if (IS_ENABLED(CONFIG_MMU_GATHER_RCU_TABLE_FREE))
		return;
	if (in)
		kthread_use_mm(mm);
	else
		kthread_unuse_mm(mm);
}

static int reading_main(void *data)
{
	struct reading *r = data;

	while (!kthread_should_stop()) {
		const u64 until = ktime_get_ns() + SLICE_MS * (u64)NSEC_PER_MSEC;

		if (!mmget_not_zero(r->mm)) {	/* the process is gone; its file will be closed */
			schedule_timeout_interruptible(HZ / 10 + 1);
			continue;
		}
		run_in(r->mm, true);
		do {
			pass(r);
		} while (ktime_get_ns() < until && !kthread_should_stop());
		run_in(r->mm, false);
		mmput(r->mm);
		cond_resched();
	}
	return 0;
}

/* ---- the session's side ---- */

void reading_free(struct session *s)
{
	struct reading *r = s->reading;
	unsigned int i;

	if (!r)
		return;
	if (r->thread)
		kthread_stop(r->thread);
	for (i = 0; i < NR_LIVE_READERS; i++)
		vfree(r->table[i]);
	kfree(r);
	s->reading = NULL;
}

static int start_check(const struct session *s, const struct live_start *start)
{
	unsigned int i;

	if (!s->mm)
		return -ENXIO;
	if (start->level > LIVE_PTE || !start->batch || start->batch > MAX_BATCH || start->gap > MAX_GAP ||
	    !start->nslots || start->nslots > LIVE_SLOTS || start->readers >> NR_LIVE_READERS)
		return -EINVAL;
	for (i = 0; i < start->nslots; i++)
		if (start->slot[i] < s->start || start->slot[i] >= s->end)
			return -EFAULT;
	for (i = 0; i < NR_LIVE_READERS; i++)
		if (start->readers >> i & 1 && !section_of[start->level][i])
			return -EOPNOTSUPP;
	if (start->cpu >= nr_cpu_ids || !cpu_online(start->cpu))
		return -ENODEV;
	return 0;
}

int reading_start(struct session *s, const struct live_start *start)
{
	struct reading *r;
	unsigned int i;
	int err = start_check(s, start);

	if (err)
		return err;
	if (s->reading && s->reading->thread)
		return -EBUSY;
	reading_free(s);
	r = kzalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return -ENOMEM;
	s->reading = r;
	r->start = *start;
	r->start.readers |= 1u << LIVE_READER_TRUTH;
	r->mm = s->mm;
	r->random = start->seed | 1;
	for (i = 0; i < NR_LIVE_READERS; i++) {
		if (!(r->start.readers >> i & 1))
			continue;
		r->table[i] = vzalloc(sizeof(*r->table[i]));
		if (!r->table[i]) {
			reading_free(s);
			return -ENOMEM;
		}
	}
	r->began = ktime_get_ns();
	r->thread = kthread_create(reading_main, r, "tornlive");
	if (IS_ERR(r->thread)) {
		err = PTR_ERR(r->thread);
		r->thread = NULL;
		reading_free(s);
		return err;
	}
	kthread_bind(r->thread, start->cpu);
	wake_up_process(r->thread);
	return 0;
}

int reading_stop(struct session *s)
{
	if (!s->reading || !s->reading->thread)
		return -ENXIO;
	kthread_stop(s->reading->thread);
	s->reading->thread = NULL;
	return 0;
}

int reading_values(struct session *s, struct live_values *v)
{
	const struct table *t;

	if (!s->reading)
		return -ENXIO;
	if (s->reading->thread)
		return -EBUSY;
	if (v->reader >= NR_LIVE_READERS || !s->reading->table[v->reader])
		return -EINVAL;
	t = s->reading->table[v->reader];
	v->count = t->count;
	v->got = 0;
	if (v->first < t->count.values)
		v->got = min_t(u64, v->room, t->count.values - v->first);
	if (v->got && copy_to_user(u64_to_user_ptr(v->to), &t->value[v->first], v->got * sizeof(t->value[0])))
		return -EFAULT;
	return 0;
}
