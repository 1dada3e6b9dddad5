/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Invariant: a schedule, its word and its lines have the same moves in the same order,
 * and playing the word gives the same lines.
 */
#include "schedule.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- as a word ---- */

static char letter_of(const struct cell_program *b, unsigned agent)
{
	const unsigned t = agent_is_flush(agent) ? agent - MAX_PARTIES : agent;
	char name[16];

	if (agent >= 2 * MAX_PARTIES)
		return (char)('a' + agent - 2 * MAX_PARTIES);
	cell_program_agent_name(b, t, name);
	name[0] = (char)(name[0] + (name[1] ? name[1] - '1' : 0));	/* W, X, ...; R, S, ... */
	return (char)(agent_is_flush(agent) ? tolower(name[0]) : name[0]);
}

void schedule_word(const struct cell_program *b, const struct schedule *s, char buf[SCHEDULE_WORD])
{
	unsigned i, n = 0;

	for (i = 0; i < s->n && n + 4 < SCHEDULE_WORD; i++) {
		buf[n++] = letter_of(b, s->move[i].agent);
		if (s->move[i].alt)
			n += (unsigned)snprintf(buf + n, SCHEDULE_WORD - n, "%u", s->move[i].alt);
	}
	buf[n] = '\0';
}

int schedule_parse(const struct cell_program *b, const char *word, struct schedule *s, char *err, unsigned len)
{
	const unsigned max = sizeof(s->move) / sizeof(s->move[0]);
	const char *p = word;
	unsigned a;

	for (s->n = 0; *p; s->n++) {
		char *end = (char *)p + 1;

		for (a = 0; a < NR_AGENTS && letter_of(b, a) != *p; a++)
			;
		if (a == NR_AGENTS) {
			snprintf(err, len, "schedule: nobody is called \"%c\" (letter %u); valid: W X R S, "
				 "w x r s for their stores, a to h for table pages, a digit behind one",
				 *p, (unsigned)(p - word) + 1);
			return -EINVAL;
		}
		if (s->n == max) {
			snprintf(err, len, "schedule: more than %u moves", max);
			return -EINVAL;
		}
		s->move[s->n].agent = (uint8_t)a;
		s->move[s->n].alt = isdigit((unsigned char)p[1]) ? (uint8_t)strtoul(p + 1, &end, 10) : 0;
		p = end;
	}
	return 0;
}

/* ---- as lines ---- */

struct stored {
	unsigned step;
	uint8_t location, half;
	uint64_t value;		/* in both words, where half says */
};

struct teller {
	FILE *f;
	struct cell_program *b;
	struct program *p;
	unsigned step, nstored;
	struct stored stored[512];
};

static uint64_t in_place(unsigned half, uint64_t v)
{
	return half == HALF_HI ? v << 32 : v;
}

static void remember(struct teller *t, const struct op *op, uint64_t value)
{
	if (op->location == NO_LOCATION || t->nstored == sizeof(t->stored) / sizeof(t->stored[0]))
		return;
	t->stored[t->nstored++] = (struct stored){ t->step, op->location, op->half,
						   in_place(op->half, value) };
}

/* The newest store of this word with this value; 0: what was there at first. */
static unsigned origin(const struct teller *t, unsigned location, unsigned half, uint64_t value)
{
	const uint64_t mask = half == HALF_HI ? 0xffffffff00000000u : 0xffffffffu;
	unsigned i;

	for (i = t->nstored; i > 0; i--) {
		const struct stored *s = &t->stored[i - 1];

		if (s->location == location && (s->half & half) && !((s->value ^ value) & mask))
			return s->step;
	}
	return 0;
}

static void print_origin(const struct teller *t, const struct op *op, uint64_t got)
{
	const uint64_t v = in_place(op->half, got);
	const unsigned lo = op->half & HALF_LO ? origin(t, op->location, HALF_LO, v) : 0;
	const unsigned hi = op->half & HALF_HI ? origin(t, op->location, HALF_HI, v) : 0;

	if (op->half != BOTH || lo == hi) {
		if (lo | hi)
			fprintf(t->f, "  <- step %u", lo | hi);
		else
			fputs("  <- initial", t->f);
		return;
	}
	fprintf(t->f, "  <- low of step %u, high of step %u", lo, hi);
}

/* "entry.hi  = 00000003" and what that is. */
static void print_value(const struct teller *t, const struct op *op, uint64_t v)
{
	char location[24], what[96];

	cell_program_location_name(t->b, op->location, location);
	fprintf(t->f, "%s%s ", location, op->half == BOTH ? "   " : op->half == HALF_LO ? ".lo" : ".hi");
	if (op->half == BOTH)
		fprintf(t->f, "%08x:%08x", (unsigned)(v >> 32), (unsigned)v);
	else
		fprintf(t->f, "%08x         ", (unsigned)v);
	cell_program_value_text(t->b, op->half, v, what, sizeof(what));
	fprintf(t->f, "  %s", what);
}

