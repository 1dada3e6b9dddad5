/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdicts for people: a table, and the schedules of what fails. */
#include <string.h>

#include "judged.h"

static const char *const titles[NR_MODELS] = { "sc", "tso", "weak", "low first", "high first", "as compiled" };

void print_head(const struct judged *j)
{
	printf("%-12s %-40s", "verdict", "cell");
	for (unsigned m = 0; m < NR_MODELS; m++)
		if (j->shown[m])
			printf(" %-11s", titles[m]);
	printf(" %-9s %-8s %s\n", "raced", "strength", "reason");
}

void print_cell(const struct judged *j, const struct cell *c)
{
	char what[NR_MODELS][NOTES_LEN + 16], raced[32] = "-", strength[32] = "-";

	if (c->raced.walks) {
		snprintf(raced, sizeof(raced), "%llu", (unsigned long long)c->raced.bad_rounds);
		if (c->raced_twin >= 0)
			snprintf(strength, sizeof(strength), "%llu", (unsigned long long)c->strength);
	}
	for (unsigned m = 0; m < NR_MODELS; m++) {
		const uint32_t bad = c->notes[m] & (NOTES_BAD | NOTES_VOID);

		if (!c->known[m])
			strcpy(what[m], "-");
		else if (bad)
			snprintf(what[m], NOTES_LEN, "%s%s", note_kinds[__builtin_ctz(bad)].name, bad & (bad - 1) ? "+" : "");
		else
			strcpy(what[m], c->complete[m] ? "clean" : "(clean)");
		if (m == MODEL_COMPILED && c->known[m] && c->unknown)
			snprintf(what[m] + strlen(what[m]), 16, ",%u?", c->unknown);
	}
	printf("%-12s %-40s", verdict_names[cause_kinds[c->cause].verdict], c->name);
	for (unsigned m = 0; m < NR_MODELS; m++)
		if (j->shown[m])
			printf(" %-11s", what[m]);
	printf(" %-9s %-8s %s\n", raced, strength, c->reason);
}

void print_places(const struct judged *j)
{
	if (!j->nplaces)
		return;
	printf("\nN?: of so many accesses that the cell comes to it is not known how they were compiled; they are as the source allows:\n");
	for (unsigned i = 0; i < j->nplaces; i++)
		printf("  %s\n", j->place[i]);
	if (j->more_places)
		puts("  and others");
}

/* Only lines: what is a walker's stands left, what is a writer's right of it. */
void print_witness(const struct cell *c)
{
	unsigned n = 0;

	printf("\n%s, %s:\n", c->name, note_kinds[c->worst].meaning);
	for (const struct step *s = c->steps; s; s = s->next)
		if (s->note == (unsigned)c->worst)
			printf("%4u  %-7s %-46s %-*s%s\n", ++n, s->who, s->where, s->code ? 38 : 0, s->text,
			       s->code ? s->code : "");
}

/* What fails without any twin's help, and how much has no answer: before the twins have been made. */
void print_preview(const struct judged *j, const char *name)
{
	unsigned fails = 0, open = 0;

	for (unsigned i = 0; i < j->ncells; i++) {
		const struct cell *c = &j->cell[i];

		if (cause_kinds[c->cause].verdict == VERDICT_FAIL) {
			printf("fail  %s  %s\n", c->name, c->reason);
			fails++;
		}
		open += cause_kinds[c->cause].verdict == VERDICT_INCONCLUSIVE && c->cause != CAUSE_NO_TWIN;
	}
	printf("%s: %u of %u cells show what is forbidden, %u have no answer; its twins follow\n", name, fails, j->ncells, open);
}
