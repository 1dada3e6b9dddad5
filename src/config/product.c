/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A suite's product becomes cells.
 *
 * A cell's name is a function of the cell alone: the seven dimensions, then
 * whatever else is not the usual. So it survives every edit of the lists.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "product.h"

static int add_value(struct product *p, unsigned k, const char *word, char *err, size_t len)
{
	struct cell_names one = { .set = 0 };
	int bad = cell_set(&one, cell_key_name(k), word, err, len);

	if (bad)
		return bad;
	for (unsigned i = 0; i < p->nr[k]; i++)
		if (k < NR_CELL_SEAMS ? p->values[k][i].word == one.word[k] :
					p->values[k][i].number == one.number[k])
			return text_error(err, len, "%s \"%s\" is listed twice", cell_key_name(k),
					  word);
	if (p->nr[k] == PRODUCT_VALUES)
		return text_error(err, len, "more than %d values of %s; \"%s\" is one too many",
				  PRODUCT_VALUES, cell_key_name(k), word);
	if (k < NR_CELL_SEAMS)
		p->values[k][p->nr[k]++].word = one.word[k];
	else
		p->values[k][p->nr[k]++].number = one.number[k];
	return 0;
}

static int add_all(struct product *p, enum seam s, char *err, size_t len)
{
	struct named n;
	int bad = 0;

	for (unsigned i = 0; !bad && name_at(s, &native_protocol, i, &n); i++)
		bad = add_value(p, s, n.name, err, len);
	return bad;
}

static int unknown_key(const char *key, char *err, size_t len)
{
	text_error(err, len, "unknown key \"%s\"; valid: allow forbid require min_present min_rounds",
		   key);
	cell_key_list(err, len);
	return -EINVAL;
}

int product_set(struct product *p, const char *key, const char *value, unsigned line, char *err,
		size_t len)
{
	char copy[256], *rest = copy, *word;
	int k = cell_key_find(key), bad = 0;

	if (k < 0) {
		/* a cell of a product is no control, and its name is its summary */
		if (!strcmp(key, "control") || !strcmp(key, "summary"))
			return unknown_key(key, err, len);
		bad = section_set_judging(&p->base, key, value, line, err, len);
		return bad == -ENOENT ? unknown_key(key, err, len) : bad;
	}
	snprintf(copy, sizeof(copy), "%s", value);
	while (!bad && (word = text_word(&rest)))
		bad = k < NR_CELL_SEAMS && !strcmp(word, "all") ?
			      add_all(p, (enum seam)k, err, len) :
			      add_value(p, (unsigned)k, word, err, len);
	if (!bad && k == KEY_TIME && p->nr[k] > 1)
		bad = text_error(err, len, "time takes one value in a product");
	return bad;
}

static void unusual(char *name, size_t len, const char *tag, uint64_t value, uint64_t usual)
{
	if (value != usual)
		text_append(name, len, ".%s%llu", tag, (unsigned long long)value);
}

static int name_cell(const char *product, struct scenario *s, char *err, size_t len)
{
	const struct cell *c = &s->cell;
	char name[ERR_LEN / 2] = "";

	text_append(name, sizeof(name), "%s.%s.%s.%s.%s.%s.%s.%s", product, c->layout->name,
		    c->level == LEVEL_PUD ? "pud" : "pmd", c->walker->name, c->reader->name,
		    c->writer->name, c->transition->name, c->consumer->name);
	if (strcmp(c->reclaim->name, "memb"))
		text_append(name, sizeof(name), ".%s", c->reclaim->name);
	if (strcmp(c->protocol->world, "native"))
		text_append(name, sizeof(name), ".%s", c->protocol->world);
	if (c->alias)
		text_append(name, sizeof(name), ".alias");
	unusual(name, sizeof(name), "r", c->readers, 1);
	unusual(name, sizeof(name), "w", c->writers, 1);
	unusual(name, sizeof(name), "s", c->slots, 1);
	unusual(name, sizeof(name), "seed", c->seed, 1);
	if (strlen(name) >= sizeof(s->name))
		return text_error(err, len, "cell name longer than %d bytes, shorten \"%s\": %s",
				  NAME_LEN - 1, product, name);
	memcpy(s->name, name, strlen(name) + 1);
	return 0;
}

/* The combination whose digits are at[]; the last key turns fastest. */
static void pick(const struct product *p, const unsigned *at, struct cell_names *n)
{
	for (unsigned k = 0; k < NR_CELL_KEYS; k++) {
		if (!p->nr[k])
			continue;
		if (k < NR_CELL_SEAMS)
			n->word[k] = p->values[k][at[k]].word;
		else
			n->number[k] = p->values[k][at[k]].number;
		n->set |= 1u << k;
	}
}

static bool turn(const struct product *p, unsigned *at)
{
	for (unsigned k = NR_CELL_KEYS; k-- > 0;) {
		if (++at[k] < p->nr[k])
			return true;
		at[k] = 0;
	}
	return false;
}

static int add_cell(const struct product *p, const struct section *d, struct plan *plan, char *err,
		    size_t len)
{
	char why[ERR_LEN];
	struct scenario s;
	unsigned before = plan->nr;
	int refused = section_resolve(d, &s, why, sizeof(why)), bad;

	if (refused == -EINVAL) {
		plan_reject(plan, why);
		return 0;
	}
	bad = name_cell(p->name, &s, err, len);
	if (bad)
		return bad;
	if (refused) {
		plan_leave_out(plan, s.name, why);
		return 0;
	}
	bad = plan_add(plan, &s, err, len);
	if (!bad && plan->nr == before)
		return text_error(err, len, "cell \"%s\" is there already, from an earlier section",
				  s.name);
	return bad;
}

int product_expand(const struct product *p, uint64_t time_ns, struct plan *plan, char *err,
		   size_t len)
{
	const unsigned before = plan->nr + plan->unusable, rejected = plan->rejected;
	unsigned at[NR_CELL_KEYS] = { 0 };
	struct section d = p->base;
	int bad;

	d.cell.number[KEY_TIME] = time_ns;
	d.cell.set = time_ns ? 1u << KEY_TIME : 0;
	do {
		pick(p, at, &d.cell);
		bad = add_cell(p, &d, plan, err, len);
	} while (!bad && turn(p, at));
	if (!bad && plan->nr + plan->unusable == before)
		bad = text_error(err, len, "every one of its %u cells is refused, the first of all: %s",
				 plan->rejected - rejected, plan->why_rejected);
	return bad;
}
