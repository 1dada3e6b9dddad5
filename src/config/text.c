/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of text in buffers of the caller's. */
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
