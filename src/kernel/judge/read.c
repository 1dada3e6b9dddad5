/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads what the explorers and the races of a tree and of its busted twins said, and the
 * facts about it.
 *
 * Invariant: only the tree itself makes a cell; a twin's line of any other is nobody's.
 */
#include <stdlib.h>
#include <string.h>

#include "judged.h"

const char *const judged_models[NR_MODELS] = { "sc", "tso", "weak", "low", "high", "compiled" };

void judged_die(const char *what, const char *which)
{
	fprintf(stderr, "tornkernel: %s \"%s\"\n", what, which);
	exit(2);
}

const char *judged_fact(const struct judged *j, const char *key)
{
	for (unsigned i = 0; i < j->nfacts; i++)
		if (!strcmp(j->fact[i][0], key))
			return j->fact[i][1];
	return "-";
}

void judged_notes(char *to, size_t size, uint32_t notes)
{
	size_t n = 0;

	*to = '\0';
	for (unsigned i = 0; i < NR_NOTES && n < size; i++)
		if (notes & 1u << i)
			n += (size_t)snprintf(to + n, size - n, "%s%s", n ? "," : "", note_kinds[i].name);
}

static unsigned split(char *line, char *field[8])
{
	unsigned n = 0;

	line[strcspn(line, "\n")] = '\0';
	while (n < 8 && line)
		field[n++] = strsep(&line, "\t");
	return n;
}

static struct cell *cell_named(struct judged *j, const char *name, bool add)
{
	struct cell *c;

	for (unsigned i = 0; i < j->ncells; i++)
		if (!strcmp(j->cell[i].name, name))
			return &j->cell[i];
	if (!add)
		return NULL;
	if (j->ncells == MAX_CELLS)
		judged_die("more cells than fit, at", name);
	c = &j->cell[j->ncells++];
	snprintf(c->name, sizeof(c->name), "%s", name);
	c->last = &c->steps;
	return c;
}

unsigned judged_model(const char *name)
{
	for (unsigned i = 0; i < NR_MODELS; i++)
		if (!strcmp(judged_models[i], name))
			return i;
	judged_die("unknown model", name);
	return 0;
}

static uint32_t notes_named(char *names)
{
	uint32_t notes = 0;
	char *name;

	while ((name = strsep(&names, ",")))
		for (unsigned i = 0; i < NR_NOTES; i++)
			if (!strcmp(note_kinds[i].name, name))
				notes |= 1u << i;
	return notes;
}

/* "FILE:LINE FUNCTION()": that line of a file under `view`, without what it is indented by; NULL: there is none. */
static char *code_at(const char *view, const char *where)
{
	char path[4096], *line = NULL, *code = NULL;
	const char *colon = strchr(where, ':');
	const unsigned long number = colon ? strtoul(colon + 1, NULL, 10) : 0;
	size_t size = 0;
	FILE *f;

	if (!number || snprintf(path, sizeof(path), "%s/%.*s", view, (int)(colon - where), where) >= (int)sizeof(path))
		return NULL;
	f = fopen(path, "r");
	for (unsigned long n = 1; f && n <= number; n++)
		if (getline(&line, &size, f) < 0)
			goto out;
	if (f)
		code = strndup(line + strspn(line, " \t"), strcspn(line + strspn(line, " \t"), "\r\n"));
out:
	if (f)
		fclose(f);
	free(line);
	return code;
}

static void add_step(const struct judged *j, struct cell *c, char *field[8])
{
	struct step *s = calloc(1, sizeof(*s));

	if (!s)
		judged_die("no memory for", c->name);
	s->model = judged_model(field[2]);
	s->note = (unsigned)__builtin_ctz(notes_named(field[3]) | 1u << 31);
	s->who = strdup(field[5]);
	s->where = strdup(field[6]);
	s->text = strdup(field[7]);
	s->code = code_at(judged_fact(j, "view"), s->where);
	if (!s->code)
		s->code = code_at(judged_fact(j, "home"), s->where);
	*c->last = s;
	c->last = &s->next;
}

/* NOTE=WALKS/ROUNDS/NANOSECONDS,... */
static void add_seen(struct raced *r, char *seen)
{
	char *one;

	while ((one = strsep(&seen, ",")))
		for (unsigned i = 0; i < NR_NOTES; i++) {
			const size_t n = strlen(note_kinds[i].name);
			unsigned long long walks, rounds, first;

			if (strncmp(one, note_kinds[i].name, n) || sscanf(one + n, "=%llu/%llu/%llu", &walks, &rounds, &first) != 3)
				continue;
			r->in_walks[i] += walks;
			r->in_rounds[i] += rounds;
			if (!r->first_ns[i] || first < r->first_ns[i])
				r->first_ns[i] = first;
		}
}

