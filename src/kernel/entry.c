/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Says, beside what the explorer says of each cell:
 *
 *	pair	NAME	KIND	LEVEL	two-words|one-word|no-values	before its cell
 *
 * one-word: no two values of the writer differ in both words, so nothing of them can tear.
 */
#include "entry.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernel/glue/glue.h"
#include "kernel/oracles.h"
#include "kernel/seam.h"

enum { MAX_VALUES = 4 };

/* The values that a writer makes, learnt while it is alone. */
static struct {
	uint64_t value[MAX_VALUES], last;
	unsigned n;
	bool learning, too_many, from_leaf;
} entry;

enum kind { PROMISES, BARE, CONTROL };
static const char *const kind_names[] = { [PROMISES] = "promises", [BARE] = "bare", [CONTROL] = "control" };
static const char *const level_names[] = { [LEVEL_PTE] = "pte", [LEVEL_PMD] = "pmd", [LEVEL_PUD] = "pud" };
#define pte LEVEL_PTE
#define pmd LEVEL_PMD
#define pud LEVEL_PUD

#define READER(name, level, kind, expression) extern void k_read_##name(void) __attribute__((weak));
#define WRITER(name, level, from, statement) extern void k_write_##name(void) __attribute__((weak));
#include "kernel/glue/primitives.h"
#undef READER
#undef WRITER

static const struct entry_reader {
	struct walker w;
	enum level level;
	enum kind kind;
} readers[] = {
#define READER(nm, lv, kd, expression) { { .name = #nm, .run = k_read_##nm }, lv, kd },
#define WRITER(...)
#include "kernel/glue/primitives.h"
#undef READER
#undef WRITER
};

static const struct entry_writer {
	struct transition t;
	bool from_leaf;
} writers[] = {
#define READER(...)
#define WRITER(nm, lv, from, statement) { { .name = #nm, .level = lv, .run = k_write_##nm }, from },
#include "kernel/glue/primitives.h"
#undef READER
#undef WRITER
};

void (*entry_seen)(uint64_t value);

CALLED_BY_KERNEL int AT(hook_from_leaf)(void) { return entry.from_leaf && !entry_seen; }

CALLED_BY_KERNEL void AT(hook_wrote)(void)
{
	uint64_t v;

	seam_settle();
	v = seam.cell[0].view;
	if (!entry.learning)
		return;
	entry.last = v;
	for (unsigned i = 0; i < entry.n; i++)
		if (entry.value[i] == v)
			return;
	if (entry.n < MAX_VALUES)
		entry.value[entry.n++] = v;
	else
		entry.too_many = true;
}

CALLED_BY_KERNEL void AT(hook_value)(glue_u64 v, int none)
{
	/* bit 0: x86's present, ARM's valid */
	uint32_t what = none ? NOTE_HOLE : v & 1 ? NOTE_TORN : NOTE_INVALID_MIX;

	if (entry_seen) {
		entry_seen(v);
		return;
	}
	for (unsigned i = 0; !none && i < entry.n; i++)
		if (entry.value[i] == v)
			what = NOTE_LEAF;
	oracles.note(what);
}

/* false: the writer alone did not come to its end, or to no value. */
static bool learn(const struct entry_writer *w, int (*alone)(const struct transition *))
{
	bool ended;

	entry.value[0] = 0;
	entry.n = 1;
	entry.too_many = false;
	entry.from_leaf = w->from_leaf;
	entry.learning = true;
	ended = !alone(&w->t);
	entry.learning = false;
	return ended && entry.n > 1 && !entry.too_many;
}

const struct walker *entry_reader(const char *name, enum level *level)
{
	for (unsigned i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
		if (!strcmp(readers[i].w.name, name)) {
			*level = readers[i].level;
			return readers[i].w.run ? &readers[i].w : NULL;
		}
	return NULL;
}

const struct transition *entry_writer(const char *name, int (*alone)(const struct transition *), uint64_t *from, uint64_t *to)
{
	for (unsigned i = 0; i < sizeof(writers) / sizeof(writers[0]); i++) {
		if (!writers[i].t.run || strcmp(writers[i].t.name, name))
			continue;
		*from = *to = 0;
		if (learn(&writers[i], alone)) {
			*from = writers[i].from_leaf ? entry.value[1] : 0;
			*to = entry.last;
		}
		return &writers[i].t;
	}
	return NULL;
}

/* Readers begin when the leaf is there, where one is. */
static bool in_two_words(void)
{
	for (unsigned i = entry.from_leaf; i + 1 < entry.n; i++) {
		const uint64_t d = entry.value[i] ^ entry.value[i + 1];

		if ((uint32_t)d && d >> 32)
			return true;
	}
	return false;
}

void entry_cells(void (*cell)(const struct walker *, const struct transition *, const char *name),
		 int (*alone)(const struct transition *))
{
	char name[CELL_NAME_LEN];

	for (unsigned w = 0; w < sizeof(writers) / sizeof(writers[0]); w++) {
		const char *words;

		if (!writers[w].t.run || (writers[w].t.level == LEVEL_PUD && !AT(glue_pud)()))
			continue;
		words = !learn(&writers[w], alone) ? "no-values" : in_two_words() ? "two-words" : "one-word";
		for (unsigned r = 0; r < sizeof(readers) / sizeof(readers[0]); r++) {
			if (!readers[r].w.run || readers[r].level != writers[w].t.level)
				continue;
			snprintf(name, sizeof(name), "entry.%s.%s", readers[r].w.name, writers[w].t.name);
			printf("pair\t%s\t%s\t%s\t%s\n", name, kind_names[readers[r].kind],
			       level_names[readers[r].level], words);
			cell(&readers[r].w, &writers[w].t, name);
		}
	}
}
