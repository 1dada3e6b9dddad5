/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How threads are made to meet: which slots, how long at each, what happens between
 * two stores. Which one shows tears is a property of the machine.
 *
 * Key invariant: no strategy changes an instruction that races. A strategy decides
 * what is done before and after the readers', walkers' and writers' symbols, and its
 * state is private to a thread.
 *
 * To add one: give it a row in STRATEGIES; to add a key, a row in STRATEGY_KEYS. What
 * parses, prints and tunes picks them up from there.
 */
#ifndef TORNWALK_STRATEGY_H
#define TORNWALK_STRATEGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pin.h"

/* X(name, least, most, by default, meaning) */
#define STRATEGY_KEYS(X)                                                         \
	X(slots, 1, 4096, 1, "slots that are raced for")                          \
	X(stride, 1, 64, 1, "lines of 128 bytes from one slot to the next")       \
	X(order, 0, 2, 0, "of the slots: 0 writer in step with reader, 1 opposite, 2 random") \
	X(looks, 1, 65536, 4096, "looks at a slot before the next")               \
	X(rounds, 1, 65536, 64, "rounds at a slot before the next")               \
	X(fill, 1, 512, 8, "entries a split fills in its new table")              \
	X(wait, 0, 100000, 500, "us without a sign of the other side, then a nap; 0 never") \
	X(hold, 0, 1000000, 100, "turns of a loop that a present value stays")    \
	X(rest, 0, 1000000, 0, "turns that none stays, on average")                 \
	X(poke, 1, 65536, 16, "values held from one interrupt of the readers to the next") \
	X(steps, 1, 4096, 16, "single steps of a reader at a time, at most")      \
	X(slice, 1, 10000, 20, "us from one run of steps to the next")

/* Orders. */
enum { ORDER_IN_STEP, ORDER_OPPOSITE, ORDER_RANDOM };

enum strategy_key {
#define X(name, least, most, usual, text) KEY_##name,
	STRATEGY_KEYS(X)
#undef X
	NR_STRATEGY_KEYS
};

#define KEY(name) (1u << KEY_##name)
#define KEYS_SPREAD (KEY(slots) | KEY(stride) | KEY(order) | KEY(looks) | KEY(rounds) | KEY(fill) | KEY(wait))
#define KEYS_PACED (KEYS_SPREAD | KEY(hold) | KEY(rest))

/* X(id, name, keys, usable, meaning) */
#define STRATEGIES(X)                                                            \
	X(FREE, free, 0, strategy_always, "the cell's own slots, as fast as it goes") \
	X(SPREAD, spread, KEYS_SPREAD, strategy_two_cpus, "slots on cache lines of their own") \
	X(PACED, paced, KEYS_PACED, strategy_two_cpus,                            \
	  "spread, and each value stays long enough to be seen")                  \
	X(POKED, poked, KEYS_PACED | KEY(poke), strategy_interrupts,              \
	  "paced, and readers are interrupted by membarrier while a value is held") \
	X(STEPPED, stepped, KEYS_PACED | KEY(steps) | KEY(slice), strategy_steps, \
	  "paced, and readers take single steps by the trap flag")                \
	X(YIELDED, yielded, KEYS_PACED, strategy_one_cpu,                         \
	  "one CPU: threads lose it at any instruction, and each value stays long enough") \
	X(WIDENED, widened, 0, strategy_always, "another world: a delay between the halves; the last resort")

enum strategy_id {
#define X(id, name, keys, usable, text) STRATEGY_##id,
	STRATEGIES(X)
#undef X
	NR_STRATEGIES
};

/* All zero is `free`. A key its row does not have is 0. */
struct strategy {
	enum strategy_id id;
	uint32_t key[NR_STRATEGY_KEYS];
};

enum { STRATEGY_LEN = 160 };	/* as text */

struct strategy_row {
	const char *name, *summary;
	unsigned keys;		/* bit = enum strategy_key */
	/* Why not on these CPUs, or NULL. */
	const char *(*lacks)(const struct cpus *cpus);
};
extern const struct strategy_row strategies[NR_STRATEGIES];

struct strategy_key_row {
	const char *name, *summary;
	uint32_t least, most, usual;
};
extern const struct strategy_key_row strategy_keys[NR_STRATEGY_KEYS];

/* A strategy with its keys as they usually are. */
struct strategy strategy_of(enum strategy_id id);

/*
 * NAME[,key=value...]; what is not given is as usual. -EINVAL: one line in err with
 * the bad word and the valid ones.
 */
int strategy_parse(struct strategy *s, const char *text, char *err, size_t len);

/* As strategy_parse() takes it, every key given. */
void strategy_print(const struct strategy *s, char *buf, size_t len);

/* The index of slot `i` of a strategy's slots: entries are 8 bytes, lines 128. */
static inline uint32_t strategy_step(const struct strategy *s)
{
	return s->key[KEY_stride] * 16;
}

/* Slots there have to be, where the cell itself wants `slots`. */
static inline uint32_t strategy_slots(const struct strategy *s, uint32_t slots)
{
	return s->key[KEY_slots] ? (s->key[KEY_slots] - 1) * strategy_step(s) + 1 : slots;
}

#endif
