/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rows of the strategies, as text and back, and why a machine lacks one.
 *
 * Invariant: a key that is not given has its usual value, and text that was printed parses
 * to the same strategy.
 */
#include "strategy.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poke.h"
#include "preempt.h"

static const char *strategy_always(const struct cpus *cpus)
{
	(void)cpus;
	return NULL;
}

static const char *strategy_one_cpu(const struct cpus *cpus)
{
	return cpus->n == 1 ? NULL : "there is more than one CPU";
}

static const char *strategy_two_cpus(const struct cpus *cpus)
{
	return cpus->n > 1 ? NULL : "there is one CPU only";
}

static const char *strategy_interrupts(const struct cpus *cpus)
{
	return cpus->n < 2 ? strategy_two_cpus(cpus) :
	       poke_usable() ? NULL : "the kernel has no membarrier(PRIVATE_EXPEDITED)";
}

static const char *strategy_steps(const struct cpus *cpus)
{
	return cpus->n < 2 ? strategy_two_cpus(cpus) :
	       preempt_steps() ? NULL : "no single steps here: no trap flag, an emulator, or a sanitizer";
}

const struct strategy_row strategies[NR_STRATEGIES] = {
#define X(id, nm, ks, usable, text)                                              \
	[STRATEGY_##id] = { .name = #nm, .summary = text, .keys = ks, .lacks = usable },
	STRATEGIES(X)
#undef X
};

const struct strategy_key_row strategy_keys[NR_STRATEGY_KEYS] = {
#define X(nm, min, max, by_default, text)                                        \
	[KEY_##nm] = { .name = #nm, .summary = text, .least = min, .most = max, .usual = by_default },
	STRATEGY_KEYS(X)
#undef X
};

struct strategy strategy_of(enum strategy_id id)
{
	struct strategy s = { .id = id };
	unsigned k;

	for (k = 0; k < NR_STRATEGY_KEYS; k++)
		if (strategies[id].keys & 1u << k)
			s.key[k] = strategy_keys[k].usual;
	return s;
}

/* Always terminated, cut where full. */
__attribute__((format(printf, 3, 4)))
static void add(char *buf, size_t len, const char *fmt, ...)
{
	size_t n = strlen(buf);
	va_list args;

	va_start(args, fmt);
	vsnprintf(buf + n, len - n, fmt, args);
	va_end(args);
}

static int unknown_strategy(const char *word, size_t n, char *err, size_t len)
{
	unsigned i;

	snprintf(err, len, "unknown strategy \"%.*s\"; valid:", (int)n, word);
	for (i = 0; i < NR_STRATEGIES; i++)
		add(err, len, " %s", strategies[i].name);
	return -EINVAL;
}

static int unknown_key(const struct strategy *s, const char *word, size_t n, char *err, size_t len)
{
	const struct strategy_row *row = &strategies[s->id];
	unsigned k;

	if (!row->keys) {
		snprintf(err, len, "strategy %s has no keys, not \"%.*s\"", row->name, (int)n, word);
		return -EINVAL;
	}
	snprintf(err, len, "strategy %s has no key \"%.*s\"; valid:", row->name, (int)n, word);
	for (k = 0; k < NR_STRATEGY_KEYS; k++)
		if (row->keys & 1u << k)
			add(err, len, " %s=%u..%u", strategy_keys[k].name, (unsigned)strategy_keys[k].least,
			    (unsigned)strategy_keys[k].most);
	return -EINVAL;
}

static int set_key(struct strategy *s, const char *word, size_t n, char *err, size_t len)
{
	const char *const equals = memchr(word, '=', n);
	const size_t named = equals ? (size_t)(equals - word) : n;
	unsigned k = 0;
	unsigned long v;
	char *end;

	while (k < NR_STRATEGY_KEYS && !(strategies[s->id].keys & 1u << k &&
					 strlen(strategy_keys[k].name) == named &&
					 !memcmp(strategy_keys[k].name, word, named)))
		k++;
	if (k == NR_STRATEGY_KEYS)
		return unknown_key(s, word, named, err, len);
	errno = 0;
	v = equals && equals[1] >= '0' && equals[1] <= '9' ? strtoul(equals + 1, &end, 10) : (end = NULL, 0);
	if (end != word + n || errno || v < strategy_keys[k].least || v > strategy_keys[k].most) {
		snprintf(err, len, "bad value in \"%.*s\" of strategy %s; valid: %s=%u..%u", (int)n, word,
			 strategies[s->id].name, strategy_keys[k].name, (unsigned)strategy_keys[k].least,
			 (unsigned)strategy_keys[k].most);
		return -EINVAL;
	}
	s->key[k] = (uint32_t)v;
	return 0;
}

int strategy_parse(struct strategy *s, const char *text, char *err, size_t len)
{
	size_t n = strcspn(text, ",");
	unsigned i = 0;
	int bad;

	while (i < NR_STRATEGIES && (strlen(strategies[i].name) != n || memcmp(strategies[i].name, text, n)))
		i++;
	if (i == NR_STRATEGIES)
		return unknown_strategy(text, n, err, len);
	*s = strategy_of((enum strategy_id)i);
	for (text += n; *text; text += n) {
		text++;
		n = strcspn(text, ",");
		bad = set_key(s, text, n, err, len);
		if (bad)
			return bad;
	}
	return 0;
}

void strategy_print(const struct strategy *s, char *buf, size_t len)
{
	unsigned k;

	snprintf(buf, len, "%s", strategies[s->id].name);
	for (k = 0; k < NR_STRATEGY_KEYS; k++)
		if (strategies[s->id].keys & 1u << k)
			add(buf, len, ",%s=%u", strategy_keys[k].name, (unsigned)s->key[k]);
}
