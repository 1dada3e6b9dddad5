/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tornorders PROGRAM ROWS VIEW: what the plain objects made of each access that an explored program announces.
 *
 * entries.cc saw both compilations of one source. Of the instrumented one it left, in .tornwalk_sites, the address behind
 * each announcement and the place of the access; of the plain one, tornentries made ROWS. Both places are
 * FILE:LINE:COLUMN FUNCTION < where that was inlined < ..., so a row is of a site
 *
 *	exact	where their places are the same as far as both go: either may have been inlined further;
 *	inside	where the row is in what was called there: its argument by value is loaded where it is used;
 *	line	where only columns differ: who uses what was loaded gave the instruction its own.
 *
 * A row that is exactly one site's is no other's "inside". What is locked is no site's: nobody announces asm. A row that
 * is nobody's, after words have had theirs as well, is also of each access of its function. One line each on stdout:
 *
 *	ADDRESS ORDERS HOW PLACE
 *
 * ORDERS: all of low, high, whole that a row has, with commas; "-": nothing is known, the source decides. What ldm and stm
 * do has no order: both. "part": a row is one word, so the other is not needed, or came from elsewhere: both, likewise.
 * HOW is one of the above, or why it is "-".
 * What is in column 0 is where the instruction before it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOW = 1, HIGH = 2, WHOLE = 4, PART = 8, UNKNOWN = 16 };
enum how { EXACT, INSIDE, LINE, NO_ROW };

struct row {
	char *object, *place;	/* "mm/gup" */
	bool loads, stores, taken, owned;
	unsigned orders;
};

struct site {
	uint32_t addr;
	char kind, *source, *place;	/* R, W: 8 bytes or more; r, w: less */
	unsigned orders;
	enum how how;
};

static _Noreturn void die(const char *what, const char *why)
{
	fprintf(stderr, "tornorders: %s: %s\n", what, why);
	exit(2);
}

static void *grown(void *p, size_t n, size_t size)
{
	if (n & (n - 1))
		return p;
	p = realloc(p, (n ? 2 * n : 1) * size);
	if (!p)
		die("rows", "no memory");
	return p;
}

/* Without the view, wherever it stands; and names without what a compiler adds to its copies: foo.constprop. */
static char *normal(const char *place, const char *view)
{
	const size_t n = strlen(view);
	char *s = malloc(strlen(place) + 1), *to = s;
	bool name = false;

	if (!s)
		die("places", "no memory");
	while (*place) {
		if (!strncmp(place, view, n)) {
			place += n;
			continue;
		}
		name = *place == ' ' ? place[1] != '<' && place[-1] != '<' : name;
		if (name && *place == '.') {
			place += strcspn(place, " ");
			continue;
		}
		*to++ = *place++;
	}
	*to = '\0';
	return s;
}

/* ---- what is compared ---- */

/* The next FILE:LINE:COLUMN FUNCTION; NULL: that was all. */
static const char *outer(const char *place)
{
	place = strstr(place, " < ");
	return place ? place + 3 : NULL;
}

static bool has_place(const char *place)
{
	const char *space = strchr(place, ' ');

	return space && space - place > 2 && strncmp(space - 2, ":0", 2);
}

static bool same_element(const char *a, const char *b, bool columns)
{
	const size_t n = strcspn(a, " ") , m = strcspn(b, " ");
	size_t i = n, j = m;

	if (strcspn(a + n + 1, " ") != strcspn(b + m + 1, " ") || strncmp(a + n, b + m, 1 + strcspn(a + n + 1, " ")))
		return false;
	while (!columns && i > 0 && a[i] != ':')
		i--;
	while (!columns && j > 0 && b[j] != ':')
		j--;
	return i == j && !strncmp(a, b, i);
}

/* As far as both go. */
static bool same_place(const char *a, const char *b, bool columns)
{
	if (!has_place(a) || !has_place(b))
		return false;
	while (a && b) {
		if (!same_element(a, b, columns))
			return false;
		a = outer(a), b = outer(b);
	}
	return true;
}

