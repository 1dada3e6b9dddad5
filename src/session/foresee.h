/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of a cell beside its race: what the explorer calls possible, and which of
 * its 8-byte accesses tear on this executor.
 */
#ifndef TORNWALK_FORESEE_H
#define TORNWALK_FORESEE_H

#include "session.h"

/* Predicts what this cell can show; not known where that took too long or too much memory. */
void foresee(const struct session *s, const struct cell *c, struct prediction *p);

/* The steps that lead to the worst outcome that was seen, to be freed; NULL: large suites do without. */
char *foresee_schedule(const struct session *s, const struct scenario *c, const struct finding *f,
		       const struct prediction *p);

/* Puts the prediction and what calibration knows of the cell's accesses into *e. */
void foresee_evidence(struct evidence *e, const struct session *s, const struct scenario *c,
		      const struct prediction *p);

/*
 * Before a protocol is blamed for a tear, the 8-byte accesses that it rests on are
 * calibrated for longer: on a busy machine 20 ms show little. Does one tear after all?
 */
bool foresee_again(struct session *s, const struct cell *c);

#endif
