/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int out = STDOUT_FILENO;
static bool lost;

int lines_open(const char *where)
{
	if (!strcmp(where, "-"))
		return 0;
	if (where[0] && where[strspn(where, "0123456789")] == '\0') {
		out = atoi(where);
		return fcntl(out, F_GETFD) < 0 ? -errno : 0;
	}
	out = open(where, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
	return out < 0 ? -errno : 0;
}

void line(const char *fmt, ...)
{
	char text[1024];
	size_t done = 0, length;
	ssize_t n;
	va_list ap;
	int made;

	va_start(ap, fmt);
	made = vsnprintf(text, sizeof(text) - 1, fmt, ap);
	va_end(ap);
	length = made < 0 ? 0 : (size_t)made < sizeof(text) - 1 ? (size_t)made : sizeof(text) - 2;
	text[length++] = '\n';
	while (done < length) {
		n = write(out, text + done, length - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			lost = true;
			return;
		}
		done += (size_t)n;
	}
}

bool lines_lost(void) { return lost; }

const char *line_text(char *to, unsigned room, const char *from)
{
	unsigned i;

	for (i = 0; i + 1 < room && from[i]; i++)
		to[i] = (unsigned char)from[i] < ' ' || from[i] == 0x7f ? ' ' : from[i];
	to[i] = '\0';
	return to;
}
