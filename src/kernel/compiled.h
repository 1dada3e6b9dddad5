/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the compiler made of each access of 8 bytes: audit/orders.c read it off the plain objects. Whose order nobody
 * knows is counted, and left to the source.
 */
#ifndef TORNWALK_KERNEL_COMPILED_H
#define TORNWALK_KERNEL_COMPILED_H

#include <stdbool.h>

/* Ways to access 8 bytes; whole is last, since it is what two words are when nothing comes between them. */
enum { WAY_LOW_FIRST = 1, WAY_HIGH_FIRST = 2, WAY_WHOLE = 4 };

/* part: the object has one word of it */
struct compiled_count {
	unsigned accesses, unknown, part, several;
};

/* tornorders' lines. 0, or -errno. */
int compiled_read(const char *path);
bool compiled_is_known(void);

/* None has been reached yet. */
void compiled_begin(void);
/* The ways of the access that is announced from `who`, as bits; 0: nobody knows. */
unsigned compiled_ways(const void *who);

/* Of those that were reached since: in how many places; the n'th of unknown order, or NULL. */
struct compiled_count compiled_count(void);
const void *compiled_unknown(unsigned n);

#endif
