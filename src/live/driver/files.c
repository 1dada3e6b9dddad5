/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int file_read(const char *path, char *to, unsigned room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;
	unsigned n = 0;
	ssize_t got;

	to[0] = '\0';
	if (fd < 0)
		return -errno;
	while ((got = read(fd, to + n, room - 1 - n)) > 0)
		n += (unsigned)got;
	err = errno;
	close(fd);
	if (got < 0 && !n)
		return -err;
	if (n && to[n - 1] == '\n')
		n--;
	to[n] = '\0';
	return (int)n;
}

int file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

int file_field(const char *path, const char *key, char *to, unsigned room)
{
	FILE *f = fopen(path, "re");
	char buf[512], *p;
	int err = -ENOENT;

	if (!f)
		return -errno;
	while (err && fgets(buf, sizeof(buf), f)) {
		if (strncmp(buf, key, strlen(key)))
			continue;
		p = buf + strlen(key);
		p += strspn(p, " \t:");
		p[strcspn(p, "\n")] = '\0';
		snprintf(to, room, "%s", p);
		err = 0;
	}
	fclose(f);
	return err;
}

uint64_t ram_end(void)
{
	FILE *f = fopen("/proc/iomem", "re");
	uint64_t last, end = 0;
	char buf[256], *dash;

	if (!f)
		return 0;
	/* "00100000-3ffdffff : System RAM"; no scanf(), which would be an eighth of the program */
	while (fgets(buf, sizeof(buf), f)) {
		dash = strchr(buf, '-');
		last = dash && strstr(buf, ": System RAM") ? strtoull(dash + 1, NULL, 16) : 0;
		if (last > end)
			end = last + 1;
	}
	fclose(f);
	return end;
}
