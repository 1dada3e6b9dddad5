/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A witness taken apart: both words in the field names of its layout, and the
 * store each half came from. One of which only the sentence is known is shown as it is.
 */
#include <inttypes.h>
#include <string.h>

#include "html.h"
#include "protocol/walk.h"

static const struct layout *layout_of(const char *name)
{
	for (unsigned i = 0; layouts[i]; i++)
		if (!strcmp(layouts[i]->name, name))
			return layouts[i];
	return NULL;
}

/* "store #49", "a clear" */
static void put_origin(FILE *f, uint8_t from, unsigned store)
{
	switch (from) {
	case HALF_ZERO:
		fputs("a clear", f);
		break;
	case HALF_STAMPED:
		fprintf(f, "store #%u", store);
		break;
	case HALF_INVERTED:
		fprintf(f, "the invalidation of store #%u", store);
		break;
	default:
		fputs("no store at all", f);
		break;
	}
}

static void put_high(FILE *f, const struct witness *w)
{
	put_origin(f, w->high.from, w->high.store);
}

static void put_low(FILE *f, const struct witness *w)
{
	put_origin(f, w->low.from, w->low.store);
}

static uint32_t high_of(const struct witness *w)
{
	return (uint32_t)(w->used >> 32);
}

static uint32_t low_of(const struct witness *w)
{
	return (uint32_t)w->used;
}

/* ---- by its fields: what is set ---- */

static void set_fields(FILE *f, const struct layout *L, uint64_t value, unsigned from)
{
	const struct field *x;

	for (x = L->fields; x->name; x++) {
		const uint64_t v = value >> x->bit & (x->width == 64 ? ~0ull : (1ull << x->width) - 1);

		if (x->bit / 32 != from / 32 || !v)
			continue;
		if (x->width == 1)
			fprintf(f, " %s", x->name);
		else
			fprintf(f, " %s=%" PRIx64, x->name, v);
	}
}

static void put_fields(FILE *f, const struct layout *L, const struct witness *w)
{
	fprintf(f, "<pre>high %08x", high_of(w));
	set_fields(f, L, w->used & ~0xffffffffull, 32);
	fputs(" ← ", f);
	put_high(f, w);
	fprintf(f, "\nlow  %08x", low_of(w));
	set_fields(f, L, low_of(w), 0);
	fputs(" ← ", f);
	put_low(f, w);
	fputs("</pre>", f);
}

/* ---- bit by bit ---- */

static const struct field *field_at(const struct layout *L, unsigned bit)
{
	const struct field *x;

	for (x = L->fields; x->name; x++)
		if (bit >= x->bit && bit < x->bit + x->width)
			return x;
	return NULL;
}

/* One column per field, the highest first; bits that have no name are columns too. */
static void put_word(FILE *f, const struct layout *L, uint32_t word, unsigned base, const char *which,
		     const struct witness *w)
{
	char names[1024] = "", bits[1024] = "";
	size_t n = 0, b = 0;
	unsigned bit = base + 32;

	while (bit > base) {
		const struct field *x = field_at(L, bit - 1);
		const unsigned top = bit - 1;

		do
			bit--;
		while (bit > base && field_at(L, bit - 1) == x);
		n += (size_t)snprintf(names + n, sizeof(names) - n, "<th scope=col>%s<small>%u",
				      x ? x->name : "–", top);
		if (bit < top)
			n += (size_t)snprintf(names + n, sizeof(names) - n, "–%u", bit);
		n += (size_t)snprintf(names + n, sizeof(names) - n, "</small>");
		b += (size_t)snprintf(bits + b, sizeof(bits) - b, "<td>");
		for (unsigned i = top + 1; i-- > bit && b < sizeof(bits) - 2;) {
			bits[b++] = word >> (i - base) & 1 ? '1' : '0';
			if (i > bit && (i - bit) % 4 == 0)
				bits[b++] = ' ';
		}
		bits[b] = '\0';
	}
	fprintf(f, "<table class=\"bits %s\"><caption>%s word <code>%08x</code> from ", which, which, word);
	(base ? put_high : put_low)(f, w);
	fprintf(f, "</caption><tr>%s<tr>%s</table>", names, bits);
}

/* In brief: the words are explained on the page, and the seed is in the command. */
static void put_rest(FILE *f, const struct result *r, bool brief)
{
	const struct witness *w = r->witness;

	fputs("<p>", f);
	if (w->apart)
		fprintf(f, "%u store%s apart (mod %u)", w->apart, w->apart == 1 ? "" : "s", w->modulo);
	if (w->newer != NR_DIRECTIONS)
		fprintf(f, "%s%s is newer", w->apart ? ", " : "", w->newer == LOW_NEWER ? "low" : "high");
	if (w->apart || w->newer != NR_DIRECTIONS)
		fputs(": ", f);
	page_text(f, w->perhaps_held ? outcome_perhaps_held : brief ? outcome_kinds[w->outcome].name :
		  outcome_kinds[w->outcome].meaning);
	fprintf(f, "; slot %u, reader %u on CPU %d, %" PRIu64 " us", w->slot, w->reader, w->cpu, w->ns / 1000);
	if (!brief)
		fprintf(f, " after start, seed %u", r->seed);
	if (w->decided != w->used)
		fprintf(f, "; decided on <code>%08x:%08x</code>", (uint32_t)(w->decided >> 32),
			(uint32_t)w->decided);
}

void html_anatomy(FILE *f, const struct result *r, bool brief)
{
	const struct layout *L = layout_of(r->layout);
	const struct witness *w = r->witness;

	if (!L || !w->known) {
		fputs("<p>", f);
		page_text(f, w->text);
		return;
	}
	if (brief) {
		put_fields(f, L, w);
	} else {
		fputs("<div class=wide tabindex=0 role=region aria-label=\"witness bit by bit\">", f);
		put_word(f, L, high_of(w), 32, "high", w);
		put_word(f, L, low_of(w), 0, "low", w);
		fputs("</div>", f);
	}
	put_rest(f, r, brief);
}
