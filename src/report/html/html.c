/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One file, readable without a network and without JavaScript.
 *
 * End tags that HTML lets one leave out are left out: with two thousand cells they
 * are a tenth of the page.
 */
#include "html.h"

#include <errno.h>
#include <stdlib.h>

#include "plot.h"

const char page_style[] =
#include "report/html/page_css.h"
;

const char page_script[] =
#include "report/html/page_js.h"
;

static void head(struct page *p)
{
	fprintf(p->f, "<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n"
		"<meta name=viewport content=\"width=device-width,initial-scale=1\">\n"
		"<meta name=color-scheme content=\"light dark\">\n<title>tornwalk: ");
	fprintf(p->f, "%zu cells on %u executor%s</title>\n<style>%s</style>\n", p->n,
		p->rs->nr_machines, p->rs->nr_machines == 1 ? "" : "s", page_style);
	fputs("<header><p class=brand>tornwalk report"
	      "<button id=theme hidden aria-label=\"switch between light and dark\">light / dark</button></p>\n"
	      "<nav aria-label=sections><a href=#summary>summary</a> ", p->f);
	if (p->any_trees)
		fputs("<a href=#trees>kernel trees</a> ", p->f);
	if (p->any_live)
		fputs("<a href=#live>running kernels</a> ", p->f);
	fputs("<a href=#executors>executors</a> ", p->f);
	if (p->rs->nr_machines > 1)
		fputs("<a href=#side>side by side</a> ", p->f);
	if (!p->only_kernels)
		fputs("<a href=#matrix>matrix</a> <a href=#rates>rates</a> ", p->f);
	fputs("<a href=#cells>cells</a> <a href=#how>how to read</a></nav></header>\n<main>\n", p->f);
}

static void how_to_read_cells(struct page *p)
{
	fputs("<dt>cell<dd>one reader against one writer, on one executor. A verdict belongs to that "
	      "pair there, never to a reader alone."
	      "<dt>pass<dd>nothing forbidden was seen, enough was looked at, and the twin that must be "
	      "caught was caught; or what had to appear did."
	      "<dt>fail<dd>something forbidden was seen; its witness is with the cell."
	      "<dt>inconclusive<dd>too little evidence, or this executor cannot show a tear. It is never a pass."
	      "<dt>distinct<dd>observations in which the reader saw something new: the independent "
	      "evidence. One half-done store can be read a million times, so rates are of distinct ones."
	      "<dt>95 % limits<dd>exact (Garwood) limits of a Poisson rate. Where nothing was seen, the "
	      "rate is below the bound with 95 % confidence, 3.0 divided by the seconds."
	      "<dt>φ<dd>over-dispersion: variance over mean of the counts per interval, 1 where tears "
	      "come one by one. Thin lines allow for it, leaning to the safe side; they hold where the run "
	      "was long enough to expect five clumps."
	      "<dt>predicted<dd>what the explorer found possible for the same source. Seen though "
	      "impossible means that hardware, emulator, compiler or tester is broken; possible and not "
	      "seen is a gap in this run's power."
	      "<dt>PUD on 32-bit<dd>a model: only x86_64 and 64-bit POWER have huge PUDs.", p->f);
}

static void how_to_read_trees(struct page *p)
{
	fputs("<dt>a kernel tree's cell<dd>one of its walkers against one transition made of its own primitives: its own "
	      "mm/*.c, as its own build compiles it. Every execution was gone through under each memory model; "
	      "then real threads raced."
	      "<dt>its pass<dd>no execution shows what is forbidden, the search came to its end, and a busted twin of "
	      "the same tree was caught in the same cell. Or the transition is outside the tree's contract, and an "
	      "execution shows why."
	      "<dt>its fail<dd>an execution shows what is forbidden; or, as ALARM, the race shows what no execution does."
	      "<dt>its inconclusive<dd>no twin was caught, the search did not end, or the code went where nothing serves "
	      "it. It is never a pass."
	      "<dt>low first, high first<dd>the model of its machine with one order of the words of 8 bytes, as one "
	      "compiler may have made it; elsewhere either order is gone through."
	      "<dt>as compiled<dd>the same, each access of 8 bytes as the tree's own object has it: one access, low first, "
	      "or high first; N?: of so many nobody knows, and they are as the source allows."
	      "<dt>its strength<dd>at one in so many of the rate at which the race caught its twin, it would have "
	      "been seen with 95 %.", p->f);
}

static void how_to_read_live(struct page *p)
{
	fputs("<dt>a running kernel's cell<dd>one reader of a process's own page-table entries, in the kernel, with interrupts off, while the "
	      "process has them changed. An observation is an episode: a look that differs from that reader's last one."
	      "<dt>torn by its reader<dd>a present value with halves of two that memory held, which memory itself held at no instant: nobody "
	      "who reads 8 bytes at once, in the same run, could have missed it so often."
	      "<dt>torn by the writer<dd>memory itself held the halves together, and no reader can repair that."
	      "<dt>unsure<dd>halves of two entries, too seldom to say which of both. It is never a pass."
	      "<dt>its strength<dd>at one in so many of the rate at which low-gap-high, the control, was torn beside it, it would have been "
	      "seen with 95 %.", p->f);
}

static void how_to_read(struct page *p)
{
	fputs("<section id=how aria-labelledby=how-h><h2 id=how-h>How to read this</h2><dl>", p->f);
	if (p->any_trees)
		how_to_read_trees(p);
	if (p->any_live)
		how_to_read_live(p);
	if (!p->only_kernels)
		how_to_read_cells(p);
	fputs("</dl></section>\n", p->f);
}

static void body(struct page *p)
{
	head(p);
	if (plot_possible())
		plot_shapes(p->f);
	html_summary(p);
	html_trees(p);
	html_live(p);
	html_machines(p);
	html_side_by_side(p);
	if (!p->only_kernels) {	/* a tree's race shows that something is so, not how often */
		html_matrix(p);
		html_plots(p);
	}
	html_cells(p);
	html_code(p);
	how_to_read(p);
	fprintf(p->f, "</main>\n<script>%s</script>\n", page_script);
}

/* The page in memory: with as much of each cell as the limit allows. */
static char *page(const struct html_words *w, const struct results *rs, size_t *size)
{
	struct page p;
	char *buf = NULL;

	page_open(&p, rs);
	p.code = w->code;
	p.nr_code = w->nr_code;
	do {
		free(buf);
		buf = NULL;
		p.f = open_memstream(&buf, size);
		if (!p.f)
			break;
		body(&p);
		if (fclose(p.f))
			*size = 0;
	} while (*size > w->limit && ++p.detail < NR_DETAILS);
	page_close(&p);
	return buf;
}

int html_file(const struct html_words *w, const struct results *rs)
{
	size_t size = 0;
	char *buf = page(w, rs, &size);
	FILE *f;
	int err = 0;

	if (!buf || !size) {
		free(buf);
		return -ENOMEM;
	}
	if (size > w->limit)
		fprintf(stderr, "tornreport: %s: %zu bytes, over %zu: more cells than fit one page\n",
			w->out, size, w->limit);
	f = fopen(w->out, "w");
	if (!f)
		err = -errno;
	else if (fwrite(buf, 1, size, f) != size || fflush(f))
		err = -errno;
	if (f && fclose(f) && !err)
		err = -errno;
	free(buf);
	return err;
}
