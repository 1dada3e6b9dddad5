/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which cells make sense, and the same cell in another world. */
#include "cell.h"

#include <stdio.h>
#include <string.h>

const char *cell_check(const struct cell *c, char *buf, unsigned len)
{
	const unsigned locks = (c->reader->flags & READ_HOLDS_LOCK) != 0;

	buf[0] = '\0';
	if ((c->walker->flags & WALK_SNAPSHOT) && (c->reader->flags & READ_REREADS))
		snprintf(buf, len, "walker %s takes a snapshot, reader %s has none; use plain-barrier, "
			 "or walker pagewalk", c->walker->name, c->reader->name);
	else if (locks && (c->walker->flags & WALK_LOCKS))
		snprintf(buf, len, "reader %s and walker %s would both take the page-table lock",
			 c->reader->name, c->walker->name);
	else if (locks && (c->consumer->flags & (CONSUME_LOCKS | CONSUME_SPLITS)))
		snprintf(buf, len, "reader %s and consumer %s would both take the page-table lock",
			 c->reader->name, c->consumer->name);
	else if ((c->consumer->flags & CONSUME_SPLITS) && !(c->walker->flags & WALK_SPLITS))
		snprintf(buf, len, "consumer %s makes the walk split, walker %s never does; use "
			 "pagewalk, pagewalk-rfc or pagewalk-2026", c->consumer->name, c->walker->name);
	else if ((c->writer->flags & WRITE_OVERWRITES) && c->transition->clears)
		snprintf(buf, len, "writer %s only overwrites, transition %s clears; use remap",
			 c->writer->name, c->transition->name);
	else if ((c->reader->flags & READ_REMEMBERS) && c->slots > 1)
		snprintf(buf, len, "reader %s remembers the value of one slot, and would use it in %u; use 1 slot",
			 c->reader->name, c->slots);
	else if (c->readers + c->writers > MAX_THREADS)
		snprintf(buf, len, "%u readers and %u writers are more than %d threads",
			 c->readers, c->writers, MAX_THREADS);
	return buf[0] ? buf : NULL;
}

struct strategy cell_strategy(const struct cell *c, const struct strategy *s)
{
	struct strategy own = *s;

	if ((c->reader->flags & READ_REMEMBERS) && own.key[KEY_slots] > 1)
		own.key[KEY_slots] = 1;
	return own;
}

/* The worlds are made of the same sources: one has the names of all. */
#define SAME(list, row)                                                          \
	({                                                                        \
		__auto_type e_ = (list);                                          \
		while (e_->name && strcmp(e_->name, (row)->name))                 \
			e_++;                                                     \
		e_;                                                               \
	})

void cell_into(struct cell *c, const struct protocol *to)
{
	c->protocol = to;
	c->reader = SAME(to->readers, c->reader);
	c->writer = SAME(to->writers, c->writer);
	c->walker = SAME(to->walkers, c->walker);
	c->consumer = SAME(to->consumers, c->consumer);
	c->transition = SAME(to->transitions, c->transition);
}
