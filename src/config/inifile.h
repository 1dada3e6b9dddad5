/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An .ini file as a sequence of calls, each with its line: inih's syntax, with
 * what inih would silently cut or skip made an error.
 */
#ifndef TORNWALK_INIFILE_H
#define TORNWALK_INIFILE_H

#include <stddef.h>

#include "text.h"

/*
 * Both write one line without a file name into err (ERR_LEN) and return
 * -EINVAL; file and line are put before it.
 */
struct inifile_ops {
	int (*section)(void *user, const char *name, unsigned line, char *err);
	/* an indented line repeats the key above it; value is never "" */
	int (*key)(void *user, const char *key, const char *value, unsigned line, char *err);
};

/* Returns 0; -EINVAL at the first error, with "path:line: ..." in err. */
int inifile_read(const char *path, const struct inifile_ops *ops, void *user, char *err,
		 size_t len);

#endif
