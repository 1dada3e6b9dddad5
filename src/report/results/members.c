/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the members of a line are, and how each is read.
 *
 * A line is read strictly: a member of the contract that is missing or of another
 * type makes the whole line foreign. Members that are not of the contract are
 * somebody's additions, and are ignored.
 */
#include "members.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"
#include "live.h"
#include "protocol/layout.h"
#include "pool.h"
#include "schema1.h"
#include "source.h"

enum { MAX_COUNTS = 1 << 20 };

static const char *const predicted_names[] = { "nothing", "impossible", "possible", NULL };

/* ---- members ---- */

bool parse_wrong(const struct parse *p, const char *fmt, ...)
{
	va_list ap;
	char *c;

	va_start(ap, fmt);
	vsnprintf(p->why, WHY_LEN, fmt, ap);
	va_end(ap);
	for (c = p->why; *c; c++)
		if (*c < 0x20 || *c > 0x7e)	/* goes to a terminal */
			*c = '?';
	return false;
}

bool parse_string(const struct parse *p, const json_t *v, const char **out)
{
	if (!json_is_string(v))
		return false;
	*out = pool_string(p->rs->pool, json_string_value(v));
	return true;
}

static bool get_count(const json_t *v, uint64_t *out)
{
	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return false;
	*out = (uint64_t)json_integer_value(v);
	return true;
}

static bool get_unsigned(const json_t *v, unsigned *out)
{
	uint64_t n;

	if (!get_count(v, &n) || n > UINT32_MAX)
		return false;
	*out = (unsigned)n;
	return true;
}

static int index_of(const char *name, const char *const *names, unsigned n)
{
	for (unsigned i = 0; i < n && (n != UINT32_MAX || names[i]); i++)
		if (names[i] && !strcmp(names[i], name))
			return (int)i;
	return -1;
}

static bool get_word(const json_t *v, const char *const *names, unsigned n, uint8_t *out)
{
	int i = json_is_string(v) ? index_of(json_string_value(v), names, n) : -1;

	if (i < 0)
		return false;
	*out = (uint8_t)i;
	return true;
}

static bool get_counts(const json_t *v, const char *const *names, unsigned n, uint64_t *out)
{
	const char *key;
	json_t *x;

	if (!json_is_object(v))
		return false;
	json_object_foreach((json_t *)v, key, x) {
		int i = index_of(key, names, n);

		if (i < 0 || !get_count(x, &out[i]))
			return false;
	}
	return true;
}

/* expect also names both kinds of torn where they differ: the union is what counts here */
static bool get_grades(const json_t *v, const char *const *names, uint8_t *out)
{
	const char *key;
	json_t *x;

	json_object_foreach((json_t *)v, key, x) {
		int i = index_of(key, outcome_result_names, NR_OUTCOMES);

		if (i < 0 && !strncmp(key, "torn-by-", 8))
			continue;
		if (i < 0 || !get_word(x, names, UINT32_MAX, &out[i]))
			return false;
	}
	return json_is_object(v);
}

/* Both kinds of torn, which are named only where they differ. */
static bool get_expect(struct result *r, const json_t *v)
{
	static const char *const keys[] = { "torn-by-reader", "torn-by-writer" };
	unsigned i;

	if (!get_grades(v, expect_names, r->expect))
		return false;
	for (i = 0; i < 2; i++) {
		const json_t *by = json_object_get(v, keys[i]);

		r->expect_by[i] = r->expect[OUTCOME_TORN];
		if (by && !get_word(by, expect_names, UINT32_MAX, &r->expect_by[i]))
			return false;
	}
	return true;
}

static bool get_cpus(struct parse *p, const json_t *v)
{
	char list[512] = "";
	size_t i, n = 0;
	json_t *x;

	json_array_foreach(v, i, x) {
		if (!json_is_integer(x))
			return false;
		if (n < sizeof(list))
			n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%lld", i ? "," : "",
					      (long long)json_integer_value(x));
	}
	p->machine.cpus = pool_string(p->rs->pool, list);
	p->machine.nr_cpus = (unsigned)json_array_size(v);
	return json_is_array(v);
}

static bool get_intervals(const struct parse *p, const json_t *v)
{
	const size_t n = json_array_size(v);
	uint32_t *counts;
	size_t i;
	json_t *x;

	if (!json_is_array(v) || n > MAX_COUNTS)
		return false;
	counts = pool_alloc(p->rs->pool, n * sizeof(*counts));
	json_array_foreach(v, i, x)
		if (!get_unsigned(x, &counts[i]))
			return false;
	p->r->intervals = counts;
	p->r->nr_intervals = (unsigned)n;
	return true;
}

