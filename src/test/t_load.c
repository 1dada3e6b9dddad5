/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the desk makes of a line: its cause, its worst outcome, its witness; and that a line
 * of schema 1, which says them in English, gives the same. The lines are the instrument's
 * own (lines.c).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "protocol/layout.h"
#include "report/results/load.h"

static char directory[4096];	/* this program's */

/* Loads what lies in `lines`; the file is gone afterwards. */
static void load(struct results *rs, const char *lines)
{
	char path[] = "/tmp/t_load.XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, lines, strlen(lines)), strlen(lines));
	close(fd);
	assert_int_equal(results_load(rs, path), 0);
	unlink(path);
	assert_int_equal(rs->skipped, 0);
}

/* What `lines WHAT` prints; to be freed. */
static char *made(const char *what)
{
	enum { ROOM = 16 << 20 };
	char command[4200], *text = malloc(ROOM);
	FILE *f;
	size_t n;

	snprintf(command, sizeof(command), "%s/lines %s", directory, what);
	f = popen(command, "r");
	assert_non_null(f);
	n = fread(text, 1, ROOM - 1, f);
	text[n] = '\0';
	assert_int_equal(pclose(f), 0);
	return text;
}

/* The same lines as schema 1 had them; to be freed. */
static char *in_schema1(const char *lines)
{
	const size_t room = strlen(lines) + 1;
	char *text = calloc(1, room);
	size_t n = 0;

	for (const char *s = lines; *s; s = strchr(s, '\n') + 1) {
		json_t *o = json_loads(s, JSON_DISABLE_EOF_CHECK, NULL), *w = json_object_get(o, "witness");

		json_object_set_new(o, "schema", json_integer(1));
		json_object_del(o, "cause");
		json_object_del(o, "primitive");
		if (json_is_object(w))
			json_object_set(o, "witness", json_object_get(w, "text"));
		n += json_dumpb(o, text + n, room - n, JSON_COMPACT);
		text[n++] = '\n';
		json_decref(o);
	}
	return text;
}

static void test_causes(void **state)
{
	struct results rs = { 0 }, old = { 0 };
	char *lines = made("causes"), *lines1 = in_schema1(lines);

	(void)state;
	load(&rs, lines);
	load(&old, lines1);
	assert_true(rs.n >= CAUSE_VOID);
	assert_int_equal(rs.n, old.n);
	for (size_t i = 0; i < rs.n; i++) {
		const struct result *r = &rs.r[i], *o = &old.r[i];

		if (i < CAUSE_VOID)
			assert_string_equal(cause_names[r->cause], r->scenario);
		assert_int_equal(r->verdict, cause_kinds[r->cause].verdict);
		if (r->strategy)	/* schema 1 knew of none */
			continue;
		if (r->cause != o->cause)
			fail_msg("%s, in schema 1: %s", r->scenario, cause_names[o->cause]);
		assert_string_equal(r->primitive ? r->primitive : "", o->primitive ? o->primitive : "");
		assert_int_equal(r->primitive != NULL,
				 r->cause == CAUSE_BLAMES_EXECUTOR || r->cause == CAUSE_UNPROMISED);
	}
	results_free(&rs);
	results_free(&old);
	free(lines);
	free(lines1);
}

static void same_witness(const struct witness *a, const struct witness *b)
{
	assert_true(a->known && b->known);
	assert_string_equal(a->text, b->text);
	assert_int_equal(a->outcome, b->outcome);
	assert_int_equal(a->perhaps_held, b->perhaps_held);
	assert_int_equal(a->newer, b->newer);
	assert_int_equal(a->low.from, b->low.from);
	assert_int_equal(a->low.store, b->low.store);
	assert_int_equal(a->high.from, b->high.from);
	assert_int_equal(a->high.store, b->high.store);
	assert_int_equal(a->apart, b->apart);
	assert_int_equal(a->modulo, b->modulo);
	assert_int_equal(a->used, b->used);
	assert_int_equal(a->decided, b->decided);
	assert_int_equal(a->slot, b->slot);
	assert_int_equal(a->reader, b->reader);
	assert_int_equal(a->cpu, b->cpu);
	assert_int_equal(a->ns / 1000, b->ns / 1000);
}

