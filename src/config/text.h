/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of text in buffers of the caller's: always terminated, cut where full. */
#ifndef TORNWALK_TEXT_H
#define TORNWALK_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Enough for a message that lists every valid name. */
enum { ERR_LEN = 4096 };

__attribute__((format(printf, 3, 4)))
void text_append(char *buf, size_t len, const char *fmt, ...);

/* The message of an error; returns -EINVAL. The arguments must not be in err. */
__attribute__((format(printf, 3, 4)))
int text_error(char *err, size_t len, const char *fmt, ...);

/* The same with "FILE:LINE: " before it; line 0: "FILE: ". */
__attribute__((format(printf, 5, 6)))
int text_error_at(char *err, size_t len, const char *file, unsigned line, const char *fmt, ...);

/* The next word of *s, split at blanks; NULL at the end. Writes into *s. */
char *text_word(char **s);

/* Three digits and a suffix: 0, 12, 1.23k, 45.6M; never more than 6 characters. */
void format_count(char buf[16], uint64_t n);
/* 12us, 3.4ms, 1.2s, "-" for 0 */
void format_ns(char buf[16], uint64_t ns);

/* 64-bit FNV-1a. */
uint64_t text_hash(const char *s);

#endif
