/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An audit as a table: one line a symbol; for several binaries one line for each
 * form a symbol has, with the binaries that have it. And as JSON, for a machine.
 */
#include "audit.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct check *find(const struct audit *a, const char *symbol)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		if (!strcmp(a->checks[i].symbol, symbol))
			return &a->checks[i];
	return NULL;
}

static bool same(const struct check *f, const struct check *g)
{
	return f && g && f->class == g->class && !strcmp(f->form, g->form) && !strcmp(f->why, g->why);
}

/* ---- the table ---- */

static void print_verdict(const struct check *f)
{
	char verdict[TRACE_MAX + 80];

	snprintf(verdict, sizeof(verdict), "%s%s%s", audit_words[f->class], *f->why ? ": " : "", f->why);
	printf("%-26s  %-34s  %-33s  ", f->claim, f->form, verdict);
}

/* One line for each form that `symbol` has in binary k or a later one. */
static void print_symbol(const struct audit *a, size_t n, const char *const *paths, const char *symbol,
			 size_t k)
{
	bool *done = calloc(n, sizeof(*done)), *in = calloc(n, sizeof(*in));
	const char *name = symbol;
	size_t i;

	for (; done && in && k < n; k++) {
		const struct check *f = find(&a[k], symbol);

		if (!f || done[k])
			continue;
		for (i = 0; i < n; i++) {
			in[i] = same(f, find(&a[i], symbol));
			done[i] |= in[i];
		}
		printf("%-34s  ", name);
		name = "";
		print_verdict(f);
		if (n > 1)
			audit_where(stdout, paths, n, in);
		putchar('\n');
	}
	free(done);
	free(in);
}

/* Has every binary that has the symbol what an exact claim says? */
static bool beyond_doubt(const struct audit *a, size_t n, const char *symbol)
{
	size_t i;

	for (i = 0; i < n; i++) {
		const struct check *f = find(&a[i], symbol);

		if (f && (f->plain || f->class != AUDIT_AS_CLAIMED))
			return false;
	}
	return true;
}

void audit_table(const struct audit *a, size_t n, bool brief)
{
	size_t counts[AUDIT_UNKNOWN + 1] = { 0 }, total = 0, left_out = 0, i, k, b;
	const char **paths = calloc(n, sizeof(*paths));

	for (i = 0; paths && i < n; i++)
		paths[i] = a[i].path;
	printf("%-34s  %-26s  %-34s  %-33s%s\n", "symbol", "claim", "compiled to", "verdict",
	       n > 1 ? "  where" : "");
	for (b = 0; paths && b < n; b++) {
		for (i = 0; i < a[b].n; i++) {
			const char *symbol = a[b].checks[i].symbol;

			counts[a[b].checks[i].class]++;
			total++;
			for (k = 0; k < b && !find(&a[k], symbol); k++)
				;
			if (k < b)
				continue;
			if (brief && beyond_doubt(a, n, symbol))
				left_out++;
			else
				print_symbol(a, n, paths, symbol, b);
		}
	}
	if (left_out)
		printf("%zu more, whose claim is exact: as claimed%s\n", left_out, n > 1 ? " everywhere" : "");
	printf("\n%zu symbols in %zu %s:", total, n, n == 1 ? "binary" : "binaries");
	for (i = 0; i <= AUDIT_UNKNOWN; i++)
		printf("%s %zu %s", i ? "," : "", counts[i], audit_words[i]);
	putchar('\n');
	free(paths);
}

/* ---- JSON ---- */

static json_t *check_json(const struct check *f)
{
	json_t *traces = json_array();
	unsigned i;

	for (i = 0; i < f->code.ntraces; i++) {
		const char *t = f->code.traces[i];

		json_array_append_new(traces, json_stringn(t, strlen(t) - (*t != '\0')));
	}
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:b, s:b, s:b}", "symbol", f->symbol, "claim", f->claim,
			 "verdict", audit_words[f->class], "why", f->why, "form", f->form, "traces", traces,
			 "refetch", f->refetch, "fused", f->fused, "calls_between", f->calls);
}

/* One symbol a line, so that what changed is a line of a diff. */
void audit_json(const struct audit *a, size_t n)
{
	size_t b, i;

	fputs("{\"schema\":1,\"binaries\":[", stdout);
	for (b = 0; b < n; b++) {
		json_t *path = json_string(a[b].path);

		printf("%s\n{\"path\":", b ? "," : "");
		json_dumpf(path, stdout, JSON_ENCODE_ANY);
		printf(",\"isa\":\"%s\",\"lpae\":%s,\"code\":\"%016" PRIx64 "\",\"symbols\":[", a[b].isa,
		       a[b].lpae ? "true" : "false", a[b].code);
		json_decref(path);
		for (i = 0; i < a[b].n; i++) {
			json_t *f = check_json(&a[b].checks[i]);

			printf("%s\n ", i ? "," : "");
			json_dumpf(f, stdout, JSON_COMPACT);
			json_decref(f);
		}
		puts("\n]}");
	}
	puts("]}");
}

/* ---- for a program that reads lines ---- */

void audit_lines(const struct audit *a, size_t n)
{
	size_t i, k;

	for (k = 0; k < n; k++)
		for (i = 0; i < a[k].n; i++) {
			const struct check *f = &a[k].checks[i];

			printf("%s\t%s\t%s\t%s%s%s\n", f->symbol, f->claim, f->form,
			       audit_words[f->class], *f->why ? ": " : "", f->why);
		}
}
