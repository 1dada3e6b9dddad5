/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "notes.h"

const struct note_kind note_kinds[NR_NOTES] = {
#define X(id, nm, b, outcome, text) [NOTE_BIT_##id] = { nm, text, b },
	NOTES(X)
#undef X
};
