/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live.h"

#include <stdio.h>

#include "config/text.h"
#include "stress/observe.h"
#include "stress/tune.h"

enum { TERMINAL_NS = 250000000, QUIET_NS = 2000000000 };

#define PLAIN_NS UINT64_C(10000000000)

void live_begin(struct live *l, const struct scenario *s, unsigned number, const struct finding *so_far)
{
	l->now = s;
	l->number = number;
	l->so_far = so_far;
	l->began_ns = now_ns();
	l->most_ns = s->cell.budget_ns;
	l->extra_ns = 0;
	l->next_ns = l->terminal ? 0 : QUIET_NS;
}

void live_show(void *arg, const struct progress *p)
{
	struct live *l = arg;
	const uint64_t elapsed = now_ns() - l->began_ns;
	const uint64_t most = elapsed < l->most_ns ? l->most_ns : l->most_ns + l->extra_ns;
	const uint64_t left = (elapsed < most ? most - elapsed : 0) + l->after_ns;
	char bad[16];

	if (elapsed < l->next_ns)
		return;
	l->next_ns = elapsed + (l->terminal ? TERMINAL_NS : PLAIN_NS);
	format_count(bad, finding_distinct(l->so_far, OUTCOMES_COUNTED) + p->bad);
	fprintf(stderr, "%s[%u/%u] %s %u.%u/%u.%us, %s bad so far, ETA %us%s",
		l->terminal ? "\r\033[K" : "", l->number, l->of, l->now->name,
		(unsigned)(elapsed / 1000000000), (unsigned)(elapsed / 100000000 % 10),
		(unsigned)(most / 1000000000), (unsigned)(most / 100000000 % 10), bad,
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
