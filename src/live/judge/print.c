/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdicts for people: a table, and the first witnesses of what was torn. */
#include <string.h>

#include "judged.h"

/* Three digits and a suffix, as the table has room for. */
static const char *brief(char to[16], double n)
{
	static const char units[] = " kMGT";
	unsigned u = 0;

	while (n >= 999.5 && u < 4)
		n /= 1000, u++;
	snprintf(to, 16, n >= 99.95 || (!u && n == (double)(unsigned)n) ? "%.0f%.*s" : "%.1f%.*s", n, u > 0, units + u);
	return to;
}

void print_head(void)
{
	printf("%-12s %-42s %8s %9s %9s %9s %8s %8s %8s  %s\n", "verdict", "cell", "reads/s", "seen", "by reader", "by writer", "unsure",
	       "unknown", "strength", "reason");
}

static void figures(const struct cell *c)
{
	const struct look *l = c->look;
	const double reads = l ? (double)l->reads : (double)c->walks;
	char n[16];

	printf(" %8s", c->ns ? brief(n, reads * 1e9 / (double)c->ns) : "-");
	printf(" %9s", brief(n, (double)c->walks + (l ? (double)(l->episodes[IS_UNSURE] + l->episodes[IS_UNKNOWN]) : 0)));
	printf(" %9s", c->user || c->probed ? "-" : brief(n, (double)c->distinct[OUTCOME_TORN_READER]));
	printf(" %9s", c->user || c->probed ? "-" : brief(n, (double)c->distinct[OUTCOME_TORN_WRITER]));
	printf(" %8s", l ? brief(n, (double)l->episodes[IS_UNSURE]) : "-");
	printf(" %8s", l ? brief(n, (double)(l->episodes[IS_UNKNOWN] + l->lost + l->overflow)) : "-");
	printf(" %8s", *c->twin ? brief(n, (double)c->strength) : "-");
}

void print_cell(const struct judged *j, const struct cell *c)
{
	const char *is = c->op && !strcmp(c->reader, "kernel") ? j->kernel_reader[c->op->level] : "";

	printf("%-12s %-42s", verdict_names[cause_kinds[c->cause].verdict], c->name);
	if (c->is_log)
		printf("%75s", "");
	else
		figures(c);
	printf("  %s%s%s\n", is, *is ? ": " : "", c->reason);
}

static void entry_text(char to[20], uint64_t v)
{
	snprintf(to, 20, "%08x:%08x", (unsigned)(v >> 32), (unsigned)v);
}

/* As in a table of words: high, low. */
void print_witnesses(const struct judged *j, const struct cell *c)
{
	const struct seen *seen[SHOWN_WITNESSES];
	const unsigned n = cell_witnesses(c, seen);
	char what[3][96], word[3][20];

	for (unsigned i = 0; i < n && i < 3 && (seen[i]->is == IS_BY_READER || seen[i]->is == IS_BY_WRITER); i++) {
		const struct seen *s = seen[i];

		if (!i)
			printf("\n%s\n", c->name);
		entry_text(word[0], s->value);
		value_says(j, c->op->level, s->value, what[0]);
		printf("  %s  %-44s %s, %llu times\n", word[0], what[0], is_names[s->is], (unsigned long long)s->episodes);
		for (unsigned k = 0; k < s->narounds && k < 2; k++) {
			entry_text(word[1], s->around[k].before);
			entry_text(word[2], s->around[k].after);
			value_says(j, c->op->level, s->around[k].before, what[1]);
			value_says(j, c->op->level, s->around[k].after, what[2]);
			printf("    before  %s  %s\n    after   %s  %s\n", word[1], what[1], word[2], what[2]);
		}
	}
}
