/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A witness taken apart: both words in the field names of its layout, and the
 * store each half came from, as the instrument has said it (src/stress/witness.c).
 * A text of another shape is shown as it is.
 */
#include <inttypes.h>
#include <string.h>

#include "html.h"
#include "protocol/walk.h"

enum { PART = 120 };

struct anatomy {
	uint32_t hi, lo, decided_hi, decided_lo;
	bool decided;
	char from_lo[PART], from_hi[PART];	/* "store #49", "a clear" */
	char how[PART];				/* "2 stores apart (mod 2040), low is newer" */
	const char *rest;			/* what it is; where and when */
};

static const struct layout *layout_of(const char *name)
{
	for (unsigned i = 0; layouts[i]; i++)
		if (!strcmp(layouts[i]->name, name))
			return layouts[i];
	return NULL;
}

/* From s up to one of `ends`, into buf; what follows it, or NULL. */
static const char *part(const char *s, const char *ends, char buf[PART])
{
	const size_t n = strcspn(s, ends);

	if (!s[n] || n >= PART)
		return NULL;
	memcpy(buf, s, n);
	buf[n] = '\0';
	return s + n;
}

static bool skip(const char **s, const char *word)
{
	const size_t n = strlen(word);

	if (strncmp(*s, word, n))
		return false;
	*s += n;
	return true;
}

static bool take_apart(const char *s, struct anatomy *a)
{
	char extra[PART];
	int n = 0;

	*a = (struct anatomy){ 0 };
	if (sscanf(s, "%8" SCNx32 ":%8" SCNx32 " (high:low) %n", &a->hi, &a->lo, &n) != 2 || !n)
		return false;
	s += n;
	if (!skip(&s, "low from ") || !(s = part(s, ",", a->from_lo)) ||
	    !skip(&s, ", high from ") || !(s = part(s, ",:", a->from_hi)))
		return false;
	while (skip(&s, ", ")) {
		if (sscanf(s, "decided on %8" SCNx32 ":%8" SCNx32 "%n", &a->decided_hi,
			   &a->decided_lo, &n) == 2) {
			a->decided = true;
			s += n;
			continue;
		}
		s = part(s, ",:", extra);
		if (!s)
			return false;
		snprintf(a->how + strlen(a->how), PART - strlen(a->how), "%s%s", *a->how ? ", " : "",
			 extra);
	}
	a->rest = s;
	return skip(&a->rest, ": ");
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

static void put_fields(FILE *f, const struct layout *L, const struct anatomy *a)
{
	fprintf(f, "<pre>high %08x", a->hi);
	set_fields(f, L, (uint64_t)a->hi << 32, 32);
	fputs(" ← ", f);
	page_text(f, a->from_hi);
	fprintf(f, "\nlow  %08x", a->lo);
	set_fields(f, L, a->lo, 0);
	fputs(" ← ", f);
	page_text(f, a->from_lo);
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
		     const char *from)
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
	page_text(f, from);
	fprintf(f, "</caption><tr>%s<tr>%s</table>", names, bits);
}

/* The same as text, column under column. */
static void put_bits(FILE *f, const struct layout *L, uint32_t word, unsigned base, const char *which,
		     const char *from)
{
	char names[512], bits[512];
	size_t n = 0;
	unsigned bit = base + 32;

	while (bit > base && n < sizeof(bits) - 64) {
		const struct field *x = field_at(L, bit - 1);
		const unsigned top = bit - 1;
		size_t b = n;

		do
			bit--;
		while (bit > base && field_at(L, bit - 1) == x);
		for (unsigned i = top + 1; i-- > bit;)
			bits[b++] = word >> (i - base) & 1 ? '1' : '0';
		n += (size_t)snprintf(names + n, 32, "%-*s ", (int)(b - n), x ? x->name : "-");
		while (b < n)
			bits[b++] = ' ';
	}
	while (n && bits[n - 1] == ' ')
		n--;
	fprintf(f, "%-4s %08x  %s\n               %.*s ← ", which, word, names, (int)n, bits);
	page_text(f, from);
	fputc('\n', f);
}

/* What it is, in a word where that is enough: the words are explained on the page. */
static const char *in_short(const char *what, size_t *len)
{
	for (unsigned o = 0; o < NR_OUTCOMES; o++)
		if (!strncmp(what, outcome_kinds[o].meaning, strlen(outcome_kinds[o].meaning))) {
			*len = strlen(outcome_kinds[o].meaning);
			return outcome_kinds[o].name;
		}
	return NULL;
}

static void put_rest(FILE *f, const struct anatomy *a, bool brief)
{
	const char *rest = a->rest, *name;
	char where[PART * 2];
	size_t len;

	fputs("<p>", f);
	if (*a->how) {
		page_text(f, a->how);
		fputs(": ", f);
	}
	name = brief ? in_short(rest, &len) : NULL;
	if (name) {
		fputs(name, f);
		rest += len;
	}
	if (brief && strstr(rest, " after start")) {	/* the seed is in the command */
		snprintf(where, sizeof(where), "%.*s", (int)(strstr(rest, " after start") - rest), rest);
		rest = where;
	}
	page_text(f, rest);
	if (a->decided)
		fprintf(f, "; decided on <code>%08x:%08x</code>", a->decided_hi, a->decided_lo);
}

void html_anatomy(FILE *f, const struct result *r, enum anatomy_form form)
{
	const struct layout *L = layout_of(r->layout);
	struct anatomy a;

	if (!L || !take_apart(r->witness, &a)) {
		fputs("<p>", f);
		page_text(f, r->witness);
		return;
	}
	switch (form) {
	case ANATOMY_TABLE:
		fputs("<div class=wide tabindex=0 role=region aria-label=\"witness bit by bit\">", f);
		put_word(f, L, a.hi, 32, "high", a.from_hi);
		put_word(f, L, a.lo, 0, "low", a.from_lo);
		fputs("</div>", f);
		break;
	case ANATOMY_BITS:
		fputs("<pre class=b>", f);
		put_bits(f, L, a.hi, 32, "high", a.from_hi);
		put_bits(f, L, a.lo, 0, "low", a.from_lo);
		fputs("</pre>", f);
		break;
	case ANATOMY_FIELDS:
		put_fields(f, L, &a);
		break;
	}
	put_rest(f, &a, form != ANATOMY_TABLE);
}
