/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of a run, and KTAP.
 *
 * Invariant: integer arithmetic only, so that a board without an FPU prints the same
 * table.
 */
#include "console.h"

#include <inttypes.h>
#include <string.h>

#include "config/text.h"

void console_head(FILE *f, const struct executor *x)
{
	unsigned i;

	fprintf(f, "executor: %s, %s; %s; %s %s; %u CPU%s\n", x->kind, x->cpu, x->kernel,
		x->target, x->compiler, x->cpus->n, x->cpus->n == 1 ? "" : "s");
	if (x->cpus->n == 1)
		fputs("one CPU: threads race by preemption, not in parallel; episodes are rarer\n", f);
	if (x->cpus->n == 1 && x->calibration && !calibration_shows_tears(x->calibration))
		fputs("and nothing parts two words here, as in an emulator that switches between its "
		      "blocks only: --world widened does\n", f);
	if (x->cpus->quota_percent && x->cpus->quota_percent < 100 * x->cpus->n)
		fprintf(f, "the cgroup allows %u %% of a CPU: threads are throttled in between\n",
			x->cpus->quota_percent);
	fputs("calibration, torn of all reads:", f);
	for (i = 0; x->calibration && i < x->calibration->n; i++) {
		const struct calibrated *c = &x->calibration->of[i];
		char torn[16], reads[16];

		format_count(torn, c->torn);
		format_count(reads, c->reads);
		if (c->usable)
			fprintf(f, "%s %s %s/%s", i ? "," : "", c->primitive->name, torn, reads);
	}
	fprintf(f, "\n\n%-12s %-38s %7s %7s %7s %8s %7s %7s %8s  %s\n", "verdict", "cell", "walks/s",
		"present", "torn", "distinct", "torn/s", "first", "strength", "reason");
}

static uint64_t per_second(uint64_t n, uint64_t ns)
{
	uint64_t ms = ns / 1000000;

	return ms ? n * 1000 / ms : 0;
}

void console_row(FILE *f, const struct result *r)
{
	const struct finding *d = r->finding;
	/* a rate of what was stopped because of what it showed would be too high */
	const struct finding *u = r->unbiased ? r->unbiased : d;
	char walks[16], present[16], torn[16], distinct[16], rate[16], first[16], strength[16] = "-";
	int worst = result_witness(r->scenario, d);

	format_count(walks, per_second(u->walks, u->ns));
	format_count(present, d->present);
	format_count(torn, torn_of(d->outcomes));
	format_count(distinct, torn_of(d->distinct));
	format_count(rate, per_second(torn_of(u->distinct), u->ns));
	format_ns(first, first_torn(d));
	if (r->power && r->power->strength)
		format_count(strength, r->power->strength);
	fprintf(f, "%-12s %-38s %7s %7s %7s %8s %7s %7s %8s  %s\n", verdict_names[r->judgement.verdict],
		r->scenario->name, walks, present, torn, distinct, rate, first, strength, r->reason);
	if (r->judgement.verdict == VERDICT_FAIL && worst >= 0) {
		char sentence[WITNESS_LEN];

		witness_text(&d->witness[worst], (enum outcome)worst, sentence, sizeof(sentence));
		fprintf(f, "%12s %s\n", "witness:", sentence);
	}
}
