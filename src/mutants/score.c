/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Caught is what is bad, what the explorer calls impossible for the original, and what a
 * race of the original, as long and with the same seed, did not show either. A mutant may
 * loop for ever or follow a wild pointer, so each race is in a process of its own.
 */
#include "score.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "config/names.h"
#include "stress/runner.h"

enum { MAX_STATES = 3000000, GRACE_NS = 10 * 1000 * 1000, GRACE_TIMES = 500 };

/* The worst first. */
static const struct {
	unsigned note;
	const char *word;
} words[] = {
	{ SHOWS_CRASH, "crash" },
	{ SHOWS_HANG, "hang" },
	{ SHOWS_DEADLOCK, "deadlock" },
	{ SHOWS_ENDLESS, "endless" },
	{ OUTCOME_TORN_READER, "torn" },
	{ OUTCOME_TORN_WRITER, "torn" },
	{ OUTCOME_CONFUSED, "confused" },
	{ OUTCOME_FREED, "freed" },
	{ OUTCOME_REREAD, "reread" },
	{ OUTCOME_STALE, "stale" },
	{ OUTCOME_PHANTOM, "phantom" },
	{ OUTCOME_INVALID_MIX, "invalid-mix" },
	{ NOTE_LOW_NEWER, "low-newer" },
	{ NOTE_HIGH_NEWER, "high-newer" },
};

/* A first look has no direction: it takes two walks to know what the explorer makes of it. */
static uint32_t bad_for(const struct subject *s)
{
	uint32_t bad = 0;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].note < NR_OUTCOMES || words[i].note >= NR_NOTES || s->bounds.walks > 1)
			bad |= 1u << words[i].note;
	return bad;
}

const char *shown_word(uint32_t shown)
{
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (shown & 1u << words[i].note)
			return words[i].word;
	return NULL;
}

/* ---- the cell ---- */

static int bound(struct bounds *b, const char *key, const char *value, char *err, size_t len)
{
	unsigned *n = !strcmp(key, "rounds") ? &b->rounds : !strcmp(key, "walks") ? &b->walks : NULL;
	const unsigned max = n == &b->rounds ? MAX_ROUNDS : MAX_WALKS;

	if (!n)
		return -ENOENT;
	if (value[0] < '1' || value[0] > (char)('0' + max) || value[1])
		return text_error(err, len, "bad %s \"%s\": 1 to %u", key, value, max);
	*n = (unsigned)(value[0] - '0');
	return 0;
}

int subject_init(struct subject *s, const struct mutant *m, char *err, size_t len)
{
	struct bounds said = { .rounds = 0 };
	struct cell_names names = { .set = 0 };
	char text[512], why[ERR_LEN], *rest = text, *key, *value;
	int bad = 0;

	*s = (struct subject){ .mutant = m };
	snprintf(text, sizeof(text), "%s", m->cell);
	while (!bad && (key = text_word(&rest))) {
		value = text_word(&rest);
		if (!value)
			return text_error(err, len, "%s: \"%s\" has no value", m->name, key);
		bad = bound(&said, key, value, why, sizeof(why));
		if (bad == -ENOENT)
			bad = cell_set(&names, key, value, why, sizeof(why));
	}
	if (!bad)
		bad = cell_resolve(&names, &s->original, why, sizeof(why));
	if (bad)
		text_error(err, len, "%s: %s", m->name, why);
	if (bad == -EINVAL)
		return bad;
	s->bounds = bounds_of(&s->original);
	s->bounds.rounds = said.rounds ? said.rounds : s->bounds.rounds;
	s->bounds.walks = said.walks ? said.walks : s->bounds.walks;
	return bad;
}

/* ---- the explorer ---- */

static int possible_of(const struct subject *s, const struct protocol *p, enum memory_model model,
		       unsigned tears, uint32_t *shown)
{
	struct prediction x = { .model = model, .tears = tears,
				.search = { .how = SEARCH_REDUCED, .max_states = MAX_STATES } };
	struct cell c = s->original;
	int err;

	cell_into(&c, p);
	err = predict(&x, &c, &s->bounds);
	*shown = err == -ELOOP ? 1u << SHOWS_ENDLESS : x.possible;
	if (!err && x.deadlock)
		*shown |= 1u << SHOWS_DEADLOCK;
	return err == -ELOOP ? 0 : err ? err : x.known ? 0 : -E2BIG;
}

