/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cells to run: a growable array.
 *
 * Invariant: a name is in it once, and after plan_order() each control stands before
 * the cells that name it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "plan.h"

struct scenario *plan_find(const struct plan *p, const char *name)
{
	for (unsigned i = 0; i < p->nr; i++)
		if (!strcmp(p->list[i].name, name))
			return &p->list[i];
	return NULL;
}

int plan_add(struct plan *p, const struct scenario *s, char *err, size_t len)
{
	if (plan_find(p, s->name))
		return 0;
	if (p->nr == MAX_SCENARIOS)
		return text_error(err, len, "more than %d cells planned; \"%s\" is one too many",
				  MAX_SCENARIOS, s->name);
	if (p->nr == p->room) {
		unsigned room = p->room ? 2 * p->room : 64;
		struct scenario *list = realloc(p->list, room * sizeof(*list));

		if (!list) {
			text_error(err, len, "out of memory for %u cells", room);
			return -ENOMEM;
		}
		p->list = list;
		p->room = room;
	}
	p->list[p->nr++] = *s;
	return 0;
}

void plan_reject(struct plan *p, const char *why)
{
	if (!p->rejected++)
		snprintf(p->why_rejected, sizeof(p->why_rejected), "%s", why);
}

void plan_leave_out(struct plan *p, const char *name, const char *why)
{
	if (!p->unusable++)
		snprintf(p->why_unusable, sizeof(p->why_unusable), "%s: %s", name, why);
}

void plan_free(struct plan *p)
{
	free(p->list);
	*p = (struct plan){ .nr = 0 };
}

int plan_move(struct plan *p, struct plan *from, char *err, size_t len)
{
	int bad = 0;

	if (!p->nr) {	/* the usual case, and a product may be long */
		struct scenario *list = p->list;
		unsigned room = p->room;

		p->list = from->list;
		p->nr = from->nr;
		p->room = from->room;
		from->list = list;
		from->nr = 0;
		from->room = room;
	}
	for (unsigned i = 0; i < from->nr && !bad; i++)
		bad = plan_add(p, &from->list[i], err, len);
	if (from->rejected && !p->rejected)
		memcpy(p->why_rejected, from->why_rejected, sizeof(p->why_rejected));
	if (from->unusable && !p->unusable)
		memcpy(p->why_unusable, from->why_unusable, sizeof(p->why_unusable));
	p->rejected += from->rejected;
	p->unusable += from->unusable;
	plan_free(from);
	return bad;
}

/* Chains of controls are finite: config_load() refuses circles. */
static void emit(const struct plan *from, unsigned i, bool *done, struct scenario *to,
		 unsigned *nr)
{
	const struct scenario *control;

	if (done[i])
		return;
	done[i] = true;
	if (from->list[i].control[0]) {
		control = plan_find(from, from->list[i].control);
		if (control)
			emit(from, (unsigned)(control - from->list), done, to, nr);
	}
	to[(*nr)++] = from->list[i];
}

int plan_order(struct plan *p, char *err, size_t len)
{
	struct scenario *list;
	unsigned nr = 0;
	bool *done;

	if (!p->nr)
		return 0;
	list = malloc(p->room * sizeof(*list));
	done = calloc(p->nr, sizeof(*done));
	if (!list || !done) {
		free(list);
		free(done);
		text_error(err, len, "out of memory for %u cells", p->nr);
		return -ENOMEM;
	}
	for (unsigned i = 0; i < p->nr; i++)
		emit(p, i, done, list, &nr);
	free(done);
	free(p->list);
	p->list = list;
	return 0;
}

int plan_fit(struct plan *p, uint64_t total_ns)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < p->nr; i++)
		sum += p->list[i].cell.budget_ns;
	if (sum <= total_ns)
		return 0;
	for (unsigned i = 0; i < p->nr; i++) {
		uint64_t *ns = &p->list[i].cell.budget_ns;

		*ns = (uint64_t)((double)*ns * (double)total_ns / (double)sum);
		*ns -= *ns % NS_PER_MS;
		if (*ns < MIN_DURATION_NS)
			return -ERANGE;
	}
	return 0;
}
