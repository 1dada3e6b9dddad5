/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything that is chosen by name at run time, looked up in the lists that
 * define it. A new row in one of those is valid here at once.
 */
#ifndef TORNWALK_NAMES_H
#define TORNWALK_NAMES_H

#include "scenario.h"
#include "text.h"

enum seam {
	SEAM_LAYOUT, SEAM_LEVEL, SEAM_WALKER, SEAM_READER, SEAM_WRITER,
	SEAM_TRANSITION, SEAM_CONSUMER, SEAM_RECLAIM, SEAM_WORLD,
	NR_CELL_SEAMS,	/* up to here each is a dimension of a cell */
	SEAM_OUTCOME = NR_CELL_SEAMS,
	NR_SEAMS,
};

/* One row of one list. */
struct named {
	const char *name, *summary, *source;
	const void *row;	/* the struct itself; NULL for levels and outcomes */
	unsigned index;
	bool usable;		/* on this CPU */
};

const char *seam_name(enum seam s);

/* Fills *n with row i of seam s in world p. False: the list has only i rows; i is never larger. */
bool name_at(enum seam s, const struct protocol *p, unsigned i, struct named *n);

/*
 * -EINVAL: no such name, and err lists the valid ones. -EOPNOTSUPP: the name is
 * right, *n is filled, and this CPU cannot run it.
 */
int name_find(enum seam s, const struct protocol *p, const char *word, struct named *n,
	      char *err, size_t len);

/* ---- a cell, as far as its keys are set ---- */

/* The first of them are the seams, by the same numbers. */
enum cell_key {
	KEY_ALIAS = NR_CELL_SEAMS, KEY_READERS, KEY_WRITERS, KEY_SLOTS, KEY_TIME, KEY_SEED,
	NR_CELL_KEYS,
};

struct cell_names {
	uint32_t set;				/* 1 << enum cell_key */
	const char *word[NR_CELL_SEAMS];	/* the list's own string */
	uint64_t number[NR_CELL_KEYS];		/* KEY_ALIAS and up; KEY_TIME in ns */
};

const char *cell_key_name(unsigned key);
int cell_key_find(const char *word);	/* negative: no such key */
void cell_key_list(char *buf, size_t len);	/* appends all, each after a blank */

/*
 * Checks the value by itself and remembers it; a second time overrides.
 * -EINVAL and one line in err. A name this CPU cannot run is not refused here.
 */
int cell_set(struct cell_names *n, const char *key, const char *value, char *err, size_t len);

/* What n has not set is taken from `from`, if that has. */
void cell_inherit(struct cell_names *n, const struct cell_names *from);

/*
 * Fills *c, with defaults for what was not set. -EINVAL: cell_check() refused
 * the combination. -EOPNOTSUPP: *c is filled, and this CPU cannot run it.
 */
int cell_resolve(const struct cell_names *n, struct cell *c, char *err, size_t len);

/*
 * Changes of a resolved cell what n has set: world, reclaim, readers, writers, slots,
 * time and seed; the other keys are what the cell is. Returns which keys have another
 * value now (1 << enum cell_key). The caller has to call cell_check().
 */
uint32_t cell_override(struct cell *c, const struct cell_names *n);

#endif
