/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The busted twins: that each exists and can fire, and that it is in the plan before
 * the cell that names it.
 */
#include <errno.h>

#include "config.h"

static int bad_control(const struct config_entry *e, char *err, size_t len, const char *what)
{
	return text_error_at(err, len, e->file, e->control_line, "[%s] control \"%s\" %s",
			     e->scenario.name, e->scenario.control, what);
}

static int unknown_control(const struct config *cfg, const struct config_entry *e, char *err,
			   size_t len)
{
	bad_control(e, err, len, "is no scenario; valid:");
	for (unsigned i = 0; i < cfg->nr; i++)
		if (scenario_requires(&cfg->entries[i].scenario))
			text_append(err, len, " %s", cfg->entries[i].scenario.name);
	return -EINVAL;
}

int config_check_controls(struct config *cfg, char *err, size_t len)
{
	for (unsigned i = 0; i < cfg->nr; i++) {
		struct config_entry *e = &cfg->entries[i], *c = e;
		unsigned steps = 0;

		if (!e->scenario.control[0])
			continue;
		c = config_find(cfg, e->scenario.control);
		if (!c)
			return unknown_control(cfg, e, err, len);
		if (!scenario_requires(&c->scenario))
			return bad_control(e, err, len, "requires nothing, so it could never fire");
		c->scenario.is_control = true;
		while (c && c->scenario.control[0] && steps++ < cfg->nr)
			c = config_find(cfg, c->scenario.control);
		if (steps > cfg->nr)
			return bad_control(e, err, len, "is part of a circle of controls");
	}
	return 0;
}

int config_add_controls(const struct config *cfg, struct plan *plan, char *err, size_t len)
{
	int bad;

	/* the list grows under the loop: a control may have a control */
	for (unsigned i = 0; i < plan->nr; i++) {
		const struct config_entry *e;
		struct scenario control;

		if (!plan->list[i].control[0] || plan_find(plan, plan->list[i].control))
			continue;
		e = config_find(cfg, plan->list[i].control);
		if (!e)
			continue;	/* a product's cell: no controls there */
		if (e->unusable[0]) {
			plan_leave_out(plan, e->scenario.name, e->unusable);
			continue;
		}
		control = e->scenario;
		control.cell.budget_ns = plan->list[i].cell.budget_ns;
		bad = plan_add(plan, &control, err, len);
		if (bad)
			return bad;
	}
	return plan_order(plan, err, len);
}
