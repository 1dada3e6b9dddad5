/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small files of the kernel's: a word out of one, a word into one. */
#ifndef TORNWALK_LIVE_FILES_H
#define TORNWALK_LIVE_FILES_H

#include <stdint.h>

/* The whole file, cut at `room` - 1, its last newline off; its length or -errno. */
int file_read(const char *path, char *to, unsigned room);

/* 0 or -errno. */
int file_write(const char *path, const char *text);

/* What follows the first line that begins with `key`, blanks and a colon; -ENOENT. */
int file_field(const char *path, const char *key, char *to, unsigned room);

/* Above the last byte of RAM, by /proc/iomem; 0 where that is hidden. */
uint64_t ram_end(void);

#endif
