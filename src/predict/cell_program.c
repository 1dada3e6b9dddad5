/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The threads of a bounded program: rounds of a writer, walks of a reader, and the
 * model of the machine that they stand on.
 *
 * Key invariant: each thread's body starts from a fresh copy of all that is
 * private to it, so that equal answers to its accesses make it do the same again.
 */
#include "cell_program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/stamp.h"

enum { LOCATION_SLOT, LOCATION_LOCK, LOCATION_TURN, LOCATION_PAGES, STABLE_ID = TABLE_IDS - 1,
       STAMPS_APART = 600, POISON_LO = 0xdead0b0e, POISON_HI = 0x006b6b6b };

struct party_of {
	struct cell_program *all;
	struct behaviour *behaviour;
	/* a writer's */
	struct mutator m;
	struct stamp stamp, first;
	unsigned id, pages;
	/* a reader's */
	struct walk w;
	struct observer o;
};

struct cell_program {
	struct program p;
	struct cell cell;
	struct bounds bounds;
	struct oracle oracle;
	uint8_t *owners;
	struct page_tables pt;
	struct reclaim reclaim;
	entry_t slot, top, pages[MAX_PAGES];
	struct ptl lock, turn;
	uint32_t ref;
	struct party_of party[MAX_PARTIES];
};

struct bounds bounds_of(const struct cell *c)
{
	struct bounds b = { .rounds = 2, .walks = 1, .readers = 1, .writers = 1, .retries = 2 };

	if (c->reader->flags & READ_REMEMBERS)
		b.walks = 4;
	return b;
}

static uint64_t ask(enum access_kind k, uint64_t v)
{
	struct access a = { .kind = k, .value = v };

	return explore_access(&a);
}

/* ---- the machine below the protocol ---- */

static void nothing(void) {}
static void enter(void) { ask(ACCESS_ENTER, 0); }
static void leave(void) { ask(ACCESS_EXIT, 0); }
static void synchronize(void) { ask(ACCESS_SYNC, 0); }

static struct cell_program *cell_program_of(const struct page_tables *pt)
{
	return (struct cell_program *)((char *)pt - offsetof(struct cell_program, pt));
}

static bool lookup(const struct page_tables *pt, uint64_t pfn, struct arrival *a)
{
	struct cell_program *b = cell_program_of(pt);
	uint64_t found;

	if (pt->level == LEVEL_PMD && pfn == pt->layout->pfn(b->top)) {
		*a = (struct arrival){ .table = pt->slots };
		return true;
	}
	found = ask(ACCESS_LOOKUP, pfn);
	if (!found)
		return false;
	*a = (struct arrival){ .table = &b->pages[found - 1], .page = &b->pages[found - 1], .pfn = pfn };
	return true;
}

/* Asks the model by frame number, for an arrival holds no pointer to the tables. */
static bool still_there(const struct arrival *a)
{
	return !a->page || ask(ACCESS_STILL, a->pfn);
}

static bool poisoned(entry_t e)
{
	return e.lo == POISON_LO && e.hi == POISON_HI;
}

static struct arrival alloc(struct mutator *m, struct stamp s, unsigned *id)
{
	struct party_of *w = m->pool;
	struct arrival a;
	uint64_t index;

	*id = w->id * w->all->p.page_share + w->pages++;
	a.pfn = m->layout->pfn(m->layout->mk_table(s, *id));
	index = ask(ACCESS_ALLOC, a.pfn);
	a.table = &w->all->pages[index];
	a.page = a.table;
	return a;
}

static void free_page(struct mutator *m, const struct arrival *a)
{
	struct party_of *w = m->pool;

	ask(ACCESS_FREE, (uint64_t)((const entry_t *)a->page - w->all->pages));
}

/* ---- the threads ---- */

static void turn_lock(struct cell_program *b, enum access_kind k)
{
	struct access a = { .kind = k, .p = &b->turn.word, .size = 4, .value = k == ACCESS_LOCK };

	if (b->bounds.writers > 1)
		explore_access(&a);
}

static void write_rounds(void *arg)
{
	struct party_of *w = arg;
	unsigned i;

	w->stamp = w->first;
	w->pages = 0;
	for (i = 0; i < w->all->bounds.rounds; i++) {
		turn_lock(w->all, ACCESS_LOCK);
		w->m.transition->rounds(&w->m, 0, 1);
		turn_lock(w->all, ACCESS_UNLOCK);
	}
}

