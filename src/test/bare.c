/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A store's number is in both words, so that a present value with two numbers is torn.
 * What is compiled for each shape is one loop for the writer and one for the reader.
 */
#include "bare.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arch.h"
#include "native/spin.h"
#include "stress/meet.h"
#include "stress/observe.h"
#include "stress/poke.h"

enum { LEAF = 0x80, PRESENT = 0x67, GEN_SHIFT = 12, GENS = 1 << 20, BATCH = 1024 };

enum writes { OVERWRITE, LOW_FIRST, FAULT_ZAP, SPLIT, HIGH_CLEARED_FIRST, ALIAS, SPLIT_CLEAR };
enum reads { LO_HI, HI_LO, RECHECKED, WHOLE, AGAIN };

struct bare {
	uint32_t stop cacheline_aligned;
	uint32_t ready cacheline_aligned;
	struct signs reading, writing;
	const struct strategy *s;
	uint32_t slots, apart;
	entry_t *entries;
	enum writes writes;
	enum reads reads;
	int cpu[2];
	uint64_t bad cacheline_aligned;	/* the reader's, at its end */
};

/* The loops' own accesses: as volatile as the protocols'. */
#define LOAD(p) __atomic_load_n(p, __ATOMIC_RELAXED)
#define STORE(p, v) __atomic_store_n(p, v, __ATOMIC_RELAXED)
#define THEN() __asm__ volatile("" ::: "memory")

/* ---- the writer ---- */

static __always_inline void high_low(entry_t *p, uint32_t lo, uint32_t hi)
{
	STORE(&p->hi, hi);
	arch_wmb();
	STORE(&p->lo, lo);
}

static __always_inline void low_high(entry_t *p, uint32_t lo, uint32_t hi)
{
	STORE(&p->lo, lo);
	arch_wmb();
	STORE(&p->hi, hi);
}

struct held {
	const uint32_t *key;
	uint32_t since;
};

static __always_inline void hold(struct held *h)
{
	spin(h->key[KEY_hold]);
	if (h->key[KEY_poke] && ++h->since >= h->key[KEY_poke]) {
		h->since = 0;
		poke();
	}
}

static __always_inline uint32_t leaf(uint32_t gen) { return gen << GEN_SHIFT | PRESENT | LEAF; }
static __always_inline uint32_t table(uint32_t gen) { return gen << GEN_SHIFT | PRESENT; }
static __always_inline uint32_t after(uint32_t gen) { return gen + 1 < GENS ? gen + 1 : 1; }

static __always_inline uint32_t one_round(entry_t *p, enum writes how, uint32_t gen, struct held *h)
{
	gen = after(gen);
	switch (how) {
	case OVERWRITE:
		high_low(p, leaf(gen), gen);
		hold(h);
		return gen;
	case LOW_FIRST:
		low_high(p, leaf(gen), gen);
		hold(h);
		return gen;
	case SPLIT:
		high_low(p, leaf(gen), gen);
		hold(h);
		gen = after(gen);
		high_low(p, table(gen), gen);
		break;
	case HIGH_CLEARED_FIRST:
		high_low(p, leaf(gen), gen);
		hold(h);
		high_low(p, 0, 0);
		spin(h->key[KEY_rest]);
		return gen;
	case ALIAS:
		high_low(p, leaf(0), gen);
		break;
	case SPLIT_CLEAR:
		arch_store64(p, entry(gen & 2 ? leaf(gen) : table(gen), gen));
		break;
	case FAULT_ZAP:
		high_low(p, leaf(gen), gen);
		break;
	}
	hold(h);
	low_high(p, 0, 0);
	spin(h->key[KEY_rest]);
	return gen;
}

static __always_inline void write_rounds(struct bare *b, enum writes how, entry_t *p, uint32_t *gen,
					 struct held *h, uint32_t rounds)
{
	uint32_t g = *gen;

	for (; rounds; rounds--)
		g = one_round(p, how, g, h);
	*gen = g;
	(void)b;
}

static struct route route_of(const struct bare *b, bool reader)
{
	const int order = (int)b->s->key[KEY_order];

	return (struct route){ .step = b->apart, .n = b->slots, .random = reader ? 4711 : 815,
			       .order = reader && order == ORDER_OPPOSITE ? ORDER_IN_STEP : order };
}

static struct meeting meeting_of(struct bare *b, bool reader)
{
	return (struct meeting){ .ours = reader ? &b->reading : &b->writing,
				 .theirs = reader ? &b->writing : &b->reading,
				 .wait_ns = b->s->key[KEY_wait] * UINT64_C(1000) };
}

static void wait_for_both(struct bare *b)
{
	__atomic_add_fetch(&b->ready, 1, __ATOMIC_SEQ_CST);
	while (LOAD(&b->ready) < 2)
		nanosleep(&(struct timespec){ .tv_nsec = 1000 }, NULL);
}

#define WRITE(how) case how: write_rounds(b, how, &b->entries[slot], &gen[slot / b->apart], &h, rounds); break

static void *write_main(void *arg)
{
	struct bare *b = arg;
	uint32_t *gen = calloc(b->slots, sizeof(*gen)), rounds = b->s->key[KEY_rounds] ? b->s->key[KEY_rounds] : 64;
	struct meeting m = meeting_of(b, false);
	struct route route = route_of(b, false);
	struct held h = { .key = b->s->key };

	pin_to(b->cpu[1]);
	wait_for_both(b);
	while (gen && !LOAD(&b->stop)) {
		const uint32_t slot = route_next(&route);

		switch (b->writes) {
		WRITE(OVERWRITE);
		WRITE(LOW_FIRST);
		WRITE(FAULT_ZAP);
		WRITE(SPLIT);
		WRITE(HIGH_CLEARED_FIRST);
		WRITE(ALIAS);
		WRITE(SPLIT_CLEAR);
		}
		meet(&m);
	}
	free(gen);
	return NULL;
}

