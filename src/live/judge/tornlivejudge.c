/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a board said of its kernel's own page tables becomes verdicts: a table for people, a line of
 * JSON a cell for the desk.
 *
 *	tornlivejudge FACTS OUT.jsonl LINES
 *
 * FACTS: lines KEY<tab>VALUE of the command's. LINES: the board's, ../README.md; cut off anywhere.
 * Exit: 0, 1 something forbidden was seen, or the kernel complained, 2 bad input, 4 nothing forbidden,
 * but something without an answer.
 */
#include <string.h>

#include "judged.h"

static struct judged all;
static struct cell cells[MAX_CELLS];

static unsigned judge_all(void)
{
	unsigned n = judge_private(&all, cells, MAX_CELLS);

	for (unsigned i = 0; i < all.noperations; i++)
		judge_operation(&all, &all.operation[i]);
	n += judge_live(&all, cells + n, MAX_CELLS - n);
	n += judge_users(&all, cells + n, MAX_CELLS - n);
	n += judge_probes(&all, cells + n, MAX_CELLS - n);
	if (n == MAX_CELLS)
		judged_die("more cells than fit, at", cells[n - 1].name);
	return n;
}

/* What the run as a whole leaves open; false: nothing. */
static bool print_open(void)
{
	for (unsigned i = 0; i < all.nskipped; i++)
		printf("%-12s %-42s %75s  not run: %s\n", "-", all.skipped[i].name, "", all.skipped[i].why);
	for (unsigned i = 0; i < all.noperations; i++)
		if (all.operation[i].errors)
			printf("\nlive.%s.%s: %llu calls failed, in %llu cycles\n", level_names[all.operation[i].level], all.operation[i].name,
			       (unsigned long long)all.operation[i].errors, (unsigned long long)all.operation[i].cycles);
	if (all.mangled)
		printf("\n%u lines were not whole, or say that some are not; the first: %s\n", all.mangled, all.first_mangled);
	if (!all.done)
		printf("\nthe board never said that it was done: what it had still to show nobody knows\n");
	else if (all.code)
		printf("\nthe board ended with exit code %llu\n", (unsigned long long)all.code);
	return all.mangled || !all.done || all.code;
}

int main(int argc, char **argv)
{
	unsigned count[NR_VERDICTS] = { 0 }, n;
	bool open = false;
	FILE *out;

	if (argc != 4)
		judged_die("needs FACTS OUT LINES, not", argc > 1 ? argv[1] : "nothing");
	judged_read_facts(&all, argv[1]);
	judged_read(&all, argv[3]);
	for (unsigned i = 0; i < all.noperations && !all.greeted; i++)
		for (unsigned r = 0; r < NR_LIVE_READERS; r++)
			if (all.operation[i].look[r].known || all.operation[i].look[r].n)
				judged_die("no line of it says which module speaks (hello):", argv[3]);
	if (!all.greeted && !all.noperations && !all.nusers && !all.nlogs)
		judged_die("no line of a board's (hello, begin, user) in", argv[3]);
	n = judge_all();
	out = fopen(argv[2], "a");
	if (!out)
		judged_die("cannot write", argv[2]);
	print_head();
	for (unsigned i = 0; i < n; i++) {
		print_cell(&all, &cells[i]);
		judged_line(out, &all, &cells[i]);
		count[cause_kinds[cells[i].cause].verdict]++;
	}
	for (unsigned i = 0; i < n; i++)
		print_witnesses(&all, &cells[i]);
	open = print_open();
	printf("\n%u pass, %u fail, %u inconclusive\n", count[VERDICT_PASS], count[VERDICT_FAIL], count[VERDICT_INCONCLUSIVE]);
	if (fclose(out))
		judged_die("cannot write", argv[2]);
	return count[VERDICT_FAIL] || (all.done && all.code == 1) ? 1 : open || count[VERDICT_INCONCLUSIVE] || !n ? 4 : 0;
}
