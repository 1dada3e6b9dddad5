/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ktap.h"

#include "judge/test_name.h"

void ktap_head(FILE *f, unsigned cells)
{
	fprintf(f, "KTAP version 1\n1..%u\n", cells);
}

static void print_name(FILE *f, const struct scenario *s)
{
	const struct cell *c = &s->cell;

	test_name_print(f, &(struct test_name){
		.level = c->level == LEVEL_PUD ? "pud" : "pmd", .layout = c->layout->name,
		.walker = c->walker->name, .reader = c->reader->name, .transition = c->transition->name,
		.writer = c->writer->name, .consumer = c->consumer->name, .reclaim = c->reclaim->name,
		.world = c->protocol->world, .alias = c->alias, .readers = c->readers,
		.writers = c->writers, .slots = c->slots, .scenario = s->name });
}

void ktap_row(FILE *f, unsigned number, const struct result *r)
{
	if (r->judgement.verdict == VERDICT_FAIL)
		fprintf(f, "# %s\n", r->reason);
	fprintf(f, "%s %u ", r->judgement.verdict == VERDICT_FAIL ? "not ok" : "ok", number);
	print_name(f, r->scenario);
	if (r->judgement.verdict == VERDICT_INCONCLUSIVE)
		fprintf(f, " # SKIP %s", r->reason);
	putc('\n', f);
}
