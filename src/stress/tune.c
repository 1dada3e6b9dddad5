/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tune.h"

#include <errno.h>
#include <stdlib.h>

#include "observe.h"

uint64_t finding_distinct(const struct finding *f, uint32_t outcomes)
{
	uint64_t n = 0;
	unsigned o;

	for (o = 0; o < NR_OUTCOMES; o++)
		n += outcomes & 1u << o ? f->distinct[o] : 0;
	return n;
}

int tune(struct tuner *t, const struct runner *r, const struct cell *c, count_fn *count, good_fn *good,
	 const void *arg, uint64_t until_ns)
{
	struct finding *f = malloc(sizeof(*f));
	struct strategy arms[TUNER_ARMS];
	const struct strategy *s;
	struct cell slice = *c;
	int err = f ? 0 : -ENOMEM;

	tuner_init(t, arms, tuner_presets(arms, r->cpus), c->seed);
	while (!err && (s = tuner_next(t)) && !(r->interrupted && *r->interrupted) &&
	       (!until_ns || now_ns() < until_ns)) {
		slice.strategy = *s;
		err = runner_run(r, &slice, f);
		if (err)
			break;
		tuner_tell(t, count(arg, f), f->fresh_present, f->ns);
		if (good && good(arg, tuner_best(t)))
			break;
	}
	free(f);
	return err;
}
