/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each reader as a symbol: WORLD_read_NAME, one value; WORLD_scan_NAME, reads until the
 * value changes. audited, so that the audit can disassemble what was measured.
 */
#include "lists.h"
#include "readers.h"

#define READ_SYMBOL(id, body)                                                    \
	static audited entry_t PROTOCOL_LIST(read_##id)(struct walk *w, const entry_t *p) \
	{                                                                         \
		return body(w, p);                                                \
	}

#define SCAN_SYMBOL(id, body, fl)                                                \
	static audited uint32_t PROTOCOL_LIST(scan_##id)(struct walk *w, const entry_t *p, \
							 entry_t last, uint32_t n, entry_t *seen) \
	{                                                                         \
		uint32_t left = n;                                                \
		entry_t v = last;                                                 \
                                                                                  \
		while (left) {                                                    \
			left--;                                                   \
			if ((fl) & READ_IN_SECTION)                               \
				w->pt->reclaim->enter();                          \
			if ((fl) & READ_HOLDS_LOCK)                               \
				mem_lock(ptl_of(w->pt, p));                       \
			v = body(w, p);                                           \
			if ((fl) & READ_HOLDS_LOCK)                               \
				mem_unlock(ptl_of(w->pt, p));                     \
			if ((fl) & READ_IN_SECTION)                               \
				w->pt->reclaim->exit();                           \
			if (v.lo != last.lo || v.hi != last.hi)                   \
				break;                                            \
		}                                                                 \
		*seen = v;                                                        \
		return n - left;                                                  \
	}

#define X(id, name, body, fl, ok, text, src) READ_SYMBOL(id, body)
READERS(X)
#undef X
#define X(id, name, text) READ_SYMBOL(atomic64_##id, rd_atomic64_##id)
ARCH_ATOMIC64(X)
#undef X
#define X(id, name, text) READ_SYMBOL(pair64_##id, rd_atomic64_##id)
ARCH_UNPROMISED64(X)
#undef X

/* A re-reading reader has no snapshot to scan with; see the entry walker. */
#define X(id, name, body, fl, ok, text, src) SCAN_SYMBOL(id, body, fl)
READERS(X)
#undef X
#define X(id, name, text) SCAN_SYMBOL(atomic64_##id, rd_atomic64_##id, 0)
ARCH_ATOMIC64(X)
#undef X
#define X(id, name, text) SCAN_SYMBOL(pair64_##id, rd_atomic64_##id, 0)
ARCH_UNPROMISED64(X)
#undef X

const struct reader PROTOCOL_LIST(readers)[] = {
#define X(id, nm, body, fl, ok, text, src)                                       \
	{ .name = nm, .summary = text, .source = src, .flags = fl, .read = PROTOCOL_LIST(read_##id),         \
	  .scan = (fl) & READ_REREADS ? NULL : PROTOCOL_LIST(scan_##id), .usable = ok, \
	  .primitive = (fl) & READ_ATOMIC ? ARCH_LOAD64_NAME : NULL },
	READERS(X)
#undef X
#define X(id, nm, text)                                                          \
	{ .name = "atomic64-" nm, .summary = text, .source = "the reference", .flags = READ_ATOMIC, \
	  .read = PROTOCOL_LIST(read_atomic64_##id), .scan = PROTOCOL_LIST(scan_atomic64_##id), \
	  .usable = arch_has_##id, .primitive = nm },
	ARCH_ATOMIC64(X)
#undef X
#define X(id, nm, text)                                                          \
	{ .name = "pair64-" nm, .summary = text, .source = "none: a probe",       \
	  .flags = READ_UNPROMISED,                                               \
	  .read = PROTOCOL_LIST(read_pair64_##id), .scan = PROTOCOL_LIST(scan_pair64_##id), \
	  .usable = arch_has_##id },
	ARCH_UNPROMISED64(X)
#undef X
	{ .name = NULL },
};
