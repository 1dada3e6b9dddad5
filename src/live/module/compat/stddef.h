/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For src/protocol's layouts: NULL and size_t. */
#include <linux/stddef.h>
