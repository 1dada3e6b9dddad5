/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For src/protocol's layouts: __always_inline. */
#include <linux/compiler.h>
