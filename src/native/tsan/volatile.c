/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * READ_ONCE and WRITE_ONCE for ThreadSanitizer. Told to distinguish volatile, the
 * compiler reports those accesses through hooks of their own, which the kernel's
 * runtime has and the user-space one lacks. Here they are relaxed atomics: no race
 * among themselves and no order for others, but a race with a plain access.
 *
 * A hook comes before the access it reports, and knows no value. A store is
 * reported as an atomic addition of nothing. Each hook ends in its call, so that
 * the access is blamed on the hook's caller.
 */
#include <stdint.h>

enum { RELAXED = 0 };

uint8_t __tsan_atomic8_load(const volatile uint8_t *p, int order);
uint16_t __tsan_atomic16_load(const volatile uint16_t *p, int order);
uint32_t __tsan_atomic32_load(const volatile uint32_t *p, int order);
uint64_t __tsan_atomic64_load(const volatile uint64_t *p, int order);
uint8_t __tsan_atomic8_fetch_add(volatile uint8_t *p, uint8_t v, int order);
uint16_t __tsan_atomic16_fetch_add(volatile uint16_t *p, uint16_t v, int order);
uint32_t __tsan_atomic32_fetch_add(volatile uint32_t *p, uint32_t v, int order);
uint64_t __tsan_atomic64_fetch_add(volatile uint64_t *p, uint64_t v, int order);

#define HOOKS(bytes, bits)                                                       \
	void __tsan_volatile_read##bytes(void *p);                                \
	void __tsan_volatile_write##bytes(void *p);                               \
	void __tsan_volatile_read##bytes(void *p)                                 \
	{                                                                         \
		__tsan_atomic##bits##_load(p, RELAXED);                           \
	}                                                                         \
	void __tsan_volatile_write##bytes(void *p)                                \
	{                                                                         \
		__tsan_atomic##bits##_fetch_add(p, 0, RELAXED);                   \
	}
HOOKS(1, 8)
HOOKS(2, 16)
HOOKS(4, 32)
HOOKS(8, 64)
