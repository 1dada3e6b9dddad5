/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For src/protocol's layouts, which name the C library's header: the kernel has these types too. */
#include <linux/types.h>
