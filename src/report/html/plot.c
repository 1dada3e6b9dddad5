/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs gnuplot and puts the texts into what it drew.
 *
 * Invariant: gnuplot sees numbers and tokens, never a text that came out of a result.
 */
#include "plot.h"

#include <math.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "page.h"

enum { LONGEST_LABEL = 630 };	/* what fits PLOT_WIDTH, in tenths of a letter */

extern char **environ;

/* gnuplot on a script; what it printed, or NULL. -d: nobody's ~/.gnuplot. */
static char *run(const char *script, size_t len, size_t *size)
{
	char *const argv[] = { "gnuplot", "-d", "-", NULL };
	posix_spawn_file_actions_t io;
	FILE *in = tmpfile(), *out = tmpfile();
	char *got = NULL;
	pid_t pid;
	int status = -1;

	if (!in || !out || fwrite(script, 1, len, in) != len || fflush(in))
		goto done;
	rewind(in);
	posix_spawn_file_actions_init(&io);
	posix_spawn_file_actions_adddup2(&io, fileno(in), STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&io, fileno(out), STDOUT_FILENO);
	if (!posix_spawnp(&pid, "gnuplot", &io, NULL, argv, environ))
		waitpid(pid, &status, 0);
	posix_spawn_file_actions_destroy(&io);
	if (status)
		goto done;
	*size = (size_t)lseek(fileno(out), 0, SEEK_END);
	got = malloc(*size + 1);
	rewind(out);
	if (got)
		got[fread(got, 1, *size, out)] = '\0';
done:
	if (in)
		fclose(in);
	if (out)
		fclose(out);
	return got;
}

bool plot_possible(void)
{
	static int possible = -1;
	size_t size;
	char *out;

	if (possible < 0) {
		out = run("set print '-'\nprint 1\n", 22, &size);
		possible = out && out[0] == '1';
		free(out);
	}
	return possible;
}

bool plot_begin(struct plot *p, unsigned height)
{
	*p = (struct plot){ 0 };
	if (!plot_possible())
		return false;
	p->script = open_memstream(&p->buf, &p->len);
	if (!p->script)
		return false;
	fprintf(p->script,
		"set terminal svg size %u,%u noenhanced font 'sans,11' linewidth 1\n"
		"set border 1\nset tics nomirror\nunset key\nunset ytics\n"
		"set grid xtics\nset bmargin 3\nset xlabel offset 0,0.4\nset tmargin 0.6\nset lmargin 1.5\nset rmargin 1.5\n",
		PLOT_WIDTH, height);
	return true;
}

const char *plot_token(struct plot *p, const char *text, char token[16])
{
	if (p->nr_texts == PLOT_TEXTS)
		return "";
	p->texts[p->nr_texts] = text;
	p->room[p->nr_texts] = LONGEST_LABEL;
	snprintf(token, 16, "@%u@", p->nr_texts++);
	return token;
}

