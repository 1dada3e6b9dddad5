/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tight world: between two halves there is nothing. */
#ifndef TORNWALK_GAP_H
#define TORNWALK_GAP_H

#define PROTOCOL_LIST(x) native_##x
#define WORLD_NAME "native"
#define WORLD_SEED NULL
#define WORLD_INLINE static __always_inline
#define WORLD_REMAPS_INLINED 1

static __always_inline void mem_gap(void) {}

static __always_inline entry_t gap_load_plain(const entry_t *p)
{
	return *p;
}

static __always_inline void gap_store_plain(entry_t *p, entry_t v)
{
	*p = v;
}

#endif
