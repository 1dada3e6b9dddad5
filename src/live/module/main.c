// SPDX-License-Identifier: GPL-2.0-or-later
/* /dev/tornlive: who may ask, and for what. */
#include <linux/capability.h>
#include <linux/cpumask.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "module.h"

static bool probes;
module_param(probes, bool, 0444);
MODULE_PARM_DESC(probes, "delays may be put into the kernel's own text (LIVE_PROBE): for machines that may crash");

static int hello(struct live_hello *h)
{
	unsigned int level, i;

	memset(h, 0, sizeof(*h));
	h->abi = LIVE_ABI;
	h->writers = (1u << NR_LIVE_WRITERS) - 1;
	for (i = 0; i < NR_LIVE_READERS; i++)
		h->readers |= section_of[LIVE_PMD][i] ? 1u << i : 0;
	h->level_bits = 1u << LIVE_PMD | 1u << LIVE_PTE;
	h->words = sizeof(long) == 8 ? 1 : 2;
	h->probes = probes;
	h->cpus = num_online_cpus();
	strscpy(h->layout, layout_name, LIVE_NAME);
	for (level = 0; level < 2; level++)
		strscpy(h->kernel_reader[level], kernel_reader[level], LIVE_NAME);
	return 0;
}

/* All of the range is memory of the caller's own, anonymous and private. */
static int range_check(struct mm_struct *mm, u64 start, u64 end)
{
	u64 at = start;
	int err = 0;

	if (!start || start >= end || (start | end) & ~PAGE_MASK || end > TASK_SIZE)
		return -EFAULT;
	mmap_read_lock(mm);
	while (at < end && !err) {
		struct vm_area_struct *vma = find_vma(mm, (unsigned long)at);

		if (!vma || vma->vm_start > at || !vma_is_anonymous(vma) ||
		    vma->vm_flags & (VM_SHARED | VM_IO | VM_PFNMAP | VM_HUGETLB))
			err = -EFAULT;
		else
			at = vma->vm_end;
	}
	mmap_read_unlock(mm);
	return err;
}

static int registered(struct session *s, const struct live_register *r)
{
	int err;

	if (r->pid != task_tgid_vnr(current) || !current->mm)
		return -EPERM;
	if (s->mm)
		return -EBUSY;
	err = range_check(current->mm, r->start, r->end);
	if (err)
		return err;
	s->mm = current->mm;
	mmgrab(s->mm);
	s->start = r->start;
	s->end = r->end;
	return 0;
}

static int probe(struct session *s, struct live_probe *p)
{
	if (!probes)
		return -EACCES;
	if (p->kind >= NR_LIVE_PROBES)
		return -EINVAL;
	if (p->symbol[0])
		return probe_set(s, p);
	probe_clear(s, p->kind, p);
	return 0;
}

union argument {
	struct live_hello hello;
	struct live_register registers;
	struct live_start start;
	struct live_values values;
	struct live_race race;
	struct live_layout layout;
	struct live_probe probe;
};

static int command(struct session *s, unsigned int cmd, union argument *a)
{
	/* who registered is the only one who may go on; another process may have the file by now */
	if (s->mm && s->mm != current->mm)
		return -EPERM;
	switch (cmd) {
	case LIVE_HELLO:
		return hello(&a->hello);
	case LIVE_REGISTER:
		return registered(s, &a->registers);
	case LIVE_START:
		return reading_start(s, &a->start);
	case LIVE_STOP:
		return reading_stop(s);
	case LIVE_VALUES:
		return reading_values(s, &a->values);
	case LIVE_RACE:
		return private_race(&a->race);
	case LIVE_LAYOUT:
		layout_says(&a->layout);
		return 0;
	case LIVE_PROBE:
		return probe(s, &a->probe);
	default:
		return -ENOTTY;
	}
}

static long tornlive_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct session *s = file->private_data;
	void __user *const to = (void __user *)arg;
	union argument *a;
	long err;

	if (_IOC_SIZE(cmd) > sizeof(*a))
		return -ENOTTY;
	a = kzalloc(sizeof(*a), GFP_KERNEL);
	if (!a)
		return -ENOMEM;
	if (_IOC_DIR(cmd) & _IOC_WRITE && copy_from_user(a, to, _IOC_SIZE(cmd))) {
		err = -EFAULT;
	} else if (mutex_lock_interruptible(&s->lock)) {
		err = -EINTR;
	} else {
		err = command(s, cmd, a);
		mutex_unlock(&s->lock);
		if ((!err || err == -EINTR) && _IOC_DIR(cmd) & _IOC_READ && copy_to_user(to, a, _IOC_SIZE(cmd)))
			err = -EFAULT;
	}
	kfree(a);
	return err;
}

static int tornlive_open(struct inode *inode, struct file *file)
{
	struct session *s;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	s = kzalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	mutex_init(&s->lock);
	file->private_data = s;
	return 0;
}

/* Also when the process was killed: whatever it had started ends here. */
static int tornlive_release(struct inode *inode, struct file *file)
{
	struct session *s = file->private_data;
	unsigned int kind;

	for (kind = 0; kind < NR_LIVE_PROBES; kind++)
		probe_clear(s, kind, NULL);
	reading_free(s);
	if (s->mm)
		mmdrop(s->mm);
	kfree(s);
	return 0;
}

static const struct file_operations tornlive_fops = {
	.owner = THIS_MODULE,
	.open = tornlive_open,
	.release = tornlive_release,
	.unlocked_ioctl = tornlive_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice tornlive_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "tornlive",
	.mode = 0600,
	.fops = &tornlive_fops,
};

module_misc_device(tornlive_device);

MODULE_DESCRIPTION("tornwalk: reads a cooperating process's page-table entries, and says what it saw");
MODULE_LICENSE("GPL");
