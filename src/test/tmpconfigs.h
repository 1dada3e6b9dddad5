/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A configs directory of a test's own, in a fresh directory that becomes the
 * current one, so that messages name files as configs/...
 */
#ifndef TORNWALK_TMPCONFIGS_H
#define TORNWALK_TMPCONFIGS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/config.h"

static inline int configs_make(void **state)
{
	char dir[] = "/tmp/tornwalk-test.XXXXXX";

	if (!mkdtemp(dir) || chdir(dir) || mkdir("configs", 0755) ||
	    mkdir("configs/scenarios", 0755) || mkdir("configs/suites", 0755))
		return -1;
	*state = strdup(dir);
	return *state ? 0 : -1;
}

static inline int configs_remove(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", (char *)*state);
	free(*state);
	return chdir("/") || system(command) ? -1 : 0;
}

/* path is under configs/ */
static inline void write_file(const char *path, const char *text)
{
	char full[256];
	FILE *f;

	snprintf(full, sizeof(full), "configs/%s", path);
	f = fopen(full, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

#define in_fresh_configs(test) cmocka_unit_test_setup_teardown(test, configs_make, configs_remove)

#endif
