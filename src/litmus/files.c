/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "files.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config/text.h"
#include "cli/usage.h"

int export_arch(struct export *e, const char *word)
{
	unsigned i;

	for (i = 0; litmus_arch_names[i]; i++)
		if (!word || !strcmp(word, litmus_arch_names[i])) {
			e->arch = i;
			return 0;
		}
	return usage_error("unknown kind of litmus test \"%s\"; valid: C ARM X86", word) + 1;
}

/*
 * Who tore an entry is a matter of what its memory can hold, and so of the model that
 * judges; that it is torn is not. So `torn` is one test, unless it is asked for by half.
 */
int export_outcome(struct export *e, const char *word)
{
	char valid[160] = "torn";
	unsigned i;

	e->outcomes = strcmp(word, "torn") ? 0 : OUTCOMES_TORN;
	for (i = 0; i < NR_OUTCOMES; i++) {
		if (OUTCOMES_BAD & 1u << i)
			text_append(valid, sizeof(valid), " %s", outcome_kinds[i].name);
		if ((OUTCOMES_BAD & 1u << i) && !strcmp(word, outcome_kinds[i].name))
			e->outcomes = 1u << i;
	}
	return e->outcomes ? 0 : usage_error("unknown bad outcome \"%s\"; valid: %s", word, valid) + 1;
}

/* What each model says; false: none could be asked, said why. */
static bool ask_models(const struct export *e, const struct scenario *s, const struct bounds *b,
		       struct prediction p[NR_MODELS], uint32_t *possible)
{
	unsigned m;
	int err;

	*possible = 0;
	for (m = 0; m < NR_MODELS; m++) {
		p[m] = (struct prediction){ .model = m, .tears = e->tears,
					    .search = { .how = SEARCH_REDUCED, .max_states = e->limit } };
		if (e->model >= 0 && (unsigned)e->model != m)
			continue;
		err = predict(&p[m], &s->cell, b);
		if (err) {
			usage_error("%s: cannot be explored: %s", s->name, strerror(-err));
			return false;
		}
		*possible |= p[m].possible;
	}
	return true;
}

/* "torn-by-reader is possible under sc, tso, impossible under weak" */
static void say_models(const struct export *e, const struct prediction p[NR_MODELS], uint32_t outcomes,
		       const char *what, char *buf, size_t len)
{
	static const char *const words[] = { "impossible", "possible", "unknown" };
	unsigned k, m, n, said = 0;

	snprintf(buf, len, "%s is", what);
	for (k = 0; k < 3; k++)
		for (m = n = 0; m < NR_MODELS; m++) {
			const unsigned is = p[m].possible & outcomes ? 1 : p[m].known ? 0 : 2;

			if (is != k || (e->model >= 0 && (unsigned)e->model != m))
				continue;
			if (n++)
				text_append(buf, len, ", %s", model_names[m]);
			else
				text_append(buf, len, "%s %s under %s", said++ ? ";" : "", words[k], model_names[m]);
		}
}

static struct litmus_test test_of(const struct export *e, const struct scenario *s, const struct bounds *b,
				  uint32_t outcomes)
{
	return (struct litmus_test){
		.arch = e->arch, .cell = &s->cell, .bounds = *b, .tears = e->tears, .notes = outcomes,
		.model = e->model >= 0 ? (enum memory_model)e->model :
			 e->arch == LITMUS_X86 ? MODEL_TSO : MODEL_WEAK,
	};
}

/* Before the models are asked, which takes longer. */
static bool refused(struct export *e, const struct scenario *s, const struct bounds *b)
{
	struct litmus_test t = test_of(e, s, b, e->outcomes ? e->outcomes : (uint32_t)OUTCOMES_TORN);
	char why[160];

	if (litmus_write(NULL, &t, why, sizeof(why)) != -EINVAL)
		return false;
	usage_error("%s: no litmus test: %s", s->name, why);
	return true;
}

