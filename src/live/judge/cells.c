/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From what was counted to verdicts.
 *
 * The order is the rule. What is not whole, or rests on a truth that is none, says nothing; what was
 * seen and is forbidden fails; what was not seen counts only where the control of the same operation
 * was caught beside it.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "chance.h"

void cell_say(struct cell *c, const char *fmt, ...)
{
	char *more, *all;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&more, fmt, ap) < 0)
		judged_die("no memory for", c->name);
	va_end(ap);
	all = judged_text("%s%s", c->reason ? c->reason : "", more);
	free(more);
	free(c->reason);
	c->reason = all;
}

void judge_strength(struct cell *c, const char *twin, uint64_t distinct, uint64_t ns, double clump)
{
	const double same_time = ns > c->ns && ns ? (double)c->ns / (double)ns : 1;

	snprintf(c->twin, sizeof(c->twin), "%s", twin);
	c->twin_distinct = distinct;
	c->twin_ns = ns;
	c->strength = (uint64_t)((double)distinct * same_time / clump / 3);
}

static uint64_t all_of(const uint64_t n[NR_IS])
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < NR_IS; i++)
		sum += n[i];
	return sum;
}

/* ---- what was counted ---- */

static void count(struct cell *c, const struct look *l)
{
	for (unsigned i = 0; i < NR_IS; i++) {
		const unsigned o = is_outcomes[i];

		if (o == OUTCOME_NONE || !l->episodes[i])
			continue;
		c->outcomes[o] = c->distinct[o] = l->episodes[i];
		c->first_ns[o] = l->first_ns[i];
		c->walks += l->episodes[i];
	}
	c->present = l->episodes[IS_LEAF] + l->episodes[IS_TABLE] + l->episodes[IS_BY_READER] + l->episodes[IS_BY_WRITER];
	memcpy(c->direction, l->direction, sizeof(c->direction));
	memcpy(c->harm, l->harm, sizeof(c->harm));
	c->ns = l->ns;
	c->rounds = c->op->cycles;
}

/* Of its episodes, those of which nobody can say anything. */
static uint64_t unjudged(const struct look *l)
{
	return l->episodes[IS_UNKNOWN] + l->lost + l->overflow;
}

static bool too_many_unjudged(const struct look *l)
{
	return unjudged(l) * 100 > all_of(l->episodes) + l->lost + l->overflow;
}

/* ---- causes; NR_CAUSES: it is not that ---- */

/* Its counts cannot be taken at all. */
static enum cause not_whole(struct cell *c)
{
	const struct operation *op = c->op;

	if (op->log) {
		cell_say(c, "the kernel's log, while it ran: %s", op->log);
		if (op->logs > 1)
			cell_say(c, " (and %u more)", op->logs - 1);
		return CAUSE_KERNEL_LOG;
	}
	if (op->damaged)
		cell_say(c, "%s", op->damaged);
	else if (!op->ended)
		cell_say(c, "it was cut off: its end never came");
	return op->damaged || !op->ended ? CAUSE_INTERRUPTED : NR_CAUSES;
}

static enum cause no_truth(const struct judged *j, struct cell *c)
{
	const struct operation *op = c->op;
	const struct truth *t = &op->truth;
	const char *why;
	enum cause cause = truth_calibrated(j, &why);

	if (cause != CAUSE_PASSED_CLAIM) {
		cell_say(c, "%s", why);
		return cause;
	}
	if (!t->look->known || !t->look->n)
		cell_say(c, "nobody learnt what memory held");
	else if (j->layout_different)
		cell_say(c, "the kernel's build reads %llu of %llu values otherwise than this one", (unsigned long long)j->layout_different,
			 (unsigned long long)j->layout_checked);
	else if (t->leaves && op->nframes && !t->confirmed)
		cell_say(c, "pagemap had %u frames there, and none of them is among the %u that memory was seen to hold", op->nframes, t->leaves);
	else
		return NR_CAUSES;
	return CAUSE_NO_TRUTH;
}

static enum cause seen_forbidden(struct cell *c)
{
	const uint64_t reader = c->distinct[OUTCOME_TORN_READER], writer = c->distinct[OUTCOME_TORN_WRITER];