static void note(struct party_of *r)
{
	uint32_t notes = 0;
	unsigned k;

	for (k = 0; k < NR_OUTCOMES; k++)
		if (r->o.seen[2 * k] + r->o.seen[2 * k + 1])
			notes |= 1u << k;
	for (k = 0; k < NR_DIRECTIONS; k++)
		if (r->o.direction[k])
			notes |= 1u << (NR_OUTCOMES + k);
	memset(r->o.seen, 0, sizeof(r->o.seen));
	memset(r->o.direction, 0, sizeof(r->o.direction));
	behaviour_note(r->behaviour, notes);
}

static void read_walks(void *arg)
{
	struct party_of *r = arg;
	struct last *last = r->o.last;
	struct observer fresh = { .cell = r->o.cell, .oracle = r->o.oracle, .owners = r->o.owners,
				  .last = last, .stale_guard = UINT64_MAX,
				  .direction_guard = UINT64_MAX };
	unsigned i;

	r->o = fresh;
	memset(last, 0, sizeof(*last));
	r->w.retries = 0;
	r->w.reads = 0;
	r->w.hoisted = entry(0, 0);
	r->w.action = ACTION_SUBTREE;
	r->w.act = (struct act){ .kind = ACT_NONE };
	for (i = 0; i < r->all->bounds.walks; i++) {
		r->w.run(&r->w, 0, 1u << PTE_SHIFT);
		observe(&r->o, 0, &r->w.act);
		note(r);
	}
}

/* ---- what the threads keep off their stacks ---- */

static uint64_t hash_bytes(uint64_t h, const void *p, size_t len)
{
	const unsigned char *c = p;

	while (len--)
		h = (h ^ *c++) * 0x100000001b3u;
	return h;
}

static uint64_t writer_state(void *arg)
{
	const struct party_of *w = arg;
	uint64_t h = hash_bytes(0xcbf29ce484222325u, &w->stamp, sizeof(w->stamp));

	return hash_bytes(h, &w->pages, sizeof(w->pages));
}

/* The count of retries is left out: nothing depends on it. */
static uint64_t reader_state(void *arg)
{
	const struct party_of *r = arg;
	uint64_t h = hash_bytes(0xcbf29ce484222325u, &r->w.act, sizeof(r->w.act));

	h = hash_bytes(h, &r->w.action, sizeof(r->w.action));
	h = hash_bytes(h, &r->w.retries_left, sizeof(r->w.retries_left));
	h = hash_bytes(h, &r->w.hoisted, sizeof(r->w.hoisted));
	h = hash_bytes(h, &r->w.reads, sizeof(r->w.reads));
	h = hash_bytes(h, r->o.seen, sizeof(r->o.seen));
	h = hash_bytes(h, r->o.direction, sizeof(r->o.direction));
	h = hash_bytes(h, &r->o.last->used, sizeof(r->o.last->used));
	h = hash_bytes(h, &r->o.last->meta, sizeof(r->o.last->meta));
	h = hash_bytes(h, &r->o.last->class, sizeof(r->o.last->class));
	h = hash_bytes(h, &r->o.last->gen_known, sizeof(r->o.last->gen_known));
	return hash_bytes(h, &r->o.last->gen, sizeof(r->o.last->gen));
}

/* ---- putting it together ---- */

/* The same cell in the explored world, or in a mutant's. */
static void translate(struct cell *c)
{
	cell_into(c, strcmp(c->protocol->world, explored_protocol.world) ? &explored_protocol : c->protocol);
	c->slots = 1;
}

static void set_up_machine(struct cell_program *b)
{
	const struct cell *c = &b->cell;

	b->reclaim = (struct reclaim){ .name = "model", .online = nothing, .offline = nothing,
				       .quiesce = nothing, .at_once = c->reclaim->at_once,
				       .enter = enter, .exit = leave, .synchronize = synchronize };
	if (b->reclaim.at_once)
		b->reclaim.enter = b->reclaim.exit = b->reclaim.synchronize = nothing;
	b->top = c->layout->mk_table((struct stamp){ 0, 0 }, STABLE_ID);
	b->pt = (struct page_tables){
		.level = c->level, .nslots = 1, .slots = &b->slot, .top = &b->top, .locks = &b->lock,
		.nlocks = 1, .refs = &b->ref, .nrefs = 1, .fill = 1, .reclaim = &b->reclaim,
		.layout = c->layout, .lookup = lookup, .still_there = still_there,
		.poisoned = poisoned, .alloc = alloc, .free = free_page,
	};
}

