/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of a section become a scenario.
 *
 * Invariant: an outcome has one expectation in a section; a second, different one is
 * an error, whichever keys they came by.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "section.h"
#include "number.h"

static const char *const keys[NR_SECTION_KEYS] = {
	[SECTION_SUMMARY] = "summary",	     [SECTION_CONTROL] = "control",
	[SECTION_MIN_PRESENT] = "min_present", [SECTION_MIN_ROUNDS] = "min_rounds",
	[SECTION_ALLOW] = "allow",	     [SECTION_FORBID] = "forbid",
	[SECTION_REQUIRE] = "require",
};

static int contradiction(const char *word, enum expect a, enum expect b, char *err, size_t len)
{
	return text_error(err, len, "outcome \"%s\" is under %s and under %s", word,
			  expect_names[a], expect_names[b]);
}

static int expect_one(struct section *d, enum outcome o, const char *word, enum expect e, char *err,
		      size_t len)
{
	if (d->expect[o] != EXPECT_UNSAID && d->expect[o] != e)
		return contradiction(word, d->expect[o], e, err, len);
	d->expect[o] = e;
	return 0;
}

/* `torn` is either of two outcomes; required, one of them is enough. */
static int expect_torn(struct section *d, enum expect e, char *err, size_t len)
{
	static const enum outcome both[] = { OUTCOME_TORN_READER, OUTCOME_TORN_WRITER };
	int bad = 0;

	for (unsigned i = 0; i < 2 && !bad; i++) {
		enum expect *now = &d->expect[both[i]];

		if (e != EXPECT_REQUIRE)
			bad = expect_one(d, both[i], "torn", e, err, len);
		else if (*now == EXPECT_FORBID)
			bad = contradiction("torn", *now, e, err, len);
		else if (*now == EXPECT_UNSAID)
			*now = EXPECT_ALLOW;
	}
	if (!bad && e == EXPECT_FORBID && d->require_torn)
		bad = contradiction("torn", EXPECT_REQUIRE, e, err, len);
	if (e == EXPECT_REQUIRE)
		d->require_torn = true;
	return bad;
}

static int expect_words(struct section *d, enum expect e, const char *value, char *err, size_t len)
{
	char copy[256], *rest = copy, *word;
	struct named found;
	int bad = 0;

	snprintf(copy, sizeof(copy), "%s", value);
	while (!bad && (word = text_word(&rest))) {
		if (!strcmp(word, "torn")) {
			bad = expect_torn(d, e, err, len);
			continue;
		}
		bad = name_find(SEAM_OUTCOME, NULL, word, &found, err, len);
		if (bad)
			text_append(err, len, " torn");
		else
			bad = expect_one(d, (enum outcome)found.index, word, e, err, len);
	}
	return bad;
}

static int set_floor(uint64_t *n, const char *key, const char *value, char *err, size_t len)
{
	if (!parse_number(value, 0, UINT64_MAX, false, n))
		return 0;
	return text_error(err, len, "bad %s \"%s\": a whole number, for example 1000", key, value);
}

static int set_text(char *buf, size_t size, const char *key, const char *value, char *err,
		    size_t len)
{
	if ((size_t)snprintf(buf, size, "%s", value) < size)
		return 0;
	return text_error(err, len, "%s is longer than %zu bytes", key, size - 1);
}

static int judging_value(struct section *d, enum section_key k, const char *value, char *err,
			 size_t len)
{
	switch (k) {
	case SECTION_SUMMARY:
		return set_text(d->summary, sizeof(d->summary), keys[k], value, err, len);
	case SECTION_CONTROL:
		return set_text(d->control, sizeof(d->control), keys[k], value, err, len);
	case SECTION_MIN_PRESENT:
		return set_floor(&d->min_present, keys[k], value, err, len);
	case SECTION_MIN_ROUNDS:
		return set_floor(&d->min_rounds, keys[k], value, err, len);
	case SECTION_ALLOW:
		return expect_words(d, EXPECT_ALLOW, value, err, len);
	case SECTION_FORBID:
		return expect_words(d, EXPECT_FORBID, value, err, len);
	default:
		return expect_words(d, EXPECT_REQUIRE, value, err, len);
	}
}

static int twice(const char *key, char *err, size_t len)
{
	return text_error(err, len, "key \"%s\" is given twice in this section", key);
}

int section_set_judging(struct section *d, const char *key, const char *value, unsigned line,
		      char *err, size_t len)
{
	unsigned k;
	int bad;

	for (k = 0; k < NR_SECTION_KEYS; k++)
		if (!strcmp(key, keys[k]))
			break;
	if (k == NR_SECTION_KEYS)
		return -ENOENT;
	/* the lists of outcomes grow; one line may be too short for them */
	if (k < SECTION_ALLOW && d->given & 1u << k)
		return twice(key, err, len);
	bad = judging_value(d, k, value, err, len);
	if (bad)
		return bad;
	d->given |= 1u << k;
	if (k == SECTION_CONTROL)
		d->control_line = line;
	return 0;
}

int section_set(struct section *d, const char *key, const char *value, unsigned line, char *err,
	      size_t len)
{
	int k, bad = section_set_judging(d, key, value, line, err, len);

	if (bad != -ENOENT)
		return bad;
	k = cell_key_find(key);
	if (k < 0) {
		text_error(err, len, "unknown key \"%s\"; valid:", key);
		for (unsigned i = 0; i < NR_SECTION_KEYS; i++)
			text_append(err, len, " %s", keys[i]);
		cell_key_list(err, len);
		return -EINVAL;
	}
	if (d->cell.set & 1u << k)
		return twice(key, err, len);
	return cell_set(&d->cell, key, value, err, len);
}

void section_inherit(struct section *d, const struct section *from)
{
	uint32_t missing = from->given & ~d->given;

	cell_inherit(&d->cell, &from->cell);
	if (d->expect[OUTCOME_TORN_READER] == EXPECT_UNSAID &&
	    d->expect[OUTCOME_TORN_WRITER] == EXPECT_UNSAID)
		d->require_torn = from->require_torn;
	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		if (d->expect[o] == EXPECT_UNSAID)
			d->expect[o] = from->expect[o];
	if (missing & 1u << SECTION_SUMMARY)
		memcpy(d->summary, from->summary, sizeof(d->summary));
	if (missing & 1u << SECTION_CONTROL) {
		memcpy(d->control, from->control, sizeof(d->control));
		d->control_line = from->control_line;
	}
	if (missing & 1u << SECTION_MIN_PRESENT)
		d->min_present = from->min_present;
	if (missing & 1u << SECTION_MIN_ROUNDS)
		d->min_rounds = from->min_rounds;
	d->given |= from->given;
}

int section_resolve(const struct section *d, struct scenario *s, char *err, size_t len)
{
	*s = (struct scenario){
		.require_torn = d->require_torn,
		.min_present = d->given & 1u << SECTION_MIN_PRESENT ? d->min_present : USUAL_FLOOR,
		.min_rounds = d->given & 1u << SECTION_MIN_ROUNDS ? d->min_rounds : USUAL_FLOOR,
		.strength = USUAL_STRENGTH,
	};
	memcpy(s->summary, d->summary, sizeof(s->summary));
	memcpy(s->control, d->control, sizeof(s->control));
	memcpy(s->expect, d->expect, sizeof(s->expect));
	return cell_resolve(&d->cell, &s->cell, err, len);
}
