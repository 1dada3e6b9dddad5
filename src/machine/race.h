/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What ThreadSanitizer cannot see for itself: liburcu is not instrumented, and a
 * frame number that is looked up is an address dependency. Nothing in other builds.
 */
#ifndef TORNWALK_RACE_H
#define TORNWALK_RACE_H

#ifdef RACE_DETECTOR
extern char race_published;	/* what a wmb ordered before the entry that leads to it */
extern char race_section;	/* what was done in read sections that have ended */
void __tsan_acquire(void *addr);
void __tsan_release(void *addr);
#define race_acquire(what) __tsan_acquire(&(what))
#define race_release(what) __tsan_release(&(what))
#else
#define race_acquire(what) ((void)0)
#define race_release(what) ((void)0)
#endif

#endif