	if (reader && c->by_reader == EXPECT_FORBID)
		cell_say(c, "torn by its reader, %llu times, %llu values", (unsigned long long)reader,
			 (unsigned long long)c->look->of_values[IS_BY_READER]);
	else if (writer && c->by_writer == EXPECT_FORBID && c->op->truth.look->episodes[IS_BY_WRITER] >= CONFIRMED)
		cell_say(c, "memory itself held halves of two entries, seen %llu times: the kernel stores in two pieces",
			 (unsigned long long)writer);
	else
		return NR_CAUSES;
	return CAUSE_FORBIDDEN;
}

/* Of a PTE it is a small page that pagemap has to find. */
static enum cause wrong_pages(struct cell *c)
{
	const struct operation *op = c->op;
	const char *what = op->level == LIVE_PMD ? "huge" : "small";

	if (op->framed && op->looked && op->huge * 10 >= op->looked * 9)
		return NR_CAUSES;
	if (op->framed && op->looked)
		cell_say(c, "of %llu looks by pagemap only %llu found a %s page", (unsigned long long)op->looked, (unsigned long long)op->huge, what);
	else
		cell_say(c, "nobody asked pagemap whether there was a %s page", what);
	return CAUSE_WRONG_PAGES;
}

static enum cause required(const struct judged *j, struct cell *c)
{
	if (c->distinct[OUTCOME_TORN_READER]) {
		cell_say(c, "it tears, as it must");
		return CAUSE_PASSED_REQUIRED;
	}
	if (too_many_unjudged(c->look)) {
		cell_say(c, "of %llu episodes nobody can say anything", (unsigned long long)unjudged(c->look));
		return CAUSE_UNKNOWN_VALUES;
	}
	if (!c->op->truth.mixes_possible) {
		cell_say(c, "no two of the %u values that memory held make a third that is present", c->op->truth.look->n);
		return CAUSE_REQUIRED_IMPOSSIBLE;
	}
	if (c->look->episodes[IS_UNSURE]) {
		cell_say(c, "it saw halves of two entries, too seldom to say that memory never held them");
		return CAUSE_UNSURE;
	}
	cell_say(c, "it must tear, and did not%s", j->cpus < 2 ? ": there is one CPU" : "");
	return j->cpus < 2 ? CAUSE_NO_TEARS_SHOWN : CAUSE_LADDER_SILENT;
}

static enum cause unproven(const struct judged *j, struct cell *c)
{
	const struct look *control = &c->op->look[LIVE_READER_LOW_GAP_HIGH];

	if (too_many_unjudged(c->look)) {
		cell_say(c, "; of %llu episodes nobody can say anything", (unsigned long long)unjudged(c->look));
		return CAUSE_UNKNOWN_VALUES;
	}
	if (c->look->episodes[IS_UNSURE]) {
		cell_say(c, "; %llu times halves of two entries, too seldom to say that memory never held them",
			 (unsigned long long)c->look->episodes[IS_UNSURE]);
		return CAUSE_UNSURE;
	}
	if (c->distinct[OUTCOME_TORN_WRITER]) {
		cell_say(c, "; %llu times memory seemed to hold halves of two entries, too seldom to be sure",
			 (unsigned long long)c->distinct[OUTCOME_TORN_WRITER]);
		return CAUSE_UNSURE;
	}
	if (!c->op->cycles)
		return CAUSE_THIN_ROUNDS;
	if (!control->known)
		return CAUSE_CONTROL_NOT_RUN;
	if (!control->episodes[IS_BY_READER]) {
		cell_say(c, "; low-gap-high did not tear%s", j->cpus < 2 ? ": there is one CPU" : "");
		return CAUSE_CONTROL_SILENT;
	}
	return c->strength < LEAST_STRENGTH ? CAUSE_THIN_STRENGTH : NR_CAUSES;
}

static enum cause claim(const struct judged *j, struct cell *c)
{
	enum cause cause;

