/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tornlive: reads the page-table entries of a cooperating process, as gup-fast reads them, and
 * says what it saw. For src/live/README.md.
 *
 * Key invariant: it never writes to a page table, never follows a value that it has not read
 * whole, and reads nobody's but the process's that registered, within the range that this process
 * registered. Every loop is bounded, and no process outlives itself by more than SLICE_MS.
 */
#ifndef TORNLIVE_MODULE_H
#define TORNLIVE_MODULE_H

#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/pgtable.h>
#include <linux/types.h>

#include "live/live.h"
#include "says.h"

/*
 * How long a reading thread holds on to the process's memory at a stretch; how many changes one
 * section can note, and how many distinct values one reader.
 */
enum { SLICE_MS = 10, MAX_CHANGES = 256, MAX_VALUES = 2048, MAX_BATCH = 100000, MAX_GAP = 10000, MAX_SPINS = 100000 };

/* A read that gave something else than the read before it, and how many had gone before. */
struct change {
	u64 value;
	u32 at;
};

/* What a section with interrupts off noted. No hash, no clock, no lock: those come after it. */
struct section {
	u32 n;			/* of change[] */
	u32 lost;
	u64 retries;
	struct change change[MAX_CHANGES];
};

/*
 * Reads one entry `batch` times. `first` is what the section knows of it, or else any read is a
 * change. `random` is the state of LOW_GAP_HIGH's delays.
 */
typedef void section_fn(const void *entry, u32 batch, u32 gap, u64 *random, struct section *s);

/* By level and reader; NULL: this kernel has none. */
extern section_fn *const section_of[2][NR_LIVE_READERS];
extern const char *const kernel_reader[2];	/* "" where there is none */

struct reading;

/* One open file. */
struct session {
	struct mutex lock;		/* around every ioctl */
	struct mm_struct *mm;		/* mmgrab()bed; NULL: nobody has registered */
	u64 start, end;
	struct reading *reading;	/* what was started last; its thread may be gone */
};

/* read.c. Errors as of ioctls. */
int reading_start(struct session *s, const struct live_start *start);
int reading_stop(struct session *s);
int reading_values(struct session *s, struct live_values *v);
void reading_free(struct session *s);

/* private.c */
int private_race(struct live_race *race);

/* probe.c. clear: of a session that has one of that kind; `found` may be NULL. */
int probe_set(struct session *s, const struct live_probe *asked);
void probe_clear(struct session *s, unsigned int kind, struct live_probe *found);

static inline u64 xorshift(u64 *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

static inline void spin(u32 turns)
{
	while (turns--)
		barrier();
}

#endif
