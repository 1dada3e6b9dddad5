/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the driver says, as ../README.md has it. A line is one write(), so that lines of two
 * processes never mix, and what was said stays said when the machine stops.
 */
#ifndef TORNWALK_LIVE_LINES_H
#define TORNWALK_LIVE_LINES_H

#include <stdbool.h>

/* Where the lines go: "-", the number of an open descriptor, or a file to be made. -errno. */
int lines_open(const char *where);

/* One line; the newline is added, and so is no second one: TEXT goes in as line_text() has it. */
__attribute__((format(printf, 1, 2))) void line(const char *fmt, ...);

/* Has a line been lost, because nobody takes them any more? */
bool lines_lost(void);

/* Blanks for all that would part fields or lines; ends after `room` - 1 characters. */
const char *line_text(char *to, unsigned room, const char *from);

#endif
