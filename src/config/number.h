/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as people write them. Strict: the whole word is the number. */
#ifndef TORNWALK_NUMBER_H
#define TORNWALK_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S (1000 * NS_PER_MS)
#define MIN_DURATION_NS (10 * NS_PER_MS)
#define MAX_DURATION_NS (365 * 86400 * NS_PER_S)

/*
 * 30s, 500ms, 1.5s, 2m, 1h, 3d; a bare number is seconds. -EINVAL: not a
 * duration; -ERANGE: below 10 ms or above 365 days.
 */
int parse_duration(const char *s, uint64_t *ns);

/* Decimal, no sign. With `sized`, k and M multiply by 1024 and 1024². */
int parse_number(const char *s, uint64_t min, uint64_t max, bool sized, uint64_t *n);

/* yes no true false on off 1 0 */
int parse_bool(const char *s, bool *b);

#endif