/* Of one file: "mm/gup" and ".../src/mm/gup.c" */
static bool same_file(const char *object, const char *source)
{
	const size_t n = strlen(object), m = strlen(source);

	return m >= n + 2 && !strcmp(source + m - 2, ".c") && !strncmp(source + m - 2 - n, object, n);
}

static bool is_of(const struct row *r, const struct site *s)
{
	return (s->kind == 'R' || s->kind == 'r' ? r->loads : r->stores) && same_file(r->object, s->source);
}

/* In what is called at its place, whatever was inlined there. */
static bool inside(const char *row, const char *site, bool columns)
{
	for (row = has_place(row) ? outer(row) : NULL; row; row = outer(row))
		if (same_place(row, site, columns))
			return true;
	return false;
}

static void add(struct site *s, struct row *r, enum how how)
{
	r->owned = true;
	s->orders |= r->orders;
	s->how = how;
}

static void join(struct row *rows, size_t nrows, struct site *sites, size_t nsites)
{
	for (size_t i = 0; i < nsites; i++)
		for (size_t k = 0; k < nrows; k++)
			if (is_of(&rows[k], &sites[i]) && same_place(rows[k].place, sites[i].place, true)) {
				add(&sites[i], &rows[k], EXACT);
				rows[k].taken = true;
			}
	for (size_t i = 0; i < nsites; i++)
		for (size_t k = 0; k < nrows && sites[i].how != EXACT; k++)
			if (is_of(&rows[k], &sites[i]) && !rows[k].taken && inside(rows[k].place, sites[i].place, true))
				add(&sites[i], &rows[k], INSIDE);
	/* of this line, all: which is whose nobody says */
	for (size_t i = 0; i < nsites; i++)
		for (size_t k = 0; k < nrows && (sites[i].how == NO_ROW || sites[i].how == LINE); k++)
			if (is_of(&rows[k], &sites[i]) && (same_place(rows[k].place, sites[i].place, false) ||
							  inside(rows[k].place, sites[i].place, false)))
				add(&sites[i], &rows[k], LINE);
}

/* The function whose code it is. */
static const char *whose_code(const char *place)
{
	for (const char *next; (next = outer(place)); place = next)
		;
	place = strchr(place, ' ');
	return place ? place : "";
}

/* A row that is nobody's may be a copy of any access of its function, that gcc put somewhere else: that one has its order, too. */
static void share(const struct row *rows, size_t nrows, struct site *sites, size_t nsites)
{
	for (size_t k = 0; k < nrows; k++)
		for (size_t i = 0; i < nsites && !rows[k].owned; i++)
			if (is_of(&rows[k], &sites[i]) && sites[i].how != NO_ROW &&
			    !strcmp(whose_code(rows[k].place), whose_code(sites[i].place)))
				sites[i].orders |= rows[k].orders;
}

/* ---- what is read ---- */

static const char *text_of(const json_t *o, const char *key, const char *path)
{
	const char *s = json_string_value(json_object_get(o, key));

	if (!s)
		die(path, "a line that is not tornentries'");
	return s;
}

static unsigned orders_of(const json_t *o, const char *path)
{
	const char *promise = text_of(o, "promise", path);

	if (!strcmp(promise, "atomic"))
		return WHOLE;
	if (!strcmp(promise, "two words"))
		return !strncmp(text_of(o, "order", path), "low", 3) ? LOW : HIGH;
	return !strcmp(promise, "one word") ? PART : !strcmp(promise, "not promised") ? LOW | HIGH : UNKNOWN;
}

static size_t read_rows(const char *path, const char *view, struct row **rows)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t size = 0, n = 0;

	if (!f)
		die(path, strerror(errno));
	while (getline(&line, &size, f) > 0) {
		json_t *o = json_loads(line, 0, NULL);
		const char *what;
		struct row *r;

		if (!o)
			die(path, "a line that is no JSON");
		if (!json_object_get(o, "exact")) {	/* assembler has no place, and announces nothing */
			json_decref(o);
			continue;
		}
		what = text_of(o, "access", path);
		*rows = grown(*rows, n, sizeof(**rows));
		r = &(*rows)[n++];
		*r = (struct row){ .object = strdup(text_of(o, "object", path)), .place = normal(text_of(o, "exact", path), view),
				   .loads = !strcmp(what, "load") || !strcmp(what, "rmw"),
				   .stores = !strcmp(what, "store") || !strcmp(what, "rmw"), .orders = orders_of(o, path) };
		if (!r->object)
			die(path, "no memory");
		r->object[strcspn(r->object, ".")] = '\0';
		json_decref(o);
	}
	free(line);
	fclose(f);
	return n;
}

