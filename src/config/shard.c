/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Deals a plan out to several machines. Key invariant: a cell and its control are
 * dealt together, and every machine deals alike, with no word between them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "shard.h"

int shard_parse(struct shard *s, const char *word, char *err, size_t len)
{
	const char *slash = strchr(word, '/');
	char number[16] = "";
	uint64_t n, of;

	if (slash && (size_t)(slash - word) < sizeof(number))
		memcpy(number, word, (size_t)(slash - word));
	if (!slash || parse_number(slash + 1, 1, MAX_SCENARIOS, false, &of) ||
	    parse_number(number, 1, of, false, &n))
		return text_error(err, len, "bad shard \"%s\"; it is i/N with 1 <= i <= N <= %d, for "
				  "example 2/3", word, MAX_SCENARIOS);
	*s = (struct shard){ .number = (unsigned)n, .of = (unsigned)of };
	return 0;
}

/* Where the chain of controls ends: the same place for all of a group. */
static unsigned group_of(const struct plan *p, unsigned i)
{
	const struct scenario *control;

	while (p->list[i].control[0] && (control = plan_find(p, p->list[i].control)))
		i = (unsigned)(control - p->list);
	return i;
}

struct group {
	uint64_t ns;		/* of all its cells; 0: dealt out, or no group's place */
	unsigned shard;
};

static void deal(struct group *g, unsigned nr, uint64_t *load, unsigned shards)
{
	for (;;) {
		unsigned longest = 0, least = 0;

		for (unsigned i = 1; i < nr; i++)
			if (g[i].ns > g[longest].ns)
				longest = i;
		for (unsigned i = 1; i < shards; i++)
			if (load[i] < load[least])
				least = i;
		if (!g[longest].ns)
			return;
		load[least] += g[longest].ns;
		g[longest] = (struct group){ .ns = 0, .shard = least };
	}
}

int plan_shard(struct plan *p, const struct shard *s)
{
	struct group *groups = calloc(p->nr + 1, sizeof(*groups));
	uint64_t *load = calloc(s->of, sizeof(*load));
	unsigned *group = calloc(p->nr + 1, sizeof(*group)), kept = 0;
	int err = groups && load && group ? 0 : -ENOMEM;

	for (unsigned i = 0; i < p->nr && !err; i++) {
		group[i] = group_of(p, i);
		groups[group[i]].ns += p->list[i].cell.budget_ns;
	}
	if (!err)
		deal(groups, p->nr, load, s->of);
	for (unsigned i = 0; i < p->nr && !err; i++)
		if (groups[group[i]].shard == s->number - 1)
			p->list[kept++] = p->list[i];
	if (!err)
		p->nr = kept;
	free(group);
	free(load);
	free(groups);
	return err;
}
