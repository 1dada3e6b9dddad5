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

#include "judge/words.h"
#include "kernel/notes.h"
#include "protocol/outcome.h"

enum { MAX_CELLS = 64, MAX_TWINS = 16, MAX_FACTS = 32, NR_MODELS = 5, TEXT = 512 };
static const char *const models[NR_MODELS] = { "sc", "tso", "weak", "low", "high" };
static const uint32_t outcome_of_note[NR_NOTES] = {
#define X(id, name, bad, outcome, meaning) [NOTE_BIT_##id] = OUTCOME_##outcome,
	NOTES(X)
#undef X
};

struct step {
	unsigned cell, model, note;
	char *who, *where, *text;
	struct step *next;
};

struct cell {
	char name[96];
	bool outside, known[NR_MODELS], complete[NR_MODELS];
	uint32_t notes[NR_MODELS];
	uint64_t states, ms;
	char why[TEXT], missing[TEXT];
	struct step *steps, **last;
	/* of the twins: whose notes were bad here */
	uint32_t caught[MAX_TWINS];
	/* the verdict */
	enum cause cause;
	char reason[TEXT];
	int worst;		/* the note that it is about, or -1 */
};

static struct {
	struct cell cell[MAX_CELLS];
	unsigned ncells, ntwins, nfacts;
	char *twin[MAX_TWINS], *fact[MAX_FACTS][2];
	unsigned model;		/* of the machine that the tree is for */
	bool shown[NR_MODELS];	/* somebody explored it */
} all;

static void die(const char *what, const char *which)
{
	fprintf(stderr, "tornkernel: %s \"%s\"\n", what, which);
	exit(2);
}

