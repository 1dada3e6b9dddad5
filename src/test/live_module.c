/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the module tornlive must refuse, and what must end with its owner. For a guest of
 * qemu-system, where the module is loaded: TAP, without a plan, so that a script goes on with it.
 *
 *	live_module		the refusals
 *	live_module hold	registers, starts a reading, says so and waits to be killed
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live/live.h"

enum { LENGTH = 4 << 20 };
static char *const base = (char *)0x60000000;
static int numbered, fd;

static void ok(bool is, const char *what, int got)
{
	printf("%sok %d - module: %s", is ? "" : "not ", ++numbered, what);
	if (!is)
		printf(" (%s)", got ? strerror(got) : "it was done");
	puts("");
	fflush(stdout);
}

/* 0, or why not */
static int call(unsigned long what, void *arg)
{
	return ioctl(fd, what, arg) ? errno : 0;
}

static void refused(const char *what, unsigned long cmd, const void *arg, size_t size, int with)
{
	char copy[512];
	int got;

	memcpy(copy, arg, size);
	got = call(cmd, copy);
	ok(got == with, what, got);
}

static struct live_register mine(void)
{
	return (struct live_register){ .pid = getpid(), .start = (uintptr_t)base, .end = (uintptr_t)base + LENGTH };
}

static struct live_start reading(void)
{
	return (struct live_start){ .readers = 1, .cpu = 1, .batch = 100, .nslots = 1, .slot = { (uintptr_t)base } };
}

static void map(void)
{
	void *p = mmap(base, LENGTH, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (p != base)
		exit(2);
	memset(base, 1, LENGTH);
}

static int child_opens(void)
{
	const pid_t child = fork();
	int status;

	if (!child) {
		if (setuid(65534))
			_exit(0);
		_exit(open(LIVE_DEVICE, O_RDWR) < 0 ? errno : 0);
	}
	waitpid(child, &status, 0);
	return WEXITSTATUS(status);
}

static int child_stops(void)
{
	const pid_t child = fork();
	int status;

	if (!child)
		_exit(call(LIVE_STOP, NULL));
	waitpid(child, &status, 0);
	return WEXITSTATUS(status);
}

static void registering(void)
{
	struct live_register r = mine();
	char *const shared = mmap(NULL, LENGTH, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	r.pid = 1;
	refused("another process's number", LIVE_REGISTER, &r, sizeof(r), EPERM);
	r = mine();
	r.end += 4096;
	refused("a page that is not mapped", LIVE_REGISTER, &r, sizeof(r), EFAULT);
	r = mine();
	r.start = (uintptr_t)shared;
	r.end = r.start + LENGTH;
	refused("shared memory", LIVE_REGISTER, &r, sizeof(r), EFAULT);
	r = mine();
	r.start = 0xffff0000;
	r.end = 0xfffff000;
	refused("addresses of the kernel", LIVE_REGISTER, &r, sizeof(r), EFAULT);
	r = mine();
	r.start += 1;
	refused("half a page", LIVE_REGISTER, &r, sizeof(r), EFAULT);
	munmap(shared, LENGTH);
}

static void starting(void)
{
	struct live_start s = reading();

	refused("to read without having registered", LIVE_START, &s, sizeof(s), ENXIO);
	{
		struct live_register r = mine();

		ok(!call(LIVE_REGISTER, &r), "one's own memory is taken", errno);
	}
	s.slot[0] = (uintptr_t)base + LENGTH;
	refused("a slot outside of it", LIVE_START, &s, sizeof(s), EFAULT);
	s = reading();
	s.cpu = 4000;
	refused("a CPU that is not there", LIVE_START, &s, sizeof(s), ENODEV);
	s = reading();
	s.batch = 1000000;
	refused("a section without an end", LIVE_START, &s, sizeof(s), EINVAL);
	s = reading();
	s.nslots = LIVE_SLOTS + 1;
	refused("more slots than there are", LIVE_START, &s, sizeof(s), EINVAL);
	s = reading();
	ok(!call(LIVE_START, &s), "a reading begins", errno);
	refused("a second one", LIVE_START, &s, sizeof(s), EBUSY);
	ok(child_stops() == EPERM, "a child that has the file has no say", 0);
	{
		struct live_values v = { .reader = 0 };

		refused("what is not finished is not told", LIVE_VALUES, &v, sizeof(v), EBUSY);
		usleep(100000);
		ok(!call(LIVE_STOP, NULL), "it stops", errno);
		ok(!call(LIVE_VALUES, &v) && v.count.reads > 0 && v.count.values > 0, "and has read", errno);
	}
}

static void races(void)
{
	struct live_race r = { .reader_cpu = 1, .ms = 1 };

	r.ms = 60001;
	refused("a race of more than a minute", LIVE_RACE, &r, sizeof(r), EINVAL);
	r.ms = 1;
	r.writer = NR_LIVE_WRITERS;
	refused("a writer that is none", LIVE_RACE, &r, sizeof(r), EINVAL);
	{
		struct live_probe p = { .symbol = "schedule" };

		refused("a probe, without probes=1", LIVE_PROBE, &p, sizeof(p), EACCES);
	}
	ok(call(_IO('w', 0x6f), NULL) == ENOTTY, "a command that is none", errno);
}

int main(int argc, char **argv)
{
	struct live_register r;
	struct live_start s;

	fd = open(LIVE_DEVICE, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		perror(LIVE_DEVICE);
		return 2;
	}
	map();
	if (argc > 1 && !strcmp(argv[1], "hold")) {
		r = mine();
		s = reading();
		if (call(LIVE_REGISTER, &r) || call(LIVE_START, &s))
			return 2;
		puts("holds");
		fflush(stdout);
		pause();
		return 0;
	}
	ok(child_opens() == EACCES, "who is not root", child_opens());
	registering();
	starting();
	races();
	return 0;
}
