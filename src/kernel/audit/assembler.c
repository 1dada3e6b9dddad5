/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A function written in assembler, by tornwalk's own audit: all paths, from the argument that is the entry's address. */
#include "assembler.h"

#include <stdio.h>
#include <string.h>

#include "audit/trace.h"

int assembler_read(const char *path, const char *name, unsigned arg, char *trace, size_t room, const char **why)
{
	struct codegen g = { 0 };
	struct image img;
	size_t i;
	int err = image_open(&img, path, why);

	*trace = '\0';
	if (err)
		return err;
	for (i = 0; i < img.nfunctions && strcmp(img.functions[i].name, name); i++)
		;
	*why = "it has no such function";
	err = i < img.nfunctions ? codegen_read(&g, &img, &img.functions[i], arg, 0, true) : -1;
	if (!err && g.lost) {
		*why = g.lost;
		err = -1;
	}
	for (i = 0; !err && i < g.ntraces; i++)
		snprintf(trace + strlen(trace), room - strlen(trace), "%s%s", i ? "| " : "", g.traces[i]);
	codegen_free(&g);
	image_close(&img);
	return err;
}