static void add_raced(struct raced *r, char *field[8])
{
	const size_t n = strlen(r->strategies);

	r->walks += strtoull(field[3], NULL, 10);
	r->rounds += strtoull(field[4], NULL, 10);
	r->ns += strtoull(field[5], NULL, 10);
	r->bad_rounds += strtoull(field[6], NULL, 10);
	add_seen(r, field[7]);
	snprintf(r->strategies + n, sizeof(r->strategies) - n, "%s%s", n ? "+" : "", field[2]);
}

/* Each once. */
static void add_place(struct judged *j, const char *place)
{
	for (unsigned i = 0; i < j->nplaces; i++)
		if (!strcmp(j->place[i], place))
			return;
	j->more_places |= j->nplaces == MAX_PLACES;
	if (j->nplaces < MAX_PLACES)
		j->place[j->nplaces++] = strdup(place);
}

/* The last one counts. */
static void keep(char **to, const char *text)
{
	free(*to);
	*to = strdup(text);
}

static void read_line(struct judged *j, char *line, int twin)
{
	char *field[8];
	const unsigned n = split(line, field);
	struct cell *c = n > 1 ? cell_named(j, field[1], twin < 0 && !strcmp(field[0], "cell")) : NULL;

	if (n == 1 && !strcmp(field[0], "end") && twin < 0)
		j->ended = true;
	if (n == 1 && !strcmp(field[0], "raced-all") && twin < 0)
		j->raced = true;
	if (n == 2 && !strcmp(field[0], "for") && twin >= 0)
		j->aside[twin] = true;
	/* one executor races them all, and does not tear each time that it is asked */
	if (n == 2 && !strcmp(field[0], "tears") && !strstr(j->tears, field[1]) && strlen(j->tears) + strlen(field[1]) + 3 < sizeof(j->tears))
		strcat(strcat(j->tears, *j->tears ? ", " : ""), field[1]);
	if (n == 2 && !strcmp(field[0], "cpus") && twin < 0)
		snprintf(j->cpus, sizeof(j->cpus), "%s", field[1]);
	if (!c)
		return;
	if (n == 3 && !strcmp(field[0], "cell") && twin < 0)
		c->outside = !strcmp(field[2], "outside");
	if (n == 3 && !strcmp(field[0], "missing") && twin < 0)
		keep(&c->missing, field[2]);
	if (n == 7 && !strcmp(field[0], "model")) {
		const unsigned m = judged_model(field[2]);
		const uint32_t notes = notes_named(field[3]);

		if (twin >= 0) {
			*(m == j->model ? &c->caught[twin] : &c->caught_other[twin]) |= notes & NOTES_BAD;
			if (m != j->model && notes & NOTES_BAD)
				c->caught_under[twin] = m;
			return;
		}
		c->known[m] = j->shown[m] = true;
		c->notes[m] = notes;
		c->states += strtoull(field[4], NULL, 10);
		c->ms += strtoull(field[5], NULL, 10);
		c->complete[m] = !strcmp(field[6], "complete");
		if (!c->complete[m] && m == j->model)
			keep(&c->why, field[6]);
	}
	if (n == 6 && !strcmp(field[0], "compiled") && twin < 0) {
		c->accesses = (unsigned)strtoul(field[2], NULL, 10);
		c->unknown = (unsigned)strtoul(field[3], NULL, 10);
		c->part = (unsigned)strtoul(field[4], NULL, 10);
		c->several = (unsigned)strtoul(field[5], NULL, 10);
	}
	if (n == 3 && !strcmp(field[0], "unknown") && twin < 0)
		add_place(j, field[2]);
	if (n == 8 && !strcmp(field[0], "raced"))
		add_raced(twin < 0 ? &c->raced : &c->twin_raced[twin], field);
	if (n == 3 && !strcmp(field[0], "seen") && twin < 0)
		c->raced.seen = notes_named(field[2]);
	if (n == 8 && !strcmp(field[0], "step") && twin < 0)
		add_step(j, c, field);
	if (n == 4 && !strcmp(field[0], "void") && twin < 0) {
		c->void_notes |= notes_named(field[2]);
		keep(&c->why_void, field[3]);
	}
}

void judged_read(struct judged *j, const char *path, int twin)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;

	if (!f)
		judged_die("cannot read", path);
	while (getline(&line, &size, f) > 0)
		read_line(j, line, twin);
	free(line);
	fclose(f);
}

void judged_read_facts(struct judged *j, const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL, *field[8];
	size_t size = 0;

	if (!f)
		judged_die("cannot read", path);
	while (getline(&line, &size, f) > 0) {
		if (split(line, field) != 2)
			continue;
		if (j->nfacts == MAX_FACTS)
			judged_die("more facts than fit, at", field[0]);
		j->fact[j->nfacts][0] = strdup(field[0]);
		j->fact[j->nfacts++][1] = strdup(field[1]);
	}
	free(line);
	fclose(f);
}
