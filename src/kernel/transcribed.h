/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The readers and writers of src/protocol, by number: that room and this one each have a
 * `struct walker` of their own.
 */
#ifndef TORNWALK_KERNEL_TRANSCRIBED_H
#define TORNWALK_KERNEL_TRANSCRIBED_H

#include <stdbool.h>
#include <stdint.h>

enum part { READ, SET, CLEAR, INVALIDATE, TOUCH };

/* NULL: there are no more. */
const char *transcribed_name(bool reader, unsigned n);
const char *transcribed_source(bool reader, unsigned n);

/* A reader that needs nothing but the entry, and is no other one again. */
bool transcribed_alone(unsigned reader);
/* Goes from one present value to the next. */
bool transcribed_overwrites(unsigned writer);

uint64_t transcribed_read(unsigned reader, const void *p);
/* The entry is `old`; `new` is for SET only, what else becomes of it the transcription knows. */
void transcribed_write(unsigned writer, enum part part, void *p, uint64_t old, uint64_t new);

/* A huge leaf whose words are of these stores. */
uint64_t transcribed_leaf(unsigned lo, unsigned hi);

#endif
