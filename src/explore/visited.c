/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "visited.h"

#include <errno.h>
#include <stdlib.h>

static struct visited_slot *find(struct visited_slot *slots, uint64_t size, struct hash128 key)
{
	uint64_t i = key.a & (size - 1);

	while (slots[i].used && (slots[i].key.a != key.a || slots[i].key.b != key.b))
		i = (i + 1) & (size - 1);
	return &slots[i];
}

static int grow(struct visited *v)
{
	const uint64_t size = v->size ? 2 * v->size : 1024;
	struct visited_slot *slots = calloc(size, sizeof(*slots));
	uint64_t i;

	if (!slots)
		return -ENOMEM;
	for (i = 0; i < v->size; i++)
		if (v->slots[i].used)
			*find(slots, size, v->slots[i].key) = v->slots[i];
	free(v->slots);
	v->slots = slots;
	v->size = size;
	return 0;
}

int visited_add(struct visited *v, struct hash128 key, uint32_t word, uint32_t **kept)
{
	struct visited_slot *s;

	if (2 * v->n >= v->size && grow(v))
		return -ENOMEM;
	s = find(v->slots, v->size, key);
	if (s->used) {
		*kept = &s->word;
		return 1;
	}
	*s = (struct visited_slot){ .key = key, .word = word, .used = true };
	v->n++;
	*kept = &s->word;
	return 0;
}

void visited_free(struct visited *v)
{
	free(v->slots);
	v->slots = NULL;
}
