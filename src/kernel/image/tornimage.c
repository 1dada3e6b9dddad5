/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tornimage IMAGE [--loads]: the stores to page-table entries in a kernel's image, or the loads as
 * well, a line each, with tabs between:
 *	store|load|rmw|locked rmw  FUNCTION+0xOFFSET  LEVEL  PROMISE  ORDER  INSTRUCTIONS  SECOND  NOTE  0xADDRESS
 * SECOND is where the second instruction is, FUNCTION+0xOFFSET, or -. The last line is a summary.
 *
 * Exit: 0 each is resolved, 1 some are unknown, 2 bad input.
 */
#include "rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *level_words(unsigned levels)
{
	static const char *const words[] = { "-", "pte", "pmd", "pte|pmd", "pgd", "pte|pgd", "pmd|pgd", "any" };

	return words[levels & 7];
}

static const char *kind(char how)
{
	return how == 'R' ? "load" : how == 'X' ? "locked rmw" : how == 'B' ? "rmw" : how == 'C' ? "call" : "store";
}

static void place(const struct kimage *k, uint32_t addr, char *to, size_t room)
{
	int s = kimage_symbol(k, addr);

	if (s < 0)
		snprintf(to, room, "0x%x", addr);
	else
		snprintf(to, room, "%s+0x%x", k->symbols[s].name, addr - k->symbols[s].addr);
}

static void instruction(const struct whole *w, uint32_t addr, char *to, size_t room)
{
	const uint8_t *p = NULL;
	uint32_t len = 16;
	cs_insn *in = NULL;
	char *s;

	while (len && !(p = kimage_at(w->image, addr, len)))
		len--;
	if (!p || !cs_disasm(w->lifter.cs, p, len, addr, 1, &in))
		return;
	snprintf(to, room, "%s %s", in->mnemonic, in->op_str);
	while ((s = strstr(to, "word ptr ")))	/* its name says how wide it is, or its registers do */
		memmove(s - (s > to && strchr("dq", s[-1]) ? 1 : 0), s + 9, strlen(s + 9) + 1);
	cs_free(in, 1);
}

static void print(const struct whole *w, const struct row *r)
{
	char at[300], second[300] = "-", text[600] = "", one[200];
	unsigned i;

	place(w->image, r->addr[0], at, sizeof(at));
	if (r->nparts > 1)
		place(w->image, r->addr[1], second, sizeof(second));
	for (i = 0; i < r->nparts; i++) {
		instruction(w, r->addr[i], one, sizeof(one));
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? "; " : "", one);
	}
	printf("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t0x%08x\n", kind(r->how), at, level_words(r->levels), r->how == 'S' ? "by set_pte_ext" :
	       promise_words[r->promise], r->order, text, second, *r->note ? r->note : "-", r->addr[0]);
}

static int usage(void)
{
	fputs("usage: tornimage IMAGE [--loads]\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	unsigned i, n[2][NR_PROMISES] = { { 0 } }, called = 0;
	struct kimage k;
	struct whole w;
	struct rows rows;
	const char *why;
	bool loads = argc == 3 && !strcmp(argv[2], "--loads");
	int err;

	if (argc < 2 || argc > 3 || (argc == 3 && !loads))
		return usage();
	if (kimage_open(&k, argv[1], &why)) {
		fprintf(stderr, "tornimage: %s: %s\n", argv[1], why);
		return 2;
	}
	err = whole_open(&w, &k);
	if (!err)
		err = whole_run(&w);
	if (!err)
		err = rows_make(&w, &rows);
	if (err) {
		fprintf(stderr, "tornimage: %s: %s\n", argv[1], strerror(-err));
		return 2;
	}
	if (!rows.n) {
		fprintf(stderr, "tornimage: %s: no table of 8-byte entries is walked in it: no kernel with PAE or LPAE\n", argv[1]);
		return 2;
	}
	for (i = 0; i < rows.n; i++) {
		const struct row *r = &rows.row[i];

		if (r->how == 'S')
			called++;
		else
			n[r->how == 'R'][r->promise]++;
		if (loads || r->how != 'R' || r->promise == UNKNOWN)
			print(&w, r);
	}
	printf("summary\t%s\t%u functions, %s", k.arch == ARCH_ARM ? "arm" : "i386", k.nsymbols, k.kallsyms ? "kallsyms" : "symtab");
	for (i = 0; i < NR_PROMISES; i++)
		printf("\t%s: %u stores, %u loads", promise_words[i], n[0][i], n[1][i]);
	printf("\tby set_pte_ext: %u\tunsettled: %u\tdoubtful: %u\n", called, w.unsettled, w.doubtful);
	free(rows.row);
	err = n[0][UNKNOWN] || n[1][UNKNOWN] || w.unsettled;
	whole_close(&w);
	kimage_close(&k);
	return err;
}