static const char *fact(const char *key)
{
	for (unsigned i = 0; i < all.nfacts; i++)
		if (!strcmp(all.fact[i][0], key))
			return all.fact[i][1];
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
		if (!strcmp(models[i], name))
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

static void read_line(char *line, int twin)
{
	char *field[8];
	const unsigned n = split(line, field);
	struct cell *c = n > 1 ? cell_named(field[1], twin < 0) : NULL;

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
		c->known[m] = all.shown[m] = true;
		c->notes[m] = notes;
		c->states += strtoull(field[4], NULL, 10);
		c->ms += strtoull(field[5], NULL, 10);
		c->complete[m] = !strcmp(field[6], "complete");
		if (!c->complete[m] && m == all.model)
			snprintf(c->why, sizeof(c->why), "%s", field[6]);
	}
	if (n == 8 && !strcmp(field[0], "step") && twin < 0)
		add_step(c, field);
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

static void say_notes(char *to, size_t size, uint32_t notes)
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
		say_notes(what, sizeof(what), c->caught[i]);
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

static void judge_cell(struct cell *c)
{
	const uint32_t notes = c->notes[all.model], bad = notes & NOTES_BAD;

	c->worst = -1;
	if (bad) {
		/* the first that has a witness: explore.c begins with what is likeliest */
		for (const struct step *st = c->steps; st && c->worst < 0; st = st->next)
			if (bad & 1u << st->note)
				c->worst = (int)st->note;
		if (c->worst < 0)
			c->worst = __builtin_ctz(bad);
		c->cause = c->outside ? CAUSE_SOURCE_OUTSIDE : CAUSE_SOURCE_SHOWS;
		snprintf(c->reason, sizeof(c->reason), "%s%s, in %u steps", c->outside ? "outside this tree's contract: " : "",
			 note_kinds[c->worst].meaning, steps_to(c, (unsigned)c->worst));
	} else if (notes & NOTES_VOID) {
		char what[TEXT / 2];

		say_notes(what, sizeof(what), notes & NOTES_VOID);
		c->cause = CAUSE_NO_STUB;
		snprintf(c->reason, sizeof(c->reason), "%.200s%s%.200s", what, *c->missing ? ": " : "", c->missing);
	} else if (!c->known[all.model] || !c->complete[all.model]) {
		c->cause = CAUSE_UNFINISHED;
		snprintf(c->reason, sizeof(c->reason), "the search did not come to its end: %.200s", *c->why ? c->why : "it crashed");
	} else {
		judge_clean(c);
	}
}

/* ---- the table ---- */

static void print_head(void)
{
	printf("%-12s %-40s", "verdict", "cell");
	for (unsigned m = 0; m < NR_MODELS; m++)
		if (all.shown[m])
			printf(" %-10s", m < 3 ? models[m] : m == 3 ? "low first" : "high first");
	printf(" %s\n", "reason");
}

static void print_cell(const struct cell *c)
{
	char what[NR_MODELS][TEXT];

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
		if (all.shown[m])
			printf(" %-10s", what[m]);
	printf(" %s\n", c->reason);
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

/* ---- the results ---- */

static void string(FILE *f, const char *s)
{
	putc('"', f);
	for (; *s; s++) {
		const unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			fprintf(f, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(f, "\\u%04x", c);
		else
			putc(c, f);
	}
	putc('"', f);
}

static void text(FILE *f, const char *key, const char *v)
{
	fprintf(f, ",\"%s\":", key);
	string(f, v);
}

static void by_outcome(FILE *f, const char *key, const char *(*value)(const struct cell *, unsigned), const struct cell *c)
{
	bool first = true;

	fprintf(f, ",\"%s\":{", key);
	for (unsigned o = 0; o < NR_OUTCOMES; o++) {
		if (!outcome_result_names[o])
			continue;
		fprintf(f, "%s\"%s\":%s", first ? "" : ",", outcome_result_names[o], value(c, o));
		first = false;
	}
	putc('}', f);
}

static uint32_t outcomes_of(uint32_t notes)
{
	uint32_t set = 0;

	for (unsigned i = 0; i < NR_NOTES; i++)
		if (note_kinds[i].bad < 2 && (notes & 1u << i))
			set |= 1u << outcome_of_note[i];
	return set;
}

static const char *none(const struct cell *c, unsigned o)
{
	(void)c;
	(void)o;
	return "0";
}

static const char *predicted(const struct cell *c, unsigned o)
{
	return outcomes_of(c->notes[all.model]) & 1u << o ? "\"possible\"" : "\"impossible\"";
}

static const char *expected(const struct cell *c, unsigned o)
{
	return outcome_kinds[o].grade == EXPECT_FORBID && !c->outside ? "\"forbid\"" : "\"allow\"";
}

static void schedule(FILE *f, const struct cell *c)
{
	unsigned n = 0;

	fputs(",\"schedule\":\"", f);
	for (const struct step *s = c->steps; s; s = s->next)
		if (s->note == (unsigned)c->worst)
			fprintf(f, "%4u  %-7s %-46s %s\\n", ++n, s->who, s->where, s->text);
	putc('"', f);
}

static void kernel_fields(FILE *f, const struct cell *c)
{
	fputs(",\"tree\":{\"explored\":{", f);
	for (unsigned m = 0; m < NR_MODELS; m++) {
		char what[TEXT];

		say_notes(what, sizeof(what), c->notes[m]);
		fprintf(f, "%s\"%s\":\"%s\"", m ? "," : "", models[m], what);
	}
	fprintf(f, "},\"states\":%llu,\"complete\":%s", (unsigned long long)c->states, c->complete[all.model] ? "true" : "false");
	for (unsigned i = 0; i < all.nfacts; i++)
		if (!strncmp(all.fact[i][0], "tree.", 5))
			text(f, all.fact[i][0] + 5, all.fact[i][1]);
	putc('}', f);
}

/* The members of the contract, in its order (tornwalk(5)); what only a tree has comes last. */
static void print_line(FILE *f, const struct cell *c)
{
	const bool pud = strstr(c->name, ".pud-");
	const char *dot = strrchr(c->name, '.');
	char walker[96];

	snprintf(walker, sizeof(walker), "%.*s", (int)(dot - c->name), c->name);
	fprintf(f, "{\"schema\":2,\"scenario\":\"kernel.%s\"", c->name);
	text(f, "hash", fact("hash"));
	text(f, "layout", fact("layout"));
	text(f, "level", pud ? "pud" : "pmd");
	text(f, "walker", walker);
	text(f, "reader", "kernel");
	text(f, "writer", "kernel");
	text(f, "transition", dot + 1);
	text(f, "consumer", "kernel");
	text(f, "reclaim", "none");
	text(f, "world", "explored");
	fputs(",\"alias\":false", f);
	text(f, "target", fact("target"));
	text(f, "executor", fact("executor"));
	text(f, "cpu", fact("cpu"));
	fputs(",\"cpus\":[0]", f);
	text(f, "kernel", fact("kernel"));
	text(f, "compiler", fact("compiler"));
	text(f, "flags", fact("flags"));
	text(f, "git", fact("git"));
	fprintf(f, ",\"seed\":0,\"readers\":1,\"writers\":1,\"slots\":1,\"seconds\":%llu.%03llu,\"walks\":0,\"rounds\":0,\"present\":0",
		(unsigned long long)c->ms / 1000, (unsigned long long)c->ms % 1000);
	by_outcome(f, "outcomes", none, c);
	by_outcome(f, "distinct", none, c);
	fputs(",\"direction\":{\"low-newer\":0,\"high-newer\":0},\"harm\":{\"wild\":0,\"alias\":0,\"masked\":0,\"warned\":0}", f);
	fputs(",\"first_ns\":{},\"retries\":0,\"per_interval\":[],\"calibration\":{}", f);
	by_outcome(f, "predicted", predicted, c);
	by_outcome(f, "expect", expected, c);
	text(f, "verdict", verdict_names[cause_kinds[c->cause].verdict]);
	text(f, "cause", cause_names[c->cause]);
	text(f, "reason", c->reason);
	fputs(",\"witness\":null,\"torn_by\":{\"reader\":0,\"writer\":0},\"interval_ns\":0", f);
	text(f, "model", models[all.model]);
	if (c->worst >= 0)
		schedule(f, c);
	kernel_fields(f, c);
	fputs("}\n", f);
}

int main(int argc, char **argv)
{
	unsigned count[NR_VERDICTS] = { 0 };
	bool fails = false, open = false;
	FILE *out;

	if (argc < 4)
		die("needs FACTS OUT TREE [TWIN=FILE]..., not", argc > 1 ? argv[1] : "nothing");
	read_facts(argv[1]);
	all.model = model_named(fact("model"));
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
		print_line(out, c);
		count[cause_kinds[c->cause].verdict]++;
		fails |= !c->outside && cause_kinds[c->cause].verdict == VERDICT_FAIL;
		open |= !c->outside && cause_kinds[c->cause].verdict == VERDICT_INCONCLUSIVE;
	}
	for (unsigned i = 0; i < all.ncells; i++)
		if (all.cell[i].cause == CAUSE_SOURCE_SHOWS)
			print_witness(&all.cell[i]);
	printf("\n%u pass, %u fail, %u inconclusive\n", count[VERDICT_PASS], count[VERDICT_FAIL], count[VERDICT_INCONCLUSIVE]);
	if (fclose(out))
		die("cannot write", argv[2]);
	return !all.ncells ? 2 : fails ? 1 : open ? 4 : 0;
}
