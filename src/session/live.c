/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live.h"

#include <stdio.h>

#include "config/text.h"

void live_show(void *arg, const struct progress *p)
{
	struct live *l = arg;
	char bad[16];
	uint64_t left = p->budget_ns - p->elapsed_ns + l->after_ns;

	if (!l->terminal && p->elapsed_ns < l->next_line_ns)
		return;
	l->next_line_ns = p->elapsed_ns + UINT64_C(10000000000);
	if (!l->terminal && p->elapsed_ns < UINT64_C(2000000000))
		return;
	format_count(bad, p->bad);
	fprintf(stderr, "%s[%u/%u] %s %u.%u/%u.%us, %s bad so far, ETA %us%s",
		l->terminal ? "\r\033[K" : "", l->number, l->of, l->now->name,
		(unsigned)(p->elapsed_ns / 1000000000), (unsigned)(p->elapsed_ns / 100000000 % 10),
		(unsigned)(p->budget_ns / 1000000000), (unsigned)(p->budget_ns / 100000000 % 10), bad,
		(unsigned)(left / 1000000000), l->terminal ? "" : "\n");
	fflush(stderr);
	l->shown = l->terminal;
}

void live_wipe(struct live *l)
{
	if (l->shown)
		fputs("\r\033[K", stderr);
	l->shown = false;
}
