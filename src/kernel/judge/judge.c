/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the explorers of a tree and of its busted twins said becomes verdicts: a table for
 * people, a line of JSON a cell for the desk.
 *
 *	tornkernel FACTS OUT.jsonl TREE [TWIN=FILE]...
 *
 * FACTS: lines KEY<tab>VALUE. TREE, FILE: explore.c's lines. Exit: 0, 1 something forbidden is
 * possible, 2 bad input, 4 nothing forbidden, but a cell without an answer.
 *
 * Invariant: a pass is a complete search, of a cell in which a twin was caught in this run.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judged.h"

const char *const judged_models[NR_MODELS] = { "sc", "tso", "weak", "low", "high" };

/* The models that somebody explored. */
static bool shown[NR_MODELS];

static struct judged all;

static void die(const char *what, const char *which)
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

/* ---- reading ---- */

static unsigned split(char *line, char *field[8])
{
	unsigned n = 0;

	line[strcspn(line, "\n")] = '\0';
	while (n < 8 && line)
		field[n++] = strsep(&line, "\t");
	return n;
}

static struct cell *cell_named(const char *name, bool add)
{
	struct cell *c;

	for (unsigned i = 0; i < all.ncells; i++)
		if (!strcmp(all.cell[i].name, name))
			return &all.cell[i];
	if (!add || all.ncells == MAX_CELLS)
		return NULL;
	c = &all.cell[all.ncells++];
	snprintf(c->name, sizeof(c->name), "%s", name);
	c->last = &c->steps;
	return c;
}

