/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one reader that walkers inline: what it reads is read again at every use, so there
 * is no value to hand over. It has a file of its own so that walkers.c is made of this
 * reader and of no other.
 */
#ifndef TORNWALK_PLAIN_H
#define TORNWALK_PLAIN_H

#include "claim.h"
#include "mem.h"

/* Several plain dereferences; the walker calls this again for every use. */
static __always_inline entry_t rd_plain_reread(struct walk *w, const entry_t *p)
{
	(void)w;
	return mem_load_plain(p);
}
#define CLAIM_rd_plain_reread PLAIN_C("plain *p")

#endif
