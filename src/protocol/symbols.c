/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols.h"

/* Appends a name, as it is spelt in a symbol: "read-once" is read_once. */
static void add(char *to, const char *name)
{
	const char *const end = to + sizeof(((struct symbols *)0)->of[0]) - 1;

	while (*to)
		to++;
	for (; *name && to < end; name++)
		*to++ = *name == '-' ? '_' : *name;
	*to = '\0';
}

static void name(char *to, const char *before, const char *what)
{
	*to = '\0';
	add(to, before);
	add(to, what);
}

void parts_symbols(const struct parts *p, struct symbols *s)
{
	const bool rereads = p->reader->flags & READ_REREADS, scan = parts_scan(p), loop = parts_rounds(p);
	const bool splits = (p->walker->flags & WALK_SPLITS) && (p->consumer->flags & CONSUME_SPLITS);

	*s = (struct symbols){ 0 };
	/* inlined in the step, but for the descent: that is a callee's */
	if (!rereads || !(p->walker->flags & WALK_NO_DESCENT))
		name(s->of[SYMBOL_READER], scan ? "scan_" : "read_", p->reader->name);
	if (!scan) {
		name(s->of[SYMBOL_WALKER], "walk_", p->walker->name);
		if (rereads) {
			add(s->of[SYMBOL_WALKER], "_");
			add(s->of[SYMBOL_WALKER], p->layout->name);
			add(s->of[SYMBOL_WALKER], "_plain");
		}
		add(s->of[SYMBOL_WALKER], "_step");
	}
	name(s->of[SYMBOL_SET], loop ? p->transition->name : "set", "_");
	add(s->of[SYMBOL_SET], p->writer->name);
	if (loop) {
		add(s->of[SYMBOL_SET], "_");
		add(s->of[SYMBOL_SET], p->layout->name);
	}
	if ((p->transition->clears && !loop) || splits)
		name(s->of[SYMBOL_CLEAR], "clear_", p->writer->name);
	if (p->transition->invalidates)
		name(s->of[SYMBOL_INVALIDATE], "invalidate_", p->writer->name);
	if (p->writer->flags & WRITE_TOUCHES)
		name(s->of[SYMBOL_TOUCH], "touch_by_", p->writer->name);
}
