/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tornwalk's transcriptions of the kernel's primitives against those of the tree (models.c).
 */
#ifndef TORNWALK_KERNEL_MODELS_H
#define TORNWALK_KERNEL_MODELS_H

#include "explore/model.h"
#include "kernel/cells.h"

/* What others of the process do for it. */
struct models_use {
	/* All that `w` and `t` can note where the entry is `first` at first; NULL, or why that is not known. */
	const char *(*search)(const struct walker *w, const struct transition *t, uint64_t first,
			      enum memory_model model, int order, uint32_t *notes);
	int (*alone)(const struct transition *);	/* entry.h */
};

/*
 * Says of each pair, for a tree of this version:
 *
 *	compared	KIND	TRANSCRIPTION	PRIMITIVE	VERDICT	TEXT	planted|-
 *	shows		KIND	TRANSCRIPTION	PRIMITIVE	MODEL	AGAINST	WHO	WORDS
 *	alone		KIND	TRANSCRIPTION	SOURCE		no primitive here is it
 *
 * VERDICT: same, differs, absent (from this tree), other-version, blind (no transcription
 * is anything else), unanswered.
 */
void models_compare(const struct models_use *use, unsigned major, unsigned minor);

#endif