static bool get_calibration(const struct parse *p, const json_t *v)
{
	struct calibrated c;
	const char *key;
	json_t *x;

	if (json_is_null(v))
		return true;
	if (!json_is_object(v) || json_object_size(v) > MAX_PRIMITIVES)
		return false;
	memset(&c, 0, sizeof(c));	/* padding too: it is compared as bytes */
	json_object_foreach((json_t *)v, key, x) {
		c.of[c.n].name = pool_string(p->rs->pool, key);
		if (!get_count(json_object_get(x, "reads"), &c.of[c.n].reads) ||
		    !get_count(json_object_get(x, "torn"), &c.of[c.n].torn))
			return false;
		c.n++;
	}
	p->r->calibration = pool_unique(p->rs->pool, &c, sizeof(c));
	return true;
}

/* JSON on one line; NULL where there is none. */
static bool get_json(const struct parse *p, const json_t *v, const char **out)
{
	char *s;

	if (json_is_null(v))
		return true;
	s = json_dumps(v, JSON_ENCODE_ANY);
	if (!s)
		return false;
	*out = pool_string(p->rs->pool, s);
	parse_put(s);
	return true;
}

/* A text, or JSON on one line; NULL where there is none. */
static bool get_loose(const struct parse *p, const json_t *v, const char **out)
{
	return json_is_string(v) ? parse_string(p, v, out) : get_json(p, v, out);
}

static bool get_predicted(const struct parse *p, const json_t *v)
{
	if (json_is_null(v))
		return true;
	p->r->has_predicted = true;
	return get_grades(v, predicted_names, p->r->predicted);
}

/* high:low, 8 digits each */
static bool get_entry(const json_t *v, uint64_t *out)
{
	const char *s = json_string_value(v);
	char *end;

	if (!s || strspn(s, "0123456789abcdef") != 8 || s[8] != ':' ||
	    strspn(s + 9, "0123456789abcdef") != 8 || s[17])
		return false;
	*out = (uint64_t)strtoul(s, &end, 16) << 32 | strtoul(end + 1, NULL, 16);
	return true;
}

static bool get_half(const json_t *v, uint8_t *from, unsigned *store)
{
	const json_t *number = json_object_get(v, "store");

	return get_word(json_object_get(v, "from"), half_origins, NR_HALVES, from) &&
	       (!number || get_unsigned(number, store));
}

static bool get_witness_object(const json_t *v, struct witness *w)
{
	const json_t *newer = json_object_get(v, "newer"), *cpu = json_object_get(v, "cpu");

	for (w->outcome = 0; w->outcome < NR_OUTCOMES; w->outcome++)
		if (!strcmp(json_string_value(json_object_get(v, "outcome")) ?: "",
			    outcome_kinds[w->outcome].name))
			break;
	if (w->outcome == NR_OUTCOMES || !json_is_integer(cpu))
		return false;
	w->cpu = (int)json_integer_value(cpu);
	w->newer = !newer ? NR_DIRECTIONS : !strcmp(json_string_value(newer) ?: "", "low") ? LOW_NEWER :
		   HIGH_NEWER;
	w->perhaps_held = json_is_true(json_object_get(v, "perhaps_held"));
	w->known = true;
	return get_entry(json_object_get(v, "used"), &w->used) &&
	       get_entry(json_object_get(v, "decided"), &w->decided) &&
	       get_half(json_object_get(v, "low"), &w->low.from, &w->low.store) &&
	       get_half(json_object_get(v, "high"), &w->high.from, &w->high.store) &&
	       get_unsigned(json_object_get(v, "apart"), &w->apart) &&
	       get_unsigned(json_object_get(v, "modulo"), &w->modulo) &&
	       get_unsigned(json_object_get(v, "slot"), &w->slot) &&
	       get_unsigned(json_object_get(v, "reader"), &w->reader) &&
	       get_count(json_object_get(v, "ns"), &w->ns);
}

/* An object with the sentence under "text"; a line of schema 1 has the sentence alone. */
static bool get_witness(const struct parse *p, const json_t *v)
{
	const json_t *sentence = json_is_object(v) ? json_object_get(v, "text") : v;
	const size_t len = json_string_length(sentence);
	struct witness *w;

	if (json_is_null(v))
		return true;
	if (!json_is_string(sentence))
		return false;
	w = pool_alloc(p->rs->pool, sizeof(*w) + len + 1);	/* hardly ever twice the same */
	memset(w, 0, sizeof(*w));
	w->text = memcpy(w + 1, json_string_value(sentence), len + 1);
	p->r->witness = w;
	if (json_is_object(v))
		return get_witness_object(v, w);
	schema1_witness(w);
	return true;
}

