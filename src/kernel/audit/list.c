/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tornentries VIEW OUT TREE [-f NAME OBJECT FUNCTION]... [NAME PLAIN LISTED]...: the loads and stores of page-table entries in
 * a tree's objects. LISTED was compiled with entries.cc, PLAIN as the tree does it: their code
 * has to be the same, or the file's rows are unknown. FUNCTION is assembler, and its first argument
 * an entry's address.
 *
 * A row is one access of the source: the instructions of one function and straight piece of
 * code, through one pointer, at one place, that touch different words. What an instruction
 * touches is read from its bytes, and has to be where the compiler says that the entry is.
 */
#include "assembler.h"
#include "object.h"
#include "promise.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum order { LOW, HIGH, LOW_HIGH, HIGH_LOW, BOTH, PART, NO_ORDER, NR_ORDERS };

static const char *const order_words[] = { "low", "high", "low, high", "high, low", "both in one", "part", "-" };

/* Whether a pointer that a function is given leads to an entry is what its callers pass. */
struct call { const char *caller, *callee, *level, *origin, *place; unsigned file, arg, params; bool handed; };
struct function { const char *name; unsigned file; };

enum { ROOM = 8 };

struct row {
	unsigned file, n, block, params, ntouches;
	const char *function, *place, *level, *origin, *group, *why;
	char what;
	struct { int at; unsigned width; uint64_t addr; char by[16]; } touches[ROOM];
	char text[256];
	enum promise promise;
	enum order order;
	bool dropped;
};

struct file { const char *name; struct object listed; bool differs; unsigned rows; };

struct list {
	const char *view, *tree;
	struct file *files;
	struct row *rows;
	struct call *calls;
	struct function *functions;
	size_t nfiles, nrows, ncalls, nfunctions;
};

static void *grown(void *p, size_t n, size_t size)
{
	if (n & (n - 1))
		return p;
	p = realloc(p, (n ? 2 * n : 1) * size);
	if (!p) {
		fputs("tornentries: no memory\n", stderr);
		exit(2);
	}
	return p;
}

/* ---- lines ---- */

enum { FIELDS = 16 };

static unsigned split(char *line, char **field)
{
	unsigned n = 0;

	while (line && n < FIELDS) {
		field[n++] = line;
		line = strchr(line, '\t');
		if (line)
			*line++ = '\0';
	}
	return n;
}

static struct row *row_new(struct list *l, unsigned file)
{
	l->rows = grown(l->rows, l->nrows, sizeof(*l->rows));
	l->rows[l->nrows] = (struct row){ .file = file };
	return &l->rows[l->nrows++];
}

/* The same access, but for lines within its innermost function. */
static bool same_place(const char *a, const char *b)
{
	const char *x = strstr(a, " < "), *y = strstr(b, " < ");

	if (!x || !y)
		return !x && !y;
	return !strcmp(x, y);
}

/* An earlier row that this touch belongs to */
static struct row *row_open(struct list *l, const struct row *r, int at, unsigned width)
{
	size_t i, k;

	for (i = l->nrows; i-- > 0;) {
		struct row *o = &l->rows[i];

		if (o->file != r->file || strcmp(o->function, r->function) || o->block != r->block)
			return NULL;
		if (o->why || o->what != r->what || strcmp(o->group, r->group) || !same_place(o->place, r->place))
			continue;
		for (k = 0; k < o->ntouches; k++)
			if (at < o->touches[k].at + (int)o->touches[k].width && o->touches[k].at < at + (int)width)
				return NULL;
		return o->ntouches < ROOM ? o : NULL;
	}
	return NULL;
}

static void row_text(struct row *r, const cs_insn *in)
{
	char text[200], *p;

	snprintf(text, sizeof(text), "%s%s %s", r->text[0] ? "; " : "", in->mnemonic, in->op_str);
	while ((p = strstr(text, "word ptr ")))		/* dword ptr [eax]: its name says how wide it is, or its registers do */
		memmove(p - (p > text && strchr("dq", p[-1]) ? 1 : 0), p + 9, strlen(p + 9) + 1);
	if (!strstr(r->text, text + (r->text[0] ? 2 : 0)))
		strncat(r->text, text, sizeof(r->text) - strlen(r->text) - 1);
}

