/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tornwalk itself has no mutants: they would be half of it. */
#include "cli/cli.h"

int cmd_mutants(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return usage_error("this program has no mutants in it; make mutants builds the one that has, "
			   "tornwalk-mutants");
}
