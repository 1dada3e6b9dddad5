/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One iterator over lists of different types, and the message for a bad name.
 *
 * Invariant: the rows of all lists begin with name, summary and source, and a list
 * ends with a row that has no name.
 */
#include <errno.h>
#include <string.h>

#include "machine/reclaim.h"
#include "names.h"

static const struct {
	const char *name, *summary, *source;
	enum level level;
} levels[] = {
	{ "pud", "a model on 32-bit: only x86_64 and ppc book3s64 have huge PUDs; "
	  "leaf bits are those of the PMD", "walk_pud_range, follow_pud", LEVEL_PUD },
	{ "pmd", "huge PMDs, as PAE and LPAE machines have them",
	  "walk_pmd_range, gup_pmd_range", LEVEL_PMD },
};

static const struct {
	const char *name, *summary, *source;
	const struct protocol *protocol;
} worlds[] = {
	{ "native", "every shared access is the bare instruction", "what the kernel compiles to",
	  &native_protocol },
	{ "widened", "a seeded delay between the halves: rare orders become common ones",
	  "none: a probe", &widened_protocol },
};

const char *seam_name(enum seam s)
{
	static const char *const names[NR_SEAMS] = {
		[SEAM_LAYOUT] = "layout",	  [SEAM_LEVEL] = "level",
		[SEAM_WALKER] = "walker",	  [SEAM_READER] = "reader",
		[SEAM_WRITER] = "writer",	  [SEAM_TRANSITION] = "transition",
		[SEAM_CONSUMER] = "consumer",	  [SEAM_RECLAIM] = "reclaim",
		[SEAM_WORLD] = "world",		  [SEAM_OUTCOME] = "outcome",
	};

	return names[s];
}

/* The lists' rows have nothing in common but the names of their first fields. */
#define TAKE(n, what)                                                            \
	((n)->name = (what)->name, (n)->summary = (what)->summary,                \
	 (n)->source = (what)->source, (n)->row = (what), (n)->name != NULL)

#define ROWS(a) (sizeof(a) / sizeof((a)[0]))

static bool usable(bool (*ask)(void))
{
	return !ask || ask();
}

bool name_at(enum seam s, const struct protocol *p, unsigned i, struct named *n)
{
	*n = (struct named){ .index = i, .usable = true };
	switch (s) {
	case SEAM_LAYOUT:
		return layouts[i] && TAKE(n, layouts[i]);
	case SEAM_LEVEL:
		return i < ROWS(levels) && TAKE(n, &levels[i]);
	case SEAM_WALKER:
		return TAKE(n, &p->walkers[i]);
	case SEAM_READER:
		n->usable = usable(p->readers[i].usable);
		return TAKE(n, &p->readers[i]);
	case SEAM_WRITER:
		n->usable = usable(p->writers[i].usable);
		return TAKE(n, &p->writers[i]);
	case SEAM_TRANSITION:
		return TAKE(n, &p->transitions[i]);
	case SEAM_CONSUMER:
		return TAKE(n, &p->consumers[i]);
	case SEAM_RECLAIM:
		return reclaims[i] && TAKE(n, reclaims[i]);
	case SEAM_WORLD:
		if (i >= ROWS(worlds) || !TAKE(n, &worlds[i]))
			return false;
		n->row = worlds[i].protocol;
		return true;
	case SEAM_OUTCOME:
		if (i >= NR_OUTCOMES)
			return false;
		n->name = outcome_kinds[i].name;
		n->summary = outcome_kinds[i].meaning;
		n->source = outcome_kinds[i].grade == EXPECT_FORBID ? "forbidden" : "allowed";
		return true;
	case NR_SEAMS:
		break;
	}
	return false;
}

int name_find(enum seam s, const struct protocol *p, const char *word, struct named *n,
	      char *err, size_t len)
{
	struct named each;
	unsigned i;

	for (i = 0; name_at(s, p, i, n); i++) {
		if (strcmp(n->name, word))
			continue;
		if (n->usable)
			return 0;
		text_error(err, len, "%s \"%s\" needs an instruction this CPU lacks",
			   seam_name(s), word);
		return -EOPNOTSUPP;
	}
	text_error(err, len, "unknown %s \"%s\"; valid:", seam_name(s), word);
	for (i = 0; name_at(s, p, i, &each); i++)
		text_append(err, len, " %s", each.name);
	return -EINVAL;
}
