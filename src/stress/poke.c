/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * membarrier(PRIVATE_EXPEDITED) sends an interrupt to every other CPU that runs a
 * thread of ours: where a signal would be delivered at a kernel's leisure, this comes
 * at whatever instruction is next.
 */
#include "poke.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "pin.h"

/* linux/membarrier.h is younger than some of our libcs. */
enum {
	MEMBARRIER_QUERY = 0,
	MEMBARRIER_PRIVATE_EXPEDITED = 1 << 3,
	MEMBARRIER_REGISTER_PRIVATE_EXPEDITED = 1 << 4,
};

static long membarrier(int command)
{
#ifdef SYS_membarrier
	return syscall(SYS_membarrier, command, 0, 0);
#else
	(void)command;
	return -1;
#endif
}

/* An emulator's threads are interrupted where its host likes, between no two of ours. */
bool poke_usable(void)
{
	const long known = membarrier(MEMBARRIER_QUERY);
	char emulator[64];

	return known > 0 && (known & MEMBARRIER_PRIVATE_EXPEDITED) &&
	       !user_emulator(emulator, sizeof(emulator)) &&
	       !membarrier(MEMBARRIER_REGISTER_PRIVATE_EXPEDITED);
}

void poke(void)
{
	membarrier(MEMBARRIER_PRIVATE_EXPEDITED);
}
