/* SPDX-License-Identifier: GPL-2.0-or-later */
/* X(id, name, what, cell, by, why): table.awk has made table.h of the patches. */
#include "mutants.h"

#define X(id, nm, text, where, who, reason)                                      \
	extern const struct protocol mutant_##id##_native, mutant_##id##_widened, mutant_##id##_explored;
#include "table.h"
#undef X

const struct mutant mutants[] = {
#define X(id, nm, text, where, who, reason)                                      \
	{ .name = nm, .what = text, .cell = where, .by = who, .why = reason,      \
	  .native = &mutant_##id##_native, .widened = &mutant_##id##_widened,     \
	  .explored = &mutant_##id##_explored },
#include "table.h"
#undef X
	{ .name = NULL },
};
