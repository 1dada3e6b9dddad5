/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each writer as symbols (set_NAME, clear_NAME, invalidate_NAME), and `remap`
 * with the writer inlined: the tightest loop there is, huge A -> huge B ...,
 * so that a control is limited by the machine and not by the tester.
 */
#include "lists.h"
#include "stamp.h"
#include "writers.h"

#include "layout_lpae.h"
#include "layout_pae.h"

#define REMAP(id, set, layout)                                                   \
	static audited void remap_##id##_##layout(struct mutator *m, entry_t *p, \
						   struct stamp *stamp, unsigned rounds) \
	{                                                                         \
		struct stamp s = *stamp;                                          \
                                                                                  \
		while (rounds--) {                                                \
			stamp_next(&s, layout_##layout.hi_gens, m->alias);        \
			set(p, layout##_mk_huge(s));                              \
		}                                                                 \
		*stamp = s;                                                       \
	}

#define X(id, nm, set, clr, inv, tch, fl, tr, text, src)                         \
	static audited void set_##id(entry_t *p, entry_t v) { set(p, v); }       \
	static audited void clear_##id(entry_t *p) { clr(p); }                   \
	static audited void invalidate_##id(entry_t *p, entry_t v) { inv(p, v); } \
	static audited void touch_by_##id(const struct layout *l, entry_t *p) { tch(l, p); } \
	REMAP(id, set, pae)                                                       \
	REMAP(id, set, lpae)
WRITERS(X)
#undef X

const struct writer PROTOCOL_LIST(writers)[] = {
#define X(id, nm, st, clr, inv, tch, fl, tr, text, src)                          \
	{ .name = nm, .summary = text, .source = src, .flags = fl, .transition = tr, \
	  .set = set_##id, .clear = clear_##id, .invalidate = invalidate_##id,    \
	  .touch = touch_by_##id,                                                    \
	  .remap = { [LAYOUT_PAE] = remap_##id##_pae, [LAYOUT_LPAE] = remap_##id##_lpae } },
	WRITERS(X)
#undef X
	{ .name = NULL },
};
