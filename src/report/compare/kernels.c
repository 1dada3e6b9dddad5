/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One cell of two running kernels.
 *
 * Invariant: what one side does not show counts only where it forbids it, and passes.
 */
#include "kernels.h"

#include <stdio.h>
#include <string.h>

#include "allowed.h"

static uint64_t torn(const struct result *r)
{
	return r->torn_by[0] + r->torn_by[1];
}

static bool forbids(const struct result *r)
{
	return r->expect_by[0] == EXPECT_FORBID;
}

static void in_words(char *to, size_t size, const struct result *r)
{
	char seen[64];

	if (torn(r))
		snprintf(seen, sizeof(seen), "torn %llu times%s", (unsigned long long)torn(r), r->torn_by[1] ? ", by the kernel's stores" : "");
	else
		snprintf(seen, sizeof(seen), "%s", r->cause == CAUSE_KERNEL_LOG ? "its log complains" : "not seen torn");
	snprintf(to, size, "%s (%.60s, %s)", verdict_names[r->verdict], r->live->source, seen);
}

static void because(struct comparison *c, enum change change)
{
	char was[160], is[160];

	in_words(was, sizeof(was), c->side[BASE].last);
	in_words(is, sizeof(is), c->side[NEW].last);
	c->change = change;
	snprintf(c->why, sizeof(c->why), "%s%s%s", was, strcmp(was, is) ? " => " : ", both", strcmp(was, is) ? is : "");
}

void compare_kernels(struct comparison *c)
{
	const struct result *was = c->side[BASE].last, *is = c->side[NEW].last;

	c->fails_now = is->verdict == VERDICT_FAIL;
	if (is->verdict == VERDICT_INCONCLUSIVE)
		compare_no(c, "NEW: %s", is->reason);
	else if (was->verdict == VERDICT_INCONCLUSIVE)
		compare_no(c, "BASE: %s", was->reason);
	else if (is->verdict != was->verdict)
		because(c, is->verdict == VERDICT_FAIL ? REGRESSED : IMPROVED);
	else if (is->verdict == VERDICT_PASS && forbids(is) && !forbids(was) && torn(was))
		because(c, IMPROVED);
	else if (is->verdict == VERDICT_PASS && forbids(was) && !forbids(is) && torn(is))
		because(c, REGRESSED);
	else
		because(c, SAME);
}
