/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the readers and writers of a page's cells compiled to, from what
 * `tornreport audit --json` said of the binaries that ran. A binary belongs to a
 * machine by its place: build/<target>-<compiler>/.
 */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "protocol/symbols.h"
#include "report/results/line.h"
#include "report/results/pool.h"

enum { SYMBOL = 128 };

struct code {
	const char *path;
	struct compiled {
		const char *symbol, *claim, *form, *verdict;
		bool used;
	} *of;
	size_t n;
};

static const char *text(const struct results *rs, const json_t *o, const char *member)
{
	const char *s = json_string_value(json_object_get(o, member));

	return pool_string(rs->pool, s ? s : "");
}

static void take(const struct results *rs, const json_t *b, struct code *c)
{
	const json_t *symbols = json_object_get(b, "symbols");
	json_t *s;
	size_t i;

	c->path = text(rs, b, "path");
	c->of = pool_alloc(rs->pool, (json_array_size(symbols) + 1) * sizeof(*c->of));
	json_array_foreach(symbols, i, s)
		c->of[c->n++] = (struct compiled){ text(rs, s, "symbol"), text(rs, s, "claim"),
						   text(rs, s, "form"), text(rs, s, "verdict"), false };
}

int html_audit(struct html_words *w, struct results *rs, const char *path)
{
	const json_t *binaries;
	json_error_t e;
	json_t *o, *b;
	size_t i;

	line_setup();
	if (!rs->pool)
		rs->pool = pool_new();
	o = json_load_file(path, 0, &e);
	binaries = json_object_get(o, "binaries");
	if (!json_array_size(binaries)) {
		json_decref(o);
		return -EINVAL;
	}
	w->code = realloc(w->code, (w->nr_code + json_array_size(binaries)) * sizeof(*w->code));
	if (!w->code)
		abort();
	json_array_foreach(binaries, i, b) {
		w->code[w->nr_code] = (struct code){ 0 };
		take(rs, b, &w->code[w->nr_code++]);
	}
	json_decref(o);
	return 0;
}

static struct code *code_of(const struct page *p, const struct machine *m)
{
	char dir[SYMBOL];

	snprintf(dir, sizeof(dir), "/%.60s-%s/", m->target,
		 !strncmp(m->compiler, "clang", 5) ? "clang" : "gcc");
	for (size_t i = 0; i < p->nr_code; i++)
		if (strstr(p->code[i].path, dir))
			return &p->code[i];
	return NULL;
}

static struct compiled *find(struct code *c, const char *symbol)
{
	for (size_t i = 0; c && i < c->n; i++)
		if (!strcmp(c->of[i].symbol, symbol))
			return &c->of[i];
	return NULL;
}

/* The row of this name; NULL: this program knows none. */
#define ROW(list, word)                                                          \
	({                                                                        \
		__auto_type row_ = native_protocol.list;                          \
		while (row_->name && strcmp(row_->name, (word)))                  \
			row_++;                                                   \
		row_->name ? row_ : NULL;                                         \
	})

/* False: a world that no claim is about, or names of a later version. */
static bool parts_of(const struct result *r, struct reader *elsewhere, struct parts *p)
{
	*p = (struct parts){ .walker = ROW(walkers, r->walker), .reader = ROW(readers, r->reader),
			     .writer = ROW(writers, r->writer), .transition = ROW(transitions, r->transition),
			     .consumer = ROW(consumers, r->consumer), .tight = r->tight, .pauses = r->pauses };
	for (unsigned i = 0; i < NR_LAYOUTS; i++)
		if (!strcmp(layouts[i]->name, r->layout)) {
			p->layout = layouts[i];
			p->layout_id = i;
		}
	if (!p->reader) {	/* an 8-byte instruction of another machine */
		*elsewhere = (struct reader){ .name = r->reader };
		p->reader = elsewhere;
	}
	return p->layout && p->walker && p->writer && p->transition && p->consumer &&
	       !strcmp(r->world, native_protocol.world) && r->rung != RUNG_WIDENED;
}

/* What a cell runs was compiled to; NULLs among them. */
static void compiled_of(const struct page *p, const struct result *r, struct compiled *of[NR_SYMBOLS])
{
	struct code *c = code_of(p, r->machine);
	struct symbols symbols = { 0 };
	struct reader elsewhere;
	struct parts parts;

	if (c && parts_of(r, &elsewhere, &parts))
		parts_symbols(&parts, &symbols);
	for (unsigned i = 0; i < NR_SYMBOLS; i++)
		of[i] = find(c, symbols.of[i]);
}

void html_compiled(struct page *p, const struct result *r)
{
	struct compiled *of[NR_SYMBOLS];
	bool any = false;

	compiled_of(p, r, of);
	for (unsigned i = 0; i < NR_SYMBOLS; i++) {
		if (!of[i])
			continue;
		fputs(any ? "; <code>" : "<p><a href=#code>compiled to</a> <code>", p->f);
		page_text(p->f, of[i]->symbol);
		fputs("</code> ", p->f);
		page_text(p->f, of[i]->form);
		if (strcmp(of[i]->verdict, "as claimed")) {
			fputs(" (", p->f);
			page_text(p->f, of[i]->verdict);
			fputc(')', p->f);
		}
		any = true;
	}
}

static void head(struct page *p)
{
	fputs("<section id=code aria-labelledby=code-h><h2 id=code-h>What it compiled to</h2>"
	      "<p class=note>The accesses to the entry, in the order of the machine code: R a read, W a "
	      "write, X a locked read and write; l the low word, h the high one, 8 both at once.</p>"
	      "<div class=panels>\n", p->f);
}

static void binary(struct page *p, const struct code *c)
{
	fputs("<div class=wide tabindex=0 role=region aria-label=\"compiled to\"><table><caption>", p->f);
	page_text(p->f, c->path);
	fputs("</caption><thead><tr><th scope=col>symbol<th scope=col>claim<th scope=col>compiled to"
	      "<th scope=col>verdict<tbody>\n", p->f);
	for (size_t i = 0; i < c->n; i++) {
		if (!c->of[i].used)
			continue;
		fputs("<tr><th scope=row>", p->f);
		page_text(p->f, c->of[i].symbol);
		fputs("<td>", p->f);
		page_text(p->f, c->of[i].claim);
		fputs("<td>", p->f);
		page_text(p->f, c->of[i].form);
		fputs("<td>", p->f);
		page_text(p->f, c->of[i].verdict);
		fputc('\n', p->f);
	}
	fputs("</table></div>\n", p->f);
}

void html_code(struct page *p)
{
	bool any = false;

	for (size_t i = 0; i < p->n; i++) {
		struct compiled *of[NR_SYMBOLS];

		compiled_of(p, p->cell[i], of);
		for (unsigned k = 0; k < NR_SYMBOLS; k++)
			if (of[k])
				of[k]->used = true;
	}
	for (size_t i = 0; i < p->nr_code; i++) {
		bool used = false;

		for (size_t k = 0; k < p->code[i].n; k++)
			used |= p->code[i].of[k].used;
		if (!used)
			continue;
		if (!any)
			head(p);
		any = true;
		binary(p, &p->code[i]);
	}
	if (any)
		fputs("</div></section>\n", p->f);
	else	/* what links here lands */
		fputs("<div id=code></div>\n", p->f);
}
