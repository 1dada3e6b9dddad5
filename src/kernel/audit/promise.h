/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TORNWALK_KERNEL_AUDIT_PROMISE_H
#define TORNWALK_KERNEL_AUDIT_PROMISE_H

#include "object.h"

enum promise { ATOMIC, ONE_WORD, TWO_WORDS, NOT_PROMISED, UNKNOWN, NR_PROMISES };
extern const char *const promise_words[NR_PROMISES];

/*
 * One instruction, `by` its name, touches a whole entry; `what` is touch's.
 * x86: an aligned access of a register's width, and a locked one of 8 bytes (SDM 3A 8.1.1, 8.1.2).
 * ARM: with LPAE, ldrd and strd of an aligned doubleword in a translation table; ldrexd and strexd (ARM
 * ARM, A3.5.3). ldm and stm are a sequence of words in no order, and so are two ldr.
 */
enum promise promise_of_whole(enum arch arch, const char *by, char what);

#endif
