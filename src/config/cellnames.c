/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cell by names and numbers, and the usual value of each key that is not set.
 *
 * Invariant: a value is checked by itself when it is set; whether the values go
 * together is only judged in cell_resolve(), when all of them are known.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "names.h"
#include "number.h"

enum kind { COUNT, SIZE, TIME, YESNO };

/* From KEY_ALIAS on. */
static const struct number {
	const char *name;
	enum kind kind;
	uint64_t min, max, usual;
	const char *example;
} numbers[NR_CELL_KEYS] = {
	[KEY_ALIAS] = { "alias", YESNO, 0, 1, 0, "yes or no" },
	[KEY_READERS] = { "readers", COUNT, 1, MAX_THREADS - 1, 1, "2" },
	[KEY_WRITERS] = { "writers", COUNT, 1, MAX_THREADS - 1, 1, "2" },
	[KEY_SLOTS] = { "slots", SIZE, 1, MAX_SLOTS, 1, "16, 4k, 1M" },
	[KEY_TIME] = { "time", TIME, 0, 0, NS_PER_S, "30s, 500ms, 1.5s, 2m, 1h, 3d" },
	[KEY_SEED] = { "seed", COUNT, 0, UINT32_MAX, 1, "42" },
};

static const char *const usual[NR_CELL_SEAMS] = {
	[SEAM_LAYOUT] = "pae",	       [SEAM_LEVEL] = "pmd",
	[SEAM_WALKER] = "entry",       [SEAM_READER] = "read-once",
	[SEAM_WRITER] = "pae-pte",     [SEAM_CONSUMER] = "ptdump",
	[SEAM_RECLAIM] = "memb",       [SEAM_WORLD] = "native",
};

const char *cell_key_name(unsigned key)
{
	return key < NR_CELL_SEAMS ? seam_name(key) : numbers[key].name;
}

int cell_key_find(const char *word)
{
	for (unsigned k = 0; k < NR_CELL_KEYS; k++)
		if (!strcmp(word, cell_key_name(k)))
			return (int)k;
	return -ENOENT;
}

void cell_key_list(char *buf, size_t len)
{
	for (unsigned k = 0; k < NR_CELL_KEYS; k++)
		text_append(buf, len, " %s", cell_key_name(k));
}

static int bad_number(const struct number *t, const char *value, int why, char *err, size_t len)
{
	if (t->kind == YESNO)
		return text_error(err, len, "bad %s \"%s\": say %s", t->name, value, t->example);
	if (t->kind == TIME && why == -ERANGE)
		return text_error(err, len, "%s \"%s\" is out of range: 10ms to 365d", t->name,
				  value);
	if (t->kind == TIME)
		return text_error(err, len, "bad %s \"%s\"; for example %s", t->name, value,
				  t->example);
	return text_error(err, len, "bad %s \"%s\": a whole number from %llu to %llu, for example %s",
			  t->name, value, (unsigned long long)t->min, (unsigned long long)t->max,
			  t->example);
}

static int number_set(const struct number *t, const char *value, uint64_t *n, char *err,
		      size_t len)
{
	bool yes = false;
	int bad;

	switch (t->kind) {
	case YESNO:
		bad = parse_bool(value, &yes);
		*n = yes;
		break;
	case TIME:
		bad = parse_duration(value, n);
		break;
	default:
		bad = parse_number(value, t->min, t->max, t->kind == SIZE, n);
		break;
	}
	return bad ? bad_number(t, value, bad, err, len) : 0;
}

int cell_set(struct cell_names *n, const char *key, const char *value, char *err, size_t len)
{
	int k = cell_key_find(key), bad;
	struct named found;

	if (k < 0) {
		text_error(err, len, "unknown key \"%s\"; valid:", key);
		cell_key_list(err, len);
		return -EINVAL;
	}
	if (k < NR_CELL_SEAMS) {
		/* all worlds are made of the same sources and have the same names */
		bad = name_find((enum seam)k, &native_protocol, value, &found, err, len);
		if (bad == -EINVAL)
			return bad;
		n->word[k] = found.name;
	} else {
		bad = number_set(&numbers[k], value, &n->number[k], err, len);
		if (bad)
			return bad;
	}
	n->set |= 1u << k;
	return 0;
}

void cell_inherit(struct cell_names *n, const struct cell_names *from)
{
	for (unsigned k = 0; k < NR_CELL_KEYS; k++) {
		if (n->set & 1u << k || !(from->set & 1u << k))
			continue;
		if (k < NR_CELL_SEAMS)
			n->word[k] = from->word[k];
		n->number[k] = from->number[k];
		n->set |= 1u << k;
	}
}

