/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TORNREPORT_AUDIT_ARM_H
#define TORNREPORT_AUDIT_ARM_H

#include "path.h"

enum { SP = 13, LR = 14, PC = 15 };

int arm_number(int r);	/* -1: not a general register */
struct value arm_value(const struct path *p, int r);
void arm_set(struct path *p, int r, struct value v);
bool arm_starts(const cs_insn *in, const char *mnemonic);

/* The memory operand and where among the operands it stands; NULL: there is none. */
const cs_arm_op *arm_memory(const cs_arm *a, unsigned *at);

/* [base, #disp], [base, #disp]!, [base], #imm: operand k */
void arm_load_store(const cs_insn *in, const cs_arm_op *m, unsigned k, struct path *p);

/* ldm, stm, push, pop, vldm, vstm, vpush, vpop: ascending addresses */
void arm_multiple(const cs_insn *in, struct path *p);

#endif
