/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tornwalk list: every name, what it means, the kernel source it models. */
#include <stdio.h>

#include "commands.h"
#include "config/listing.h"
#include "options.h"
#include "usage.h"

static const char help[] =
	"usage: tornwalk list [readers|writers|walkers|transitions|layouts|consumers|reclaim|outcomes|\n"
	"                      levels|worlds|scenarios|suites]\n"
	"Every name that an option or a scenario file may use: what it means, and the kernel source\n"
	"that it models. Without a word, all of them.\n"
	"\n"
	"example: tornwalk list readers\n"
	"\n"
	"exit: 0; 2 bad usage or input\n";

static const struct option options[] = { OPTION_HELP, { 0 } };

int cmd_list(int argc, char **argv)
{
	char err[2048];
	const int code = options_parse(&(struct command_line){ .command = "list", .help = help,
							       .options = options }, argc, argv);

	if (code != GO_ON)
		return code;
	if (argc - optind > 1)
		return usage_error("list takes one word, not \"%s\"", argv[optind + 1]);
	if (listing_print(stdout, optind < argc ? argv[optind] : NULL, err, sizeof(err)))
		return usage_error("%s", err);
	return fflush(stdout) ? EXIT_USAGE : EXIT_PASS;
}
