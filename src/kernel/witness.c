/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A schedule in words: who did what, by whose instruction, to which word. lines.sh finds the source's line for it. */
#include "kernel/witness.h"

#include <inttypes.h>
#include <stdio.h>

#include "kernel/notes.h"
#include "kernel/seam.h"

void print_notes(uint32_t notes)
{
	const char *comma = "";

	for (unsigned i = 0; i < NR_NOTES; i++)
		if (notes & 1u << i) {
			printf("%s%s", comma, note_kinds[i].name);
			comma = ",";
		}
	if (!notes)
		putchar('-');
}

/* The entry's own words are just "low" and "high". */
static void print_place(const struct seam_cell *c, unsigned half)
{
	const char *word = half == BOTH || c->size == 4 ? "" : half == HALF_LO ? "low" : "high";

	if (!*word || c != &seam.cell[0])
		printf("%s%s", c->name, *word ? "." : "");
	printf("%s ", word);
}

/* A move in words. */
static void print_move(const struct program *p, const struct op *op, uint64_t got)
{
	static const char *const words[] = {
		[ACCESS_RMB] = "rmb", [ACCESS_WMB] = "wmb", [ACCESS_ENTER] = "turns interrupts off",
		[ACCESS_EXIT] = "turns interrupts on", [ACCESS_SYNC] = "waits for all that have interrupts off",
		[ACCESS_ALLOC] = "takes a free page", [ACCESS_FREE] = "frees a page",
		[ACCESS_LOOKUP] = "which page has that frame?", [ACCESS_STILL] = "is it still its own?",
		[ACCESS_END] = "ends",
	};
	const struct seam_cell *c = op->location < seam.n ? &seam.cell[op->location] : NULL;
	const bool loaded = op->kind == ACCESS_LOAD || op->kind == ACCESS_RESERVE;

	(void)p;
	if (op->value == SECTION_ALONE && (op->kind == ACCESS_ENTER || op->kind == ACCESS_EXIT)) {
		fputs(op->kind == ACCESS_ENTER ? "may not be preempted" : "may be preempted again", stdout);
		return;
	}
	if (op->kind == ACCESS_ENTER && op->value == SECTION_RCU) {
		fputs("enters an RCU section", stdout);
		return;
	}
	if (op->kind == ACCESS_EXIT && op->value == SECTION_RCU) {
		fputs("leaves the RCU section", stdout);
		return;
	}
	switch (op->kind) {
	case ACCESS_LOCK:
		printf("takes %s", c ? c->name : "a lock");
		return;
	case ACCESS_UNLOCK:
		printf("lets %s go", c ? c->name : "a lock");
		return;
	case ACCESS_LOAD:
	case ACCESS_STORE:
		fputs(op->kind == ACCESS_LOAD ? "load " : "store ", stdout);
		break;
	case ACCESS_RESERVE:
		fputs("locked: finds ", stdout);
		break;
	case ACCESS_FINISH:
		fputs("locked: stores ", stdout);
		break;
	case ACCESS_RMW:
		if (op->location == NO_LOCATION) {
			fputs("mb", stdout);
			return;
		}
		fputs("xchg ", stdout);
		break;
	default:
		fputs(words[op->kind] ?: "?", stdout);
		return;
	}
	print_place(c, op->half);
	if (c->number)
		printf("%" PRIx64, loaded ? got : op->value);
	else if (op->half == BOTH)
		printf("%016" PRIx64, loaded ? got : op->value);
	else
		printf("%08" PRIx32, (uint32_t)(loaded ? got : op->value));
}

bool print_witness(const char *name, struct program *p, uint32_t bit, uint64_t max_states)
{
	static struct schedule s;
	static struct state state;
	const char *what = note_kinds[__builtin_ctz(bit)].name;
	unsigned step = 0;
	uint64_t got;

	if (search_witness(p, bit, max_states, &s))
		return false;
	state_first(p, &state);
	for (unsigned i = 0; i < s.n; i++) {
		const unsigned a = s.move[i].agent;
		const bool thread = agent_is_thread(a);
		const struct op op = thread ? *behaviour_op(&p->b[a], state.t[a].node) : (struct op){ 0 };

		if (agent_is_flush(a)) {
			const struct waiting_store *w = flushed_store(p, &state, a, s.move[i].alt);

			printf("step\t%s\t%s\t%s\t%u\t%s\t-\tits store of %08" PRIx32 ":%08" PRIx32 " is seen by all\n", name,
			       model_names[p->model], what, ++step, a - MAX_PARTIES == READER ? "walker" : "writer", w->hi, w->lo);
		}
		if (agent_move(p, &state, a, s.move[i].alt, &got))
			return true;
		if (!thread && !agent_is_flush(a))
			printf("step\t%s\t%s\t%s\t%u\twriter\t-\tits grace period is over: the page is somebody else's\n", name,
			       model_names[p->model], what, ++step);
		if (!thread || op.kind == ACCESS_CHOOSE)
			continue;
		printf("step\t%s\t%s\t%s\t%u\t%s\t%p\t", name, model_names[p->model], what, ++step,
		       a == READER ? "walker" : "writer", op.who);
		print_move(p, &op, got);
		putchar('\n');
	}
	if (state_notes(p, &state) & NOTES_VOID) {
		printf("void\t%s\t%s\t", name, what);
		print_notes(state_notes(p, &state) & NOTES_VOID);
		putchar('\n');
	}
	return true;
}
