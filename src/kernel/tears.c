/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tears.h"

#include <stdio.h>

#include "stress/calibrate.h"

enum { EACH_NS = 20000000 };

void tears_print(const struct cpus *cpus)
{
	struct calibration c;

	if (sizeof(long) == 8)
		return;
	calibrate(&c, cpus, EACH_NS, NULL);
	for (unsigned i = 0; i < c.n; i++)
		if (c.of[i].torn && primitive_promised(c.of[i].primitive->name))
			printf("tears\t%s\n", c.of[i].primitive->name);
}