/* Bytes of one character, and how wide it is at most, in tenths of 6 px. */
static unsigned letter(const char *s, unsigned *width)
{
	const unsigned char c = (unsigned char)*s;

	*width = c >= 0xe2 || c < 0x20 || c == 0x7f || (c == 0xc2 && (unsigned char)s[1] < 0xa0) ? 20 : c >= 0x80 || strchr("mwMW<>=+~%@#&", c) ? 15 :
		 c >= 'A' && c <= 'Z' ? 12 : strchr("fijlrt.,:;|!'-() ", c) ? 8 : 11;
	return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static unsigned width_of(const char *s)
{
	unsigned width, sum = 0;

	for (; *s; s += letter(s, &width), sum += width)
		;
	return sum;
}

void plot_row_text(struct plot *p, double y, const char *left, const char *right)
{
	char token[16];

	fprintf(p->script, "set label '%s' at graph 0, first %g left\n", plot_token(p, left, token),
		y + 0.42);
	if (right && p->nr_texts && width_of(right) + 120 < LONGEST_LABEL)
		p->room[p->nr_texts - 1] = LONGEST_LABEL - 20 - width_of(right);
	if (right)
		fprintf(p->script, "set label '%s' at graph 1, first %g right\n",
			plot_token(p, right, token), y + 0.42);
}

void plot_decades(FILE *script, double low, double high)
{
	const int every = high - low > 7 ? 2 : 1;
	char n[FIGURE_LEN];

	fputs("unset mxtics\nset xtics (", script);
	for (int d = (int)low; d <= (int)high; d += every) {
		if (d < 0)
			snprintf(n, sizeof(n), d < -4 ? "%.0e" : "%g", pow(10, d));
		else
			figure(n, pow(10, d));
		fprintf(script, "%s'%s' 1e%d", d > (int)low ? "," : "", n, d);
	}
	fputs(")\n", script);
}

static void label_text(FILE *page, const char *s, unsigned room)
{
	char cut[LONGEST_LABEL / 10 * 4 + 8];
	unsigned sum = 0, width;
	size_t n = 0;

	if (width_of(s) <= room) {
		page_text(page, s);
		return;
	}
	for (;;) {
		const unsigned bytes = letter(s + n, &width);

		sum += width;
		if (sum + 10 > room)
			break;
		n += bytes;
	}
	snprintf(cut, sizeof(cut), "%.*s…", (int)n, s);
	page_text(page, cut);
}

/* Exchanged in what gnuplot wrote: its black is the page's ink, ids are the page's. */
static const struct {
	const char *from, *to;
} exchanged[] = {
	{ " fill=\"none\" color=\"black\" stroke=\"currentColor\" stroke-width=\"1.00\""
	  " stroke-linecap=\"butt\" stroke-linejoin=\"miter\"", "" },
	{ " fill=\"none\" color=\"gray\" stroke=\"currentColor\" stroke-width=\"0.50\""
	  " stroke-linecap=\"butt\" stroke-linejoin=\"miter\"", "" },
	{ " stroke-linecap=\"butt\" stroke-linejoin=\"miter\"", "" },
	{ " stroke='black' ", "" }, { "stroke=\"none\" fill=\"black\" font-family=\"sans\" font-size=\"11.00\" ", "" },
	{ " color=\"black\" stroke=\"currentColor\"", "" }, { " stroke='rgb(128, 128, 128)'", "" },
	{ "rgb(  0, 114, 178)", PLOT_BLUE }, { "rgb(213,  94,   0)", PLOT_ORANGE },
	{ "rgb(  0, 158, 115)", PLOT_GREEN }, { "xlink:href", "href" }, { " stroke='black'", "" },
	{ "<text> ", "<text>" }, { "\t", "" },
};

static void put(FILE *page, const struct plot *p, const char *s, const char *end)
{
	while (s < end) {
		unsigned i, n = sizeof(exchanged) / sizeof(exchanged[0]);
		int token, used = 0;

		for (i = 0; i < n; i++)
			if (!strncmp(s, exchanged[i].from, strlen(exchanged[i].from)))
				break;
		if (i < n) {
			fputs(exchanged[i].to, page);
			s += strlen(exchanged[i].from);
		} else if (*s == '@' && sscanf(s, "@%d@%n", &token, &used) == 1 && used &&
			   token >= 0 && (unsigned)token < p->nr_texts) {
			label_text(page, p->texts[token], p->room[token]);
			s += used;
		} else {
			putc(*s++, page);
		}
	}
}

/* Groups with nothing in them, titles that are gnuplot's, empty lines. */
static bool idle(const char *s, const char *end, const char **next)
{
	const char *line = memchr(s, '\n', (size_t)(end - s));

	line = line ? line + 1 : end;
	*next = line;
	if (!strncmp(s, "<g fill=", 8) && !strncmp(line, "</g>\n", 5)) {
		*next = line + 5;
		return true;
	}
	return s + strspn(s, " \t") >= line - 1;
}

static void body(FILE *page, const struct plot *p, const char *svg)
{
	const char *s = strstr(svg, "</defs>"), *end = strstr(svg, "</svg>"), *next;

	if (!s || !end)
		return;
	for (s = strchr(s, '\n') + 1; s < end; s = next) {
		const char *title;

		if (idle(s, end, &next))
			continue;
		if ((title = memmem(s, (size_t)(next - s), "<g id=", 6))) {
			fputs("<g>", page);
			continue;
		}
		put(page, p, s, next);
	}
	/* gnuplot_canvas was opened before </defs> */
}

void plot_end(struct plot *p, FILE *page, const char *alt)
{
	unsigned w = PLOT_WIDTH, h = 0;
	size_t size;
	char *svg;

	fclose(p->script);
	svg = run(p->buf, p->len, &size);
	if (svg && strstr(svg, "viewBox=") &&
	    sscanf(strstr(svg, "viewBox="), "viewBox=\"0 0 %u %u", &w, &h) == 2) {
		fprintf(page, "<svg viewBox=\"0 0 %u %u\" role=img aria-label=\"", w, h);
		page_text(page, alt);
		fputs("\"><g>", page);
		body(page, p, svg);
		fputs("</svg>\n", page);
	} else {
		fputs("<p class=note>gnuplot could not draw this one.</p>\n", page);
	}
	free(svg);
	free(p->buf);
}

void plot_shapes(FILE *page)
{
	/* gnuplot's own names for the markers it refers to: a dot, a diamond, a triangle */
	fputs("<svg width=0 height=0 style=\"position:absolute\" aria-hidden=true><defs>"
	      "<circle id=gpPt6 cx=0 cy=0 r=1 fill=currentColor stroke=none />"
	      "<path id=gpPt12 d='M0-1.4 1.4 0 0 1.4-1.4 0z' fill=currentColor stroke=none />"
	      "<path id=gpPt8 d='M-1.3.7 0-1.3 1.3.7z' fill=currentColor stroke=none />"
	      "</defs></svg>\n", page);
}