/* ---- the reader ---- */

static __always_inline entry_t lo_hi(const entry_t *p)
{
	uint32_t lo = LOAD(&p->lo);

	THEN();
	return entry(lo, LOAD(&p->hi));
}

static __always_inline entry_t hi_lo(const entry_t *p)
{
	uint32_t hi = LOAD(&p->hi);

	THEN();
	return entry(LOAD(&p->lo), hi);
}

static __always_inline bool torn(entry_t v)
{
	return v.lo && v.lo >> GEN_SHIFT != v.hi;
}

/* One look; is what it found bad? ALIAS: a high word that had gone when the low one was read. */
static __always_inline bool look(const entry_t *p, enum reads how, bool alias, entry_t *v)
{
	bool bad;

	switch (how) {
	case LO_HI:
		*v = lo_hi(p);
		return torn(*v);
	case HI_LO:
		*v = hi_lo(p);
		return torn(*v);
	case RECHECKED:
		do {
			*v = lo_hi(p);
			THEN();
		} while (LOAD(&p->lo) != v->lo);
		return alias ? v->lo && !v->hi : torn(*v);
	case WHOLE:
		*v = arch_load64(p);
		return torn(*v);
	case AGAIN:
		*v = hi_lo(p);
		bad = v->lo && !(v->lo & LEAF) && LOAD(&p->lo);
		THEN();
		*v = hi_lo(p);
		return bad && v->lo & LEAF;
	}
	return false;
}

static __always_inline uint64_t read_looks(const entry_t *p, enum reads how, bool alias, entry_t *last,
					   uint32_t looks)
{
	entry_t v, l = *last;
	uint64_t n = 0;

	for (; looks; looks--) {
		bool bad = look(p, how, alias, &v);

		if (entry_same(v, l))
			continue;
		n += bad;
		l = v;
	}
	*last = l;
	return n;
}

#define READ(how) case how: bad += read_looks(p, how, b->writes == ALIAS, l, looks); break

static void *read_main(void *arg)
{
	struct bare *b = arg;
	const uint32_t most = b->s->key[KEY_looks] ? b->s->key[KEY_looks] : BATCH;
	entry_t *last = calloc(b->slots, sizeof(*last));
	struct meeting m = meeting_of(b, true);
	struct route route = route_of(b, true);
	uint64_t bad = 0;

	pin_to(b->cpu[0]);
	wait_for_both(b);
	while (last && !LOAD(&b->stop)) {
		uint32_t left = BATCH, looks;

		for (; left; left -= looks) {
			const uint32_t slot = route_next(&route);
			const entry_t *p = &b->entries[slot];
			entry_t *l = &last[slot / b->apart];

			looks = left < most ? left : most;
			switch (b->reads) {
			READ(LO_HI);
			READ(HI_LO);
			READ(RECHECKED);
			READ(WHOLE);
			READ(AGAIN);
			}
		}
		meet(&m);
	}
	b->bad = bad;
	free(last);
	return NULL;
}

/* ---- shapes ---- */

static const struct {
	const char *name;
	enum writes writes;
	enum reads reads;
} loops[] = {
	{ "overwrite", OVERWRITE, LO_HI }, { "low-first", LOW_FIRST, LO_HI }, { "fault-zap", FAULT_ZAP, LO_HI },
	{ "split", SPLIT, HI_LO }, { "mips-xpa", HIGH_CLEARED_FIRST, RECHECKED },
	{ "in-memory", OVERWRITE, WHOLE }, { "alias", ALIAS, RECHECKED }, { "naive", SPLIT_CLEAR, AGAIN },
};

double bare_rate(const char *shape, const struct strategy *s, const struct cpus *cpus, uint64_t ns)
{
	struct bare *b = aligned_alloc(_Alignof(struct bare), sizeof(*b));
	const uint64_t begin = now_ns();
	pthread_t reader, writer;
	double rate = -1;
	size_t bytes;
	unsigned i = 0;

	while (i < sizeof(loops) / sizeof(loops[0]) && strcmp(loops[i].name, shape))
		i++;
	if (!b || i == sizeof(loops) / sizeof(loops[0]))
		goto out;
	memset(b, 0, sizeof(*b));
	*b = (struct bare){ .s = s, .slots = s->key[KEY_slots] ? s->key[KEY_slots] : 1,
			    .apart = s->key[KEY_stride] ? strategy_step(s) : 16,
			    .writes = loops[i].writes, .reads = loops[i].reads,
			    .cpu = { cpus->id[0], cpus->id[cpus->n > 1] } };
	bytes = ((size_t)b->slots * b->apart * sizeof(entry_t) + 4095) / 4096 * 4096;
	b->entries = aligned_alloc(4096, bytes);
	if (!b->entries)
		goto out;
	memset(b->entries, 0, bytes);
	if (!pthread_create(&reader, NULL, read_main, b)) {
		if (!pthread_create(&writer, NULL, write_main, b)) {
			nanosleep(&(struct timespec){ .tv_sec = (time_t)(ns / 1000000000),
						      .tv_nsec = (long)(ns % 1000000000) }, NULL);
			STORE(&b->stop, 1);
			pthread_join(writer, NULL);
		} else {
			STORE(&b->ready, 2);
			STORE(&b->stop, 1);
		}
		pthread_join(reader, NULL);
		rate = (double)b->bad * 1e9 / (double)(now_ns() - begin);
	}
	free(b->entries);
out:
	free(b);
	return rate;
}
