/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * audit BINARY...: what each reader and writer was compiled to, against its claim.
 *
 * About the native world's symbols only (native_*): in the others a delay or
 * a scheduler stands between the words, and nothing is claimed.
 */
#include "audit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_BAD_INPUT = 2 };

static const char world[] = "native_";

static int by_symbol(const void *a, const void *b)
{
	return strcmp(((const struct check *)a)->symbol, ((const struct check *)b)->symbol);
}

static uint64_t add_code(uint64_t h, const struct image *img, const struct function *f)
{
	const uint8_t *code = image_code(img, f);
	size_t i;

	for (i = 0; code && i < f->size; i++)
		h = (h ^ code[i]) * 1099511628211u;
	return h;
}

/* "native_read_x.cold" is a piece of its function: the jump there is what counts. */
static const char *audited_name(const struct function *f)
{
	if (strncmp(f->name, world, sizeof(world) - 1) || strstr(f->name, ".cold"))
		return NULL;
	return f->name + sizeof(world) - 1;
}

static int audit_image(struct audit *a, const struct image *img)
{
	static const char *const isas[] = { [ISA_X86_64] = "x86_64", [ISA_I386] = "i386", [ISA_ARM] = "arm" };
	size_t i;
	int err;

	a->isa = isas[img->isa];
	a->lpae = img->lpae;
	a->code = 14695981039346656037u;
	a->checks = calloc(img->nfunctions, sizeof(*a->checks));
	if (!a->checks)
		return -ENOMEM;
	for (i = 0; i < img->nfunctions; i++) {
		const struct function *f = &img->functions[i];
		const char *name = audited_name(f);
		char base[80];
		struct claim c;

		if (!name)
			continue;
		snprintf(base, sizeof(base), "%.*s", (int)strcspn(name, "."), name);
		if (!claim_find(&c, base, img->isa))
			continue;
		err = check_make(&a->checks[a->n++], img, f, name, &c);
		if (err)
			return err;
		a->code = add_code(a->code, img, f);
	}
	qsort(a->checks, a->n, sizeof(*a->checks), by_symbol);
	return 0;
}

static int audit_file(struct audit *a, const char *path)
{
	const char *why = "";
	struct image img;
	int err = image_open(&img, path, &why);

	a->path = path;
	if (!err) {
		err = audit_image(a, &img);
		why = err ? strerror(-err) : "no native_* symbol in it; the unstripped one is tornwalk.full";
		image_close(&img);
	}
	if (err || !a->n)
		fprintf(stderr, "tornreport: %s: %s\n", path, why);
	return err || !a->n ? -1 : 0;
}

static void audit_free(struct audit *a)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		codegen_free(&a->checks[i].code);
	free(a->checks);
}

static bool any_differs(const struct audit *a)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		if (a->checks[i].class == AUDIT_DIFFERS)
			return true;
	return false;
}

int audit_main(int argc, char **argv)
{
	static const char help[] =
		"usage: tornreport audit [--json|--brief|--lines] BINARY...\n"
		"--json: for tornreport html and gate; --brief: only what is not simply as claimed\n"
		"--lines: symbol, claim, compiled to, verdict, with tabs between: for tornwalk explain\n"
		"exit: 0 as claimed, 1 a symbol differs from its claim, 2 bad input\n";
	bool json = argc > 1 && !strcmp(argv[1], "--json");
	bool brief = argc > 1 && !strcmp(argv[1], "--brief");
	bool lines = argc > 1 && !strcmp(argv[1], "--lines");
	int first = json || brief || lines ? 2 : 1, i, code = 0;
	size_t n = (size_t)(argc - first);
	struct audit *a;

	if (argc == 2 && !strcmp(argv[1], "--help"))
		return fputs(help, stdout) < 0 || fflush(stdout) ? EXIT_BAD_INPUT : 0;
	if (argc <= first || argv[first][0] == '-') {
		fputs(help, stderr);
		return EXIT_BAD_INPUT;
	}
	a = calloc(n, sizeof(*a));
	if (!a)
		return EXIT_BAD_INPUT;
	for (i = 0; i < (int)n && code != EXIT_BAD_INPUT; i++) {
		if (audit_file(&a[i], argv[first + i]))
			code = EXIT_BAD_INPUT;
		else if (any_differs(&a[i]))
			code = 1;
	}
	if (code != EXIT_BAD_INPUT && json)
		audit_json(a, n);
	else if (code != EXIT_BAD_INPUT && lines)
		audit_lines(a, n);
	else if (code != EXIT_BAD_INPUT)
		audit_table(a, n, brief);
	while (i-- > 0)
		audit_free(&a[i]);
	free(a);
	return code;
}
