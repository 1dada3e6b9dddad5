/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ctrl-C ends a cell, not the program: what has been measured is still written. */
#ifndef TORNWALK_SIGNALS_H
#define TORNWALK_SIGNALS_H

#include <signal.h>

/* Set by SIGINT, SIGTERM and SIGHUP once catch_signals() has been called. */
extern volatile sig_atomic_t interrupted;
void catch_signals(void);

#endif
