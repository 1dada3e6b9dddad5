/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads what a board said.
 *
 * Invariant: a line counts as a whole or not at all. One without its newline is cut off; one that
 * begins like a line of an operation and is not one damages that operation, so that nothing is
 * concluded from the rest of it. Whatever else stands there is a serial line's; where the kernel
 * complains in it, that is an outcome.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "judged.h"
#include "protocol/walk.h"

enum { MAX_FIELDS = 16 };

const char *const reader_names[NR_LIVE_READERS] = {
#define X(id, name, meaning) [LIVE_READER_##id] = name,
	LIVE_READERS(X)
#undef X
};

const char *const writer_names[NR_LIVE_WRITERS] = {
#define X(id, name, meaning) [LIVE_WRITER_##id] = name,
	LIVE_WRITERS(X)
#undef X
};

const char *const level_names[2] = { [LIVE_PMD] = "pmd", [LIVE_PTE] = "pte" };

static const char *const kind_names[NR_LIVE_KINDS] = {
	[LIVE_WHOLE] = "whole", [LIVE_ZERO] = "zero", [LIVE_HIGH_ONLY] = "high-only", [LIVE_LOW_ONLY] = "low-only",
	[LIVE_MIXED] = "mixed",
};

void judged_die(const char *what, const char *which)
{
	fprintf(stderr, "tornlivejudge: %s \"%s\"\n", what, which);
	exit(2);
}

void *judged_alloc(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);

	if (!p)
		judged_die("no memory for", "what was seen");
	return p;
}

char *judged_text(const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		judged_die("no memory for", fmt);
	va_end(ap);
	return text;
}

const char *judged_fact(const struct judged *j, const char *key)
{
	for (unsigned i = 0; i < j->nfacts; i++)
		if (!strcmp(j->fact[i][0], key))
			return j->fact[i][1];
	return "-";
}

/* ---- fields ---- */

static bool number(const char *s, uint64_t *n)
{
	char *end;

	errno = 0;
	*n = strtoull(s, &end, 10);
	return *s >= '0' && *s <= '9' && !*end && !errno;
}

static bool numbers(char *const *field, uint64_t *const *to, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (!number(field[i], to[i]))
			return false;
	return true;
}

/* An entry has 16 digits: one that was cut has fewer. */
static bool entry_of(const char *s, char after, const char **rest, uint64_t *v)
{
	const size_t n = strspn(s, "0123456789abcdef");

	if (n != 16 || s[n] != after)
		return false;
	*v = strtoull(s, NULL, 16);
	*rest = s + n + (after != '\0');
	return true;
}

static int named(const char *name, const char *const *names, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (!strcmp(name, names[i]))
			return (int)i;
	return -1;
}

static void add_fact(struct judged *j, const char *key, const char *value)
{
	if (strcmp(judged_fact(j, key), "-") || j->nfacts == MAX_FACTS)	/* what is needed of them comes first */
		return;
	j->fact[j->nfacts][0] = judged_text("%s", key);
	j->fact[j->nfacts++][1] = judged_text("%s", value);
}

/* ---- lines; each is handed its fields without the first, and false: it is not such a line ---- */

/* The operation that is running; NULL: none. */
static struct operation *running(struct judged *j)
{
	struct operation *op = j->noperations ? &j->operation[j->noperations - 1] : NULL;

	return op && !op->ended ? op : NULL;
}

static struct operation *operation_of(struct judged *j, char *const *f)
{
	struct operation *op = running(j);

	return op && !strcmp(f[0], level_names[op->level]) && !strcmp(f[1], op->name) ? op : NULL;
}

static struct look *look_of(struct judged *j, char *const *f)
{
	struct operation *op = operation_of(j, f);
	const int r = named(f[2], reader_names, NR_LIVE_READERS);

	return op && r >= 0 ? &op->look[r] : NULL;
}