static uint64_t number(const struct cell_names *n, unsigned key)
{
	return n->set & 1u << key ? n->number[key] : numbers[key].usual;
}

/* The word for seam s, given what comes before it in enum seam. */
static const char *word(const struct cell_names *n, const struct cell *c, enum seam s)
{
	if (n->set & 1u << s)
		return n->word[s];
	if (s == SEAM_READER && (c->walker->flags & WALK_REREADS))
		return "plain-reread";
	if (s == SEAM_TRANSITION)
		return c->writer->transition;
	return usual[s];
}

static void put(struct cell *c, enum seam s, const struct named *n)
{
	switch (s) {
	case SEAM_LAYOUT:
		c->layout = n->row;
		c->layout_id = (enum layout_id)n->index;
		break;
	case SEAM_LEVEL:
		c->level = strcmp(n->name, "pud") ? LEVEL_PMD : LEVEL_PUD;
		break;
	case SEAM_WALKER:
		c->walker = n->row;
		break;
	case SEAM_READER:
		c->reader = n->row;
		break;
	case SEAM_WRITER:
		c->writer = n->row;
		break;
	case SEAM_TRANSITION:
		c->transition = n->row;
		break;
	case SEAM_CONSUMER:
		c->consumer = n->row;
		break;
	case SEAM_RECLAIM:
		c->reclaim = n->row;
		break;
	case SEAM_WORLD:
		c->protocol = n->row;
		break;
	default:
		break;
	}
}

int cell_resolve(const struct cell_names *n, struct cell *c, char *err, size_t len)
{
	char buf[512], why[ERR_LEN];
	const char *refused;
	struct named found;
	int bad, lacks = 0;

	*c = (struct cell){ .alias = number(n, KEY_ALIAS),
			    .readers = (unsigned)number(n, KEY_READERS),
			    .writers = (unsigned)number(n, KEY_WRITERS),
			    .slots = (uint32_t)number(n, KEY_SLOTS),
			    .budget_ns = number(n, KEY_TIME),
			    .seed = (uint32_t)number(n, KEY_SEED) };
	bad = name_find(SEAM_WORLD, NULL, word(n, c, SEAM_WORLD), &found, err, len);
	if (bad)
		return bad;
	put(c, SEAM_WORLD, &found);
	for (unsigned s = 0; s < SEAM_WORLD; s++) {
		bad = name_find(s, c->protocol, word(n, c, s), &found, why, sizeof(why));
		if (bad && !lacks) {
			text_error(err, len, "%s", why);
			lacks = bad;
		}
		if (bad == -EINVAL)
			return bad;
		put(c, s, &found);
	}
	if (lacks)
		return lacks;
	refused = cell_check(c, buf, sizeof(buf));
	return refused ? text_error(err, len, "%s", refused) : 0;
}

static void override_name(struct cell *c, enum seam s, const char *name)
{
	char err[ERR_LEN];
	struct named found;

	if (name_find(s, c->protocol, name, &found, err, sizeof(err)))
		return;
	if (s == SEAM_WORLD)
		cell_into(c, found.row);
	else
		put(c, s, &found);
}

uint32_t cell_override(struct cell *c, const struct cell_names *n)
{
	static const enum seam seams[] = { SEAM_WORLD, SEAM_RECLAIM };
	const struct cell before = *c;
	unsigned i;

	for (i = 0; i < sizeof(seams) / sizeof(seams[0]); i++)
		if (n->set & 1u << seams[i])
			override_name(c, seams[i], n->word[seams[i]]);
	if (n->set & 1u << KEY_READERS)
		c->readers = (unsigned)n->number[KEY_READERS];
	if (n->set & 1u << KEY_WRITERS)
		c->writers = (unsigned)n->number[KEY_WRITERS];
	if (n->set & 1u << KEY_SLOTS)
		c->slots = (uint32_t)n->number[KEY_SLOTS];
	if (n->set & 1u << KEY_TIME)
		c->budget_ns = n->number[KEY_TIME];
	if (n->set & 1u << KEY_SEED)
		c->seed = (uint32_t)n->number[KEY_SEED];
	return (uint32_t)(before.protocol != c->protocol) << SEAM_WORLD |
	       (uint32_t)(before.reclaim != c->reclaim) << SEAM_RECLAIM |
	       (uint32_t)(before.readers != c->readers) << KEY_READERS |
	       (uint32_t)(before.writers != c->writers) << KEY_WRITERS |
	       (uint32_t)(before.slots != c->slots) << KEY_SLOTS |
	       (uint32_t)(before.budget_ns != c->budget_ns) << KEY_TIME |
	       (uint32_t)(before.seed != c->seed) << KEY_SEED;
}
