/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can be asked of results once they are read, and who owns them.
 *
 * Invariant: whatever a result points at lives as long as its results' pool.
 */
#include "load.h"
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "line.h"
#include "pool.h"

const struct machine *results_machine(struct results *rs, const struct machine *m)
{
	struct machine *new;
	unsigned i;

	/* strings are unique in the pool: pointers compare */
	for (i = rs->nr_machines; i-- > 0;) {
		const struct machine *o = rs->machines[i];

		if (o->target == m->target && o->executor == m->executor && o->cpu == m->cpu &&
		    o->cpus == m->cpus && o->kernel == m->kernel && o->compiler == m->compiler &&
		    o->flags == m->flags && o->git == m->git && o->tree == m->tree)
			return o;
	}
	new = pool_alloc(rs->pool, sizeof(*new));
	*new = *m;
	new->index = rs->nr_machines;
	rs->machines = realloc(rs->machines, (rs->nr_machines + 1) * sizeof(*rs->machines));
	if (!rs->machines)
		abort();
	rs->machines[rs->nr_machines++] = new;
	return new;
}

const char *results_string(struct results *rs, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return pool_string(rs->pool, text);
}

void results_free(struct results *rs)
{
	pool_free(rs->pool);
	free(rs->machines);
	free(rs->r);
	*rs = (struct results){ 0 };
}

const struct result *results_find(const struct results *rs, const char *scenario)
{
	size_t i;

	for (i = rs->n; i-- > 0;)
		if (!strcmp(rs->r[i].scenario, scenario))
			return &rs->r[i];
	return NULL;
}

uint32_t result_seen(const struct result *r)
{
	uint32_t seen = 0;

	for (unsigned o = 0; o < NR_OUTCOMES; o++) {
		const bool torn = OUTCOMES_TORN & 1u << o;

		seen |= (uint32_t)((torn && r->has_torn_by ? r->torn_by[o == OUTCOME_TORN_WRITER] :
				    r->distinct[o]) > 0) << o;
	}
	return seen;
}

static uint32_t graded(const struct result *r, enum expect e)
{
	uint32_t set = 0;

	for (unsigned o = 0; o < NR_OUTCOMES; o++) {
		const uint8_t expect = OUTCOMES_TORN & 1u << o ? r->expect_by[o == OUTCOME_TORN_WRITER] :
								 r->expect[o];

		set |= (uint32_t)(expect == e) << o;
	}
	return set;
}

uint32_t result_forbids(const struct result *r)
{
	return graded(r, EXPECT_FORBID);
}

int result_worst(const struct result *r)
{
	const int worst = outcome_worst(result_seen(r), result_forbids(r), graded(r, EXPECT_REQUIRE));

	return worst == OUTCOME_TORN_WRITER ? OUTCOME_TORN : worst;
}

char *result_story(const struct result *r)
{
	return r->live ? live_story(r) : source_schedule(r);
}

void result_rate_whole(struct result *r)
{
	r->rated = (struct rated){ .seconds = r->seconds, .rounds = r->rounds,
				   .torn_by = { r->torn_by[0], r->torn_by[1] } };
	memcpy(r->rated.distinct, r->distinct, sizeof(r->distinct));
}

bool result_requires(const struct result *r)
{
	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		if (r->expect[o] == EXPECT_REQUIRE)
			return true;
	return false;
}

int result_tears(const struct result *r, const char *primitive)
{
	for (unsigned i = 0; r->calibration && i < r->calibration->n; i++)
		if (!strcmp(r->calibration->of[i].name, primitive))
			return r->calibration->of[i].torn > 0;
	return -1;
}
