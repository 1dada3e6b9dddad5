/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The module, by its ioctls, and what it answers as lines. `call` is the seam: a test has a fake
 * behind it. It returns 0 or -errno.
 */
#ifndef TORNWALK_LIVE_DEVICE_H
#define TORNWALK_LIVE_DEVICE_H

#include <stdint.h>

#include "live/live.h"

struct operation;

struct device {
	int fd;
	int (*call)(struct device *d, unsigned long request, void *arg);
	struct live_hello hello;
};

/* May it be opened? 0, or an exit code after one line on stderr. */
int device_there(void);
/* Opens LIVE_DEVICE and says hello; 0, or an exit code after one line on stderr. */
int device_open(struct device *d);
/* The same of a device that is open: the hello and its line. */
int device_hello(struct device *d);

/* Those that there are at this level, as a mask. */
uint32_t device_readers(const struct device *d, enum live_level level);

/* Each reader against each writer of the private entry; 0, or -errno of the last that failed. */
int device_races(struct device *d, struct live_race *how, const int cpus[2]);

/* Asks of each value of a generated table; returns how many answers differ from ours, or -errno. */
int device_layouts(struct device *d);

/* After STOP: the lines read and value of all readers. 0 or -errno. */
int device_values(struct device *d, const struct operation *op);

#endif
