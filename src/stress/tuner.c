/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The race and the climb of a tuning.
 *
 * Invariant: integer arithmetic only, and each next question follows from the seed and
 * the answers alone.
 */
#include "tuner.h"

enum {
	FEW = 3,		/* arms that are left when the race is over */
	SHY_PASSES = 8,		/* of a race in which the best has not shown so many */
	ENOUGH = 20,
	CLIMB_PASSES = 2,
	MAX_CLIMBS = 4,
};

/* ---- where it begins ---- */

/*
 * Far apart: the climb does the rest. Slots with a look each are mispredicted, which
 * parts the reads of one walk; one slot with many looks is invalidated between reads.
 */
static const char *const presets[] = {
	"free",
	"spread",
	"spread,slots=16,looks=16",
	"spread,slots=64,looks=1,rounds=1",
	"paced,hold=30",
	"paced,hold=200",
	"paced,hold=1000",
	"paced,hold=5000",
	"paced,hold=300,slots=2,looks=1,order=2",
	"paced,hold=1500,rest=500,slots=2,looks=1,order=2,rounds=16",
	"paced,hold=3000,slots=8,looks=1",
	"paced,hold=200,slots=16,looks=8,rounds=1",
	"poked,hold=0,poke=64",
	"poked,hold=300,poke=1",
	"stepped,hold=100,steps=8",
	"stepped,hold=1000,steps=64",
	"yielded,hold=100",
	"yielded,hold=3000",
	"yielded,hold=30000",
	"yielded,hold=300,slots=16,looks=4",
};

unsigned tuner_presets(struct strategy arms[TUNER_ARMS], const struct cpus *cpus)
{
	unsigned i, n = 0;
	char err[1];

	for (i = 0; i < sizeof(presets) / sizeof(presets[0]); i++)
		if (!strategy_parse(&arms[n], presets[i], err, sizeof(err)) &&
		    !strategies[arms[n].id].lacks(cpus))
			n++;
	return n;
}

/* ---- which is better ---- */

static uint64_t root(uint64_t n)
{
	uint64_t r = n, next = (n + 1) / 2;

	while (next < r) {
		r = next;
		next = (r + n / r) / 2;
	}
	return r;
}

/* In hundredths, less one standard deviation: two hits in one slice were perhaps luck. */
static uint64_t surely(uint64_t bad)
{
	return bad * 100 - root(bad * 10000);
}

static bool better(const struct tuner_arm *a, const struct tuner_arm *b)
{
	const uint64_t bad_a = surely(a->bad) * b->ns, bad_b = surely(b->bad) * a->ns;

	return bad_a != bad_b ? bad_a > bad_b : a->fresh * b->ns > b->fresh * a->ns;
}

const struct tuner_arm *tuner_best(const struct tuner *t)
{
	const struct tuner_arm *best = &t->arm[0];
	unsigned i;

	for (i = 1; i < t->nr; i++)
		if (t->arm[i].ns && (!best->ns || better(&t->arm[i], best)))
			best = &t->arm[i];
	return best;
}

static bool all_silent(const struct tuner *t)
{
	unsigned i;

	for (i = 0; i < t->nr; i++)
		if (t->arm[i].bad)
			return false;
	return true;
}

/* ---- passes ---- */

static uint32_t next_random(struct tuner *t)
{
	t->random ^= t->random << 13;
	t->random ^= t->random >> 17;
	t->random ^= t->random << 5;
	return t->random;
}

/* Every live arm once, in a new order. */
static void begin_pass(struct tuner *t)
{
	unsigned i, k, swap;

	t->live = t->at = 0;
	for (i = 0; i < t->nr; i++)
		if (!t->arm[i].out)
			t->order[t->live++] = i;
	for (i = t->live; i > 1; i--) {
		k = next_random(t) % i;
		swap = t->order[k];
		t->order[k] = t->order[i - 1];
		t->order[i - 1] = swap;
	}
}

void tuner_init(struct tuner *t, const struct strategy *arms, unsigned n, uint32_t seed)
{
	*t = (struct tuner){ .random = seed | 1, .passes = 1 };
	for (; t->nr < n && t->nr < TUNER_ARMS; t->nr++)
		t->arm[t->nr].strategy = arms[t->nr];
	begin_pass(t);
}

