/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which tests a cell becomes, what each claims, and where it goes.
 *
 * Key invariant: what a file's first lines claim is the explorer's answer about the
 * program in that file, with 8 bytes in the one order it writes them and without
 * retries, not about all that its source may become. And a test's name says all that
 * its program depends on: tools that take many tests keep one of a name.
 */
#include "files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config/text.h"
#include "predict/predict.h"

enum { TEST_NAME_LEN = NAME_LEN + 128 };

int export_arch(struct export *e, const char *word)
{
	unsigned i;

	for (i = 0; litmus_arch_names[i]; i++)
		if (!word || !strcmp(word, litmus_arch_names[i])) {
			e->arch = i;
			return 0;
		}
	text_error(e->text, sizeof(e->text), "unknown kind of litmus test \"%s\"; valid:", word);
	for (i = 0; litmus_arch_names[i]; i++)
		text_append(e->text, sizeof(e->text), " %s", litmus_arch_names[i]);
	return -EINVAL;
}

/*
 * Who tore an entry is a matter of what its memory can hold, and so of the model that
 * judges; that it is torn is not. So `torn` is one test, unless one half of it is wanted.
 */
int export_outcome(struct export *e, const char *word)
{
	unsigned i;

	e->outcomes = strcmp(word, "torn") ? 0 : OUTCOMES_TORN;
	text_error(e->text, sizeof(e->text), "unknown bad outcome \"%s\"; valid: torn", word);
	for (i = 0; i < NR_OUTCOMES; i++) {
		if (OUTCOMES_BAD & 1u << i)
			text_append(e->text, sizeof(e->text), " %s", outcome_kinds[i].name);
		if ((OUTCOMES_BAD & 1u << i) && !strcmp(word, outcome_kinds[i].name))
			e->outcomes = 1u << i;
	}
	return e->outcomes ? 0 : -EINVAL;
}

static const char *outcomes_name(uint32_t outcomes)
{
	return outcomes == OUTCOMES_TORN ? "torn" : outcome_kinds[__builtin_ctz(outcomes)].name;
}

static bool by_half(uint32_t outcomes)
{
	return (outcomes & OUTCOMES_TORN) && outcomes != OUTCOMES_TORN;
}

/* ---- what is claimed ---- */

/* What each model says of the program in the files. */
static int ask_models(struct export *e, const struct scenario *s, const struct bounds *b,
		      struct prediction p[NR_MODELS], uint32_t *possible)
{
	unsigned m;
	int err;

	*possible = 0;
	for (m = 0; m < NR_MODELS; m++) {
		p[m] = (struct prediction){ .model = m, .tears = e->tears, .shapes = SHAPES_FIRST,
					    .search = { .how = SEARCH_REDUCED, .max_states = e->limit } };
		if (e->model >= 0 && (unsigned)e->model != m)
			continue;
		err = predict(&p[m], &s->cell, b);
		if (err) {
			text_append(e->text, sizeof(e->text), "%s: cannot be explored: %s\n", s->name, strerror(-err));
			return err;
		}
		*possible |= p[m].possible;
	}
	return 0;
}

/* "torn-by-reader is possible under sc, tso; impossible under weak" */
static void say_models(const struct export *e, const struct prediction p[NR_MODELS], uint32_t outcomes,
		       char *buf, size_t len)
{
	static const char *const words[] = { "impossible", "possible", "unknown" };
	unsigned k, m, n, answers = 0;

	snprintf(buf, len, "%s is", outcomes_name(outcomes));
	for (k = 0; k < 3; k++)
		for (m = n = 0; m < NR_MODELS; m++) {
			const unsigned is = p[m].possible & outcomes ? 1 : p[m].known ? 0 : 2;

			if (is != k || (e->model >= 0 && (unsigned)e->model != m))
				continue;
			if (n++)
				text_append(buf, len, ", %s", model_names[m]);
			else
				text_append(buf, len, "%s %s under %s", answers++ ? ";" : "", words[k],
					    model_names[m]);
		}
}

static enum memory_model usual_model(const struct export *e)
{
	return e->arch == LITMUS_X86 ? MODEL_TSO : MODEL_WEAK;
}

static struct litmus_test test_of(const struct export *e, const struct scenario *s, const struct bounds *b,
				  uint32_t outcomes)
{
	return (struct litmus_test){
		.arch = e->arch, .cell = &s->cell, .bounds = *b, .tears = e->tears, .notes = outcomes,
		.model = e->model >= 0 ? (enum memory_model)e->model : usual_model(e),
	};
}

/* ---- names ---- */

static void unusual(char *name, const char *what, unsigned value, unsigned usual)
{
	if (value != usual)
		text_append(name, TEST_NAME_LEN, ".%s-%u", what, value);
}

