/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cells.h"

#include <stdio.h>

#include "kernel/glue/glue.h"

const struct walker walkers[NR_WALKERS] = {
#define X(function, nm, at_pmd, at_pud, of, needs, text) \
	{ .name = nm, .meaning = text, .run = k_##function, .contract = needs, .puds_only = !(at_pmd), .pmds_only = !(at_pud), \
	  .asked = of },
	WALKERS(X)
#undef X
};

const struct transition transitions[NR_TRANSITIONS] = {
#define X(function, nm, lv, of, needs, text) \
	{ .name = nm, .meaning = text, .level = lv, .asked = of, .run = k_##function, .contract = needs },
	TRANSITIONS(X)
#undef X
#define X(function, nm, lv, own, needs, text) \
	{ .name = nm, .meaning = text, .level = lv, .run = k_##function, .contract = needs, .owned = own },
	OWNED(X)
#undef X
};

/* Who has no lock has no other choice than to be there. */
static bool is_lockless(const struct walker *w)
{
	return w->run == k_gup_fast;
}

bool walker_mirrors(const struct walker *w)
{
	return w->run == k_mirror_page || w->run == k_mirror_locked;
}

bool cell_is_outside(const struct walker *w, const struct transition *t)
{
	return (t->contract != NULL && !(t->owned && is_lockless(w)) && !t->contract()) || (w->contract != NULL && !w->contract());
}

bool cell_name(char *name, size_t size, unsigned walker, unsigned transition)
{
	const struct walker *w = &walkers[walker];
	const struct transition *t = &transitions[transition];

	if (!w->run || !t->run)
		return false;
	/* who takes a table's lock is alone with its entries, and only gup pins */
	if (t->level == LEVEL_PTE && !is_lockless(w) && !walker_mirrors(w))
		return false;
	if (t->owned & OWNED_IF_PINNED && !is_lockless(w))
		return false;
	if (t->asked > w->asked)
		return false;
	if (t->level == LEVEL_PUD ? !AT(glue_pud)() || w->pmds_only : t->level == LEVEL_PMD && w->puds_only)
		return false;
	snprintf(name, size, "%s.%s", w->name, t->name);
	return true;
}