static void row_touch(struct list *l, struct row r, const struct touch *t, const cs_insn *in, int at, unsigned width)
{
	struct row *o;
	unsigned k;

	r.what = t->what;
	/* two words by one instruction are two operands to the compiler */
	for (o = l->nrows ? &l->rows[l->nrows - 1] : NULL; o && o >= l->rows && o->file == r.file && o->n == r.n; o--)
		for (k = 0; k < o->ntouches; k++)
			if (!o->why && o->touches[k].addr == in->address && o->what == r.what && !strcmp(o->group, r.group) &&
			    at >= 0 && o->touches[k].at >= 0 && at != o->touches[k].at) {
				if (at < o->touches[k].at)
					o->touches[k].at = at;
				o->touches[k].width += width;
				return;
			}
	o = row_open(l, &r, at, width);
	if (!o) {
		o = row_new(l, r.file);
		*o = r;
	}
	o->n = r.n;
	o->touches[o->ntouches].at = at;
	o->touches[o->ntouches].width = width;
	o->touches[o->ntouches].addr = in->address;
	strcpy(o->touches[o->ntouches++].by, t->by);
	row_text(o, in);
}

static void row_lost(struct list *l, struct row r, char what, const char *why)
{
	struct row *o = row_new(l, r.file);

	*o = r;
	o->what = what;
	o->why = why;
}

/* base:index:disp of the compiler's operand; false: another one */
static bool meets(const char *where, const struct touch *t, bool arm, bool *known, int64_t *disp)
{
	int base, index, used = 0;

	if (sscanf(where, "%d:%d:%n", &base, &index, &used) < 2 || !used)
		return false;
	*known = where[used] != '?';
	*disp = *known ? strtoll(where + used, NULL, 10) : 0;
	if (base == t->base && index == t->index)
		return true;
	/* without a scale, either may be called the base */
	return (base == t->index && index == t->base) || (arm && base == t->base);
}

/* A: the instructions of N that touch this operand */
static void line_access(struct list *l, unsigned file, char **f)
{
	const struct object *o = &l->files[file].listed;
	struct row r = { .file = file, .n = (unsigned)atoi(f[1]), .function = f[2], .block = (unsigned)atoi(f[3]), .level = f[7],
			 .origin = f[8], .params = (unsigned)strtoul(f[9], NULL, 10), .group = f[11], .place = f[12] };
	int phase = atoi(f[5]), width = atoi(f[6]);
	cs_insn *in = NULL;
	size_t n = object_insns(o, r.n, &in), i;
	unsigned found = 0;

	for (i = 0; i < n; i++) {
		struct touch t[2];
		unsigned k = insn_touches(o->arch, &in[i], t);

		while (k-- > 0) {
			int64_t disp, from, to;
			bool known;

			if (!meets(f[10], &t[k], o->arch == ARCH_ARM, &known, &disp))
				continue;
			if (!known)
				disp = t[k].disp;
			from = t[k].disp > disp ? t[k].disp : disp;
			to = t[k].disp + t[k].width < disp + width ? t[k].disp + t[k].width : disp + width;
			if (from >= to)
				continue;
			found++;
			row_touch(l, r, &t[k], &in[i], phase < 0 ? -1 : phase + (int)(from - disp), (unsigned)(to - from));
		}
	}
	if (!found)
		row_lost(l, r, f[4][0], width > 8 ? "more than one entry at once" : "no instruction found");
	if (in)
		cs_free(in, n);
}

/* Is this what an operand in memory of the same asm has been found to be? */
static bool explained(const struct list *l, const struct row *r, uint64_t addr)
{
	size_t i;
	unsigned k;

	for (i = l->nrows; i-- > 0 && l->rows[i].file == r->file && l->rows[i].n == r->n;)
		for (k = 0; k < l->rows[i].ntouches; k++)
			if (l->rows[i].touches[k].addr == addr)
				return true;
	return false;
}