/* The page's worst is the witness's, whatever was seen and whatever is expected of it. */
static void test_worst_is_the_witness(void **state)
{
	struct results rs = { 0 }, old = { 0 };
	char *lines = made("worst"), *lines1 = in_schema1(lines);
	unsigned bad = 0;

	(void)state;
	load(&rs, lines);
	load(&old, lines1);
	assert_int_equal(rs.n, NR_OUTCOMES * NR_OUTCOMES * NR_EXPECTS * NR_EXPECTS);
	for (size_t i = 0; i < rs.n; i++) {
		const struct result *r = &rs.r[i];
		const int of = !r->witness ? -1 : OUTCOMES_TORN & 1u << r->witness->outcome ? OUTCOME_TORN :
			       r->witness->outcome;

		if (result_worst(r) != of)
			fail_msg("line %zu: the witness is of %d, the worst is %d: %s", i + 1, of,
				 result_worst(r), r->witness->text);
		assert_int_equal(result_worst(&old.r[i]), of);
		bad += of >= 0;
		if (r->witness)
			same_witness(r->witness, old.r[i].witness);
		else
			assert_null(old.r[i].witness);
	}
	assert_true(bad > 100 && bad < rs.n);
	results_free(&rs);
	results_free(&old);
	free(lines);
	free(lines1);
}

static void test_witness_fields(void **state)
{
	struct results rs = { 0 };
	char *lines = made("a=claim:forbidden");
	const struct witness *w;

	(void)state;
	load(&rs, lines);
	w = rs.r[0].witness;
	assert_int_equal(w->outcome, OUTCOME_TORN_READER);
	assert_int_equal(w->used, 0x8000003a070000e7);
	assert_int_equal(w->decided, 0x0000000700004067);
	assert_int_equal(w->low.from, HALF_STAMPED);
	assert_int_equal(w->low.store, 56);
	assert_int_equal(w->high.from, HALF_INVERTED);
	assert_int_equal(w->high.store, 57);
	assert_int_equal(w->newer, HIGH_NEWER);
	assert_int_equal(w->apart, 1);
	assert_int_equal(w->slot, 3);
	assert_int_equal(w->reader, 2);
	assert_int_equal(w->cpu, 1);
	assert_int_equal(w->ns, 103000);
	assert_string_equal(w->text, "8000003a:070000e7 (high:low) low from store #56, high from the invalidation "
			    "of store #57, 1 store apart (mod 2040), decided on 00000007:00004067, high is newer: "
			    "present, halves of two stores, though memory held this mix at no instant; slot 3, "
			    "reader 2 on CPU 1, 103 us after start, seed 1");
	results_free(&rs);
	free(lines);
}

/* A sentence of another form is kept, and is all there is. */
static void test_foreign_witness(void **state)
{
	struct results rs = { 0 };
	char *lines = made("a=claim:forbidden"), *at, *lines1 = in_schema1(lines);

	(void)state;
	at = strstr(lines1, "low from store #56");
	memcpy(at, "low from shore #56", 18);
	load(&rs, lines1);
	assert_false(rs.r[0].witness->known);
	assert_non_null(strstr(rs.r[0].witness->text, "low from shore #56, high from"));
	results_free(&rs);
	free(lines);
	free(lines1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_causes),
		cmocka_unit_test(test_worst_is_the_witness),
		cmocka_unit_test(test_witness_fields),
		cmocka_unit_test(test_foreign_witness),
	};
	char *slash;

	(void)argc;
	snprintf(directory, sizeof(directory), "%s", argv[0]);
	slash = strrchr(directory, '/');
	if (slash)
		*slash = '\0';
	else
		strcpy(directory, ".");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