static bool line_hello(struct judged *j, char **f, unsigned n)
{
	uint64_t abi, words, cpus;

	if (n != 6 || !number(f[0], &abi) || !number(f[1], &words) || !number(f[3], &cpus) || words < 1 || words > 2)
		return false;
	if (abi != LIVE_ABI)
		judged_die("lines of another version of the module:", f[0]);
	j->greeted = true;
	j->words = (unsigned)words;
	j->cpus = (unsigned)cpus;
	snprintf(j->layout_name, sizeof(j->layout_name), "%s", f[2]);
	for (unsigned i = 0; layouts[i]; i++)
		if (!strcmp(layouts[i]->name, f[2]))
			j->layout = layouts[i];
	if (!j->layout)
		judged_die("unknown layout; valid are pae, lpae, not", f[2]);
	for (unsigned i = 0; i < 2; i++)
		snprintf(j->kernel_reader[i], sizeof(j->kernel_reader[i]), "%s", f[4 + i]);
	return true;
}

static bool line_fact(struct judged *j, char **f, unsigned n)
{
	if (n == 2)
		add_fact(j, f[0], f[1]);
	return n == 2;
}

static bool line_layout(struct judged *j, char **f, unsigned n)
{
	return n == 2 && number(f[0], &j->layout_checked) && number(f[1], &j->layout_different);
}

/* KIND=COUNT/DISTINCT/FIRST_NS/EXAMPLE */
static bool race_kind(struct race *r, char *text)
{
	char *equals = strchr(text, '='), *part[4], *at = equals ? equals + 1 : NULL;
	const char *rest;
	int k;

	if (!equals)
		return false;
	*equals = '\0';
	k = named(text, kind_names, NR_LIVE_KINDS);
	for (unsigned i = 0; i < 4; i++)
		if (!(part[i] = strsep(&at, "/")))
			return false;
	return k >= 0 && !at && number(part[0], &r->kind[k]) && number(part[1], &r->distinct[k]) &&
	       number(part[2], &r->first_ns[k]) && entry_of(part[3], '\0', &rest, &r->example[k]);
}

static bool line_race(struct judged *j, char **f, unsigned n)
{
	const int reader = n < 6 ? -1 : named(f[0], reader_names, NR_LIVE_READERS);
	const int writer = n < 6 ? -1 : named(f[1], writer_names, NR_LIVE_WRITERS);
	struct race r = { .known = true };

	if (reader < 0 || writer < 0 ||
	    !numbers(f + 2, (uint64_t *const []){ &r.reads, &r.rounds, &r.ns, &r.retries }, 4))
		return false;
	for (unsigned i = 6; i < n; i++)
		if (!race_kind(&r, f[i]))
			return false;
	j->race[reader][writer] = r;
	return true;
}

static bool line_begin(struct judged *j, char **f, unsigned n)
{
	const int level = n == 3 ? named(f[0], level_names, 2) : -1;
	struct operation *op;

	if (level < 0 || !*f[1])
		return false;
	if (j->noperations == MAX_OPERATIONS)
		judged_die("more operations than fit, at", f[1]);
	op = &j->operation[j->noperations++];
	op->level = (enum live_level)level;
	snprintf(op->name, sizeof(op->name), "%s", f[1]);
	return true;
}

static bool line_read(struct judged *j, char **f, unsigned n)
{
	struct look *l = n == 11 ? look_of(j, f) : NULL;

	if (!l || l->known || !numbers(f + 3, (uint64_t *const []){ &l->reads, &l->ns, &l->sections, &l->holes, &l->detached,
								    &l->lost, &l->values, &l->overflow }, 8))
		return false;
	l->known = true;
	return true;
}

static bool value_around(struct seen *s, const char *text)
{
	struct around *a = &s->around[s->narounds];

	if (s->narounds == LIVE_AROUND || !entry_of(text, '/', &text, &a->before) ||
	    !entry_of(text, '/', &text, &a->after) || !number(text, &a->times))
		return false;
	s->narounds++;
	return true;
}

static bool line_value(struct judged *j, char **f, unsigned n)
{
	struct look *l = n >= 7 ? look_of(j, f) : NULL;
	struct seen s = { 0 };
	const char *rest;

	if (!l || !entry_of(f[3], '\0', &rest, &s.value) ||
	    !numbers(f + 4, (uint64_t *const []){ &s.episodes, &s.first_ns, &s.around_other }, 3))
		return false;
	for (unsigned i = 7; i < n; i++)
		if (!value_around(&s, f[i]))
			return false;
	if (l->n == l->room) {
		l->room = l->room ? 2 * l->room : 64;
		l->seen = judged_alloc(l->seen, l->room * sizeof(*l->seen));
	}
	l->seen[l->n++] = s;
	return true;
}