static void set_up_program(struct cell_program *b, enum memory_model model)
{
	struct program *p = &b->p;
	const struct cell *c = &b->cell;
	const struct stamp first = stamp_first(0, c->layout->hi_gens);
	unsigned i;

	p->model = model;
	p->nthreads = b->bounds.writers + b->bounds.readers;
	p->locations.n = LOCATION_PAGES + MAX_PAGES;
	p->locations.at[LOCATION_SLOT] = &b->slot;
	p->locations.at[LOCATION_LOCK] = &b->lock.word;
	p->locations.at[LOCATION_TURN] = &b->turn.word;
	for (i = 0; i < MAX_PAGES; i++) {
		p->locations.at[LOCATION_PAGES + i] = &b->pages[i];
		p->page_location[i] = (uint8_t)(LOCATION_PAGES + i);
	}
	if (!c->transition->clears)
		p->initial[LOCATION_SLOT] = entry_u64(cell_installs_clean(c) ? c->layout->mk_clean(first) :
									  c->layout->mk_huge(first));
	/* a page that comes out of the pool has been somebody's before */
	for (i = 0; i < MAX_PAGES; i++)
		p->initial[LOCATION_PAGES + i] = entry_u64(entry(POISON_LO, POISON_HI));
	p->npages = MAX_PAGES;
	p->page_share = MAX_PAGES / b->bounds.writers;
	p->poison = entry_u64(entry(POISON_LO, POISON_HI));
	p->at_once = b->reclaim.at_once;
	p->reclaims = c->transition->makes_tables || (c->reader->flags & READ_NEEDS_SYNC);
}

static void set_up_writer(struct cell_program *b, struct party_of *w, unsigned i)
{
	const struct cell *c = &b->cell;
	const struct parts parts = cell_parts(c);

	w->id = i;
	w->first = stamp_first(0, c->layout->hi_gens);
	w->first.lo = (uint16_t)(i * STAMPS_APART);
	w->first.hi = (uint16_t)((w->first.hi + i * STAMPS_APART) % c->layout->hi_gens);
	w->m = (struct mutator){
		.pt = &b->pt, .layout = c->layout, .writer = c->writer, .transition = c->transition,
		.lock = parts_share_lock(&parts), .sync = c->reader->flags & READ_NEEDS_SYNC,
		.alias = c->alias, .clean = cell_installs_clean(c), .stamps = &w->stamp, .pool = w,
	};
}

static int set_up_reader(struct cell_program *b, struct party_of *r)
{
	const struct cell *c = &b->cell;
	const bool plain = c->reader->flags & READ_REREADS;

	r->w = (struct walk){
		.pt = &b->pt, .layout = c->layout, .reader = c->reader, .walker = c->walker,
		.ops = c->consumer, .writer = c->writer, .split = c->protocol->split,
		.run = plain ? c->walker->walk_plain[c->layout_id] : c->walker->walk,
		.max_retries = b->bounds.retries,
	};
	return observer_init(&r->o, c, &b->oracle, b->owners, 0, 0);
}

static int set_up(struct cell_program *b, enum memory_model model, unsigned tears)
{
	unsigned i;
	int err;

	translate(&b->cell);
	b->cell.writer_tears = tears & (TEARS_STORE64 | TEARS_STRD);
	err = oracle_learn(&b->oracle, &b->cell, model != MODEL_WEAK);
	b->owners = calloc(b->cell.layout->delta_mod, 1);
	if (!err && !b->owners)
		err = -ENOMEM;
	if (err)
		return err;
	b->owners[stamp_first(0, b->cell.layout->hi_gens).hi % b->cell.layout->delta_mod] = 1;
	set_up_machine(b);
	set_up_program(b, model);
	for (i = 0; i < b->p.nthreads && !err; i++) {
		struct party_of *x = &b->party[i];
		const bool reads = i >= b->bounds.writers;

		x->all = b;
		x->behaviour = &b->p.b[i];
		if (reads)
			err = set_up_reader(b, x);
		else
			set_up_writer(b, x, i);
		b->p.watched |= reads ? 1u << i : 0;
		b->p.b[i] = (struct behaviour){ .run = reads ? read_walks : write_rounds, .arg = x,
						.off_stack = reads ? reader_state : writer_state,
						.locations = &b->p.locations, .tears = tears };
		if (!err)
			err = behaviour_init(&b->p.b[i]);
	}
	return err;
}