	if (!c->op->truth.mixes_possible && !too_many_unjudged(c->look)) {
		cell_say(c, "nothing can be torn: no two of the %u values that memory held make a third that is present", c->op->truth.look->n);
		return CAUSE_REQUIRED_IMPOSSIBLE;
	}
	if (c->by_reader == EXPECT_FORBID)
		cell_say(c, c->look->episodes[IS_UNSURE] ? "not torn for certain" : "never torn");
	else if (c->distinct[OUTCOME_TORN_READER])
		cell_say(c, "tears, and may: %llu times", (unsigned long long)c->distinct[OUTCOME_TORN_READER]);
	else
		cell_say(c, c->look->episodes[IS_UNSURE] ? "may tear" : "may tear, and did not: a gap");
	cause = unproven(j, c);
	if (cause == CAUSE_THIN_ROUNDS || cause == CAUSE_CONTROL_NOT_RUN || cause == CAUSE_THIN_STRENGTH)
		cell_say(c, "; %s", cause_kinds[cause].meaning);
	if (cause != NR_CAUSES)
		return cause;
	cell_say(c, "; low-gap-high %llu times beside it", (unsigned long long)c->op->look[LIVE_READER_LOW_GAP_HIGH].episodes[IS_BY_READER]);
	return CAUSE_PASSED_CLAIM;
}

static void judge_cell(const struct judged *j, struct cell *c)
{
	c->cause = not_whole(c);
	if (c->cause == NR_CAUSES)
		c->cause = no_truth(j, c);
	if (c->cause == NR_CAUSES)
		c->cause = seen_forbidden(c);
	if (c->cause == NR_CAUSES)
		c->cause = wrong_pages(c);
	if (c->cause == NR_CAUSES)
		c->cause = c->by_reader == EXPECT_REQUIRE ? required(j, c) : claim(j, c);
}

/* ---- cells ---- */

static void name(struct cell *c, const char *level, const char *reader, const char *transition)
{
	snprintf(c->name, sizeof(c->name), "live.%s.%s.%s", level, reader, transition);
	snprintf(c->reader, sizeof(c->reader), "%s", reader);
	snprintf(c->transition, sizeof(c->transition), "%s", transition);
}

static void judge_look(const struct judged *j, struct cell *c, const struct operation *op, enum live_reader r)
{
	const struct look *control = &op->look[LIVE_READER_LOW_GAP_HIGH];
	char twin[sizeof(c->name)];

	*c = (struct cell){ .op = op, .look = &op->look[r], .level = level_names[op->level] };
	name(c, c->level, reader_names[r], op->name);
	count(c, c->look);
	c->by_reader = reader_expect(j, r, op->level);
	c->by_writer = EXPECT_FORBID;
	snprintf(twin, sizeof(twin), "live.%s.%s.%s", c->level, reader_names[LIVE_READER_LOW_GAP_HIGH], op->name);
	if (r == LIVE_READER_LOW_GAP_HIGH)
		judge_strength(c, "", control->episodes[IS_BY_READER], control->ns, look_clump(op, control));
	else if (control->known)
		judge_strength(c, twin, control->episodes[IS_BY_READER], control->ns, look_clump(op, control));
	judge_cell(j, c);
}

/* What was cut off before its counts came has a cell as well: of its truth, which is always read. */
static bool has_cell(const struct operation *op, enum live_reader r, bool greeted)
{
	bool any = false;

	for (unsigned i = 0; i < NR_LIVE_READERS; i++)
		any |= op->look[i].known || op->look[i].n;
	/* without the module nobody reads them */
	return op->look[r].known || op->look[r].n || (!any && r == LIVE_READER_TRUTH && (greeted || op->log || op->damaged || !op->ended));
}

unsigned judge_live(const struct judged *j, struct cell *c, unsigned room)
{
	unsigned n = 0;

	for (unsigned i = 0; i < j->noperations; i++)
		for (unsigned r = 0; r < NR_LIVE_READERS; r++)
			if (has_cell(&j->operation[i], (enum live_reader)r, j->greeted) && n < room)
				judge_look(j, &c[n++], &j->operation[i], (enum live_reader)r);
	return n;
}

/*
 * The kernel's own readers, from user space: a page that was never there is one too many. Silence says
 * nothing, for there is no twin of a kernel that is running.
 */
