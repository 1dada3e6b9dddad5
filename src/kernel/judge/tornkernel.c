/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the explorers of a tree and of its busted twins said becomes verdicts: a table for
 * people, a line of JSON a cell for the desk.
 *
 *	tornkernel FACTS OUT.jsonl TREE [TWIN=FILE]...
 *	tornkernel --preview FACTS NAME TREE		a few lines for people, before there are twins
 *
 * FACTS: lines KEY<tab>VALUE. TREE, FILE: explore.c's lines. Exit: 0, 1 something forbidden is
 * possible, 2 bad input, 4 nothing forbidden, but a cell without an answer.
 */
#include <string.h>

#include "judged.h"

static struct judged all;

static void read_tree(const char *facts, const char *tree)
{
	judged_read_facts(&all, facts);
	all.model = judged_model(judged_fact(&all, "model"));
	judged_read(&all, tree, -1);
}

int main(int argc, char **argv)
{
	unsigned count[NR_VERDICTS] = { 0 };
	bool fails = false, open = false;
	FILE *out;

	if (argc == 5 && !strcmp(argv[1], "--preview")) {
		read_tree(argv[2], argv[4]);
		for (unsigned i = 0; i < all.ncells; i++)
			judge_cell(&all, &all.cell[i]);
		print_preview(&all, argv[3]);
		return 0;
	}
	if (argc < 4)
		judged_die("needs FACTS OUT TREE [TWIN=FILE]..., not", argc > 1 ? argv[1] : "nothing");
	read_tree(argv[1], argv[3]);
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
	print_places(&all);
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
