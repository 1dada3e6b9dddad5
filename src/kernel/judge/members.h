/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Members of a result line, as the judges of a tree and of a live kernel write them. */
#ifndef TORNWALK_JUDGE_MEMBERS_H
#define TORNWALK_JUDGE_MEMBERS_H

#include <jansson.h>

/* No memory, or no UTF-8: says which member, and exits with 2. */
void member_add(json_t *o, const char *key, json_t *v);
void member_text(json_t *o, const char *key, const char *v);
void member_number(json_t *o, const char *key, unsigned long long v);

/* `cpus`: "0,1" becomes a list. */
void member_cpus(json_t *o, const char *cpus);

/* Each name with 0. */
json_t *member_zeros(const char *const *names, unsigned n);

#endif