static unsigned model_named(const char *name)
{
	for (unsigned i = 0; i < NR_MODELS; i++)
		if (!strcmp(judged_models[i], name))
			return i;
	die("unknown model", name);
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

static void add_step(struct cell *c, char *field[8])
{
	struct step *s = calloc(1, sizeof(*s));

	if (!s)
		die("no memory for", c->name);
	s->model = model_named(field[2]);
	s->note = (unsigned)__builtin_ctz(notes_named(field[3]) | 1u << 31);
	s->who = strdup(field[5]);
	s->where = strdup(field[6]);
	s->text = strdup(field[7]);
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

static void read_line(char *line, int twin)
{
	char *field[8];
	const unsigned n = split(line, field);
	struct cell *c = n > 1 ? cell_named(field[1], twin < 0 && !strcmp(field[0], "cell")) : NULL;

	if (n == 1 && !strcmp(field[0], "end") && twin < 0)
		all.ended = true;
	if (n == 1 && !strcmp(field[0], "raced-all") && twin < 0)
		all.raced = true;
	if (n == 2 && !strcmp(field[0], "cpus") && twin < 0)
		snprintf(all.cpus, sizeof(all.cpus), "%s", field[1]);
	if (!c)
		return;
	if (n == 3 && !strcmp(field[0], "cell") && twin < 0)
		c->outside = !strcmp(field[2], "outside");
	if (n == 3 && !strcmp(field[0], "missing") && twin < 0)
		snprintf(c->missing, sizeof(c->missing), "%s", field[2]);
	if (n == 7 && !strcmp(field[0], "model")) {
		const unsigned m = model_named(field[2]);
		const uint32_t notes = notes_named(field[3]);

		if (twin >= 0) {
			c->caught[twin] |= m == all.model ? notes & NOTES_BAD : 0;
			return;
		}
		c->known[m] = shown[m] = true;
		c->notes[m] = notes;
		c->states += strtoull(field[4], NULL, 10);
		c->ms += strtoull(field[5], NULL, 10);
		c->complete[m] = !strcmp(field[6], "complete");
		if (!c->complete[m] && m == all.model)
			snprintf(c->why, sizeof(c->why), "%s", field[6]);
	}
	if (n == 8 && !strcmp(field[0], "raced"))
		add_raced(twin < 0 ? &c->raced : &c->twin_raced[twin], field);
	if (n == 3 && !strcmp(field[0], "seen") && twin < 0)
		c->raced.seen = notes_named(field[2]);
	if (n == 8 && !strcmp(field[0], "step") && twin < 0)
		add_step(c, field);
	if (n == 4 && !strcmp(field[0], "void") && twin < 0) {
		c->void_notes |= notes_named(field[2]);
		snprintf(c->why_void, sizeof(c->why_void), "%s", field[3]);
	}
}

static void read_file(const char *path, int twin)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;

	if (!f)
		die("cannot read", path);
	while (getline(&line, &size, f) > 0)
		read_line(line, twin);
	free(line);
	fclose(f);
}

static void read_facts(const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL, *field[8];
	size_t size = 0;

	if (!f)
		die("cannot read", path);
	while (getline(&line, &size, f) > 0 && all.nfacts < MAX_FACTS)
		if (split(line, field) == 2) {
			all.fact[all.nfacts][0] = strdup(field[0]);
			all.fact[all.nfacts++][1] = strdup(field[1]);
		}
	free(line);
	fclose(f);
}

/* ---- judging ---- */

static unsigned steps_to(const struct cell *c, unsigned note)
{
	unsigned n = 0;

	for (const struct step *s = c->steps; s; s = s->next)
		n += s->note == note;
	return n;
}

void judged_notes(char *to, size_t size, uint32_t notes)
{
	size_t n = 0;

	*to = '\0';
	for (unsigned i = 0; i < NR_NOTES && n < size; i++)
		if (notes & 1u << i)
			n += (size_t)snprintf(to + n, size - n, "%s%s", n ? "," : "", note_kinds[i].name);
}

static void judge_clean(struct cell *c)
{
	int n = 0;

	c->cause = CAUSE_NO_TWIN;
	for (unsigned i = 0; i < all.ntwins; i++) {
		char what[TEXT / 2];

		if (!c->caught[i])
			continue;
		judged_notes(what, sizeof(what), c->caught[i]);
		if (n < TEXT - 80)
			n += snprintf(c->reason + n, sizeof(c->reason) - (size_t)n, "%s%s caught (%.100s)", n ? ", " : "",
				      all.twin[i], what);
		c->cause = CAUSE_SOURCE_CANNOT;
	}
	if (c->cause == CAUSE_NO_TWIN)
		snprintf(c->reason, sizeof(c->reason), "nothing forbidden in any execution, but no busted twin was caught here");
	else if (n < TEXT - 80)
		snprintf(c->reason + n, sizeof(c->reason) - (size_t)n, "; nothing forbidden in any execution");
}

/*
 * How often the best of the twins was caught in as much time as the claim had, over 3: had
 * the claim one strength-th of the twin's rate, it would have been seen with 95 %.
 */
static void find_strength(struct cell *c)
{
	double best = 0;

	c->raced_twin = -1;
	for (unsigned i = 0; i < all.ntwins; i++) {
		const struct raced *r = &c->twin_raced[i];
		const double seen = (double)r->bad_rounds;
		const double s = r->ns ? seen * (r->ns > c->raced.ns ? (double)c->raced.ns / (double)r->ns : 1) : 0;

		if (s > best) {
			best = s;
			c->raced_twin = (int)i;
		}
	}
	c->strength = (uint64_t)(best / 3);
}

/* What was seen of the plain objects and no execution of the source shows. */
static uint32_t impossible(const struct cell *c)
{
	if (!c->complete[all.model] || c->notes[all.model] & (NOTES_VOID | c->void_notes))
		return 0;
	return c->raced.seen & NOTES_BAD & ~c->notes[all.model];
}

static void say_raced(struct cell *c)
{
	const size_t n = strlen(c->reason);
	const unsigned long long bad = c->raced.bad_rounds;

	if (!c->raced.walks)
		return;
	if (c->raced.seen & NOTES_VOID)
		snprintf(c->reason + n, sizeof(c->reason) - n, "; the race went where nobody serves it%s%.100s",
			 *c->missing ? ": " : "", c->missing);
	else if (bad)
		snprintf(c->reason + n, sizeof(c->reason) - n, "; seen in %llu of %llu rounds of the race", bad,
			 (unsigned long long)c->raced.rounds);
	else if (c->raced_twin >= 0)
		snprintf(c->reason + n, sizeof(c->reason) - n, "; nor in %llu walks of the race, where %.40s was caught in %llu rounds",
			 (unsigned long long)c->raced.walks, all.twin[c->raced_twin],
			 (unsigned long long)c->twin_raced[c->raced_twin].bad_rounds);
	else
		snprintf(c->reason + n, sizeof(c->reason) - n, "; not seen in the race, which caught no twin either");
}

static void judge_cell(struct cell *c)
{
	/* a note whose shortest witness is void is no evidence */
	const uint32_t notes = c->notes[all.model], bad = notes & NOTES_BAD & ~c->void_notes;

	find_strength(c);
	c->worst = -1;
	if (impossible(c)) {
		char what[TEXT / 2];

		judged_notes(what, sizeof(what), impossible(c));
		c->cause = CAUSE_ALARM;
		snprintf(c->reason, sizeof(c->reason), "ALARM: the race shows %.200s, which no execution of the source does", what);
	} else if (bad) {
		/* the first that has a witness: explore.c begins with what is likeliest */
		for (const struct step *st = c->steps; st && c->worst < 0; st = st->next)
			if (bad & 1u << st->note)
				c->worst = (int)st->note;
		if (c->worst < 0)
			c->worst = __builtin_ctz(bad);
		c->cause = c->outside ? CAUSE_SOURCE_OUTSIDE : CAUSE_SOURCE_SHOWS;
		snprintf(c->reason, sizeof(c->reason), "%s%s, in %u steps", c->outside ? "outside this tree's contract: " : "",
			 note_kinds[c->worst].meaning, steps_to(c, (unsigned)c->worst));
	} else if ((c->raced.seen & NOTES_BAD) && !c->outside) {
		/* there is no complete search to call it impossible: then it is what it is */
		c->cause = CAUSE_FORBIDDEN;
		snprintf(c->reason, sizeof(c->reason), "%s", note_kinds[__builtin_ctz(c->raced.seen & NOTES_BAD)].meaning);
	} else if (notes & (NOTES_VOID | c->void_notes)) {
		char what[TEXT / 2];

		judged_notes(what, sizeof(what), notes & NOTES_VOID);
		c->cause = CAUSE_NO_STUB;
		snprintf(c->reason, sizeof(c->reason), "%.200s%s%.200s", *what ? what : c->why_void, *c->missing ? ": " : "", c->missing);
	} else if (!c->known[all.model] || !c->complete[all.model]) {
		c->cause = CAUSE_UNFINISHED;
		snprintf(c->reason, sizeof(c->reason), "the search did not come to its end: %.200s", *c->why ? c->why : "it crashed");
	} else {
		judge_clean(c);
	}
	say_raced(c);
}

/* ---- the table ---- */

static void print_head(void)
{
	printf("%-12s %-40s", "verdict", "cell");
	for (unsigned m = 0; m < NR_MODELS; m++)
		if (shown[m])
			printf(" %-10s", m < 3 ? judged_models[m] : m == 3 ? "low first" : "high first");
	printf(" %-9s %-8s %s\n", "raced", "strength", "reason");
}

static void print_cell(const struct cell *c)
{
	char what[NR_MODELS][TEXT], raced[32] = "-", strength[32] = "-";

	if (c->raced.walks) {
		snprintf(raced, sizeof(raced), "%llu", (unsigned long long)c->raced.bad_rounds);
		if (c->raced_twin >= 0)
			snprintf(strength, sizeof(strength), "%llu", (unsigned long long)c->strength);
	}
	for (unsigned m = 0; m < NR_MODELS; m++) {
		const uint32_t bad = c->notes[m] & (NOTES_BAD | NOTES_VOID);

		if (!c->known[m])
			strcpy(what[m], "-");
		else if (bad)
			snprintf(what[m], sizeof(what[m]), "%s%s", note_kinds[__builtin_ctz(bad)].name, bad & (bad - 1) ? "+" : "");
		else
			strcpy(what[m], c->complete[m] ? "clean" : "(clean)");
	}
	printf("%-12s %-40s", verdict_names[cause_kinds[c->cause].verdict], c->name);
	for (unsigned m = 0; m < NR_MODELS; m++)
		if (shown[m])
			printf(" %-10s", what[m]);
	printf(" %-9s %-8s %s\n", raced, strength, c->reason);
}

/* Only lines: what is a walker's stands left, what is a writer's right of it. */
static void print_witness(const struct cell *c)
{
	unsigned n = 0;

	printf("\n%s, %s:\n", c->name, note_kinds[c->worst].meaning);
	for (const struct step *s = c->steps; s; s = s->next)
		if (s->note == (unsigned)c->worst)
			printf("%4u  %-7s %-46s %s\n", ++n, s->who, s->where, s->text);
}

int main(int argc, char **argv)
{
	unsigned count[NR_VERDICTS] = { 0 };
	bool fails = false, open = false;
	FILE *out;

	if (argc < 4)
		die("needs FACTS OUT TREE [TWIN=FILE]..., not", argc > 1 ? argv[1] : "nothing");
	read_facts(argv[1]);
	all.model = model_named(judged_fact(&all, "model"));
	read_file(argv[3], -1);
	for (int i = 4; i < argc && all.ntwins < MAX_TWINS; i++) {
		char *file = strchr(argv[i], '=');

		if (!file)
			die("no TWIN=FILE:", argv[i]);
		*file++ = '\0';
		all.twin[all.ntwins] = argv[i];
		read_file(file, (int)all.ntwins++);
	}
	out = fopen(argv[2], "a");
	if (!out)
		die("cannot write", argv[2]);
	print_head();
	for (unsigned i = 0; i < all.ncells; i++) {
		struct cell *c = &all.cell[i];

		judge_cell(c);
		print_cell(c);
		judged_line(out, &all, c);
		count[cause_kinds[c->cause].verdict]++;
		fails |= cause_kinds[c->cause].verdict == VERDICT_FAIL;
		open |= !c->outside && cause_kinds[c->cause].verdict == VERDICT_INCONCLUSIVE;
	}
	for (unsigned i = 0; i < all.ncells; i++)
		if (all.cell[i].cause == CAUSE_SOURCE_SHOWS && all.cell[i].worst >= 0)
			print_witness(&all.cell[i]);
	/* cells that were never told of are not in the table, and are no pass */
	if (!all.ended) {
		printf("\nthe explorer ended early: cells after these were not explored\n");
		open = true;
	}
	if (*all.cpus && !all.raced) {
		printf("\nthe race ended early: what it had still to show nobody knows\n");
		open = true;
	}
	printf("\n%u pass, %u fail, %u inconclusive\n", count[VERDICT_PASS], count[VERDICT_FAIL], count[VERDICT_INCONCLUSIVE]);
	if (fclose(out))
		die("cannot write", argv[2]);
	return !all.ncells ? 2 : fails ? 1 : open ? 4 : 0;
}
