/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cells.h"

#include <stdio.h>

#include "kernel/glue/glue.h"

const struct walker walkers[NR_WALKERS] = {
#define X(function, nm, at_pmd, at_pud, whole, needs, text) \
	{ .name = nm, .meaning = text, .run = k_##function, .contract = needs, .puds_only = !(at_pmd), .pmds_only = !(at_pud), \
	  .all = whole },
	WALKERS(X)
#undef X
};

const struct transition transitions[NR_TRANSITIONS] = {
#define X(function, nm, lv, any, needs, text) \
	{ .name = nm, .meaning = text, .level = lv, .every = any, .run = k_##function, .contract = needs },
	TRANSITIONS(X)
#undef X
#define X(function, nm, lv, own, needs, text) \
	{ .name = nm, .meaning = text, .level = lv, .every = true, .run = k_##function, .contract = needs, .owned = own },
	OWNED(X)
#undef X
};

/* Who has no lock has no other choice than to be there. */
static bool is_lockless(const struct walker *w)
{
	return w->run == k_gup_fast;
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
	/* who takes a table's lock is alone with its entries, and pins nothing */
	if ((t->level == LEVEL_PTE || t->owned & OWNED_IF_PINNED) && !is_lockless(w))
		return false;
	if (!t->every && !w->all)
		return false;
	if (t->level == LEVEL_PUD ? !AT(glue_pud)() || w->pmds_only : w->puds_only)
		return false;
	snprintf(name, size, "%s.%s", w->name, t->name);
	return true;
}