/* The worse half goes. */
static void halve(struct tuner *t)
{
	unsigned gone, i, worst;

	for (gone = t->live / 2; gone; gone--) {
		worst = TUNER_ARMS;
		for (i = 0; i < t->nr; i++)
			if (!t->arm[i].out && (worst == TUNER_ARMS || better(&t->arm[worst], &t->arm[i])))
				worst = i;
		t->arm[worst].out = true;
	}
}

/* ---- the climb ---- */

static bool same(const struct strategy *a, const struct strategy *b)
{
	unsigned k;

	for (k = 0; k < NR_STRATEGY_KEYS; k++)
		if (a->key[k] != b->key[k])
			return false;
	return a->id == b->id;
}

static void add_neighbour(struct tuner *t, const struct strategy *from, unsigned key, uint64_t value)
{
	const struct strategy_key_row *row = &strategy_keys[key];
	struct strategy s = *from;
	unsigned i;

	s.key[key] = value < row->least ? row->least : value > row->most ? row->most : (uint32_t)value;
	for (i = 0; i < t->nr; i++)
		if (same(&t->arm[i].strategy, &s))
			break;
	if (i < t->nr)
		t->arm[i].out = false;	/* known from before: once more */
	else if (t->nr < TUNER_ARMS)
		t->arm[t->nr++] = (struct tuner_arm){ .strategy = s };
}

/* What has had its chance makes room. */
static unsigned forget_others(struct tuner *t, unsigned keep)
{
	unsigned i, n = 0, kept = 0;

	for (i = 0; i < t->nr; i++) {
		if (i != keep && t->arm[i].out)
			continue;
		if (i == keep)
			kept = n;
		t->arm[n++] = t->arm[i];
	}
	t->nr = n;
	return kept;
}

static bool is_tuned(unsigned key)
{
	return key != KEY_stride && key != KEY_fill && key != KEY_wait && key != KEY_order && key != KEY_slice;
}

/* One key up or down; with every climb that moved nothing, by less. */
static void look_around(struct tuner *t)
{
	const uint32_t factor = t->climbs < 2 ? 4 : 2;
	const unsigned best = (unsigned)(tuner_best(t) - t->arm);
	struct strategy from;
	unsigned i, k;

	for (i = 0; i < t->nr; i++)
		t->arm[i].out = i != best;
	k = forget_others(t, best);
	from = t->arm[k].strategy;
	for (k = 0; k < NR_STRATEGY_KEYS; k++) {
		if (!(strategies[from.id].keys & 1u << k) || !is_tuned(k))
			continue;
		add_neighbour(t, &from, k, from.key[k] ? (uint64_t)from.key[k] * factor : 30);
		add_neighbour(t, &from, k, from.key[k] / factor);
	}
	t->passes = CLIMB_PASSES;
	t->climbs++;
}

static void end_round(struct tuner *t)
{
	if (t->stage == TUNER_RACES && tuner_best(t)->bad < ENOUGH && t->shy < SHY_PASSES) {
		t->passes = 1;
		if (++t->shy == SHY_PASSES && all_silent(t))
			t->stage = TUNER_DONE;
	} else if (t->stage == TUNER_RACES && t->live > FEW) {
		halve(t);
		t->passes = 2;
	} else if (t->climbs < MAX_CLIMBS && strategies[tuner_best(t)->strategy.id].keys) {
		t->stage = TUNER_CLIMBS;
		look_around(t);
	} else {
		t->stage = TUNER_DONE;
	}
}

const struct strategy *tuner_next(struct tuner *t)
{
	return t->stage == TUNER_DONE || !t->nr ? NULL : &t->arm[t->order[t->at]].strategy;
}

void tuner_tell(struct tuner *t, uint64_t bad, uint64_t fresh, uint64_t ns)
{
	struct tuner_arm *a = &t->arm[t->order[t->at]], *best;

	a->bad += bad;
	a->fresh += fresh;
	a->ns += ns;
	t->slices++;
	best = &t->of[a->strategy.id];
	if (same(&best->strategy, &a->strategy) || !best->ns || better(a, best))
		*best = *a;
	if (++t->at < t->live)
		return;
	if (!--t->passes)
		end_round(t);
	if (t->stage != TUNER_DONE)
		begin_pass(t);
}