static bool line_frames(struct judged *j, char **f, unsigned n)
{
	struct operation *op = n == 4 ? operation_of(j, f) : NULL;

	if (!op || !number(f[2], &op->huge) || !number(f[3], &op->looked) || op->huge > op->looked)
		return false;
	op->framed = true;
	return true;
}

static bool line_frame(struct judged *j, char **f, unsigned n)
{
	struct operation *op = n == 3 ? operation_of(j, f) : NULL;

	if (!op || !*f[2] || f[2][strspn(f[2], "0123456789abcdefx")])
		return false;
	if (op->nframes == op->frames_room) {
		op->frames_room = op->frames_room ? 2 * op->frames_room : 64;
		op->frame = judged_alloc(op->frame, op->frames_room * sizeof(*op->frame));
	}
	op->frame[op->nframes++] = strtoull(f[2], NULL, 16);
	return true;
}

static bool line_end(struct judged *j, char **f, unsigned n)
{
	struct operation *op = n == 5 ? operation_of(j, f) : NULL;

	if (!op || !numbers(f + 2, (uint64_t *const []){ &op->ns, &op->cycles, &op->errors }, 3))
		return false;
	op->ended = true;
	for (unsigned r = 0; r < NR_LIVE_READERS; r++)
		if (!op->damaged && op->look[r].known ? op->look[r].n != op->look[r].values : op->look[r].n > 0)
			op->damaged = judged_text("of %s %u values came, not %llu", reader_names[r], op->look[r].n,
						  (unsigned long long)op->look[r].values);
	return true;
}

static bool line_skip(struct judged *j, char **f, unsigned n)
{
	struct skipped *s = &j->skipped[j->nskipped];

	if (n != 3)
		return false;
	if (j->nskipped == MAX_OPERATIONS)
		judged_die("more skipped operations than fit, at", f[1]);
	snprintf(s->name, sizeof(s->name), "live.%.*s.%.*s", LIVE_NAME / 2, f[0], LIVE_NAME, f[1]);
	s->why = judged_text("%s", f[2]);
	j->nskipped++;
	return true;
}

static bool line_user(struct judged *j, char **f, unsigned n)
{
	struct user u = { 0 };

	if (n != 6 || !*f[0] || !*f[1] || !numbers(f + 2, (uint64_t *const []){ &u.walks, &u.bad, &u.ns }, 3) || u.bad > u.walks)
		return false;
	if (j->nusers == MAX_USERS)
		judged_die("more of the kernel's own readers than fit, at", f[0]);
	snprintf(u.reader, sizeof(u.reader), "%s", f[0]);
	snprintf(u.operation, sizeof(u.operation), "%s", f[1]);
	u.witness = judged_text("%s", f[5]);
	j->user[j->nusers++] = u;
	return true;
}

static bool line_probe(struct judged *j, char **f, unsigned n)
{
	struct probed p = { 0 };

	if (n != 7 || !*f[0] || !*f[2] || !numbers(f + 3, (uint64_t *const []){ &p.calls, &p.wrong }, 2) || p.wrong > p.calls)
		return false;
	snprintf(p.operation, sizeof(p.operation), "%s", f[0]);
	snprintf(p.symbol, sizeof(p.symbol), "%s", f[2]);
	snprintf(p.example, sizeof(p.example), "%s", f[5]);
	snprintf(p.frame, sizeof(p.frame), "%s", f[6]);
	p.delays = !strcmp(f[1], "delay");
	if (!p.delays && strcmp(f[1], "page"))
		return false;
	if (j->nprobed == MAX_PROBES)
		judged_die("more probes than fit, at", f[2]);
	j->probed[j->nprobed++] = p;
	return true;
}

/* As a kernel that is in trouble begins to say so. */
static bool complains(const char *line)
{
	static const char *const words[] = {
		"BUG:", "kernel BUG at", "Oops", "Kernel panic", "WARNING: CPU", "bad pmd", "bad pte", "bad pud", "bad pgd",
		"Bad page", "Bad rss-counter", "Internal error", "general protection fault", "nable to handle kernel",
	};

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(line, words[i]))
			return true;
	return false;
}

