/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that lives as long as the results, and strings that are there once. */
#ifndef TORNREPORT_POOL_H
#define TORNREPORT_POOL_H

#include <stddef.h>

struct pool;

/* All of these exit the program where there is no memory: the desk has no other way. */
struct pool *pool_new(void);
void pool_free(struct pool *p);
void *pool_alloc(struct pool *p, size_t size);

/* A copy; the same bytes twice give the same pointer. */
const void *pool_unique(struct pool *p, const void *bytes, size_t size);
const char *pool_string(struct pool *p, const char *s);
/* The same of bytes that do not end in 0. */
const char *pool_text(struct pool *p, const char *s, size_t size);

/* What was noted for these very bytes, or NULL; and noting it. */
void *pool_noted(const struct pool *p, const void *bytes, size_t size);
void pool_note(struct pool *p, const void *bytes, size_t size, void *value);

#endif
