/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU numbers are taken as they are: holes, offline CPUs and a cgroup's cpuset
 * all show in the affinity mask. A CPU quota does not, so it is read from the
 * cgroup and only reported: throttled threads race, just less often.
 */
#include "pin.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

static unsigned quota_percent(void)
{
	char line[256], path[320] = "", *end;
	unsigned long quota, period;
	unsigned percent = 0;
	FILE *f = fopen("/proc/self/cgroup", "r");

	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "0::", 3))	/* cgroup v2 */
			snprintf(path, sizeof(path), "/sys/fs/cgroup%s/cpu.max", line + 3);
	}
	fclose(f);
	f = fopen(path, "r");
	if (!f)
		return 0;
	/* "max 100000" or "50000 100000" */
	if (fgets(line, sizeof(line), f)) {
		quota = strtoul(line, &end, 10);
		period = end != line ? strtoul(end, NULL, 10) : 0;
		percent = period ? (unsigned)(quota * 100 / period) : 0;
	}
	fclose(f);
	return percent;
}

void cpus_allowed(struct cpus *c)
{
	cpu_set_t *set = CPU_ALLOC(MAX_CPUS);
	size_t size = CPU_ALLOC_SIZE(MAX_CPUS);
	int i;

	c->n = 0;
	if (set && !sched_getaffinity(0, size, set))
		for (i = 0; i < MAX_CPUS; i++)
			if (CPU_ISSET_S(i, size, set))
				c->id[c->n++] = i;
	CPU_FREE(set);
	if (!c->n)
		c->id[c->n++] = 0;
	c->quota_percent = quota_percent();
}

static bool has(const struct cpus *c, long cpu)
{
	unsigned i;

	for (i = 0; i < c->n; i++)
		if (c->id[i] == cpu)
			return true;
	return false;
}

static int complain(const struct cpus *c, const char *what, const char *word, char *err, unsigned len)
{
	int n = snprintf(err, len, "%s \"%s\"; allowed here:", what, word);
	unsigned i;

	for (i = 0; i < c->n && n > 0 && (unsigned)n < len; i++)
		n += snprintf(err + n, len - (unsigned)n, " %d", c->id[i]);
	return -EINVAL;
}

int cpus_choose(struct cpus *c, const char *list, char *err, unsigned len)
{
	struct cpus chosen = { .quota_percent = c->quota_percent };
	const char *p = list;
	char *end;
	long a, b;

	do {
		a = b = strtol(p, &end, 10);
		if (end == p)
			return complain(c, "bad CPU list", list, err, len);
		if (*end == '-') {
			p = end + 1;
			b = strtol(p, &end, 10);
			if (end == p)
				return complain(c, "bad CPU list", list, err, len);
		}
		if (a < 0 || b < a || b >= MAX_CPUS || (*end && *end != ','))
			return complain(c, "bad CPU list", list, err, len);
		for (; a <= b; a++) {
			if (!has(c, a))
				return complain(c, "no such CPU in list", list, err, len);
			if (!has(&chosen, a))
				chosen.id[chosen.n++] = (int)a;
		}
		p = end + 1;
	} while (*end);
	*c = chosen;
	return 0;
}

/* QEMU's user mode answers for /proc/self, but not for /proc/thread-self. */
bool user_emulator(char *name, size_t len)
{
	char path[256];
	ssize_t n = readlink("/proc/thread-self/exe", path, sizeof(path) - 1);
	const char *base;

	path[n > 0 ? n : 0] = '\0';
	base = strrchr(path, '/');
	base = base && !strncmp(base + 1, "qemu-", 5) ? base + 1 : "";
	snprintf(name, len, "%s", base);
	return *base || !getauxval(AT_SYSINFO_EHDR);
}

bool pin_to(int cpu)
{
	cpu_set_t *set = CPU_ALLOC(MAX_CPUS);
	size_t size = CPU_ALLOC_SIZE(MAX_CPUS);
	bool ok = false;

	if (set) {
		CPU_ZERO_S(size, set);
		CPU_SET_S(cpu, size, set);
		ok = !sched_setaffinity(0, size, set);
	}
	CPU_FREE(set);
	return ok;
}
