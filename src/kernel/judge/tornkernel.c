/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the explorers of a tree and of its busted twins said becomes verdicts: a table for
 * people, a line of JSON a cell for the desk.
 *
 *	tornkernel FACTS OUT.jsonl TREE [TWIN=FILE]...
 *
 * FACTS: lines KEY<tab>VALUE. TREE, FILE: explore.c's lines. Exit: 0, 1 something forbidden is
 * possible, 2 bad input, 4 nothing forbidden, but a cell without an answer.
 */
#include <string.h>

#include "judged.h"

static struct judged all;

int main(int argc, char **argv)
{
	unsigned count[NR_VERDICTS] = { 0 };
	bool fails = false, open = false;
	FILE *out;

	if (argc < 4)
		judged_die("needs FACTS OUT TREE [TWIN=FILE]..., not", argc > 1 ? argv[1] : "nothing");
	judged_read_facts(&all, argv[1]);
	all.model = judged_model(judged_fact(&all, "model"));
	judged_read(&all, argv[3], -1);
	for (int i = 4; i < argc; i++) {
		char *file = strchr(argv[i], '=');

		if (all.ntwins == MAX_TWINS)
			judged_die("more twins than fit, at", argv[i]);
		if (!file)
			judged_die("no TWIN=FILE:", argv[i]);
		*file++ = '\0';
		all.twin[all.ntwins] = argv[i];
		judged_read(&all, file, (int)all.ntwins++);
	}
	out = fopen(argv[2], "a");
	if (!out)
		judged_die("cannot write", argv[2]);
	print_head(&all);
	for (unsigned i = 0; i < all.ncells; i++) {
		struct cell *c = &all.cell[i];

		judge_cell(&all, c);
		print_cell(&all, c);
		judged_line(out, &all, c);
		count[cause_kinds[c->cause].verdict]++;
		fails |= cause_kinds[c->cause].verdict == VERDICT_FAIL;
		open |= !c->outside && cause_kinds[c->cause].verdict == VERDICT_INCONCLUSIVE;
	}
	for (unsigned i = 0; i < all.ncells; i++)
		if (all.cell[i].cause == CAUSE_SOURCE_SHOWS && all.cell[i].worst >= 0)
			print_witness(&all.cell[i]);
	/* cells that were never told of are not in the table, and are no pass */
	if (!all.ended) {
		printf("\nthe explorer ended early: cells after these were not explored\n");
		open = true;
	}
	if (*all.cpus && !all.raced) {
		printf("\nthe race ended early: what it had still to show nobody knows\n");
		open = true;
	}
	printf("\n%u pass, %u fail, %u inconclusive\n", count[VERDICT_PASS], count[VERDICT_FAIL], count[VERDICT_INCONCLUSIVE]);
	if (fclose(out))
		judged_die("cannot write", argv[2]);
	return !all.ncells ? 2 : fails ? 1 : open ? 4 : 0;
}
