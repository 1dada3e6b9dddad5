// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A delay before an instruction of the kernel's own text, whoever of the registered process comes
 * by: an interrupt that could have come by itself. Only where the module was loaded with probes=1.
 */
#include <linux/atomic.h>
#include <linux/kprobes.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/string.h>

#include "module.h"

#ifdef CONFIG_KPROBES

static struct {
	struct kprobe k;
	char symbol[LIVE_NAME];
	struct mm_struct *mm;
	u32 spins;
	u64 random;	/* racing threads may take the same delay twice; no more than that */
	atomic_t hits;
} probe;
static DEFINE_MUTEX(probe_lock);

static int before(struct kprobe *k, struct pt_regs *regs)
{
	if (current->mm == probe.mm) {
		atomic_inc(&probe.hits);
		spin((u32)(xorshift(&probe.random) >> 33) % (probe.spins + 1));
	}
	return 0;
}

int probe_set(struct session *s, struct live_probe *p)
{
	int err;

	if (!s->mm)
		return -ENXIO;
	if (!p->spins || p->spins > MAX_SPINS || strnlen(p->symbol, LIVE_NAME) == LIVE_NAME || p->offset > 1u << 20)
		return -EINVAL;
	mutex_lock(&probe_lock);
	if (probe.mm) {
		err = -EBUSY;
	} else {
		memset(&probe, 0, sizeof(probe));
		strcpy(probe.symbol, p->symbol);
		probe.k.symbol_name = probe.symbol;
		probe.k.offset = (unsigned int)p->offset;
		probe.k.pre_handler = before;
		probe.spins = p->spins;
		probe.random = p->seed | 1;
		probe.mm = s->mm;
		err = register_kprobe(&probe.k);
		s->probed = !err;
		if (err)
			probe.mm = NULL;
	}
	mutex_unlock(&probe_lock);
	return err;
}

void probe_clear(struct session *s, struct live_probe *p)
{
	if (!s->probed)
		return;
	mutex_lock(&probe_lock);
	unregister_kprobe(&probe.k);
	if (p)
		p->hits = (u64)atomic_read(&probe.hits);
	probe.mm = NULL;
	s->probed = false;
	mutex_unlock(&probe_lock);
}

#else

int probe_set(struct session *s, struct live_probe *p)
{
	return -EOPNOTSUPP;
}

void probe_clear(struct session *s, struct live_probe *p)
{
}

#endif
