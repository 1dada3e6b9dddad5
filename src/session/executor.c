/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds out what runs the instrument.
 *
 * Invariant: every source may be missing (there is no /proc on some boards); what
 * cannot be found is "unknown", and nothing here fails.
 */
#include "executor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* What $TORNWALK_EXECUTOR may say too. */
static const char native[] = "native";

static void cpu_name(char *buf, size_t len)
{
	static const char *const keys[] = { "model name", "Hardware", "Processor", "cpu" };
	FILE *f = fopen("/proc/cpuinfo", "r");
	char line[256], *colon;
	unsigned i;

	snprintf(buf, len, "unknown");
	while (f && fgets(line, sizeof(line), f)) {
		for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
			colon = strchr(line, ':');
			size_t n = strlen(keys[i]);

			if (!colon || strncmp(line, keys[i], n) || line[n + strspn(line + n, " \t")] != ':')
				continue;
			line[strcspn(line, "\n")] = '\0';
			snprintf(buf, len, "%s", colon + strspn(colon, ": \t"));
			fclose(f);
			return;
		}
	}
	if (f)
		fclose(f);
}

/*
 * Takes $TORNWALK_EXECUTOR, which a script sets that starts us under an emulator and
 * knows its version; without it, what can be seen from inside.
 */
static void executor_kind(char *buf, size_t len)
{
	const char *given = getenv("TORNWALK_EXECUTOR");

	if (given && *given)
		snprintf(buf, len, "%s", given);
	else if (!user_emulator(buf, len) || !*buf)
		snprintf(buf, len, "%s", native);
}

void executor_probe(struct executor *x)
{
	struct utsname u;

	x->target = TARGET;
	x->flags = FLAGS;
	x->git = GIT;
	cpu_name(x->cpu, sizeof(x->cpu));
	snprintf(x->kernel, sizeof(x->kernel), "unknown");
	if (!uname(&u))
		snprintf(x->kernel, sizeof(x->kernel), "%.40s %.50s %.30s", u.sysname, u.release,
			 u.machine);
#ifdef __clang__
	snprintf(x->compiler, sizeof(x->compiler), "clang %d.%d.%d", __clang_major__,
		 __clang_minor__, __clang_patchlevel__);
#else
	snprintf(x->compiler, sizeof(x->compiler), "gcc %d.%d.%d", __GNUC__, __GNUC_MINOR__,
		 __GNUC_PATCHLEVEL__);
#endif
	executor_kind(x->kind, sizeof(x->kind));
	x->model = machine_stores_in_order && !strcmp(x->kind, native) ? MODEL_TSO : MODEL_WEAK;
}