/* G: asm that knows an entry's address by a register */
static void line_given(struct list *l, unsigned file, char **f)
{
	const struct object *o = &l->files[file].listed;
	struct row r = { .file = file, .n = (unsigned)atoi(f[1]), .function = f[2], .block = (unsigned)atoi(f[3]), .level = f[6],
			 .origin = f[7], .params = (unsigned)strtoul(f[8], NULL, 10), .group = "asm", .place = f[9] };
	int number = atoi(f[4]), phase = atoi(f[5]);
	cs_insn *in = NULL;
	size_t n = object_insns(o, r.n, &in), i;
	unsigned found = 0, others = !n;

	for (i = 0; i < n; i++) {
		struct touch t[2];
		unsigned k = insn_touches(o->arch, &in[i], t);

		others += k;
		if (insn_calls(o, &in[i])) {
			row_lost(l, r, 'X', "asm calls a function with its address");
			row_text(&l->rows[l->nrows - 1], &in[i]);
			found++;
		}
		if (explained(l, &r, in[i].address)) {
			found++;
			continue;
		}
		while (k-- > 0) {
			if (t[k].base != number || t[k].index != -1)
				continue;
			found++;
			row_touch(l, r, &t[k], &in[i], phase < 0 ? -1 : (int)((phase + t[k].disp) & 7), t[k].width);
		}
	}
	if (!found && others)	/* else it computes with the address and touches nothing */
		row_lost(l, r, 'X', "asm is given its address");
	if (in)
		cs_free(in, n);
}

static int read_file(struct list *l, unsigned file)
{
	char *line, *next, *f[FIELDS];

	for (line = l->files[file].listed.lines; line && *line; line = next) {
		unsigned n;

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		n = split(line, f);
		if (f[0][0] == 'A' && n == 13) {
			line_access(l, file, f);
		} else if (f[0][0] == 'G' && n == 10) {
			line_given(l, file, f);
		} else if (f[0][0] == '?' && n == 7) {
			row_lost(l, (struct row){ .file = file, .n = (unsigned)atoi(f[1]), .function = f[2], .level = "-", .origin = "?",
						  .group = "-", .place = f[6] }, f[3][0], "gcc no longer says what it leads to");
		} else if (f[0][0] == 'C' && n == 8) {
			l->calls = grown(l->calls, l->ncalls, sizeof(*l->calls));
			l->calls[l->ncalls++] = (struct call){ .file = file, .caller = f[1], .callee = f[2], .arg = (unsigned)atoi(f[3]),
				.level = f[4], .origin = f[5], .params = (unsigned)strtoul(f[6], NULL, 10), .place = f[7] };
		} else if (f[0][0] == 'D' && n == 3) {
			l->functions = grown(l->functions, l->nfunctions, sizeof(*l->functions));
			l->functions[l->nfunctions++] = (struct function){ .name = f[1], .file = file };
		} else {
			return -EINVAL;
		}
	}
	return 0;
}

/* ---- callers ---- */

/* Where this name is defined: in its own file first. -1: in none of them */
static int defined_in(const struct list *l, const char *name, unsigned file)
{
	int any = -1;
	size_t i;

	for (i = 0; i < l->nfunctions; i++)
		if (!strcmp(l->functions[i].name, name)) {
			if (l->functions[i].file == file)
				return (int)file;
			any = (int)l->functions[i].file;
		}
	return any;
}

/* Does every call give it the address of something that is in no table, or none at all? */
static bool only_local(const struct list *l, const char *name, unsigned file, unsigned arg, unsigned deep)
{
	bool any = false;
	size_t i;

	for (i = 0; i < l->ncalls; i++) {
		const struct call *c = &l->calls[i];
		unsigned k;

		if (c->arg != arg || strcmp(c->callee, name) || defined_in(l, name, c->file) != (int)file)
			continue;
		if (strchr(c->origin, 'E') || deep > 8)
			return false;
		for (k = 0; strchr(c->origin, 'P') && k < 32; k++)
			if ((c->params >> k & 1) && !only_local(l, c->caller, c->file, k, deep + 1))
				return false;
		any |= strpbrk(c->origin, "LP") != NULL;
	}
	return any;
}

/* Does a call give it an entry's address, whatever its own type is? */
static bool some_entry(const struct list *l, const char *name, unsigned file, unsigned arg, unsigned deep)
{
	size_t i;
	unsigned k;

	for (i = 0; i < l->ncalls && deep < 8; i++) {
		const struct call *c = &l->calls[i];

		if (c->arg != arg || strcmp(c->callee, name) || defined_in(l, name, c->file) != (int)file)
			continue;
		if (strchr(c->origin, 'E'))
			return true;
		for (k = 0; k < 32; k++)
			if ((c->params >> k & 1) && (strchr(c->origin, 'P') ? !only_local(l, c->caller, c->file, k, 0) :
									      some_entry(l, c->caller, c->file, k, deep + 1)))
				return true;
	}
	return false;
}

