/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transcribed.h"

#include <string.h>

#include "protocol/walk.h"

extern const struct reader explored_readers[];
extern const struct writer explored_writers[];

#ifdef __arm__
#define LAYOUT layouts[LAYOUT_LPAE]
#else
#define LAYOUT layouts[LAYOUT_PAE]
#endif

const char *transcribed_name(bool reader, unsigned n)
{
	return reader ? explored_readers[n].name : explored_writers[n].name;
}

const char *transcribed_source(bool reader, unsigned n)
{
	return reader ? explored_readers[n].source : explored_writers[n].source;
}

bool transcribed_alone(unsigned reader)
{
	const struct reader *r = &explored_readers[reader];

	return !(r->flags & (READ_HOLDS_LOCK | READ_REMEMBERS | READ_IN_SECTION | READ_UNPROMISED)) &&
	       strncmp(r->name, "atomic64-", 9);
}

bool transcribed_overwrites(unsigned writer)
{
	return explored_writers[writer].flags & WRITE_OVERWRITES;
}

static entry_t entry_of(uint64_t v)
{
	return entry((uint32_t)v, (uint32_t)(v >> 32));
}

uint64_t transcribed_read(unsigned reader, const void *p)
{
	struct walk w = { 0 };

	return entry_u64(explored_readers[reader].read(&w, p));
}

void transcribed_write(unsigned writer, enum part part, void *p, uint64_t old, uint64_t new)
{
	const struct writer *w = &explored_writers[writer];

	if (part == SET)
		w->set(p, entry_of(new));
	else if (part == CLEAR)
		w->clear(p);
	else if (part == INVALIDATE)
		w->invalidate(p, LAYOUT->mk_invalid(entry_of(old)));
	else
		w->touch(LAYOUT, p);
}

uint64_t transcribed_leaf(unsigned lo, unsigned hi)
{
	return entry_u64(LAYOUT->mk_huge((struct stamp){ .lo = (uint16_t)lo, .hi = (uint16_t)hi }));
}
