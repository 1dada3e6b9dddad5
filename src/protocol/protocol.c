/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one world makes of the protocol sources, under one name. */
#include "lists.h"

const struct protocol PROTOCOL_LIST(protocol) = {
	.world = WORLD_NAME,
	.readers = PROTOCOL_LIST(readers),
	.writers = PROTOCOL_LIST(writers),
	.transitions = PROTOCOL_LIST(transitions),
	.walkers = PROTOCOL_LIST(walkers),
	.consumers = PROTOCOL_LIST(consumers),
	.split = PROTOCOL_LIST(split),
	.seed = WORLD_SEED,
};
