/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transparent huge pages as the operations need them: enabled by madvise(), and no huge zero page,
 * which a read fault would install where the next write is to find nothing. What was there before
 * is put back by thp_restore(), once, whoever calls it.
 */
#ifndef TORNWALK_LIVE_THP_H
#define TORNWALK_LIVE_THP_H

/* Why there can be no huge page here; NULL: there can. */
const char *thp_set(void);
void thp_restore(void);

#endif
