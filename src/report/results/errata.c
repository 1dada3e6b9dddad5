/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads ERRATA, and asks git which commits its revisions are.
 *
 * Invariant: nothing is void by accident, and nothing void slips through: a line that
 * cannot be understood is an error.
 */
#include "errata.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NR_COLUMNS = 4, MAX_WORDS = 64, SHORTEST = 7 };
enum { DATE, REVISIONS, CELLS, WHY };

static const char blanks[] = " ,\t\r\n";

/* One erratum, and the commits it names, a full hash a line. */
struct erratum {
	const char *path;
	unsigned line;
	char *column[NR_COLUMNS];
	char *commits;
};

static int bad(const struct erratum *e, const char *fmt, const char *word)
{
	fprintf(stderr, "tornreport: %s:%u: ", e->path, e->line);
	fprintf(stderr, fmt, word);
	fputs("; --errata none does without\n", stderr);
	return -EINVAL;
}

/* ---- git ---- */

static char *read_all(int fd)
{
	size_t len;
	char *s = NULL, buf[4096];
	FILE *f = open_memstream(&s, &len);
	ssize_t n;

	if (!f)
		return NULL;
	while ((n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			fwrite(buf, 1, (size_t)n, f);
	fclose(f);
	return s;
}

/* What `git -C DIR rev-list WORD...` prints; NULL: it failed. */
static char *rev_list(const char *dir, char **words, unsigned nr)
{
	char *argv[MAX_WORDS + 8] = { "git", "-C", (char *)dir, "rev-list", "--end-of-options" };
	char *out = NULL;
	int fd[2], status = -1;
	pid_t pid;

	memcpy(argv + 5, words, nr * sizeof(*words));
	argv[5 + nr] = (char *)"--";
	if (pipe(fd))
		return NULL;
	pid = fork();
	if (!pid) {
		dup2(fd[1], STDOUT_FILENO);
		close(fd[0]);
		close(fd[1]);
		freopen("/dev/null", "w", stderr);
		execvp("git", argv);
		_exit(127);
	}
	close(fd[1]);
	if (pid > 0)
		out = read_all(fd[0]);
	close(fd[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status == 0)
		return out;
	free(out);
	return NULL;
}

static int resolve(struct erratum *e)
{
	char *words[MAX_WORDS], *save, *w, *copy = strdup(e->column[REVISIONS]), *dir = strdup(e->path);
	char *slash = dir ? strrchr(dir, '/') : NULL;
	unsigned nr = 0;
	int err = 0;

	if (!copy || !dir) {
		err = -ENOMEM;
		goto out;
	}
	for (w = strtok_r(copy, blanks, &save); w && nr < MAX_WORDS; w = strtok_r(NULL, blanks, &save))
		words[nr++] = w;
	if (slash)
		*slash = '\0';
	e->commits = nr ? rev_list(slash ? dir : ".", words, nr) : NULL;
	if (!e->commits)
		err = bad(e, "git knows no revisions \"%s\" here, so it cannot be told what is void",
			  e->column[REVISIONS]);
out:
	free(copy);
	free(dir);
	return err;
}

/* ---- which results ---- */

/* The abbreviated hash in `git describe`'s words: HASH, TAG-N-gHASH, with -dirty or not. */
static size_t hash_in(const char *git, const char **hash)
{
	const char *g, *at = git;
	size_t n;

	for (g = git; (g = strstr(g, "-g")); g++)
		if (strspn(g + 2, "0123456789abcdef") >= SHORTEST)
			at = g + 2;
	n = strspn(at, "0123456789abcdef");
	*hash = at;
	return n >= SHORTEST && (!at[n] || !strcmp(at + n, "-dirty")) ? n : 0;
}

static bool names_commit(const struct erratum *e, const char *git)
{
	const char *hash, *line;
	size_t n = hash_in(git, &hash);

	for (line = e->commits; n && *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (!strncmp(line, hash, n))
			return true;
	return false;
}

static bool names_cell(const struct erratum *e, const char *scenario)
{
	char pattern[256];
	const char *s = e->column[CELLS];
	size_t n;

	for (s += strspn(s, blanks); *s; s += n, s += strspn(s, blanks)) {
		n = strcspn(s, blanks);
		snprintf(pattern, sizeof(pattern), "%.*s", (int)n, s);
		if (!fnmatch(pattern, scenario, 0))
			return true;
	}
	return false;
}

static int apply_one(struct results *rs, const struct erratum *e)
{
	bool *named = calloc(rs->nr_machines + 1, sizeof(*named));
	const char *why = NULL;
	unsigned m;
	size_t i;
	int n = 0;

	if (!named)
		return -ENOMEM;
	for (m = 0; m < rs->nr_machines; m++)
		named[m] = names_commit(e, rs->machines[m]->git);
	for (i = 0; i < rs->n; i++) {
		struct result *r = &rs->r[i];

		if (r->errata || !named[r->machine->index] || !names_cell(e, r->scenario))
			continue;
		if (!why)
			why = results_string(rs, "void by ERRATA of %s: %s", e->column[DATE],
					     e->column[WHY]);
		r->verdict = VERDICT_INCONCLUSIVE;
		r->cause = CAUSE_VOID;
		r->reason = r->errata = why;
		n++;
	}
	free(named);
	return n;
}

/* ---- the file ---- */

/* false: prose, or the heading */
static bool is_erratum(char *line)
{
	return line[0] && line[0] != '#' && strchr(line, '\t') && strncmp(line, "DATE\t", 5);
}

static int split(struct erratum *e, char *line)
{
	unsigned i;

	line[strcspn(line, "\r\n")] = '\0';
	for (i = 0; i < NR_COLUMNS; i++) {
		e->column[i] = line;
		if (i == WHY)
			break;
		line += strcspn(line, "\t");
		if (!*line)
			return bad(e, "not four columns with a tab between them: \"%s\"", e->column[DATE]);
		*line++ = '\0';
		line += strspn(line, "\t");
	}
	return *e->column[CELLS] && *e->column[WHY] ? 0 :
	       bad(e, "not four columns with a tab between them: \"%s\"", e->column[DATE]);
}

int errata_apply(struct results *rs, const char *path)
{
	struct erratum e = { .path = path };
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	int n, total = 0;

	if (!f) {
		fprintf(stderr, "tornreport: %s: %s; --errata none does without\n", path, strerror(errno));
		return -EINVAL;
	}
	while (total >= 0 && getline(&line, &size, f) > 0) {
		e.line++;
		if (!is_erratum(line))
			continue;
		n = split(&e, line);
		if (!n)
			n = resolve(&e);
		if (!n)
			n = apply_one(rs, &e);
		free(e.commits);
		e.commits = NULL;
		total = n < 0 ? n : total + n;
	}
	free(line);
	fclose(f);
	return total;
}
