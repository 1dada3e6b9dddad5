/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A result reaches the disk.
 *
 * Invariant: the file ends with a whole line, or with what a power cut left of one.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "result.h"

static int write_all(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Not a regular file: nothing to look back at. */
static bool ends_in_mid_line(int fd)
{
	char last;
	off_t end = lseek(fd, 0, SEEK_END);

	return end > 0 && pread(fd, &last, 1, end - 1) == 1 && last != '\n';
}

int result_append(int fd, const struct result *r)
{
	char *buf = NULL;
	size_t len = 0;
	off_t before;
	FILE *f = open_memstream(&buf, &len);
	int err;

	if (!f)
		return -ENOMEM;
	if (ends_in_mid_line(fd))
		putc('\n', f);
	err = result_print(f, r);
	if (fclose(f) && !err)
		err = -ENOMEM;
	before = lseek(fd, 0, SEEK_END);
	if (!err)
		err = write_all(fd, buf, len);
	if (!err && fsync(fd) && errno != EINVAL && errno != EROFS)
		err = -errno;
	if (err && before >= 0 && ftruncate(fd, before))
		err = err == -ENOSPC ? err : -errno;
	free(buf);
	return err;
}