static bool get_delays(const struct parse *p, const json_t *v)
{
	struct delay_class *d;
	size_t i;
	json_t *x;

	if (json_is_null(v))
		return true;
	if (!json_is_array(v) || json_array_size(v) > MAX_COUNTS)
		return false;
	d = pool_alloc(p->rs->pool, json_array_size(v) * sizeof(*d));
	json_array_foreach(v, i, x) {
		d[i].ns = json_number_value(json_object_get(x, "ns"));
		d[i].seconds = json_number_value(json_object_get(x, "seconds"));
		if (!json_is_number(json_object_get(x, "ns")) ||
		    !get_count(json_object_get(x, "torn"), &d[i].torn))
			return false;
	}
	p->r->delays = d;
	p->r->nr_delays = (unsigned)json_array_size(v);
	return true;
}

static bool get_torn_by(struct result *r, const json_t *v)
{
	r->has_torn_by = true;
	return get_count(json_object_get(v, "reader"), &r->torn_by[0]) &&
	       get_count(json_object_get(v, "writer"), &r->torn_by[1]);
}

static bool get_bool(const json_t *v, bool *out)
{
	*out = json_is_true(v);
	return json_is_boolean(v);
}

static bool get_seconds(const json_t *v, double *out)
{
	*out = json_number_value(v);
	return json_is_number(v) && *out >= 0;
}

static bool get_seed(const json_t *v, uint32_t *out)
{
	unsigned u;

	if (!get_unsigned(v, &u))
		return false;
	*out = u;
	return true;
}

const char *const overridable_names[NR_OVERRIDABLE] = {
	[OVERRIDE_WORLD] = "world",	[OVERRIDE_RECLAIM] = "reclaim", [OVERRIDE_READERS] = "readers",
	[OVERRIDE_WRITERS] = "writers", [OVERRIDE_SLOTS] = "slots",
};

static bool get_overridden(const json_t *v, unsigned *out)
{
	size_t i;
	json_t *x;

	json_array_foreach(v, i, x) {
		uint8_t k;

		if (!get_word(x, overridable_names, NR_OVERRIDABLE, &k))
			return false;
		*out |= 1u << k;
	}
	return json_is_array(v);
}

static bool get_twin(const struct parse *p, const json_t *v)
{
	return parse_string(p, json_object_get(v, "name"), &p->r->twin) &&
	       get_count(json_object_get(v, "distinct"), &p->r->twin_distinct) &&
	       get_seconds(json_object_get(v, "seconds"), &p->r->twin_seconds);
}

static bool get_unbiased(struct result *r, const json_t *v)
{
	const json_t *by = json_object_get(v, "torn_by");

	return get_seconds(json_object_get(v, "seconds"), &r->rated.seconds) && r->rated.seconds > 0 &&
	       get_count(json_object_get(v, "rounds"), &r->rated.rounds) &&
	       get_counts(json_object_get(v, "distinct"), outcome_result_names, NR_OUTCOMES,
			  r->rated.distinct) &&
	       get_count(json_object_get(by, "reader"), &r->rated.torn_by[0]) &&
	       get_count(json_object_get(by, "writer"), &r->rated.torn_by[1]);
}

