/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "thp.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "files.h"
#include "lines.h"

#define THP "/sys/kernel/mm/transparent_hugepage/"

struct knob {
	const char *path, *wanted;
	char before[64];
	bool changed;
};

static struct knob enabled = { .path = THP "enabled", .wanted = "madvise" };
static struct knob zero_page = { .path = THP "use_zero_page", .wanted = "0" };

/* The word in brackets, or all of it. */
static int knob_read(struct knob *k)
{
	char text[128], *open, *close;
	int n = file_read(k->path, text, sizeof(text));

	if (n < 0)
		return n;
	open = strchr(text, '[');
	close = open ? strchr(open, ']') : NULL;
	if (close) {
		*close = '\0';
		memmove(text, open + 1, strlen(open + 1) + 1);
	}
	snprintf(k->before, sizeof(k->before), "%.63s", text);
	return 0;
}

static int knob_set(struct knob *k)
{
	int err = knob_read(k);

	if (err || !strcmp(k->before, k->wanted))
		return err;
	err = file_write(k->path, k->wanted);
	k->changed = !err;
	return err;
}

const char *thp_set(void)
{
	static char why[128];
	char size[32];
	int err;

	if (file_read(THP "enabled", why, sizeof(why)) < 0)
		return "this kernel has no transparent huge pages";
	if (file_read(THP "hpage_pmd_size", size, sizeof(size)) > 0 && strcmp(size, "2097152")) {
		snprintf(why, sizeof(why), "a huge page has %s bytes here, not 2 MiB", size);
		return why;
	}
	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
	err = knob_set(&enabled);
	if (err && !strcmp(enabled.before, "never")) {
		snprintf(why, sizeof(why), "transparent huge pages are off, and cannot be set: %s",
			 strerror(-err));
		return why;
	}
	knob_set(&zero_page);
	line("fact\tthp\t%s, before %s; use_zero_page before %s", enabled.changed || !err ? enabled.wanted : "as it was",
	     enabled.before, zero_page.before[0] ? zero_page.before : "missing");
	return NULL;
}

static void knob_restore(struct knob *k)
{
	int err;

	if (!k->changed)
		return;
	k->changed = false;
	err = file_write(k->path, k->before);
	if (err)
		fprintf(stderr, "tornlive: %s: %s was not put back: %s\n", k->path, k->before, strerror(-err));
}

void thp_restore(void)
{
	knob_restore(&enabled);
	knob_restore(&zero_page);
}
