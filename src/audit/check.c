/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A symbol's code against its claim: exact claims by pattern, plain C by what must be there.
 *
 * Invariant: "differs" is only said of a symbol all of whose paths were followed; where one
 * is lost, or the entry's address may have gone to a call, the answer is "unknown".
 */
#include "check.h"

#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>

const char *const audit_words[] = {
	[AUDIT_AS_CLAIMED] = "as claimed",
	[AUDIT_LUCK] = "atomic by luck of this compiler",
	[AUDIT_DIFFERS] = "differs",
	[AUDIT_UNKNOWN] = "unknown",
};

/* The next token of *s into t; false: no more. */
static bool token(const char **s, char *t)
{
	size_t n = strcspn(*s, " ");

	memcpy(t, *s, n);
	t[n] = '\0';
	*s += n + ((*s)[n] == ' ');
	return n > 0;
}

/* Rl, W8(strd), R1+3 ... */
static bool is_access(const char *t)
{
	return strchr("RWX", t[0]) && (isdigit((unsigned char)t[1]) || t[1] == 'l' || t[1] == 'h');
}

static bool is_call(const char *t) { return !strncmp(t, "call", 4); }

static void without_calls(const char *trace, char *out)
{
	char t[TRACE_MAX];

	for (*out = '\0'; token(&trace, t);)
		if (!is_call(t))
			strcat(strcat(out, t), " ");
}

/* Is this access single-copy atomic for both words, by the architecture's word? */
static bool promised(const struct image *img, const char *t)
{
	if (t[1] != '8')
		return false;
	if (img->isa != ISA_ARM)
		return true;
	return strstr(t, "exd") || (img->lpae && (strstr(t, "(ldrd)") || strstr(t, "(strd)")));
}

struct facts {
	unsigned accesses, promised, low, high;	/* of all traces */
	unsigned handed_over;
};

static void look(struct check *f, const struct image *img, const char *trace, bool straight, struct facts *x)
{
	unsigned low = 0, high = 0, accesses = 0;
	bool called = false;
	char t[TRACE_MAX];

	while (token(&trace, t)) {
		bool both = t[1] == '8', l = both || t[1] == 'l', h = both || t[1] == 'h';

		called |= is_call(t);
		x->handed_over += !strncmp(t, "call(p)", 7);
		if (!is_access(t))
			continue;
		f->calls |= called && accesses;
		accesses++;
		x->accesses++;
		x->promised += promised(img, t);
		x->low += l;
		x->high += h;
		f->fused |= l && h;
		if (!straight || t[0] == 'W')
			continue;
		f->refetch |= (l && low++) || (h && high++);
	}
}

/* Is t nothing but `once`, several times over? */
static bool repeats(const char *t, const char *once)
{
	size_t n = strlen(once);

	while (n && !strncmp(t, once, n))
		t += n;
	return !*t;
}

/* A step's form: what the path that accesses most does. */
static void describe_step(struct check *f)
{
	const struct codegen *g = &f->code;
	size_t longest = 0;
	unsigned i;

	for (i = 0; i < g->ntraces; i++) {
		size_t len = strlen(g->traces[i]);

		if (len <= longest)
			continue;
		snprintf(f->form, sizeof(f->form), "%s%.*s", longest || i ? "up to " : "", (int)len - 1, g->traces[i]);
		longest = len;
	}
}

/*
 * A reader's or writer's: the straight traces, without those that only repeat another;
 * of a loop that does nothing on a straight path, what it does the first time round.
 */
static void describe(struct check *f)
{
	const struct codegen *g = &f->code;
	const char *shown[3];
	unsigned i, k, n = 0;
	size_t at = 0;

	for (i = 0; i < g->ntraces && (i < g->straight || !n); i++) {
		const char *t = g->traces[i];

		for (k = 0; k < n && !repeats(t, shown[k]); k++)
			;
		if (!*t || k < n)
			continue;
		if (n == 3) {
			snprintf(f->form + at, sizeof(f->form) - at, " | ...");
			return;
		}
		shown[n++] = t;
		at += (size_t)snprintf(f->form + at, sizeof(f->form) - at, "%s%.60s", at ? " | " : "", t);
		f->form[--at] = '\0';	/* the blank behind the last token */
	}
}

static void conclude(struct check *f, enum audit_class class, const char *why)
{
	f->class = class;
	snprintf(f->why, sizeof(f->why), "%s", why);
}

static void check_exact(struct check *f, const struct claim *c)
{
	char bare[TRACE_MAX];
	regex_t re;
	unsigned i;

	if (regcomp(&re, c->pattern, REG_EXTENDED | REG_NOSUB)) {
		conclude(f, AUDIT_UNKNOWN, "its claim is not a pattern");
		return;
	}
	conclude(f, AUDIT_AS_CLAIMED, "");
	for (i = 0; i < f->code.ntraces && f->class == AUDIT_AS_CLAIMED; i++) {
		without_calls(f->code.traces[i], bare);
		if (!regexec(&re, bare, 0, NULL, 0))
			continue;
		conclude(f, AUDIT_DIFFERS, *bare ? bare : "no access");
	}
	regfree(&re);
}

static void check_plain(struct check *f, const struct claim *c, const struct facts *x)
{
	conclude(f, AUDIT_AS_CLAIMED, f->refetch ? "re-fetches" : x->accesses ? "" : "loads by a call");
	if (c->one_value && (!x->low || !x->high))
		conclude(f, AUDIT_DIFFERS, x->low || x->high ? "one word only" : "no access");
	else if (c->kind == CLAIM_PLAIN && x->accesses && x->accesses == x->promised)
		conclude(f, AUDIT_LUCK, f->refetch ? "re-fetches" : "");
}

int check_make(struct check *f, const struct image *img, const struct function *fn,
		 const char *symbol, const struct claim *c)
{
	struct facts x = { 0 };
	unsigned i;
	int err;

	*f = (struct check){ 0 };
	snprintf(f->symbol, sizeof(f->symbol), "%s", symbol);
	f->plain = c->kind == CLAIM_PLAIN;
	snprintf(f->claim, sizeof(f->claim), "%s", c->words);
	err = codegen_read(&f->code, img, fn, c->arg, c->indirect_args, c->one_value);
	if (err)
		return err;
	for (i = 0; i < f->code.ntraces; i++)
		look(f, img, f->code.traces[i], i < f->code.straight || !c->one_value, &x);
	(c->one_value ? describe : describe_step)(f);
	if (!*f->form)
		strcpy(f->form, f->code.lost ? "?" : "-");
	if (strchr(symbol, '.'))
		conclude(f, AUDIT_UNKNOWN, "the compiler has changed its arguments");
	else if (c->kind == CLAIM_NONE)
		conclude(f, AUDIT_UNKNOWN, "no claim is written down for it");
	else if (f->code.lost)
		conclude(f, AUDIT_UNKNOWN, f->code.lost);
	else if (x.handed_over && c->one_value)
		conclude(f, AUDIT_UNKNOWN, "the entry's address may go to a call");
	else if (c->kind == CLAIM_EXACT)
		check_exact(f, c);
	else
		check_plain(f, c, &x);
	return 0;
}
