/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocks that are freed together, and a hash table of the strings in them.
 *
 * Invariant: equal bytes are in the table once, so two strings of one pool are equal
 * exactly if their pointers are.
 */
#include "pool.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1 << 20, ALIGN = 8 };

struct block {
	struct block *next;
	size_t used, size;
	char bytes[] __attribute__((aligned(16)));
};

struct entry {
	uint64_t hash;
	size_t size;
	const void *bytes;	/* NULL: free */
	void *note;
};

struct pool {
	struct block *blocks;
	struct entry *table;
	size_t n, room;		/* room: a power of two */
};

static void *get(size_t size)
{
	void *p = calloc(1, size);

	if (p)
		return p;
	fputs("tornreport: no memory\n", stderr);
	exit(2);
}

struct pool *pool_new(void)
{
	struct pool *p = get(sizeof(*p));

	p->room = 1024;
	p->table = get(p->room * sizeof(*p->table));
	return p;
}

void pool_free(struct pool *p)
{
	struct block *b, *next;

	if (!p)
		return;
	for (b = p->blocks; b; b = next) {
		next = b->next;
		free(b);
	}
	free(p->table);
	free(p);
}

void *pool_alloc(struct pool *p, size_t size)
{
	struct block *b = p->blocks;
	void *at;

	size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (!b || b->size - b->used < size) {
		const size_t room = size > BLOCK ? size : BLOCK;

		b = get(sizeof(*b) + room);
		b->size = room;
		b->next = p->blocks;
		p->blocks = b;
	}
	at = b->bytes + b->used;
	b->used += size;
	return at;
}

/* FNV-1a; results are not an attack on a hash table worth defending against. */
static uint64_t hash_of(const unsigned char *s, size_t size)
{
	uint64_t h = 0xcbf29ce484222325u ^ size;

	while (size--)
		h = (h ^ *s++) * 0x100000001b3u;
	return h ^ h >> 29;
}

static void grow(struct pool *p)
{
	struct entry *old = p->table;
	const size_t room = p->room;
	size_t i, k;

	p->room *= 2;
	p->table = get(p->room * sizeof(*p->table));
	for (i = 0; i < room; i++) {
		if (!old[i].bytes)
			continue;
		for (k = old[i].hash; p->table[k & (p->room - 1)].bytes; k++)
			;
		p->table[k & (p->room - 1)] = old[i];
	}
	free(old);
}

/* Where these bytes are, or would be. */
static struct entry *find(const struct pool *p, const void *bytes, size_t size, uint64_t hash)
{
	struct entry *e;
	size_t k;

	for (k = hash;; k++) {
		e = &p->table[k & (p->room - 1)];
		if (!e->bytes || (e->hash == hash && e->size == size && !memcmp(e->bytes, bytes, size)))
			return e;
	}
}

static struct entry *have(struct pool *p, const void *bytes, size_t size)
{
	const uint64_t hash = hash_of(bytes, size);
	struct entry *e;
	char *copy;

	if (p->n * 2 >= p->room)
		grow(p);
	e = find(p, bytes, size, hash);
	if (e->bytes)
		return e;
	copy = pool_alloc(p, size + 1);		/* so that a text ends, whoever's it is */
	memcpy(copy, bytes, size);
	copy[size] = '\0';
	*e = (struct entry){ hash, size, copy, NULL };
	p->n++;
	return e;
}

const void *pool_unique(struct pool *p, const void *bytes, size_t size)
{
	return have(p, bytes, size)->bytes;
}

void *pool_noted(const struct pool *p, const void *bytes, size_t size)
{
	return find(p, bytes, size, hash_of(bytes, size))->note;
}

void pool_note(struct pool *p, const void *bytes, size_t size, void *value)
{
	have(p, bytes, size)->note = value;
}

const char *pool_string(struct pool *p, const char *s)
{
	return pool_unique(p, s, strlen(s) + 1);
}

const char *pool_text(struct pool *p, const char *s, size_t size)
{
	return pool_unique(p, s, size);
}
