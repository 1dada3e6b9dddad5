/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/signals.h"
#include "cli/usage.h"
#include "lines.h"
#include "operations.h"

enum { ROOM = 64 };	/* values fetched at once */

static const char *const reader_names[NR_LIVE_READERS] = {
#define X(id, name, meaning) name,
	LIVE_READERS(X)
#undef X
};

static const char *const writer_names[NR_LIVE_WRITERS] = {
#define X(id, name, meaning) name,
	LIVE_WRITERS(X)
#undef X
};

static const char *const kind_names[NR_LIVE_KINDS] = {
	[LIVE_WHOLE] = "whole", [LIVE_ZERO] = "zero", [LIVE_HIGH_ONLY] = "high-only",
	[LIVE_LOW_ONLY] = "low-only", [LIVE_MIXED] = "mixed",
};

static int call_ioctl(struct device *d, unsigned long request, void *arg)
{
	return ioctl(d->fd, request, arg) < 0 ? -errno : 0;
}

static const char *or_dash(const char *s) { return s[0] ? s : "-"; }

int device_hello(struct device *d)
{
	struct live_hello *h = &d->hello;
	int err = d->call(d, LIVE_HELLO, h);

	if (err)
		return usage_error("%s does not say hello: %s", LIVE_DEVICE, strerror(-err));
	if (h->abi != LIVE_ABI)
		return usage_error("%s speaks ABI %u, and this program %u: build both of one tree", LIVE_DEVICE, h->abi,
				   LIVE_ABI);
	h->layout[LIVE_NAME - 1] = h->kernel_reader[0][LIVE_NAME - 1] = h->kernel_reader[1][LIVE_NAME - 1] = '\0';
	line("hello\t%u\t%u\t%s\t%u\t%s\t%s", h->abi, h->words, or_dash(h->layout), h->cpus,
	     or_dash(h->kernel_reader[LIVE_PMD]), or_dash(h->kernel_reader[LIVE_PTE]));
	return 0;
}

static int not_there(int err)
{
	return usage_error("%s: %s%s", LIVE_DEVICE, strerror(err),
			   err == ENOENT ? "; is the module loaded? --no-module does without" :
			   err == EACCES || err == EPERM ? "; only root may" : "");
}

int device_there(void) { return access(LIVE_DEVICE, R_OK | W_OK) ? not_there(errno) : 0; }

int device_open(struct device *d)
{
	d->call = call_ioctl;
	d->fd = open(LIVE_DEVICE, O_RDWR | O_CLOEXEC);
	return d->fd < 0 ? not_there(errno) : device_hello(d);
}

/* hello has one mask for both levels, and KERNEL may be missing from one of them. */
uint32_t device_readers(const struct device *d, enum live_level level)
{
	return d->hello.readers & ~(d->hello.kernel_reader[level][0] ? 0 : 1u << LIVE_READER_KERNEL);
}

static void race_line(const struct live_race *r)
{
	char kinds[NR_LIVE_KINDS * 96];
	unsigned k, n = 0;

	for (k = 0; k < NR_LIVE_KINDS; k++)
		n += (unsigned)snprintf(kinds + n, sizeof(kinds) - n, "\t%s=%" PRIu64 "/%" PRIu64 "/%" PRIu64 "/%016" PRIx64,
					kind_names[k], (uint64_t)r->kind[k], (uint64_t)r->distinct[k],
					(uint64_t)r->first_ns[k], (uint64_t)r->example[k]);
	line("race\t%s\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "%s", reader_names[r->reader],
	     writer_names[r->writer], (uint64_t)r->reads, (uint64_t)r->rounds, (uint64_t)r->ns, (uint64_t)r->retries, kinds);
}

int device_races(struct device *d, struct live_race *how, const int cpus[2])
{
	int err, last = 0;
	struct live_race race;
	uint32_t r, w;

	for (r = 0; r < NR_LIVE_READERS; r++)
		for (w = 0; w < NR_LIVE_WRITERS && !interrupted; w++) {
			if (!(d->hello.readers >> r & 1) || !(d->hello.writers >> w & 1))
				continue;
			race = *how;
			race.reader = r;
			race.writer = w;
			race.writer_cpu = (uint32_t)cpus[0];
			race.reader_cpu = (uint32_t)cpus[1];
			race.seed += r * NR_LIVE_WRITERS + w;
			err = d->call(d, LIVE_RACE, &race);
			if (!err)
				race_line(&race);
			else if (err != -EINTR)
				last = err;
		}
	return last;
}

static void read_line(const struct operation *op, uint32_t reader, const struct live_count *c)
{
	line("read\t%s\t%s\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
	     "\t%" PRIu64, level_names[op->level], op->name, reader_names[reader], (uint64_t)c->reads, (uint64_t)c->ns,
	     (uint64_t)c->sections, (uint64_t)c->holes, (uint64_t)c->detached, (uint64_t)c->lost, (uint64_t)c->values,
	     (uint64_t)c->overflow);
}

static void value_line(const struct operation *op, uint32_t reader, const struct live_value *v)
{
	char around[LIVE_AROUND * 64] = "";
	unsigned i, n = 0;

	for (i = 0; i < LIVE_AROUND; i++)
		if (v->around[i].times)
			n += (unsigned)snprintf(around + n, sizeof(around) - n, "\t%016" PRIx64 "/%016" PRIx64 "/%" PRIu64,
						(uint64_t)v->around[i].before, (uint64_t)v->around[i].after,
						(uint64_t)v->around[i].times);
	line("value\t%s\t%s\t%s\t%016" PRIx64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "%s", level_names[op->level],
	     op->name, reader_names[reader], (uint64_t)v->value, (uint64_t)v->episodes, (uint64_t)v->first_ns,
	     (uint64_t)v->around_other, around);
}

static int reader_values(struct device *d, const struct operation *op, uint32_t reader)
{
	struct live_value value[ROOM];
	struct live_values ask = { .reader = reader, .room = ROOM, .to = (uintptr_t)value };
	uint32_t i;
	int err;

	do {
		ask.got = 0;
		err = d->call(d, LIVE_VALUES, &ask);
		if (err)
			return err;
		if (!ask.first)
			read_line(op, reader, &ask.count);
		if (ask.got > ROOM)
			return -EPROTO;
		for (i = 0; i < ask.got; i++)
			value_line(op, reader, &value[i]);
		ask.first += ask.got;
	} while (ask.got == ROOM);
	return 0;
}

int device_values(struct device *d, const struct operation *op)
{
	uint32_t r;
	int err = 0;

	for (r = 0; r < NR_LIVE_READERS && !err; r++)
		if (device_readers(d, op->level) >> r & 1)
			err = reader_values(d, op, r);
	return err;
}
