/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs parties in the explored world by a script: each letter lets the party
 * of that name make its next shared access. Sequentially consistent.
 */
#ifndef TORNWALK_SCRIPT_H
#define TORNWALK_SCRIPT_H

struct party {
	char name;		/* its letter in the script */
	void (*run)(void *arg);
	void *arg;
	unsigned accesses;	/* out: how many it made */
};

/*
 * Runs `n` parties by `script` ("rwwr"), then each to its end, in the order
 * they are listed. Letters for a party that has ended, and blanks, are skipped.
 * Returns 0; -EINVAL: a letter of nobody; -EDEADLK: a party waits for a lock
 * that nobody will release; -ENOMEM.
 */
int script_run(struct party *parties, unsigned n, const char *script);

#endif