static void judge_user(struct cell *c, const struct user *u)
{
	*c = (struct cell){ .user = u, .level = "pmd", .by_reader = EXPECT_FORBID, .by_writer = EXPECT_FORBID, .forbids_bad = true };
	name(c, "user", u->reader, u->operation);
	c->walks = u->walks;
	c->ns = u->ns;
	c->outcomes[OUTCOME_LEAF] = u->walks - u->bad;
	c->outcomes[OUTCOME_REREAD] = u->bad;
	c->present = u->walks;
	memcpy(c->distinct, c->outcomes, sizeof(c->distinct));
	c->first_ns[OUTCOME_LEAF] = c->outcomes[OUTCOME_LEAF] > 0;
	c->first_ns[OUTCOME_REREAD] = u->bad > 0;
	c->cause = u->bad ? CAUSE_FORBIDDEN : CAUSE_NO_TWIN;
	if (u->bad)
		cell_say(c, "it handed out what was never there, %llu times: %s", (unsigned long long)u->bad, u->witness);
	else
		cell_say(c, "nothing wrong was handed out; from user space that proves nothing");
}

unsigned judge_users(const struct judged *j, struct cell *c, unsigned room)
{
	unsigned n = 0;

	for (unsigned i = 0; i < j->nusers && n < room; i++)
		judge_user(&c[n++], &j->user[i]);
	if (!j->nlogs || n == room)
		return n;
	c[n] = (struct cell){ .is_log = true, .level = "pmd", .by_reader = EXPECT_FORBID, .by_writer = EXPECT_FORBID,
			      .cause = CAUSE_KERNEL_LOG };
	name(&c[n], "log", "kernel", "run");
	cell_say(&c[n], "the kernel's log, while no operation ran: %s", j->log[0]);
	if (j->nlogs > 1)
		cell_say(&c[n], " (and %u more)", j->nlogs - 1);
	return n + 1;
}

/* A struct page of no memory comes of a torn entry, or of none; silence says nothing here either. */
static void judge_probe(struct cell *c, const struct probed *p)
{
	*c = (struct cell){ .probed = p, .level = "pmd", .by_reader = EXPECT_FORBID, .by_writer = EXPECT_FORBID, .forbids_bad = true };
	name(c, "probe", p->symbol, p->operation);
	c->walks = p->calls;
	c->outcomes[OUTCOME_LEAF] = p->calls - p->wrong;
	c->outcomes[OUTCOME_REREAD] = p->wrong;
	c->present = p->calls;
	memcpy(c->distinct, c->outcomes, sizeof(c->distinct));
	c->first_ns[OUTCOME_LEAF] = c->outcomes[OUTCOME_LEAF] > 0;
	c->first_ns[OUTCOME_REREAD] = p->wrong > 0;
	c->cause = p->wrong ? CAUSE_FORBIDDEN : CAUSE_NO_TWIN;
	if (p->wrong)
		cell_say(c, "it was given a struct page of no memory, in %llu of %llu calls; the first %s, of frame %s", (unsigned long long)p->wrong,
			 (unsigned long long)p->calls, p->example, p->frame);
	else
		cell_say(c, "no struct page of no memory in %llu calls; that proves nothing", (unsigned long long)p->calls);
}

static uint64_t delays_in(const struct judged *j, const char *operation)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < j->nprobed; i++)
		if (!strcmp(j->probed[i].operation, operation))
			n += j->probed[i].delays ? j->probed[i].calls : 0;
	return n;
}

unsigned judge_probes(const struct judged *j, struct cell *c, unsigned room)
{
	unsigned n = 0;

	for (unsigned i = 0; i < j->nprobed && n < room; i++) {
		if (j->probed[i].delays)
			continue;
		judge_probe(&c[n], &j->probed[i]);
		cell_say(&c[n++], "; %llu delays between two loads", (unsigned long long)delays_in(j, j->probed[i].operation));
	}
	return n;
}

unsigned cell_witnesses(const struct cell *c, const struct seen *to[SHOWN_WITNESSES])
{
	static const enum is order[] = { IS_BY_READER, IS_BY_WRITER, IS_UNSURE, IS_UNKNOWN, IS_INVALID_MIX, IS_PHANTOM };
	unsigned n = 0;

	for (unsigned k = 0; c->look && k < sizeof(order) / sizeof(order[0]); k++)
		for (unsigned i = 0; i < c->look->n && n < SHOWN_WITNESSES; i++)
			if (c->look->seen[i].is == order[k])
				to[n++] = &c->look->seen[i];
	return n;
}