/* Made from a parameter of another type, that no caller gives an entry's address */
static bool is_other(const struct list *l, const struct row *r)
{
	unsigned k;

	if (strpbrk(r->origin, "EPMV") || !strchr(r->origin, 'U'))
		return false;
	for (k = 0; k < 32; k++)
		if ((r->params >> k & 1) && some_entry(l, r->function, r->file, k, 0))
			return false;
	return true;
}

static bool is_local(const struct list *l, const struct row *r)
{
	unsigned k;

	if (r->why || strchr(r->origin, 'E') || !strchr(r->origin, 'P'))
		return false;
	for (k = 0; k < 32; k++)
		if ((r->params >> k & 1) && !only_local(l, r->function, r->file, k, 0))
			return false;
	return r->params != 0;
}

/* ---- what is promised ---- */

static void judge(const struct list *l, struct row *r)
{
	enum arch arch = l->files[r->file].listed.arch;
	unsigned k;

	r->order = NO_ORDER;
	r->promise = UNKNOWN;
	if (l->files[r->file].differs)
		r->why = "the code differs from the tree's own object";
	else if (!r->why && !strpbrk(r->origin, "EPU"))
		r->why = "made from what an entry holds";
	else if (!r->why && strchr(r->origin, 'M'))
		r->why = "made from an entry's address in a way that is not followed";
	for (k = 0; k < r->ntouches && !r->why; k++)
		if (r->touches[k].at < 0 && r->touches[k].width < 8)
			r->why = "which word is not known";
	if (r->why)
		return;
	if (r->touches[0].width == 8 && r->ntouches == 1) {
		r->order = BOTH;
		r->promise = promise_of_whole(arch, r->touches[0].by, r->what);
	} else if (r->touches[0].width < 4) {
		r->order = PART;
		r->promise = ONE_WORD;
	} else if (r->ntouches == 1) {
		r->order = r->touches[0].at == 0 ? LOW : r->touches[0].at == 4 ? HIGH : PART;
		r->promise = ONE_WORD;
	} else if (r->ntouches == 2 && r->touches[0].width + r->touches[1].width == 8) {
		r->order = r->touches[0].at == 0 ? LOW_HIGH : HIGH_LOW;
		if (r->touches[0].addr > r->touches[1].addr)
			r->order = r->order == LOW_HIGH ? HIGH_LOW : LOW_HIGH;
		r->promise = TWO_WORDS;
	} else {
		r->why = "pieces that are not two words";
	}
}

/* ---- output ---- */

static const char *kind(char what)
{
	return what == 'R' ? "load" : what == 'W' ? "store" : what == 'X' ? "locked rmw" : "rmw";
}

/* The place without the view's own path. */
static void place_words(const struct list *l, const char *place, char *to, size_t room)
{
	size_t n = strlen(l->view), used = 0;

	while (*place && used + 1 < room) {
		if (!strncmp(place, l->view, n)) {
			place += n;
			continue;
		}
		to[used++] = *place++;
	}
	to[used] = '\0';
}

/* FILE:LINE:COLUMN FUNCTION < ...: to people, columns are noise */
static void drop_columns(char *place)
{
	char *end, *colon;

	for (; place; place = strstr(place, " < ")) {
		place += *place == ' ' ? 3 : 0;
		end = strchr(place, ' ');
		for (colon = end ? end - 1 : place; colon > place && *colon != ':'; colon--)
			;
		if (colon > place)
			memmove(colon, end, strlen(end) + 1);
	}
}

static void promise_word(const struct row *r, char *to, size_t room)
{
	if (r->promise == NOT_PROMISED)
		snprintf(to, room, "not promised (%s)", r->touches[0].by);
	else if (r->promise == UNKNOWN)
		snprintf(to, room, "unknown: %s", r->why ? r->why : "?");
	else if (r->promise == TWO_WORDS)
		snprintf(to, room, "two words: %s first", r->order == LOW_HIGH ? "low" : "high");
	else if (r->promise == ONE_WORD)
		snprintf(to, room, "one word: %s", order_words[r->order]);
	else
		snprintf(to, room, "%s", promise_words[r->promise]);
}

