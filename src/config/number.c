/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers as people write them.
 *
 * Invariant: integer arithmetic throughout, and no number is cut: what does not fit
 * is -ERANGE.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "number.h"

/* Reads digits; -EINVAL: none, -ERANGE: more than 64 bits of them. */
static int digits(const char **s, uint64_t *n)
{
	const char *p = *s;
	int err = 0;

	*n = 0;
	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(*n, UINT64_C(10), n) ||
		    __builtin_add_overflow(*n, (uint64_t)(*p - '0'), n))
			err = -ERANGE;
	if (p == *s)
		return -EINVAL;
	*s = p;
	return err;
}

static uint64_t unit_ns(const char *word)
{
	static const struct {
		const char *word;
		uint64_t ns;
	} units[] = {
		{ "", NS_PER_S },	    { "s", NS_PER_S },
		{ "ms", NS_PER_MS },	    { "m", 60 * NS_PER_S },
		{ "h", 3600 * NS_PER_S },   { "d", 86400 * NS_PER_S },
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(word, units[i].word))
			return units[i].ns;
	return 0;
}

int parse_duration(const char *s, uint64_t *ns)
{
	const char *fraction = "";
	uint64_t whole, unit, sum, ignored;
	int err = digits(&s, &whole);

	if (err == -EINVAL)
		return err;
	if (*s == '.') {
		fraction = ++s;
		if (digits(&s, &ignored) == -EINVAL)
			return -EINVAL;
	}
	unit = unit_ns(s);
	if (!unit)
		return -EINVAL;
	if (err || __builtin_mul_overflow(whole, unit, &sum))
		return -ERANGE;
	for (; *fraction >= '0' && *fraction <= '9'; fraction++) {
		unit /= 10;
		sum += unit * (uint64_t)(*fraction - '0');
	}
	if (sum < MIN_DURATION_NS || sum > MAX_DURATION_NS)
		return -ERANGE;
	*ns = sum;
	return 0;
}

int parse_number(const char *s, uint64_t min, uint64_t max, bool sized, uint64_t *n)
{
	uint64_t v, scale = 1;
	int err = digits(&s, &v);

	if (err)
		return err;
	if (sized && *s == 'k') {
		scale = 1024;
		s++;
	} else if (sized && *s == 'M') {
		scale = 1024 * 1024;
		s++;
	}
	if (*s)
		return -EINVAL;
	if (__builtin_mul_overflow(v, scale, &v) || v < min || v > max)
		return -ERANGE;
	*n = v;
	return 0;
}

int parse_bool(const char *s, bool *b)
{
	static const char *const yes[] = { "yes", "true", "on", "1" };
	static const char *const no[] = { "no", "false", "off", "0" };

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (!strcmp(s, yes[i]) || !strcmp(s, no[i])) {
			*b = !strcmp(s, yes[i]);
			return 0;
		}
	}
	return -EINVAL;
}
