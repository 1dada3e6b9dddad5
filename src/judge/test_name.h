/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The name of a cell's test, for whoever prints tests: the instrument from a scenario,
 * the desk from a result. Depends on nothing of either.
 *
 *   tornwalk.LEVEL.LAYOUT.WALKER.READER.TRANSITION.WRITER.CONSUMER.RECLAIM.WORLD
 *   .alias|no-alias.rN-wN-sN.SCENARIO
 *
 * with only A-Z a-z 0-9 _ - between the dots, and no part empty (KCIDB's rule). It is
 * always all of it, so that a name depends on nothing but its cell.
 */
#ifndef TORNWALK_TEST_NAME_H
#define TORNWALK_TEST_NAME_H

#include <stdbool.h>
#include <stdio.h>

struct test_name {
	const char *level, *layout, *walker, *reader, *transition, *writer, *consumer, *reclaim, *world;
	bool alias;
	unsigned readers, writers, slots;
	const char *scenario;
};

/* "." and one part: what a name may not have becomes _. */
void test_name_part(FILE *f, const char *s);

void test_name_print(FILE *f, const struct test_name *n);

#endif