static void print_thread_move(struct teller *t, const struct state *before, const struct op *op, uint64_t got)
{
	static const char *const plain[] = {
		[ACCESS_RMB] = "rmb", [ACCESS_WMB] = "wmb", [ACCESS_ENTER] = "enters a read section",
		[ACCESS_EXIT] = "leaves the read section", [ACCESS_LOCK] = "takes the lock",
		[ACCESS_UNLOCK] = "lets the lock go", [ACCESS_FREE] = "frees the table page",
		[ACCESS_SYNC] = "waits for all sections that have begun",
		[ACCESS_ALLOC] = "takes a table page", [ACCESS_END] = "ends",
	};

	switch (op->kind) {
	case ACCESS_LOAD:
		fputs("load  ", t->f);
		print_value(t, op, got);
		print_origin(t, op, got);
		if (t->p->model == MODEL_WEAK && op->half != BOTH &&
		    got != (op->half == HALF_HI ? before->mem[op->location] >> 32 :
						  before->mem[op->location] & 0xffffffffu))
			fputs(" (satisfied early)", t->f);
		break;
	case ACCESS_STORE:
	case ACCESS_FILL:
		fputs(op->kind == ACCESS_FILL ? "fill  " : "store ", t->f);
		print_value(t, op, op->value);
		remember(t, op, op->value);
		break;
	case ACCESS_RMW:
		if (op->location == NO_LOCATION) {
			fputs("takes or drops a reference: full barrier", t->f);
			break;
		}
		fputs("rmw   ", t->f);
		print_value(t, op, op->f ? op->f((uint32_t)got) : op->value);
		remember(t, op, op->f ? op->f((uint32_t)got) : op->value);
		break;
	case ACCESS_CHOOSE:
		fprintf(t->f, "(the compiler: %s)", got == 0 ? "low word first" : got == 1 ? "high word first" :
			"one access of 8 bytes");
		break;
	case ACCESS_LOOKUP:
		if (got)
			fprintf(t->f, "finds table %u by its frame number", (unsigned)got - 1);
		else
			fputs("no table page has this frame number", t->f);
		break;
	case ACCESS_STILL:
		fputs(got ? "the table page is still there" : "the table page is gone", t->f);
		break;
	default:
		fputs(plain[op->kind], t->f);
	}
}

static void print_flush(struct teller *t, const struct waiting_store *w)
{
	struct op op = { .location = w->location, .half = w->half };
	const uint64_t both = (uint64_t)w->hi << 32 | w->lo;

	fputs("      ", t->f);
	print_value(t, &op, w->half == HALF_HI ? w->hi : w->half == HALF_LO ? w->lo : both);
	fputs(" is visible now", t->f);
}

static int one(struct teller *t, struct state *s, unsigned agent, unsigned alt, char *err, unsigned len)
{
	const unsigned moves = agent < NR_AGENTS ? agent_moves(t->p, s, agent) : 0;
	const struct waiting_store *w = agent_is_flush(agent) ? flushed_store(t->p, s, agent, alt) : NULL;
	struct waiting_store flushed = w ? *w : (struct waiting_store){ 0 };
	struct state *before;
	struct op op = { 0 };
	uint64_t got;
	char name[16];
	int res;

	if (alt >= moves) {
		snprintf(err, len, "schedule: move %u (%c%u) cannot be made: %u alternatives then",
			 t->step, letter_of(t->b, agent), alt, moves);
		return -EINVAL;
	}
	before = malloc(sizeof(*before));
	if (!before)
		return -ENOMEM;
	state_copy(before, s);
	if (agent_is_thread(agent))
		op = *behaviour_op(&t->p->b[agent], s->t[agent].node);
	res = agent_move(t->p, s, agent, alt, &got);
	cell_program_agent_name(t->b, agent, name);
	fprintf(t->f, "%4u  %-6s ", t->step, name);
	if (agent_is_thread(agent))
		print_thread_move(t, before, &op, got);
	else if (agent_is_flush(agent))
		print_flush(t, &flushed);
	else
		fputs("its grace period is over: reclaimed, poisoned", t->f);
	putc('\n', t->f);
	free(before);
	return res;
}

int schedule_print(FILE *f, struct cell_program *b, const struct schedule *s, uint32_t *notes, char *err,
		   unsigned len)
{
	struct state *now = malloc(sizeof(*now));
	struct teller *t = calloc(1, sizeof(*t));
	int res = now && t ? 0 : -ENOMEM;
	unsigned i;

	*notes = 0;
	if (!res) {
		*t = (struct teller){ .f = f, .b = b, .p = cell_program_base(b) };
		state_first(t->p, now);
	}
	for (i = 0; !res && i < s->n; i++) {
		t->step = i + 1;
		res = one(t, now, s->move[i].agent, s->move[i].alt, err, len);
	}
	if (!res)
		*notes = state_notes(t->p, now);
	free(t);
	free(now);
	return res;
}

char *schedule_text(const struct cell *c, enum memory_model model, unsigned tears, unsigned note,
		    uint64_t max_states)
{
	const struct bounds bounds = bounds_of(c);
	struct schedule *how = malloc(sizeof(*how));
	char word[SCHEDULE_WORD], line[160], *text = NULL;
	struct cell_program *b = NULL;
	uint32_t notes;
	size_t len;
	FILE *f = NULL;
	int err = -ENOMEM;

	if (how)
		b = cell_program_new(c, &bounds, model, tears, &err);
	if (b)
		err = search_witness(cell_program_base(b), 1u << note, max_states, how);
	if (!err)
		f = open_memstream(&text, &len);
	if (f) {
		err = schedule_print(f, b, how, &notes, line, sizeof(line));
		schedule_word(b, how, word);
		fprintf(f, "      --model %s --replay %s\n", model_names[model], word);
		fclose(f);
	}
	cell_program_free(b);
	free(how);
	if (err) {
		free(text);
		return NULL;
	}
	return text;
}
