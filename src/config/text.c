/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of text in buffers of the caller's.
 *
 * Invariant: a buffer is terminated after every call, and text that does not fit is cut.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

static void append(char *buf, size_t len, const char *fmt, va_list ap)
{
	size_t used = strnlen(buf, len);

	if (used + 1 < len)
		vsnprintf(buf + used, len - used, fmt, ap);
}

void text_append(char *buf, size_t len, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	append(buf, len, fmt, ap);
	va_end(ap);
}

int text_error(char *err, size_t len, const char *fmt, ...)
{
	va_list ap;

	if (len)
		err[0] = '\0';
	va_start(ap, fmt);
	append(err, len, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

int text_error_at(char *err, size_t len, const char *file, unsigned line, const char *fmt, ...)
{
	va_list ap;

	if (line)
		text_error(err, len, "%s:%u: ", file, line);
	else
		text_error(err, len, "%s: ", file);
	va_start(ap, fmt);
	append(err, len, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

char *text_word(char **s)
{
	char *word = *s + strspn(*s, " \t\r\n"), *end;

	if (!*word)
		return NULL;
	end = word + strcspn(word, " \t\r\n");
	*s = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

/* n / unit with three digits, e.g. 1.23k */
static void scaled(char buf[16], uint64_t n, uint64_t unit, const char *suffix)
{
	uint64_t whole = n / unit, rest = n % unit;

	if (whole >= 100)
		snprintf(buf, 16, "%u%s", (unsigned)whole, suffix);
	else if (whole >= 10)
		snprintf(buf, 16, "%u.%u%s", (unsigned)whole, (unsigned)(rest * 10 / unit), suffix);
	else
		snprintf(buf, 16, "%u.%02u%s", (unsigned)whole, (unsigned)(rest * 100 / unit), suffix);
}

void format_count(char buf[16], uint64_t n)
{
	static const char *const suffix[] = { "k", "M", "G", "T", "P", "E" };
	uint64_t unit = 1000;
	unsigned i = 0;

	if (n < 1000) {
		snprintf(buf, 16, "%u", (unsigned)n);
		return;
	}
	while (i < 5 && n / unit >= 1000) {
		unit *= 1000;
		i++;
	}
	scaled(buf, n, unit, suffix[i]);
}

void format_ns(char buf[16], uint64_t ns)
{
	if (!ns)
		snprintf(buf, 16, "-");
	else if (ns < 1000000)
		scaled(buf, ns, 1000, "us");
	else if (ns < 1000000000)
		scaled(buf, ns, 1000000, "ms");
	else
		scaled(buf, ns, 1000000000, "s");
}

uint64_t text_hash(const char *s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
	return h;
}
