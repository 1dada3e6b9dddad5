/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "members.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

void member_add(json_t *o, const char *key, json_t *v)
{
	if (json_object_set_new(o, key, v)) {
		fprintf(stderr, "%s: \"%s\" cannot be written\n", program_invocation_short_name, key);
		exit(2);
	}
}

void member_text(json_t *o, const char *key, const char *v)
{
	member_add(o, key, json_string(v));
}

void member_number(json_t *o, const char *key, unsigned long long v)
{
	member_add(o, key, json_integer((json_int_t)v));
}

void member_cpus(json_t *o, const char *cpus)
{
	json_t *list = json_array();
	char *end;

	for (; *cpus >= '0' && *cpus <= '9'; cpus = *end ? end + 1 : end)
		json_array_append_new(list, json_integer((json_int_t)strtoul(cpus, &end, 10)));
	member_add(o, "cpus", list);
}

json_t *member_zeros(const char *const *names, unsigned n)
{
	json_t *o = json_object();

	for (unsigned i = 0; i < n; i++)
		member_number(o, names[i], 0);
	return o;
}
