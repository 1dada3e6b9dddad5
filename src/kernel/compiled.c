/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compiled.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct place {
	uintptr_t who;
	unsigned ways;
	bool part, reached;
};

enum { MAX_OTHERS = 64 };

static struct place *places;
static size_t nplaces;
/* announced, and in no line: of more than these the first are counted */
static struct place others[MAX_OTHERS];
static size_t nothers;

static unsigned ways_named(const char *names)
{
	if (strstr(names, "part"))
		return WAY_LOW_FIRST | WAY_HIGH_FIRST;
	return (strstr(names, "low") ? WAY_LOW_FIRST : 0) | (strstr(names, "high") ? WAY_HIGH_FIRST : 0) |
	       (strstr(names, "whole") ? WAY_WHOLE : 0);
}

static int by_address(const void *a, const void *b)
{
	const uintptr_t x = ((const struct place *)a)->who, y = ((const struct place *)b)->who;

	return x < y ? -1 : x > y;
}

int compiled_read(const char *path)
{
	FILE *f = fopen(path, "r");
	char line[4096], names[32];
	unsigned long who;
	size_t room = 0;

	if (!f)
		return -errno;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "0x%lx %31s", &who, names) != 2)
			goto out_invalid;
		if (nplaces == room) {
			struct place *more = realloc(places, (room = room ? 2 * room : 256) * sizeof(*places));

			if (!more)
				abort();
			places = more;
		}
		places[nplaces++] = (struct place){ .who = who, .ways = ways_named(names), .part = strstr(names, "part") };
	}
	fclose(f);
	qsort(places, nplaces, sizeof(*places), by_address);
	return nplaces ? 0 : -EINVAL;
out_invalid:
	fclose(f);
	return -EINVAL;
}

bool compiled_is_known(void)
{
	return nplaces > 0;
}

void compiled_begin(void)
{
	for (size_t i = 0; i < nplaces; i++)
		places[i].reached = false;
	nothers = 0;
}

static struct place *other(uintptr_t who)
{
	for (size_t i = 0; i < nothers; i++)
		if (others[i].who == who)
			return &others[i];
	if (nothers == MAX_OTHERS)
		return &others[0];
	others[nothers].who = who;
	return &others[nothers++];
}

unsigned compiled_ways(const void *who)
{
	const struct place wanted = { .who = (uintptr_t)who };
	struct place *p = nplaces ? bsearch(&wanted, places, nplaces, sizeof(*places), by_address) : NULL;

	if (!p)
		p = other(wanted.who);
	p->reached = true;
	return p->ways;
}

struct compiled_count compiled_count(void)
{
	struct compiled_count n = { .accesses = (unsigned)nothers, .unknown = (unsigned)nothers };

	for (size_t i = 0; i < nplaces; i++) {
		if (!places[i].reached)
			continue;
		n.accesses++;
		n.unknown += !places[i].ways;
		n.part += places[i].part;
		n.several += !places[i].part && (places[i].ways & (places[i].ways - 1));
	}
	return n;
}

const void *compiled_unknown(unsigned n)
{
	for (size_t i = 0; i < nplaces; i++)
		if (places[i].reached && !places[i].ways && !n--)
			return (const void *)places[i].who;
	return n < nothers ? (const void *)others[n].who : NULL;
}
