/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TORNREPORT_AUDIT_X86_H
#define TORNREPORT_AUDIT_X86_H

#include "path.h"

/* Registers as the encoding numbers them; 8 to 15 are r8 to r15. */
enum { AX, CX, DX, BX, SP, BP, SI, DI };

int x86_number(x86_reg r);		/* -1: not a general one */
unsigned x86_word(const struct code *c);	/* bytes of an address */
struct value x86_address(const struct path *p, const x86_op_mem *m);

/* Leaves the tokens of an instruction's accesses to the entry. */
void x86_accesses(const struct code *c, const cs_insn *in, struct path *p);
bool x86_only_read(const cs_insn *in);	/* its memory operand */

/* What an operand holds; puts a value there. */
struct value x86_load(const struct code *c, const struct path *p, const cs_x86_op *o);
void x86_store(const struct code *c, struct path *p, const cs_x86_op *o, struct value v);
void x86_push(const struct code *c, struct path *p, struct value v);
struct value x86_pop(const struct code *c, struct path *p);

#endif
