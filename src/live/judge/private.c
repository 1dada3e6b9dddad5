/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a private entry, raced by the kernel's own writers, says of this machine: all its values have
 * stamps, so that a tear is a tear.
 *
 * Invariant: nobody is believed to be whole who was not seen to tear when everybody has to.
 */
#include <string.h>

#include "judged.h"

/* A high word alone is what a writer leaves that clears the low one first: it is not present. */
uint64_t race_torn(const struct race *r)
{
	return r->kind[LIVE_MIXED] + r->kind[LIVE_LOW_ONLY];
}

uint64_t race_torn_distinct(const struct race *r)
{
	return r->distinct[LIVE_MIXED] + r->distinct[LIVE_LOW_ONLY];
}

static bool is_arm(const struct judged *j)
{
	return j->layout && !strcmp(j->layout->name, "lpae");
}

static bool tears_whatever(const struct judged *j, enum live_reader r)
{
	return race_torn(&j->race[r][LIVE_WRITER_WORDS]) > 0;
}

bool reader_is_whole(const struct judged *j, enum live_reader r)
{
	const struct race *set = &j->race[r][LIVE_WRITER_SET];

	return reader_expect(j, r, LIVE_PMD) == EXPECT_FORBID && set->reads && !race_torn(set) && tears_whatever(j, r);
}

enum cause truth_calibrated(const struct judged *j, const char **why)
{
	const struct race *set = &j->race[LIVE_READER_TRUTH][LIVE_WRITER_SET];

	uint64_t torn = race_torn(set);

	/* ARM's kernel clears by plain C, which may be two words: that is no reader's doing */
	if (!is_arm(j))
		torn += race_torn(&j->race[LIVE_READER_TRUTH][LIVE_WRITER_CLEAR]) +
			race_torn(&j->race[LIVE_READER_TRUTH][LIVE_WRITER_GET_CLEAR]);
	*why = NULL;
	if (!set->reads)
		*why = "nobody raced the reader that memory is learnt by against `set`";
	else if (!tears_whatever(j, LIVE_READER_TRUTH))
		*why = "the reader that memory is learnt by was not seen to tear by two words, so that nothing follows from its silence";
	if (*why)
		return set->reads ? CAUSE_CONTROL_SILENT : CAUSE_CONTROL_NOT_RUN;
	if (!torn)
		return CAUSE_PASSED_CLAIM;
	*why = "the 8 bytes that memory is learnt by tear here, by the private entry: the executor's doing, or the writer's in this module";
	return CAUSE_BLAMES_EXECUTOR;
}

/* low, high, low in all kernels that have it by this name, on a machine of two words */
static bool rechecks(const struct judged *j, enum live_level level)
{
	return strstr(j->kernel_reader[level], "get_lockless");
}

enum expect reader_expect(const struct judged *j, enum live_reader r, enum live_level level)
{
	const bool arm = is_arm(j);

	switch (r) {
	case LIVE_READER_TRUTH:
	case LIVE_READER_LOW_HIGH_LOW:
		return EXPECT_FORBID;
	case LIVE_READER_LOW_GAP_HIGH:
		return EXPECT_REQUIRE;
	case LIVE_READER_KERNEL:
		return j->words == 1 || arm || rechecks(j, level) ? EXPECT_FORBID : EXPECT_ALLOW;
	case LIVE_READER_ONCE:		/* ldrd on ARM; two words on PAE */
		return j->words == 1 || arm ? EXPECT_FORBID : EXPECT_ALLOW;
	case LIVE_READER_PLAIN:		/* what gcc makes of it there, ldm for example, nobody promises */
		return j->words == 1 ? EXPECT_FORBID : EXPECT_ALLOW;
	case LIVE_READER_LOW_HIGH:
	case LIVE_READER_HIGH_LOW:
	case NR_LIVE_READERS:
		break;
	}
	return EXPECT_ALLOW;
}

/* ---- cells ---- */

static enum expect private_expect(const struct judged *j, enum live_reader r, enum live_writer w)
{
	const enum expect e = reader_expect(j, r, LIVE_PMD);

	if (w == LIVE_WRITER_WORDS)
		return EXPECT_REQUIRE;
	return e == EXPECT_REQUIRE && w != LIVE_WRITER_SET ? EXPECT_ALLOW : e;
}

/*
 * Whoever is one instruction, by `set`, and saw it saw memory: then the writer stored it by half. x86's
 * kernel clears the low word first, so there that cannot be, and it is the reader's.
 */
static bool held(const struct judged *j, enum live_writer w, enum live_kind k)
{
	const char *why;

	if (w == LIVE_WRITER_WORDS)
		return true;
	return is_arm(j) && truth_calibrated(j, &why) == CAUSE_PASSED_CLAIM &&
	       j->race[LIVE_READER_TRUTH][w].kind[k] > 0;
}

static void count(struct cell *c, enum outcome o, const struct race *r, enum live_kind k)
{
	const uint64_t first = r->first_ns[k] ? r->first_ns[k] : 1;

	if (!r->kind[k])
		return;
	c->outcomes[o] += r->kind[k];
	c->distinct[o] += r->distinct[k] ? r->distinct[k] : 1;
	if (!c->first_ns[o] || first < c->first_ns[o])
		c->first_ns[o] = first;
}

