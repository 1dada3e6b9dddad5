/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "users.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "files.h"
#include "looks.h"

__attribute__((format(printf, 2, 3))) static void bad(struct user *u, const char *fmt, ...)
{
	va_list ap;

	if (u->bad++)
		return;
	va_start(ap, fmt);
	vsnprintf(u->witness, sizeof(u->witness), fmt, ap);
	va_end(ap);
}

static char *place(const struct user *u, unsigned r, unsigned page) { return region(u->arena, r) + (size_t)page * PAGE; }

static void check_marker(struct user *u, unsigned r, unsigned page, uint32_t value)
{
	if (!marker_possible(u->arena, r, page, value))
		bad(u, "%08" PRIx32 " at region %u page %u, where it was never written; generation %" PRIx32, value, r,
		    page, __atomic_load_n(&u->arena->generation[r], __ATOMIC_RELAXED));
}

/* EFAULT: there was nothing just then. ENOMEM, EAGAIN: it did not even try. */
static void check_errno(struct user *u, unsigned r, unsigned page, const char *call)
{
	if (errno != EFAULT && errno != ENOMEM && errno != EAGAIN && errno != EINTR)
		bad(u, "%s at region %u page %u: errno %d", call, r, page, errno);
}

/* ---- gup-fast, which falls back to gup ---- */

static int open_pipe(struct user *u) { return pipe2(u->fd, O_CLOEXEC | O_NONBLOCK) ? -errno : 0; }

static void walk_vmsplice(struct user *u, unsigned r, unsigned page)
{
	uint32_t value;
	struct iovec at = { .iov_base = place(u, r, page), .iov_len = sizeof(value) };

	if (vmsplice(u->fd[1], &at, 1, SPLICE_F_NONBLOCK) != sizeof(value))
		check_errno(u, r, page, "vmsplice");
	else if (read(u->fd[0], &value, sizeof(value)) == sizeof(value))
		check_marker(u, r, page, value);
	else
		check_errno(u, r, page, "read");
}

/* No marker is this, so nobody ever waits; and a shared futex is looked up by its page. */
static void walk_futex(struct user *u, unsigned r, unsigned page)
{
	if (syscall(SYS_futex, place(u, r, page), FUTEX_WAIT, 0x5eadbeef, NULL, NULL, 0) < 0)
		check_errno(u, r, page, "futex");
	else
		bad(u, "region %u page %u: futex() found a value that was never written", r, page);
}

/* ---- gup ---- */

static void walk_process_vm_readv(struct user *u, unsigned r, unsigned page)
{
	uint32_t value;
	struct iovec to = { .iov_base = &value, .iov_len = sizeof(value) };
	struct iovec at = { .iov_base = place(u, r, page), .iov_len = sizeof(value) };

	if (process_vm_readv(getpid(), &to, 1, &at, 1, 0) == sizeof(value))
		check_marker(u, r, page, value);
	else
		check_errno(u, r, page, "process_vm_readv");
}

/* ---- page walks ---- */

static int open_pagemap(struct user *u)
{
	u->fd[0] = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	return u->fd[0] < 0 ? -errno : 0;
}

static void walk_pagemap(struct user *u, unsigned r, unsigned page)
{
	uint64_t entry[PAGES], frame;
	unsigned i;

	(void)page;
	if (!pagemap_read(u->fd[0], region(u->arena, r), entry)) {
		check_errno(u, r, 0, "pagemap");
		return;
	}
	for (i = 0; i < PAGES; i++) {
		frame = entry[i] & PM_FRAME;
		if ((entry[i] & PM_PRESENT) && u->frames && frame >= u->frames) {
			bad(u, "region %u page %u: frame %" PRIx64 ", beyond the RAM, which ends at %" PRIx64, r, i,
			    frame, u->frames);
			return;
		}
	}
}

static void walk_mincore(struct user *u, unsigned r, unsigned page)
{
	unsigned char there[PAGES];
	unsigned i;

	(void)page;
	if (mincore(region(u->arena, r), HUGE, there)) {
		check_errno(u, r, 0, "mincore");
		return;
	}
	for (i = 0; i < PAGES; i++)
		if (there[i] > 1) {
			bad(u, "region %u page %u: mincore() says %02x", r, i, there[i]);
			return;
		}
}

/* Its other counts may be anything; huge pages are mapped as a whole. */
static void walk_smaps_rollup(struct user *u, unsigned r, unsigned page)
{
	char text[64];
	unsigned long kib;
	int err = file_field("/proc/self/smaps_rollup", "AnonHugePages", text, sizeof(text));

	if (err) {
		errno = -err;
		check_errno(u, r, page, "smaps_rollup");
		return;
	}
	kib = strtoul(text, NULL, 10);
	if (kib % (HUGE / 1024))
		bad(u, "smaps_rollup: AnonHugePages %lu kB, which is no number of huge pages", kib);
}

static int open_smaps_rollup(struct user *u)
{
	(void)u;
	return access("/proc/self/smaps_rollup", R_OK) ? -errno : 0;
}

const struct user_reader user_readers[] = {
	{ "gup-fast", "vmsplice(), and the marker that comes out", true, open_pipe, walk_vmsplice },
	{ "gup-futex", "gup-fast by futex(), which takes the page and lets go", true, NULL, walk_futex },
	{ "gup", "process_vm_readv(), and the marker", true, NULL, walk_process_vm_readv },
	{ "pagemap", "the frames of 512 entries", false, open_pagemap, walk_pagemap },
	{ "mincore", "512 entries", false, NULL, walk_mincore },
	{ "smaps-rollup", "the huge pages of all memory", false, open_smaps_rollup, walk_smaps_rollup },
	{ 0 },
};

int user_open(struct user *u, const struct user_reader *reader)
{
	u->fd[0] = u->fd[1] = -1;
	u->walks = u->bad = 0;
	u->witness[0] = '\0';
	return reader->open ? reader->open(u) : 0;
}

/* xorshift; 0 would stay 0. */
static uint32_t next(struct user *u)
{
	u->random ^= u->random << 13;
	u->random ^= u->random >> 7;
	u->random ^= u->random << 17;
	return (uint32_t)(u->random >> 32);
}

void user_walk(struct user *u, const struct user_reader *reader)
{
	unsigned r = u->first + next(u) % u->regions;

	reader->walk(u, r, marked_page(r, next(u) % (MARKED * SMALL_SLOTS)));
	u->walks++;
}

void user_close(struct user *u)
{
	unsigned i;

	for (i = 0; i < 2; i++)
		if (u->fd[i] >= 0)
			close(u->fd[i]);
}