int subject_explore(const struct subject *s, enum memory_model model, unsigned tears, uint32_t *shown,
		    uint32_t *possible)
{
	uint32_t mutated;
	int err = possible_of(s, &explored_protocol, model, tears, possible);

	if (!err)
		err = possible_of(s, s->mutant->explored, model, tears, &mutated);
	if (!err)
		*shown = mutated & ~*possible & bad_for(s);
	return err;
}

/* ---- the races ---- */

static uint32_t notes_of(const struct finding *f)
{
	uint32_t notes = 0;
	unsigned k;

	for (k = 0; k < NR_OUTCOMES; k++)
		if (f->outcomes[k])
			notes |= 1u << k;
	for (k = 0; k < NR_DIRECTIONS; k++)
		if (f->direction[k])
			notes |= 1u << (NR_OUTCOMES + k);
	return notes;
}

/* Of a child that should have ended long ago. */
static int wait_for(pid_t child, uint64_t ns, int *status)
{
	const struct timespec nap = { .tv_nsec = GRACE_NS / 10 };
	const uint64_t end = now_ns() + ns + (uint64_t)GRACE_NS * GRACE_TIMES;
	pid_t got;

	while ((got = waitpid(child, status, WNOHANG)) == 0 && now_ns() < end)
		nanosleep(&nap, NULL);
	if (got)
		return got < 0 ? -errno : 0;
	kill(child, SIGKILL);
	waitpid(child, status, 0);
	return -ETIMEDOUT;
}

static int race_once(const struct cell *c, const struct race *r, uint32_t *notes)
{
	const struct runner runner = { .cpus = r->cpus, .interrupted = r->interrupted };
	struct { int err; struct finding f; } *out;
	int status = 0, err;
	pid_t child;

	out = mmap(NULL, sizeof(*out), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (out == MAP_FAILED)
		return -errno;
	fflush(NULL);
	child = fork();
	if (child == 0) {
		out->err = runner_run(&runner, c, &out->f);
		_exit(0);
	}
	err = child < 0 ? -errno : wait_for(child, c->budget_ns, &status);
	*notes = 0;
	if (err == -ETIMEDOUT) {
		*notes = 1u << SHOWS_HANG;
		err = 0;
	} else if (!err && WIFSIGNALED(status)) {
		*notes = 1u << SHOWS_CRASH;
	} else if (!err) {
		err = out->err;
		*notes = notes_of(&out->f);
	}
	munmap(out, sizeof(*out));
	return err;
}

/* Again and longer, until it shows or the time is up. */
static const unsigned parts[] = { 64, 16, 4, 2 };

int subject_race(const struct subject *s, bool widened, const struct race *r, uint32_t *shown)
{
	struct cell c = s->original, original = s->original;
	uint32_t seen;
	size_t i;
	int err = 0;

	cell_into(&c, widened ? s->mutant->widened : s->mutant->native);
	cell_into(&original, widened ? &widened_protocol : &native_protocol);
	*shown = 0;
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]) && !err && !*shown; i++) {
		if (r->interrupted && *r->interrupted)
			break;
		c.budget_ns = original.budget_ns = r->ns / parts[i];
		c.seed = original.seed = r->seed + (uint32_t)i;
		err = race_once(&c, r, &seen);
		*shown = seen & bad_for(s) & ~r->possible;
		if (err || !*shown)
			continue;
		err = race_once(&original, r, &seen);
		*shown &= ~seen;
	}
	return err;
}

/* Many slots: one race is reported per address. */
int subject_watch(const struct subject *s, bool original, const struct race *r)
{
	enum { WATCH_SLOTS = 64 };
	const struct runner runner = { .cpus = r->cpus, .interrupted = r->interrupted };
	struct cell c = s->original;
	struct finding f;

	c.slots = WATCH_SLOTS;
	c.budget_ns = r->ns;
	c.seed = r->seed;
	if (!original)
		cell_into(&c, s->mutant->native);
	return runner_run(&runner, &c, &f);
}