static int print_rows(const struct list *l, FILE *out)
{
	static const char *const arches[] = { "x86_64", "i386", "arm" };
	char place[2000], exact[2000], words[120], at[200], where[200];
	const char *last = "";
	size_t i;

	for (i = 0; i < l->nrows; i++) {
		const struct row *r = &l->rows[i];
		const char *name = l->files[r->file].name;
		json_t *j;
		char *s, *by;

		if (r->dropped)
			continue;
		place_words(l, r->place, exact, sizeof(exact));
		drop_columns(strcpy(place, exact));
		promise_word(r, words, sizeof(words));
		j = json_pack("{ss ss ss ss ss ss ss ss ss ss ss ss ss}", "tree", l->tree, "arch", arches[l->files[r->file].listed.arch], "object", name,
			      "function", r->function, "access", kind(r->what), "level", r->level, "promise",
			      promise_words[r->promise], "order", order_words[r->order], "instructions", r->text, "place", place,
			      "exact", exact, "why", r->why ? r->why : "", "origin", r->origin);
		s = j ? json_dumps(j, JSON_COMPACT) : NULL;
		if (!s)
			return -ENOMEM;
		fprintf(out, "%s\n", s);
		free(s);
		json_decref(j);
		if (strcmp(last, name))
			printf("\n%s\n", name);
		last = name;
		/* innermost, and the function of the .c file that it was inlined into */
		snprintf(at, sizeof(at), "%.*s", (int)strcspn(place, " "), place);
		by = strstr(place, " < ");
		snprintf(where, sizeof(where), "%s", r->function);
		if (by && !strstr(at, ".c:")) {
			char *c = strstr(place, ".c:"), *b = c;

			snprintf(where, sizeof(where), "%s", place + strcspn(place, " ") + 1);
			where[strcspn(where, " ")] = '\0';
			strncat(where, "()", sizeof(where) - strlen(where) - 1);
			while (b && b > place && b[-1] != ' ')
				b--;
			if (c) {
				strncat(where, " at ", sizeof(where) - strlen(where) - 1);
				strncat(where, at + (strrchr(at, '/') ? strrchr(at, '/') + 1 - at : 0), sizeof(where) - strlen(where) - 1);
				snprintf(at, sizeof(at), "%.*s", (int)strcspn(b, " "), b);
			}
		}
		printf("  %-32s %-10s %-4s %-26s %-44s %s\n", at, kind(r->what), r->level, words, r->text, where);
	}
	return 0;
}

static void print_summary(const struct list *l)
{
	unsigned all[NR_PROMISES] = { 0 }, p;
	size_t i, k;

	printf("\n%-34s", "object");
	for (p = 0; p < NR_PROMISES; p++)
		printf(" %12s", promise_words[p]);
	puts("");
	for (i = 0; i < l->nfiles; i++) {
		unsigned n[NR_PROMISES] = { 0 }, sum = 0;

		for (k = 0; k < l->nrows; k++)
			if (l->rows[k].file == i && !l->rows[k].dropped)
				n[l->rows[k].promise]++, all[l->rows[k].promise]++, sum++;
		if (!sum)
			continue;
		printf("%-34s", l->files[i].name);
		for (p = 0; p < NR_PROMISES; p++)
			printf(" %12u", n[p]);
		puts("");
	}
	printf("%-34s", "all");
	for (p = 0; p < NR_PROMISES; p++)
		printf(" %12u", all[p]);
	puts("");
}

/* Addresses that leave what was audited. */
static void print_handed(struct list *l)
{
	bool any = false;
	size_t i, k;

	for (i = 0; i < l->ncalls; i++)
		l->calls[i].handed = strpbrk(l->calls[i].origin, "EP") && defined_in(l, l->calls[i].callee, l->calls[i].file) < 0;
	for (i = 0; i < l->ncalls; i++) {
		unsigned n = 0;

		if (!l->calls[i].handed)
			continue;
		for (k = i; k < l->ncalls; k++)
			if (l->calls[k].handed && !strcmp(l->calls[k].callee, l->calls[i].callee)) {
				n++;
				l->calls[k].handed = k == i;
			}
		printf("%s%s %u", any ? ", " : "\nan entry's address is handed to what is not among these objects (* by pointer): ",
		       l->calls[i].callee, n);
		any = true;
	}
	if (any)
		puts("");
}

