/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What lines of schema 1 have in English only. They lack the cause, and their witness is a
 * sentence; both are made out once, when a line is loaded, and nobody else reads prose.
 */
#ifndef TORNREPORT_SCHEMA1_H
#define TORNREPORT_SCHEMA1_H

#include "load.h"

/* Sets r->cause and r->primitive: by what was seen and expected, then by the reason. */
void schema1_cause(struct results *rs, struct result *r);

/* Takes w->text apart; w->known stays false if it is of another form. */
void schema1_witness(struct witness *w);

#endif
