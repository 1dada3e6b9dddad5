/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scenario's identity across files, machines and versions: its canonical
 * text, hashed. Changing the text's form orphans every stored result.
 */
#include "judge.h"
#include "config/text.h"

uint64_t scenario_hash(const struct scenario *s)
{
	const struct cell *c = &s->cell;
	char text[1024] = "";

	text_append(text, sizeof(text),
		    "layout=%s level=%s walker=%s reader=%s writer=%s transition=%s consumer=%s",
		    c->layout->name, c->level == LEVEL_PUD ? "pud" : "pmd", c->walker->name,
		    c->reader->name, c->writer->name, c->transition->name, c->consumer->name);
	text_append(text, sizeof(text),
		    " reclaim=%s world=%s alias=%d readers=%u writers=%u slots=%u",
		    c->reclaim->name, c->protocol->world, c->alias, c->readers, c->writers,
		    (unsigned)c->slots);
	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		text_append(text, sizeof(text), " %s=%s", outcome_kinds[o].name,
			    expect_names[scenario_grade(s, o)]);
	text_append(text, sizeof(text), " require-torn=%d", s->require_torn);
	return text_hash(text);
}