static void complained(struct judged *j, const char *text)
{
	struct operation *op = running(j);

	/* the first that is the kernel's own stands for all */
	if (op && (!op->logs++ || (complains(text) && !complains(op->log)))) {
		free(op->log);
		op->log = judged_text("%s", text);
	}
	if (!op && j->nlogs < MAX_LOGS)
		j->log[j->nlogs++] = judged_text("%s", text);
}

static void damage(struct judged *j, const char *why, const char *line)
{
	struct operation *op = running(j);

	if (!j->mangled++)
		j->first_mangled = judged_text("%.160s", line);
	if (op && !op->damaged)
		op->damaged = judged_text("%s\"%.100s\"", why, line);
}

/* The driver's own words, of what is nobody's fault here: somebody ended it, or the log was too long. */
static bool only_interrupted(const char *text)
{
	static const char *const words[] = { "killed by signal 1 ", "killed by signal 2 ", "killed by signal 9 ", "killed by signal 15 ",
					     "were overwritten before" };

	for (unsigned i = 0; !strncmp(text, "tornlive: ", 10) && i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

static bool line_log(struct judged *j, char **f, unsigned n)
{
	if (n != 1)
		return false;
	if (only_interrupted(f[0]))
		damage(j, "", f[0]);
	else if (strncmp(f[0], "tornlive: ", 10) || !strstr(f[0], "taint"))	/* every module that is built by itself taints */
		complained(j, f[0]);
	return true;
}

static bool line_done(struct judged *j, char **f, unsigned n)
{
	if (n != 1 || !number(f[0], &j->code))
		return false;
	j->done = true;
	return true;
}

static const struct form {
	const char *word;
	bool (*take)(struct judged *j, char **field, unsigned n);
} forms[] = {
	{ "hello", line_hello }, { "fact", line_fact }, { "layout", line_layout }, { "race", line_race },
	{ "begin", line_begin }, { "read", line_read }, { "value", line_value }, { "frames", line_frames },
	{ "frame", line_frame }, { "end", line_end }, { "skip", line_skip }, { "user", line_user }, { "probe", line_probe }, { "log", line_log },
	{ "done", line_done },
};

enum { NR_FORMS = sizeof(forms) / sizeof(forms[0]) };

/* Somewhere in it a line of the driver's begins. */
static bool mangled(const char *line)
{
	char word[16];

	for (unsigned i = 0; i < NR_FORMS; i++) {
		snprintf(word, sizeof(word), "%s\t", forms[i].word);
		if (strstr(line, word))
			return true;
	}
	return false;
}

/* What the machine said before is not of this run. */
static bool begun(const struct judged *j)
{
	return j->greeted || j->noperations;
}

static void foreign(struct judged *j, const char *line)
{
	if (begun(j) && complains(line))
		complained(j, line);
	if (mangled(line))
		damage(j, "a line of it is not whole: ", line);
}

static void read_line(struct judged *j, char *line)
{
	char *copy = judged_text("%s", line), *at = copy, *field[MAX_FIELDS];
	unsigned n = 0;
	bool taken = false;

	while (n < MAX_FIELDS && at)
		field[n++] = strsep(&at, "\t");
	for (unsigned i = 0; !at && !j->done && i < NR_FORMS; i++)
		if (!strcmp(field[0], forms[i].word))
			taken = forms[i].take(j, field + 1, n - 1);
	if (!taken)
		foreign(j, line);
	free(copy);
}

void judged_read(struct judged *j, const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	if (!f)
		judged_die("cannot read", path);
	while ((n = getline(&line, &size, f)) > 0) {
		const bool whole = line[n - 1] == '\n';

		for (ssize_t i = 0; i < n; i++)		/* of a serial line anything may come */
			if (!line[i] || (unsigned char)line[i] >= 0x7f)
				line[i] = '?';
		line[whole ? --n : n] = '\0';
		if (n && line[n - 1] == '\r')
			line[n - 1] = '\0';
		if (whole)
			read_line(j, line);
		else if (begun(j) && complains(line))
			complained(j, line);
	}
	free(line);
	fclose(f);
}

void judged_read_facts(struct judged *j, const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL, *tab;
	size_t size = 0;

	if (!f)
		judged_die("cannot read", path);
	while (getline(&line, &size, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		tab = strchr(line, '\t');
		if (!tab)
			continue;
		*tab = '\0';
		add_fact(j, line, tab + 1);
	}
	free(line);
	fclose(f);
}
