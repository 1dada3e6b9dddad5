/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which CPUs there are for us, what makes them up, and how to sit on one. */
#ifndef TORNWALK_PIN_H
#define TORNWALK_PIN_H

#include <stdbool.h>
#include <stddef.h>

enum { MAX_CPUS = 8192 };

struct cpus {
	unsigned n;
	int id[MAX_CPUS];	/* in rising order; numbers may have holes */
	unsigned quota_percent;	/* of one CPU, from the cgroup; 0: no limit */
};

/* The CPUs this process may run on. Never fails: at worst it is CPU 0. */
void cpus_allowed(struct cpus *c);

/*
 * Narrows `c` to a list such as "0,2-5". On a bad word or a CPU that is not
 * allowed: -EINVAL and one line in err.
 */
int cpus_choose(struct cpus *c, const char *list, char *err, unsigned len);

/*
 * Does an emulator of user programs run us, as far as that shows from inside? Its
 * name, or "" where only its lack of a vDSO gives it away (a kernel may lack one too).
 */
bool user_emulator(char *name, size_t len);

/* Pins the calling thread; false: it could not. */
bool pin_to(int cpu);

#endif