/* NAME OBJECT FUNCTION */
static int print_assembler(const struct list *l, char **word, FILE *out)
{
	char trace[400], words[400];
	const char *why = "";
	enum promise promise = UNKNOWN;
	json_t *j;
	char *s;

	if (!assembler_read(word[1], word[2], 0, trace, sizeof(trace), &why)) {
		if (*trace)	/* a blank follows each token */
			trace[strlen(trace) - 1] = '\0';
		promise = !strcmp(trace, "W8(strd)") ? ATOMIC : !strcmp(trace, "W8(stm)") ? NOT_PROMISED :
			  !strcmp(trace, "Wl Wh") || !strcmp(trace, "Wh Wl") ? TWO_WORDS : UNKNOWN;
		why = promise == UNKNOWN ? "more than one store" : "";
	}
	snprintf(words, sizeof(words), "%s%s%s", promise_words[promise], *why ? ": " : "", why);
	printf("\n%s\n  %-32s %-10s %-4s %-26s %-44s %s\n", word[0], "assembler", "store", "pte", words, trace, word[2]);
	j = json_pack("{ss ss ss ss ss ss ss ss}", "tree", l->tree, "object", word[0], "function", word[2], "access", "store",
		      "level", "pte", "promise", promise_words[promise], "instructions", trace, "why", why);
	s = j ? json_dumps(j, JSON_COMPACT) : NULL;
	if (!s)
		return -ENOMEM;
	fprintf(out, "%s\n", s);
	free(s);
	json_decref(j);
	return 0;
}

int main(int argc, char **argv)
{
	struct list l = { .view = argc > 3 ? argv[1] : "", .tree = argc > 3 ? argv[3] : "" };
	unsigned differ = 0, locals = 0;
	int first = 0, k;
	const char *why;
	FILE *out;
	size_t i;

	while (argc > 4 + 4 * first && !strcmp(argv[4 + 4 * first], "-f"))
		first++;
	argc -= 4 * first;
	if (argc < 7 || (argc - 4) % 3) {
		fputs("usage: tornentries VIEW OUT TREE [-f NAME OBJECT FUNCTION]... [NAME PLAIN LISTED]...\n", stderr);
		return 2;
	}
	l.nfiles = (size_t)(argc - 4) / 3;
	l.files = calloc(l.nfiles, sizeof(*l.files));
	out = fopen(argv[2], "w");
	if (!out || !l.files) {
		fprintf(stderr, "tornentries: %s: %s\n", argv[2], strerror(errno));
		return 2;
	}
	for (i = 0; i < l.nfiles; i++) {
		struct file *f = &l.files[i];
		char **name = argv + 4 + 4 * first + 3 * i;
		struct object plain;

		f->name = name[0];
		if (object_open(&plain, name[1], &why) || object_open(&f->listed, name[2], &why)) {
			fprintf(stderr, "tornentries: %s: %s\n", name[0], why);
			return 2;
		}
		f->differs = !object_same_code(&plain, &f->listed);
		differ += f->differs;
		object_close(&plain);
		if (read_file(&l, (unsigned)i)) {
			fprintf(stderr, "tornentries: %s: a line that is not understood\n", name[0]);
			return 2;
		}
	}
	for (i = 0; i < l.nrows; i++) {
		bool local = is_local(&l, &l.rows[i]);

		l.rows[i].dropped = local || is_other(&l, &l.rows[i]);
		locals += local;
		judge(&l, &l.rows[i]);
	}
	for (k = 0; k < first; k++)
		if (print_assembler(&l, argv + 5 + 4 * k, out)) {
			fputs("tornentries: no memory\n", stderr);
			return 2;
		}
	if (print_rows(&l, out) || fclose(out)) {
		fprintf(stderr, "tornentries: %s: cannot be written\n", argv[2]);
		return 2;
	}
	print_summary(&l);
	print_handed(&l);
	if (locals)
		printf("%u accesses by functions that are only given addresses of variables are no entries'\n", locals);
	if (differ)
		printf("%u objects differ from the tree's own: nothing is said of them\n", differ);
	return differ ? 4 : 0;
}
