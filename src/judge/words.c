/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "words.h"

const char *const verdict_names[NR_VERDICTS + 1] = {
#define X(id, name) [VERDICT_##id] = name,
	VERDICTS(X)
#undef X
};
