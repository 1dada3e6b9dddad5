/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdicts for people: a table, and the schedules of what fails. */
#include <string.h>

#include "judged.h"

void print_head(const struct judged *j)
{
	printf("%-12s %-40s", "verdict", "cell");
	for (unsigned m = 0; m < NR_MODELS; m++)
		if (j->shown[m])
			printf(" %-10s", m < 3 ? judged_models[m] : m == 3 ? "low first" : "high first");
	printf(" %-9s %-8s %s\n", "raced", "strength", "reason");
}

void print_cell(const struct judged *j, const struct cell *c)
{
	char what[NR_MODELS][NOTES_LEN], raced[32] = "-", strength[32] = "-";

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
			snprintf(what[m], sizeof(what[m]), "%s%s", note_kinds[__builtin_ctz(bad)].name, bad & (bad - 1) ? "+" : "");
		else
			strcpy(what[m], c->complete[m] ? "clean" : "(clean)");
	}
	printf("%-12s %-40s", verdict_names[cause_kinds[c->cause].verdict], c->name);
	for (unsigned m = 0; m < NR_MODELS; m++)
		if (j->shown[m])
			printf(" %-10s", what[m]);
	printf(" %-9s %-8s %s\n", raced, strength, c->reason);
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
