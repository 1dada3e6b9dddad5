/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a command ends, and the one line about a bad word. */
#ifndef TORNWALK_USAGE_H
#define TORNWALK_USAGE_H

/* GO_ON: not an exit code; the command has more to do. */
enum { GO_ON = -1, EXIT_PASS = 0, EXIT_FAIL = 1, EXIT_USAGE = 2, EXIT_INCONCLUSIVE = 4 };

/* Prints one line on stderr, after the program's name. Returns EXIT_USAGE. */
__attribute__((format(printf, 1, 2))) int usage_error(const char *fmt, ...);

#endif