static void name_test(const struct export *e, const struct scenario *s, const struct litmus_test *t,
		      char name[TEST_NAME_LEN])
{
	const struct bounds usual = bounds_of(&s->cell);

	snprintf(name, TEST_NAME_LEN, "%s", s->name);
	unusual(name, "rounds", t->bounds.rounds, usual.rounds);
	unusual(name, "walks", t->bounds.walks, usual.walks);
	unusual(name, "readers", t->bounds.readers, usual.readers);
	unusual(name, "writers", t->bounds.writers, usual.writers);
	if (t->tears != predict_tears(&s->cell, NULL))
		text_append(name, TEST_NAME_LEN, ".tears");
	if (by_half(t->notes) && t->model != usual_model(e))
		text_append(name, TEST_NAME_LEN, ".%s", model_names[t->model]);
	if (t->arch)
		text_append(name, TEST_NAME_LEN, ".%s", litmus_arch_names[t->arch]);
	text_append(name, TEST_NAME_LEN, "+%s", outcomes_name(t->notes));
}

/* ---- files ---- */

/* Found before the models answer, which takes longer. */
static bool refused(struct export *e, const struct scenario *s, const struct bounds *b)
{
	struct litmus_test t = test_of(e, s, b, e->outcomes ? e->outcomes : (uint32_t)OUTCOMES_TORN);
	char why[160];

	if (litmus_write(NULL, &t, why, sizeof(why)) != -EINVAL)
		return false;
	text_append(e->text, sizeof(e->text), "%s: no litmus test: %s\n", s->name, why);
	return true;
}

/* 0, or -errno after a line about it. */
static int put_file(struct export *e, const char *name, const char *text, size_t len)
{
	char path[4096] = "stdout";
	FILE *f = e->dir ? NULL : stdout;
	int err = 0;

	if (e->dir && snprintf(path, sizeof(path), "%s/%s.litmus", e->dir, name) >= (int)sizeof(path))
		errno = ENAMETOOLONG;
	else if (e->dir && (!mkdir(e->dir, 0777) || errno == EEXIST))
		f = fopen(path, "w");
	if (!f || fwrite(text, 1, len, f) != len)
		err = -errno;
	if (f && (f == stdout ? fflush(f) : fclose(f)) && !err)
		err = -errno;
	if (err)
		text_append(e->text, sizeof(e->text), "%s: %s\n", path, strerror(-err));
	e->files += !err;
	return err;
}

static int export_one(struct export *e, const struct scenario *s, const struct bounds *b,
		      const struct prediction p[NR_MODELS], uint32_t outcomes)
{
	char name[TEST_NAME_LEN], predicted[160], why[160] = "", *text = NULL;
	size_t len = 0;
	struct litmus_test t = test_of(e, s, b, outcomes);
	FILE *f = open_memstream(&text, &len);
	int err;

	t.name = name;
	t.predicted = predicted;
	name_test(e, s, &t, name);
	say_models(e, p, outcomes, predicted, sizeof(predicted));
	err = f ? litmus_write(f, &t, why, sizeof(why)) : -ENOMEM;
	if (f && fclose(f))
		err = -ENOMEM;
	if (err == -EINVAL) {
		text_append(e->text, sizeof(e->text), "%s: no litmus test: %s\n", name, why);
		err = 0;
	} else if (err) {
		text_append(e->text, sizeof(e->text), "%s: %s\n", name, strerror(-err));
	} else {
		err = put_file(e, name, text, len);
	}
	free(text);
	return err;
}

/* The bad outcomes that are possible, each but torn on its own; a directory for many. */
static int export_possible(struct export *e, const struct scenario *s, const struct bounds *b,
			   const struct prediction p[NR_MODELS], uint32_t possible)
{
	const bool torn = !possible || (possible & OUTCOMES_TORN);
	uint32_t each[NR_OUTCOMES];
	unsigned k, n = 0;
	int err = 0;

	if (torn)
		each[n++] = OUTCOMES_TORN;
	for (k = 0; k < NR_OUTCOMES; k++)
		if (possible & ~OUTCOMES_TORN & 1u << k)
			each[n++] = 1u << k;
	if (n > 1 && !e->dir) {
		text_append(e->text, sizeof(e->text), "%s: a test each of:", s->name);
		for (k = 0; k < n; k++)
			text_append(e->text, sizeof(e->text), " %s", outcomes_name(each[k]));
		text_append(e->text, sizeof(e->text), "; name one with --outcome, or a directory with --out\n");
		return -EINVAL;
	}
	for (k = 0; k < n && !err; k++)
		err = export_one(e, s, b, p, each[k]);
	return err;
}

int export_cell(struct export *e, const struct scenario *s, const struct bounds *bounds)
{
	const unsigned files = e->files;
	const int model = e->model;
	struct prediction p[NR_MODELS];
	struct bounds b = *bounds;
	uint32_t possible;
	int err = 0;

	e->text[0] = '\0';
	b.retries = 0;	/* a walk that begins again is the same again, later */
	if (by_half(e->outcomes))
		e->model = (int)test_of(e, s, &b, 0).model;
	if (!refused(e, s, &b)) {
		err = ask_models(e, s, &b, p, &possible);
		if (!err && e->outcomes)
			err = export_one(e, s, &b, p, e->outcomes);
		else if (!err)
			err = export_possible(e, s, &b, p, possible & OUTCOMES_BAD);
	}
	e->refused += !err && e->files == files;
	e->model = model;
	return err;
}