struct cell_program *cell_program_new(const struct cell *c, const struct bounds *bounds,
			    enum memory_model model, unsigned tears, int *err)
{
	struct cell_program *b = aligned_alloc(_Alignof(struct cell_program), sizeof(*b));

	*err = -ENOMEM;
	if (!b)
		return NULL;
	memset(b, 0, sizeof(*b));
	b->cell = *c;
	b->bounds = *bounds;
	*err = set_up(b, model, tears);
	if (!*err)
		return b;
	cell_program_free(b);
	return NULL;
}

void cell_program_free(struct cell_program *b)
{
	unsigned i;

	if (!b)
		return;
	for (i = 0; i < MAX_PARTIES; i++) {
		behaviour_free(&b->p.b[i]);
		observer_destroy(&b->party[i].o);
	}
	free(b->owners);
	free(b);
}

struct program *cell_program_base(struct cell_program *b)
{
	return &b->p;
}

void cell_program_agent_name(const struct cell_program *b, unsigned agent, char buf[16])
{
	const unsigned t = agent_is_flush(agent) ? agent - MAX_PARTIES : agent;
	const bool reads = t >= b->bounds.writers;
	const unsigned n = reads ? t - b->bounds.writers : t;

	if (agent >= 2 * MAX_PARTIES)
		snprintf(buf, 16, "page %u", agent - 2 * MAX_PARTIES);
	else if (n)
		snprintf(buf, 16, "%c%u", reads ? 'R' : 'W', n + 1);
	else
		snprintf(buf, 16, "%c", reads ? 'R' : 'W');
}

void cell_program_location_name(const struct cell_program *b, unsigned at, char buf[24])
{
	(void)b;
	if (at >= LOCATION_PAGES)
		snprintf(buf, 24, "table %u", at - LOCATION_PAGES);
	else
		snprintf(buf, 24, "%s", at == LOCATION_SLOT ? "entry" : at == LOCATION_LOCK ? "ptl" : "turn");
}

static void half_text(enum half what, unsigned n, char *buf, unsigned len)
{
	switch (what) {
	case HALF_ZERO:
		snprintf(buf, len, "0");
		break;
	case HALF_STAMPED:
		snprintf(buf, len, "of store #%u", n);
		break;
	case HALF_INVERTED:
		snprintf(buf, len, "of the invalidation of #%u", n);
		break;
	case HALF_RUBBISH:
		snprintf(buf, len, "of no store");
		break;
	}
}

/* Stores are numbered as the low word counts them; aliased frames have no number there. */
void cell_program_value_text(const struct cell_program *b, unsigned half, uint64_t v, char *buf, unsigned len)
{
	const struct layout *L = b->cell.layout;
	char lo_text[40] = "", hi_text[40] = "";
	const uint32_t lo = (uint32_t)v, hi = (uint32_t)(half == BOTH ? v >> 32 : v);

	if (half == BOTH && poisoned(entry(lo, hi))) {
		snprintf(buf, len, "poison");
		return;
	}
	if (half & HALF_LO) {
		struct half_lo x = L->half_lo(lo);

		half_text(x.what, x.gen, lo_text, sizeof(lo_text));
		if (b->cell.alias && x.what == HALF_STAMPED)
			snprintf(lo_text, sizeof(lo_text), "the low word all frames share");
	}
	if (half & HALF_HI) {
		struct half_hi x = L->half_hi(hi);

		half_text(x.what, (x.gen + L->hi_gens - stamp_first(0, L->hi_gens).hi) % L->hi_gens,
			  hi_text, sizeof(hi_text));
	}
	if (half == BOTH && !strcmp(lo_text, hi_text))
		snprintf(buf, len, "both words %s", lo_text);
	else if (half == BOTH)
		snprintf(buf, len, "low %s, high %s", lo_text, hi_text);
	else
		snprintf(buf, len, "%s", half == HALF_LO ? lo_text : hi_text);
}
