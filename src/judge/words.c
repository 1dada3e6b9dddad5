/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "words.h"

const char *const verdict_names[NR_VERDICTS + 1] = {
#define X(id, name) [VERDICT_##id] = name,
	VERDICTS(X)
#undef X
};

const struct cause_kind cause_kinds[NR_CAUSES] = {
#define X(id, name, vd, fl, text) [CAUSE_##id] = { VERDICT_##vd, fl, text },
	CAUSES(X)
#undef X
};

const char *const cause_names[NR_CAUSES + 1] = {
#define X(id, name, verdict, flags, meaning) [CAUSE_##id] = name,
	CAUSES(X)
#undef X
};

const char *const rung_names[NR_RUNGS + 1] = {
#define X(id, name, meaning) [RUNG_##id] = name,
	RUNGS(X)
#undef X
};

const char *const stop_names[NR_STOPS + 1] = {
#define X(id, name, meaning) [STOP_##id] = name,
	STOPS(X)
#undef X
};

const char *const stop_meanings[NR_STOPS] = {
#define X(id, name, meaning) [STOP_##id] = meaning,
	STOPS(X)
#undef X
};
