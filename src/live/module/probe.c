// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * In the kernel's own text, and only where the module was loaded with probes=1: a delay before an
 * instruction, which is an interrupt that could have come by itself; and a look at a struct page that
 * a function is given. Both are for the registered process alone.
 *
 * Key invariant: nothing of the kernel's is changed but when it happens. A probe is gone when its
 * session is, and its handler has ended by then.
 */
#include <linux/atomic.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "module.h"

#ifdef CONFIG_KPROBES

struct probe {
	struct kprobe k;
	struct session *of;		/* NULL: it is not planted */
	struct live_probe said;
	u64 random;			/* racing threads may take the same delay twice; no more than that */
	atomic64_t hits, wrong;
};

static struct probe probes[NR_LIVE_PROBES];
static DEFINE_MUTEX(probe_lock);

static int delay(struct kprobe *k, struct pt_regs *regs)
{
	struct probe *p = container_of(k, struct probe, k);

	if (current->mm == p->of->mm) {
		atomic64_inc(&p->hits);
		spin((u32)(xorshift(&p->random) >> 33) % (p->said.spins + 1));
	}
	return 0;
}

static int look(struct kprobe *k, struct pt_regs *regs)
{
	struct probe *p = container_of(k, struct probe, k);
#if defined(CONFIG_X86_64)
	struct page *page = (struct page *)regs->di;
#elif defined(CONFIG_X86_32)
	struct page *page = (struct page *)regs->ax;
#else
	struct page *page = (struct page *)regs->ARM_r0;
#endif
	const unsigned long frame = page_to_pfn(page);

	if (current->mm != p->of->mm)
		return 0;
	atomic64_inc(&p->hits);
	if ((!pfn_valid(frame) || pfn_to_page(frame) != page) && atomic64_inc_return(&p->wrong) == 1) {
		p->said.example = (unsigned long)page;
		p->said.frame = frame;
		pr_warn("tornlive: %s() was given the struct page %px, of frame %lx, and there is no such memory\n",
			p->said.symbol, page, frame);
		if (virt_addr_valid(page))
			pr_warn("tornlive: it is other memory of the kernel's, and holds %*ph\n", (int)sizeof(*page), page);
	}
	return 0;
}

static const kprobe_pre_handler_t handler[NR_LIVE_PROBES] = { [LIVE_PROBE_DELAY] = delay, [LIVE_PROBE_PAGE] = look };

int probe_set(struct session *s, const struct live_probe *asked)
{
	struct probe *p = &probes[asked->kind];
	int err = -EBUSY;

	if (!s->mm)
		return -ENXIO;
	if (asked->spins > MAX_SPINS || strnlen(asked->symbol, LIVE_NAME) == LIVE_NAME || asked->offset > 1u << 20)
		return -EINVAL;
	mutex_lock(&probe_lock);
	if (!p->of) {
		memset(p, 0, sizeof(*p));
		p->said = *asked;
		p->said.hits = 0;
		p->said.wrong = 0;
		p->said.example = 0;
		p->said.frame = 0;
		p->of = s;
		p->random = asked->seed | 1;
		p->k.symbol_name = p->said.symbol;
		p->k.offset = (unsigned int)asked->offset;
		p->k.pre_handler = handler[asked->kind];
		err = register_kprobe(&p->k);
		if (err)
			p->of = NULL;
	}
	mutex_unlock(&probe_lock);
	return err;
}

void probe_clear(struct session *s, unsigned int kind, struct live_probe *found)
{
	struct probe *p = &probes[kind];

	mutex_lock(&probe_lock);
	if (p->of == s) {
		unregister_kprobe(&p->k);
		p->said.hits = (u64)atomic64_read(&p->hits);
		p->said.wrong = (u64)atomic64_read(&p->wrong);
		p->of = NULL;
		if (found)
			*found = p->said;
	}
	mutex_unlock(&probe_lock);
}

#else

int probe_set(struct session *s, const struct live_probe *asked)
{
	return -EOPNOTSUPP;
}

void probe_clear(struct session *s, unsigned int kind, struct live_probe *found)
{
}

#endif