/* X(member, what reads it); in the contract's order. `v` is the value, R the result. */
#define MEMBERS(X)                                                             \
	X("scenario", parse_string(p, v, &R->scenario))                          \
	X("hash", parse_string(p, v, &R->hash))                                  \
	X("layout", parse_string(p, v, &R->layout))                              \
	X("level", parse_string(p, v, &R->level))                                \
	X("walker", parse_string(p, v, &R->walker))                              \
	X("reader", parse_string(p, v, &R->reader))                              \
	X("writer", parse_string(p, v, &R->writer))                              \
	X("transition", parse_string(p, v, &R->transition))                      \
	X("consumer", parse_string(p, v, &R->consumer))                          \
	X("reclaim", parse_string(p, v, &R->reclaim))                            \
	X("world", parse_string(p, v, &R->world))                                \
	X("alias", get_bool(v, &R->alias))                                     \
	X("target", parse_string(p, v, &p->machine.target))                      \
	X("executor", parse_string(p, v, &p->machine.executor))                  \
	X("cpu", parse_string(p, v, &p->machine.cpu))                            \
	X("cpus", get_cpus(p, v))                                              \
	X("kernel", parse_string(p, v, &p->machine.kernel))                      \
	X("compiler", parse_string(p, v, &p->machine.compiler))                  \
	X("flags", parse_string(p, v, &p->machine.flags))                        \
	X("git", parse_string(p, v, &p->machine.git))                            \
	X("seed", get_seed(v, &R->seed))                                       \
	X("readers", get_unsigned(v, &R->readers))                             \
	X("writers", get_unsigned(v, &R->writers))                             \
	X("slots", get_unsigned(v, &R->slots))                                 \
	X("seconds", get_seconds(v, &R->seconds))                              \
	X("walks", get_count(v, &R->walks))                                    \
	X("rounds", get_count(v, &R->rounds))                                  \
	X("present", get_count(v, &R->present))                                \
	X("outcomes", get_counts(v, outcome_result_names, NR_OUTCOMES, R->outcomes))  \
	X("distinct", get_counts(v, outcome_result_names, NR_OUTCOMES, R->distinct))  \
	X("direction", get_counts(v, direction_names, NR_DIRECTIONS, R->direction)) \
	X("harm", get_counts(v, harm_names, NR_HARMS, R->harm))                \
	X("first_ns", get_counts(v, outcome_result_names, NR_OUTCOMES, R->first_ns))  \
	X("retries", get_count(v, &R->retries))                                \
	X("per_interval", get_intervals(p, v))                                 \
	X("calibration", get_calibration(p, v))                                \
	X("predicted", get_predicted(p, v))                                    \
	X("expect", get_expect(R, v))                                          \
	X("verdict", get_word(v, verdict_names, NR_VERDICTS, &R->verdict))     \
	X("cause", get_word(v, cause_names, NR_CAUSES, &R->cause))             \
	X("reason", parse_string(p, v, &R->reason))                              \
	X("witness", get_witness(p, v))                                        \
	/* beyond the contract: old lines lack them */                         \
	X("torn_by", get_torn_by(R, v))                                        \
	X("interval_ns", get_count(v, &R->interval_ns))                        \
	X("primitive", get_loose(p, v, &R->primitive))                         \
	X("model", get_loose(p, v, &R->model))                                 \
	X("schedule", get_json(p, v, &R->schedule))                            \
	X("delays", get_delays(p, v))                                          \
	X("overridden", get_overridden(v, &R->overridden))                     \
	X("strategy", parse_string(p, v, &R->strategy))                          \
	X("tight", get_bool(v, &R->tight))                                     \
	X("pauses", get_bool(v, &R->pauses))                                   \
	X("rung", get_word(v, rung_names, NR_RUNGS, &R->rung))                 \
	X("stop", get_word(v, stop_names, NR_STOPS, &R->stop))                 \
	X("most", get_seconds(v, &R->most))                                    \
	X("strength", get_count(v, &R->strength))                              \
	X("twin", get_twin(p, v))                                              \
	X("unbiased", get_unbiased(R, v))                                      \
	X("tree", source_parse(p, v))                                          \
	X("live", live_parse(p, v))

static const char *const members[] = {
#define X(name, get) name,
	MEMBERS(X)
#undef X
};

enum { NR_MEMBERS = sizeof(members) / sizeof(members[0]), CAUSE_AT = 39, NR_CONTRACT = 42 };

static bool get_member(struct parse *p, unsigned member, const json_t *v)
{
	struct result *const R = p->r;
	unsigned i = 0;

#define X(name, get) if (member == i++) return get;
	MEMBERS(X)
#undef X
	return false;
}

bool parse_members(struct parse *p, const json_t *o)
{
	const char *key;
	unsigned next = 0;
	json_t *v;

	json_object_foreach((json_t *)o, key, v) {
		unsigned m = next;

		/* nearly always in the contract's order */
		if (m >= NR_MEMBERS || strcmp(key, members[m])) {
			int i = index_of(key, members, NR_MEMBERS);

			if (i < 0)
				continue;
			m = (unsigned)i;
		}
		if (!get_member(p, m, v))
			return parse_wrong(p, "not a result: bad \"%s\"", members[m]);
		p->had |= 1ull << m;
		next = m + 1;
	}
	return true;
}

bool parse_complete(const struct parse *p)
{
	for (unsigned m = 0; m < NR_CONTRACT; m++)
		if (!(p->had & 1ull << m) && (m != CAUSE_AT || p->schema > 1))
			return parse_wrong(p, "not a result: no \"%s\"", members[m]);
	if (!(p->r->rated.seconds > 0))
		result_rate_whole(p->r);
	return true;
}

char *result_schedule(const struct result *r)
{
	json_t *v = r->schedule ? json_loads(r->schedule, JSON_DECODE_ANY, NULL) : NULL;
	const char *s = json_is_string(v) ? json_string_value(v) : r->schedule;
	char *copy = v ? strdup(s) : NULL;

	json_decref(v);
	return copy;
}
