/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test_name.h"

static bool plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-';
}

/* Dots stay dots, but no part is empty. */
static void dotted(FILE *f, const char *s)
{
	char last = '.';

	for (; *s; last = *s++)
		if (*s != '.')
			putc(plain(*s) ? *s : '_', f);
		else
			fputs(last == '.' ? "_." : ".", f);
	if (last == '.')
		putc('_', f);
}

void test_name_part(FILE *f, const char *s)
{
	putc('.', f);
	if (!*s)
		putc('_', f);
	for (; *s; s++)
		putc(plain(*s) ? *s : '_', f);
}

void test_name_print(FILE *f, const struct test_name *n)
{
	const char *const parts[] = { n->level, n->layout, n->walker, n->reader, n->transition,
				      n->writer, n->consumer, n->reclaim, n->world };
	unsigned i;

	fputs("tornwalk", f);
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		test_name_part(f, parts[i]);
	fprintf(f, ".%s.r%u-w%u-s%u.", n->alias ? "alias" : "no-alias", n->readers, n->writers,
		n->slots);
	dotted(f, n->scenario);
}
