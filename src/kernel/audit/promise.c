/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an architecture promises of one instruction that touches a whole entry. */
#include "promise.h"

#include <string.h>

const char *const promise_words[NR_PROMISES] = { "atomic", "one word", "two words", "not promised", "unknown" };

enum promise promise_of_whole(enum arch arch, const char *by, char what)
{
	if (arch == ARCH_ARM)
		return strcmp(by, "ldrd") && strcmp(by, "strd") && strcmp(by, "ldrexd") && strcmp(by, "strexd") ?
			       NOT_PROMISED : ATOMIC;
	if (arch == ARCH_X86_64)
		return what == 'B' ? NOT_PROMISED : ATOMIC;
	if (!strcmp(by, "cmpxchg8b"))
		return what == 'X' ? ATOMIC : NOT_PROMISED;
	return !strcmp(by, "fild") || !strcmp(by, "fistp") || !strcmp(by, "movq") ? ATOMIC : NOT_PROMISED;
}