static void count_all(const struct judged *j, struct cell *c, const struct race *r, enum live_writer w)
{
	static const enum live_kind torn[] = { LIVE_MIXED, LIVE_LOW_ONLY };

	count(c, OUTCOME_LEAF, r, LIVE_WHOLE);
	count(c, OUTCOME_HOLE, r, LIVE_ZERO);
	count(c, OUTCOME_PHANTOM, r, LIVE_HIGH_ONLY);
	for (unsigned i = 0; i < 2; i++)
		count(c, held(j, w, torn[i]) ? OUTCOME_TORN_WRITER : OUTCOME_TORN_READER, r, torn[i]);
	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		c->walks += c->outcomes[o];
	/* stamps are frames, and another stamp's is somebody else's */
	c->harm[HARM_ALIAS] = c->distinct[OUTCOME_TORN_READER] + c->distinct[OUTCOME_TORN_WRITER];
	c->present = c->walks - c->outcomes[OUTCOME_HOLE] - c->outcomes[OUTCOME_PHANTOM];
	c->rounds = r->rounds;
	c->retries = r->retries;
	c->ns = r->ns;
}

static void judge_required(const struct judged *j, struct cell *c)
{
	if (c->outcomes[OUTCOME_TORN_READER] + c->outcomes[OUTCOME_TORN_WRITER])
		c->cause = CAUSE_PASSED_REQUIRED;
	else if (!c->walks)
		c->cause = CAUSE_THIN_PRESENT;
	else
		c->cause = j->cpus < 2 ? CAUSE_NO_TEARS_SHOWN : CAUSE_LADDER_SILENT;
	if (c->cause == CAUSE_PASSED_REQUIRED)
		cell_say(c, "it tears, as it must");
	else
		cell_say(c, "it must tear, and did not, in %llu reads%s", (unsigned long long)c->walks,
			 j->cpus < 2 ? ": there is one CPU" : "");
}

static void judge_claim(const struct judged *j, struct cell *c, enum live_reader r, enum live_writer w)
{
	const struct race *control = &j->race[LIVE_READER_LOW_GAP_HIGH][w];
	const char *why;

	if (c->outcomes[OUTCOME_TORN_READER] && c->by_reader == EXPECT_FORBID) {
		c->cause = r == LIVE_READER_TRUTH || truth_calibrated(j, &why) == CAUSE_BLAMES_EXECUTOR ? CAUSE_BLAMES_EXECUTOR :
			   CAUSE_FORBIDDEN;
		cell_say(c, "it tore, which it must not%s", c->cause == CAUSE_FORBIDDEN ? "" :
			 ": what its CPU promises to be one access is two here, or what this module's writer stores is");
		return;
	}
	if (c->by_reader == EXPECT_FORBID)
		cell_say(c, "never torn");
	else
		cell_say(c, c->distinct[OUTCOME_TORN_READER] ? "tears, and may" : "may tear, and did not: a gap");
	if (!c->walks)
		c->cause = CAUSE_THIN_PRESENT;
	else if (!tears_whatever(j, r))
		c->cause = j->race[r][LIVE_WRITER_WORDS].known ? CAUSE_CONTROL_SILENT : CAUSE_CONTROL_NOT_RUN;
	else if (!control->known)
		c->cause = CAUSE_CONTROL_NOT_RUN;
	else if (!race_torn(control))
		c->cause = CAUSE_CONTROL_SILENT;
	else
		c->cause = c->strength < LEAST_STRENGTH ? CAUSE_THIN_STRENGTH : CAUSE_PASSED_CLAIM;
	if (c->walks && !tears_whatever(j, r))
		cell_say(c, "; it was not seen to tear at set-words either, where it has to");
	else if (c->cause == CAUSE_PASSED_CLAIM)
		cell_say(c, "; low-gap-high %llu times beside it", (unsigned long long)race_torn_distinct(control));
	else
		cell_say(c, "; %s", cause_kinds[c->cause].meaning);
}

static void judge_race(const struct judged *j, struct cell *c, enum live_reader r, enum live_writer w)
{
	const struct race *race = &j->race[r][w], *control = &j->race[LIVE_READER_LOW_GAP_HIGH][w];

	*c = (struct cell){ .level = "pmd" };
	snprintf(c->name, sizeof(c->name), "live.private.%s.%s", reader_names[r], writer_names[w]);
	snprintf(c->reader, sizeof(c->reader), "%s", reader_names[r]);
	snprintf(c->transition, sizeof(c->transition), "%s", writer_names[w]);
	count_all(j, c, race, w);
	c->by_reader = private_expect(j, r, w);
	c->by_writer = w == LIVE_WRITER_WORDS ? EXPECT_REQUIRE : EXPECT_ALLOW;	/* this module's code, not the kernel's */
	if (c->by_reader == EXPECT_REQUIRE) {
		judge_required(j, c);
		return;
	}
	if (control->known)
		judge_strength(c, "", race_torn_distinct(control), control->ns, 1);
	if (control->known && r != LIVE_READER_LOW_GAP_HIGH)
		snprintf(c->twin, sizeof(c->twin), "live.private.%s.%s", reader_names[LIVE_READER_LOW_GAP_HIGH], writer_names[w]);
	judge_claim(j, c, r, w);
}

unsigned judge_private(const struct judged *j, struct cell *c, unsigned room)
{
	unsigned n = 0;

	for (unsigned w = 0; w < NR_LIVE_WRITERS; w++)
		for (unsigned r = 0; r < NR_LIVE_READERS; r++)
			if (j->race[r][w].known && n < room)
				judge_race(j, &c[n++], (enum live_reader)r, (enum live_writer)w);
	return n;
}
