/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each party is a coroutine that stops before every shared access. Invariant:
 * while a party runs, `now` is its number; the scheduler runs on the caller's
 * own stack.
 */
#include "script.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <ucontext.h>

#include "hooks.h"

enum { STACK = 256 * 1024, MAX_SCRIPTED = 4, TOO_LONG = 1000000 };

struct scheduler {
	ucontext_t home;
	struct coroutine {
		ucontext_t context;
		struct party *party;
		void *stack;
		bool done;
	} co[MAX_SCRIPTED];
	unsigned now;
};

static void stop_before(void *arg, enum access_kind k, const void *p, unsigned size)
{
	struct scheduler *s = arg;

	(void)k;
	(void)p;
	(void)size;
	swapcontext(&s->co[s->now].context, &s->home);
	s->co[s->now].party->accesses++;
}

/* makecontext() passes ints; a pointer travels in two. */
static void enter(unsigned hi, unsigned lo)
{
	struct scheduler *s = (void *)(uintptr_t)((uint64_t)hi << 32 | lo);
	struct coroutine *c = &s->co[s->now];

	c->party->run(c->party->arg);
	c->done = true;
}

static void step(struct scheduler *s, unsigned i)
{
	if (s->co[i].done)
		return;
	s->now = i;
	swapcontext(&s->home, &s->co[i].context);
}

static int run(struct scheduler *s, unsigned n, const char *script)
{
	unsigned i, steps;

	for (; *script; script++) {
		if (*script == ' ')
			continue;
		for (i = 0; i < n && s->co[i].party->name != *script; i++)
			;
		if (i == n)
			return -EINVAL;
		step(s, i);
	}
	for (i = 0; i < n; i++)
		for (steps = 0; !s->co[i].done; steps++) {
			if (steps == TOO_LONG)
				return -EDEADLK;
			step(s, i);
		}
	return 0;
}

static int prepare(struct scheduler *s, struct coroutine *c, struct party *p)
{
	c->party = p;
	p->accesses = 0;
	c->stack = malloc(STACK);
	if (!c->stack)
		return -ENOMEM;
	getcontext(&c->context);
	c->context.uc_stack.ss_sp = c->stack;
	c->context.uc_stack.ss_size = STACK;
	c->context.uc_link = &s->home;
	makecontext(&c->context, (void (*)(void))enter, 2, (unsigned)((uint64_t)(uintptr_t)s >> 32),
		    (unsigned)(uintptr_t)s);
	return 0;
}

int script_run(struct party *parties, unsigned n, const char *script)
{
	struct scheduler *s = calloc(1, sizeof(*s));
	struct explore_hooks hooks = { .before = stop_before, .arg = s };
	const struct explore_hooks *old;
	int err = s && n <= MAX_SCRIPTED ? 0 : -ENOMEM;
	unsigned i;

	for (i = 0; i < n && !err; i++)
		err = prepare(s, &s->co[i], &parties[i]);
	if (!err) {
		old = explore_watch(&hooks);
		for (i = 0; i < n; i++)
			step(s, i);	/* up to the first access */
		err = run(s, n, script);
		explore_watch(old);
	}
	for (i = 0; s && i < MAX_SCRIPTED; i++)
		free(s->co[i].stack);
	free(s);
	return err;
}
