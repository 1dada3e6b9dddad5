/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mutant without By: is in the wrong when nobody caught it. One with By: is in the wrong
 * when somebody else did, for then its explanation is false, or when nobody of those did
 * who were asked. "audit, or nothing": on some targets the audit can.
 */
#include "tally.h"

#include <stdio.h>
#include <string.h>

#include "config/text.h"

/* The instruments, by the names that By: has for them. */
static const struct { const char *head, *instrument; } columns[NR_COLUMNS] = {
	{ "sc", "explorer" }, { "tso", "explorer" }, { "weak", "explorer" }, { "widened", "widened" },
	{ "native", "native" }, { "audit", "audit" }, { "tsan", "tsan" },
};

enum column tally_column(const char *instrument)
{
	enum column k;

	for (k = BY_AUDIT; k < NR_COLUMNS && strcmp(columns[k].instrument, instrument); k++)
		;
	return k;
}

const char *tally_instruments(char *buf, size_t len)
{
	enum column k;

	buf[0] = '\0';
	for (k = BY_AUDIT; k < NR_COLUMNS; k++)
		text_append(buf, len, " %s", columns[k].instrument);
	return buf;
}

static bool says(const char *list, const char *word)
{
	const size_t n = strlen(word);
	const char *at = list;

	while ((at = strstr(at, word))) {
		if ((at == list || at[-1] == ' ') && (!at[n] || at[n] == ' ' || at[n] == ','))
			return true;
		at += n;
	}
	return false;
}

void tally_head(void)
{
	unsigned k;

	printf("%-32s", "mutant");
	for (k = 0; k < NR_COLUMNS; k++)
		printf(" %-11s", columns[k].head);
	puts(" what");
}

void tally_row(const struct row *r)
{
	unsigned k;

	printf("%-32s", r->mutant->name);
	for (k = 0; k < NR_COLUMNS; k++)
		printf(" %-11s", !r->asked[k] ? "-" : r->word[k] ? r->word[k] : r->possible[k] ? "unseen" : ".");
	printf(" %s\n", r->mutant->what);
	fflush(stdout);
}

enum standing { CAUGHT, EXPLAINED, NOT_ASKED, SURVIVES, MISEXPLAINED };

/*
 * A mutant that only some can tell from the original: nobody else may have, and one of
 * them must have, if it was asked.
 */
static enum standing standing(const struct row *r, const char **by)
{
	bool caught = false, asked = false, meant;
	unsigned k;

	for (k = 0; k < NR_COLUMNS; k++) {
		meant = !*r->mutant->by || says(r->mutant->by, columns[k].instrument);
		if (r->word[k] && !meant) {
			*by = columns[k].head;
			return MISEXPLAINED;
		}
		caught |= r->word[k] != NULL;
		asked |= meant && r->asked[k];
	}
	if (caught)
		return CAUGHT;
	if (says(r->mutant->by, "nothing"))
		return EXPLAINED;
	return asked ? SURVIVES : NOT_ASKED;
}

static void print_score(const struct row *rows, unsigned nr, const unsigned count[MISEXPLAINED + 1])
{
	const char *last = "";
	unsigned k, i, n;

	printf("\n%u mutants: %u caught (", nr, count[CAUGHT]);
	for (k = 0; k < NR_COLUMNS; k++) {
		for (i = n = 0; i < nr; i++) {
			const char *const *w = rows[i].word;

			n += k == BY_SC ? w[BY_SC] || w[BY_TSO] || w[BY_WEAK] : w[k] != NULL;
		}
		if (strcmp(columns[k].instrument, last))
			printf("%s%s %u", k ? ", " : "", columns[k].instrument, n);
		last = columns[k].instrument;
	}
	printf("), %u explained, %u for others to catch, %u survive, %u explained wrongly\n", count[EXPLAINED],
	       count[NOT_ASKED], count[SURVIVES], count[MISEXPLAINED]);
}

unsigned tally_score(const struct row *rows, unsigned nr)
{
	unsigned count[MISEXPLAINED + 1] = { 0 }, i;
	const char *by = "";

	putchar('\n');
	for (i = 0; i < nr; i++) {
		const struct mutant *m = rows[i].mutant;
		const enum standing s = standing(&rows[i], &by);

		count[s]++;
		if (s == EXPLAINED)
			printf("%s: by %s: %s\n", m->name, m->by, m->why);
		else if (s == NOT_ASKED)
			printf("%s: only by %s, not asked: %s\n", m->name, m->by, m->why);
		else if (s == SURVIVES)
			printf("SURVIVES: %s: %s\n", m->name, m->what);
		else if (s == MISEXPLAINED)
			printf("EXPLAINED WRONGLY: %s: %s caught it; its patch says: by %s: %s\n", m->name, by,
			       m->by, m->why);
	}
	print_score(rows, nr, count);
	return count[SURVIVES] + count[MISEXPLAINED];
}
