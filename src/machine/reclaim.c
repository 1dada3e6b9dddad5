/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * liburcu's flavours, and one that is busted.
 *
 * A read section stands in for the kernel's "IRQs off blocks the flush IPI" and
 * for mmap_lock held over a walk; synchronize() for the flush, and for the
 * grace period before a table page is reused. Only readers are online: a writer
 * that waits must not be waited for.
 */
#include "reclaim.h"

#include "race.h"

#include <urcu/urcu-bp.h>
#include <urcu/urcu-mb.h>
#include <urcu/urcu-memb.h>
#include <urcu/urcu-qsbr.h>

#ifdef RACE_DETECTOR
char race_published, race_section;
#endif

static void nothing(void) {}

#define FLAVOUR(id, on, off, quiet, text)                                        \
	static void id##_online(void) { on; }                                     \
	static void id##_offline(void) { off; }                                   \
	static void id##_enter(void) { urcu_##id##_read_lock(); }                 \
	static void id##_exit(void)                                               \
	{                                                                         \
		race_release(race_section);                                       \
		urcu_##id##_read_unlock();                                        \
	}                                                                         \
	static void id##_quiesce(void) { quiet; }                                 \
	static void id##_synchronize(void)                                        \
	{                                                                         \
		urcu_##id##_synchronize_rcu();                                    \
		race_acquire(race_section);                                       \
	}                                                                         \
	static const struct reclaim reclaim_##id = {                              \
		.name = #id, .summary = text, .source = "liburcu " #id,           \
		.online = id##_online, .offline = id##_offline, .enter = id##_enter, \
		.exit = id##_exit, .quiesce = id##_quiesce, .synchronize = id##_synchronize, \
	};

FLAVOUR(memb, urcu_memb_register_thread(), urcu_memb_unregister_thread(), (void)0,
	"read sections without barriers; the waiter uses sys_membarrier")
FLAVOUR(mb, urcu_mb_register_thread(), urcu_mb_unregister_thread(), (void)0,
	"read sections with full barriers")
FLAVOUR(qsbr, urcu_qsbr_register_thread(), urcu_qsbr_unregister_thread(),
	urcu_qsbr_quiescent_state(), "sections cost nothing; readers say when they are between two")
FLAVOUR(bp, urcu_bp_register_thread(), urcu_bp_unregister_thread(), (void)0,
	"as mb; threads are registered by themselves")

static const struct reclaim reclaim_busted = {
	.name = "busted", .at_once = true, .source = "none: a busted twin",
	.summary = "control: frees at once and poisons, waits for nobody",
	.online = nothing, .offline = nothing, .enter = nothing, .exit = nothing,
	.quiesce = nothing, .synchronize = nothing,
};

const struct reclaim reclaim_alone = {
	.name = "alone", .summary = "one thread alone", .source = "none",
	.online = nothing, .offline = nothing, .enter = nothing, .exit = nothing,
	.quiesce = nothing, .synchronize = nothing,
};

const struct reclaim *const reclaims[] = {
	&reclaim_memb, &reclaim_mb, &reclaim_qsbr, &reclaim_bp, &reclaim_busted, NULL,
};