/* ADDRESS, then R, W, r or w <tab> SOURCE <tab> PLACE, and a 0 */
static size_t parse_sites(const char *path, const char *p, size_t size, const char *view, struct site **sites)
{
	const char *const end = p + size;
	size_t n = 0;

	while (p < end) {
		struct site *s;
		const char *tab;

		if (end - p < 6 || !memchr(p + 4, '\0', (size_t)(end - p - 4)) || p[5] != '\t' || !(tab = strchr(p + 6, '\t')))
			die(path, "a site that is not entries.cc's");
		*sites = grown(*sites, n, sizeof(**sites));
		s = &(*sites)[n++];
		*s = (struct site){ .kind = p[4], .source = strndup(p + 6, (size_t)(tab - p - 6)), .place = normal(tab + 1, view), .how = NO_ROW };
		memcpy(&s->addr, p, 4);
		if (!s->source)
			die(path, "no memory");
		p += 4 + strlen(p + 4) + 1;
	}
	return n;
}

static size_t read_sites(const char *path, const char *view, struct site **sites)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf_Scn *scn = NULL;
	size_t strings, n = 0;
	GElf_Shdr sh;
	Elf *elf;

	if (fd < 0)
		die(path, strerror(errno));
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (elf_kind(elf) != ELF_K_ELF || elf_getshdrstrndx(elf, &strings))
		die(path, "no program");
	while ((scn = elf_nextscn(elf, scn))) {
		const char *name = gelf_getshdr(scn, &sh) ? elf_strptr(elf, strings, sh.sh_name) : NULL;
		Elf_Data *d = name && !strcmp(name, ".tornwalk_sites") ? elf_getdata(scn, NULL) : NULL;

		if (d && d->d_buf)
			n = parse_sites(path, d->d_buf, d->d_size, view, sites);
	}
	elf_end(elf);
	close(fd);
	if (!n)
		die(path, "it announces nothing that the plugin saw");
	return n;
}

/* ---- what is said ---- */

static int by_address(const void *a, const void *b)
{
	const uint32_t x = ((const struct site *)a)->addr, y = ((const struct site *)b)->addr;

	return x < y ? -1 : x > y;
}

static void print_orders(unsigned orders)
{
	static const char *const names[] = { "low", "high", "whole", "part" };
	const char *comma = "";

	for (unsigned i = 0; i < 4; i++)
		if (orders & 1u << i) {
			printf("%s%s", comma, names[i]);
			comma = ",";
		}
	if (!orders)
		putchar('-');
}

int main(int argc, char **argv)
{
	static const char *const how[] = { "exact", "inside", "line", "no row" };
	struct row *rows = NULL;
	struct site *sites = NULL;
	size_t nrows, nsites;

	if (argc != 4) {
		fputs("usage: tornorders PROGRAM ROWS VIEW\n", stderr);
		return 2;
	}
	nrows = read_rows(argv[2], argv[3], &rows);
	nsites = read_sites(argv[1], argv[3], &sites);
	join(rows, nrows, sites, nsites);
	share(rows, nrows, sites, nsites);
	qsort(sites, nsites, sizeof(*sites), by_address);
	for (size_t i = 0; i < nsites; i++) {
		const struct site *s = &sites[i];
		const bool unknown = s->orders & UNKNOWN;

		if (s->kind == 'r' || s->kind == 'w')
			continue;
		printf("0x%x\t", s->addr);
		print_orders(unknown ? 0 : s->orders);
		printf("\t%s\t%s\n", unknown ? "unknown" : how[s->how], s->place);
	}
	return fflush(stdout) ? 2 : 0;
}
