// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An entry that nobody else knows of, raced by two threads with the kernel's own primitives. Each
 * store's number is in both of its words, so what is torn is certain. It says what this machine
 * makes of two loads, of one of 8 bytes, and of the kernel's stores.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "module.h"
#include "fpu.h"

enum { ROUNDS = 256 };

/* The entry has its cache line to itself; so has what only the writer counts, for the rest is the reader's. */
struct private {
	pmd_t entry __aligned(128);
	u64 rounds __aligned(128);
	struct live_race race __aligned(128);
	struct section section;
};

static void set(pmd_t *p, u64 v)
{
#ifdef CONFIG_ARM
	*p = __pmd(v);		/* set_pmd_at() without what it asks of the address */
	flush_pmd_entry(p);
#else
	set_pmd(p, __pmd(v));
#endif
}

static void get_and_clear(pmd_t *p)
{
#ifdef CONFIG_ARM
	const pmd_t old = *p;	/* pmdp_huge_get_and_clear() */

	(void)old;
	pmd_clear(p);
#elif defined(CONFIG_SMP)
	(void)native_pmdp_get_and_clear(p);
#else
	pmd_clear(p);
#endif
}

static void set_words(pmd_t *p, u64 v)
{
	u32 *w = (u32 *)p;

	WRITE_ONCE(w[1], (u32)(v >> 32));
	smp_wmb();	/* the high word is there before the low one */
	WRITE_ONCE(w[0], (u32)v);
}

static int writer_main(void *data)
{
	struct private *e = data;
	const u32 kind = e->race.writer;
	u64 rounds = 0;
	u32 n = 0;

	while (!kthread_should_stop()) {
		unsigned int i;

		for (i = 0; i < ROUNDS; i++) {
			const u64 v = layout_stamped(++n);

			switch (kind) {
			case LIVE_WRITER_SET:
				set(&e->entry, v);
				break;
			case LIVE_WRITER_CLEAR:
				set(&e->entry, v);
				pmd_clear(&e->entry);
				break;
			case LIVE_WRITER_GET_CLEAR:
				set(&e->entry, v);
				get_and_clear(&e->entry);
				break;
			case LIVE_WRITER_WORDS:
				set_words(&e->entry, v);
				break;
			}
		}
		rounds += ROUNDS;
		cond_resched();
	}
	e->rounds = rounds;
	return 0;
}

static void count(struct private *e, u64 ns)
{
	const struct section *s = &e->section;
	u32 i;

	for (i = 0; i < s->n; i++) {
		const enum live_kind k = layout_kind(s->change[i].value);

		e->race.kind[k] += (i + 1 < s->n ? s->change[i + 1].at : MAX_CHANGES) - s->change[i].at;
		if (!e->race.distinct[k]++) {
			e->race.first_ns[k] = ns;
			e->race.example[k] = s->change[i].value;
		}
	}
}

static int reader_main(void *data)
{
	struct private *e = data;
	const u64 began = ktime_get_ns();
	u64 random = e->race.seed | 1;

	while (!kthread_should_stop()) {
		unsigned long flags;

		fpu_begin();
		local_irq_save(flags);
		section_of[LIVE_PMD][e->race.reader](&e->entry, MAX_CHANGES, e->race.gap, &random, &e->section);
		local_irq_restore(flags);
		fpu_end();
		e->race.reads += MAX_CHANGES;
		count(e, ktime_get_ns() - began);
		cond_resched();
	}
	e->race.ns = ktime_get_ns() - began;
	e->race.retries = e->section.retries;
	return 0;
}

static struct task_struct *thread_on(int (*main)(void *), void *data, u32 cpu, const char *name)
{
	struct task_struct *t = kthread_create(main, data, "%s", name);

	if (!IS_ERR(t)) {
		kthread_bind(t, cpu);
		wake_up_process(t);
	}
	return t;
}

static int race_check(const struct live_race *race)
{
	if (race->reader >= NR_LIVE_READERS || race->writer >= NR_LIVE_WRITERS || !race->ms || race->ms > 60000 ||
	    race->gap > MAX_GAP)
		return -EINVAL;
	if (!section_of[LIVE_PMD][race->reader])
		return -EOPNOTSUPP;
	if (race->reader_cpu >= nr_cpu_ids || race->writer_cpu >= nr_cpu_ids || !cpu_online(race->reader_cpu) ||
	    !cpu_online(race->writer_cpu))
		return -ENODEV;
	return 0;
}

int private_race(struct live_race *race)
{
	struct task_struct *reader, *writer;
	struct private *e;
	int err = race_check(race);

	if (err)
		return err;
	e = kzalloc(sizeof(*e) + 128, GFP_KERNEL);
	if (!e)
		return -ENOMEM;
	{
		struct private *const at = PTR_ALIGN(e, 128);

		at->race = (struct live_race){ .reader = race->reader, .writer = race->writer, .reader_cpu = race->reader_cpu,
			.writer_cpu = race->writer_cpu, .ms = race->ms, .gap = race->gap, .seed = race->seed };
		writer = thread_on(writer_main, at, race->writer_cpu, "tornlive-w");
		reader = IS_ERR(writer) ? writer : thread_on(reader_main, at, race->reader_cpu, "tornlive-r");
		if (!IS_ERR(reader)) {
			if (msleep_interruptible(race->ms))
				err = -EINTR;
			kthread_stop(reader);
		} else {
			err = PTR_ERR(reader);
		}
		if (!IS_ERR(writer))
			kthread_stop(writer);
		*race = at->race;
		race->rounds = at->rounds;
	}
	kfree(e);
	return err;
}