static FILE *open_file(const struct export *e, const char *name)
{
	char path[4096];
	FILE *f = NULL;

	if (!e->dir)
		return stdout;
	if (snprintf(path, sizeof(path), "%s/%s.litmus", e->dir, name) >= (int)sizeof(path))
		errno = ENAMETOOLONG;
	else if (!mkdir(e->dir, 0777) || errno == EEXIST)
		f = fopen(path, "w");
	if (!f)
		usage_error("%s: %s", path, strerror(errno));
	return f;
}

static int export_one(struct export *e, const struct scenario *s, const struct bounds *b,
		      const struct prediction p[NR_MODELS], uint32_t outcomes, const char *what)
{
	char name[256], predicted[160], why[160] = "", *text = NULL;
	size_t len = 0;
	struct litmus_test t = test_of(e, s, b, outcomes);
	FILE *f = open_memstream(&text, &len);
	int err, code = EXIT_USAGE;

	t.name = name;
	t.predicted = predicted;
	snprintf(name, sizeof(name), "%s+%s", s->name, what);
	say_models(e, p, outcomes, what, predicted, sizeof(predicted));
	err = f ? litmus_write(f, &t, why, sizeof(why)) : -ENOMEM;
	if (f && fclose(f))
		err = -ENOMEM;
	if (err == -EINVAL) {
		usage_error("%s: no litmus test: %s", name, why);
		code = EXIT_PASS;
	} else if (err) {
		usage_error("%s: %s", s->name, strerror(-err));
	} else {
		f = open_file(e, name);
		if (f && fwrite(text, 1, len, f) == len && (f == stdout ? !fflush(f) : !fclose(f))) {
			e->files++;
			code = EXIT_PASS;
		} else if (f) {
			usage_error("%s: %s", name, strerror(errno));
		}
	}
	free(text);
	return code;
}

/* The bad outcomes that are possible, each but torn on its own; a directory for many. */
static int export_possible(struct export *e, const struct scenario *s, const struct bounds *b,
			   const struct prediction p[NR_MODELS], uint32_t possible)
{
	char list[160] = "";
	unsigned k, n = 0;
	int code = EXIT_PASS;

	if (!possible || (possible & OUTCOMES_TORN)) {
		text_append(list, sizeof(list), " torn");
		n++;
	}
	for (k = 0; k < NR_OUTCOMES; k++)
		if (possible & ~OUTCOMES_TORN & 1u << k) {
			text_append(list, sizeof(list), " %s", outcome_kinds[k].name);
			n++;
		}
	if (n > 1 && !e->dir)
		return usage_error("%s: a test each of:%s; name one with --outcome, or a directory with --out",
				   s->name, list);
	if (!possible || (possible & OUTCOMES_TORN))
		code = export_one(e, s, b, p, OUTCOMES_TORN, "torn");
	for (k = 0; k < NR_OUTCOMES && !code; k++)
		if (possible & ~OUTCOMES_TORN & 1u << k)
			code = export_one(e, s, b, p, 1u << k, outcome_kinds[k].name);
	return code;
}

int export_cell(struct export *e, const struct scenario *s, const struct bounds *b)
{
	const unsigned files = e->files;
	struct prediction p[NR_MODELS];
	uint32_t possible;
	int code = EXIT_PASS;

	if (e->outcomes && (e->outcomes & OUTCOMES_TORN) && e->outcomes != OUTCOMES_TORN)
		e->model = (int)test_of(e, s, b, 0).model;
	if (!refused(e, s, b)) {
		if (!ask_models(e, s, b, p, &possible))
			return EXIT_USAGE;
		code = !e->outcomes ? export_possible(e, s, b, p, possible & OUTCOMES_BAD) :
		       export_one(e, s, b, p, e->outcomes,
				  e->outcomes == OUTCOMES_TORN ? "torn" : outcome_kinds[__builtin_ctz(e->outcomes)].name);
	}
	e->refused += !code && e->files == files;
	return code;
}
