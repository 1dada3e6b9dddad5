/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who ran it. Unusual is what changes how far a result can be trusted or repeated:
 * written beside the value, not only by its colour.
 */
#include <string.h>

#include "report/results/target.h"
#include "html.h"

static void unusual(FILE *f, const char *what)
{
	fputs(" <strong class=odd>⚠ ", f);
	page_text(f, what);
	fputs("</strong>", f);
}

static void value(FILE *f, const char *name, const char *text)
{
	fprintf(f, "<tr><th scope=row>%s<td>", name);
	page_text(f, text);
}

static void calibration(FILE *f, const struct result *r)
{
	const struct calibrated *c = r->calibration;
	char torn[FIGURE_LEN], reads[FIGURE_LEN];
	bool words_tear = false;

	fputs("<tr><th scope=row>calibration<td>", f);
	if (r->source) {
		fputs("none: a kernel tree's busted twins say what this executor shows", f);
		return;
	}
	if (!c) {
		unusual(f, "not calibrated: nobody knows what this executor tears");
		return;
	}
	fputs("<span class=note>torn of all reads:</span> ", f);
	for (unsigned i = 0; i < c->n; i++) {
		fputs(i ? ", " : "", f);
		page_text(f, c->of[i].name);
		fprintf(f, " %s/%s", figure(torn, (double)c->of[i].torn),
			figure(reads, (double)c->of[i].reads));
		words_tear |= !strcmp(c->of[i].name, "two-words") && c->of[i].torn;
		if (c->of[i].torn && target_promises(r->machine->target, c->of[i].name))
			unusual(f, "torn by this executor, though its architecture promises that it is atomic");
	}
	if (!words_tear)
		unusual(f, "two words never tore: nothing can be shown here");
}

/* The first line of that machine stands for its calibration. */
static const struct result *line_of(const struct page *p, unsigned machine)
{
	for (size_t i = 0; i < p->rs->n; i++)
		if (p->rs->r[i].machine->index == machine)
			return &p->rs->r[i];
	return NULL;
}

static void machine(struct page *p, unsigned i)
{
	const struct machine *m = p->rs->machines[i];
	const struct result *r = line_of(p, i);
	FILE *f = p->f;

	fprintf(f, "<table class=facts id=e%u><caption>%u. ", i, i + 1);
	page_text(f, p->label[i]);
	fputs("</caption><tbody>\n", f);
	value(f, "target", m->target);
	value(f, "executor", m->executor);
	if (strstr(m->executor, "qemu"))
		fputs(" <span class=note>an emulator</span>", f);
	value(f, "CPU", m->cpu);
	fprintf(f, "<span class=note>, %u allowed: ", m->nr_cpus);
	page_text(f, m->cpus);
	fputs("</span>", f);
	if (m->nr_cpus == 1)
		unusual(f, "one CPU: nothing races in parallel");
	value(f, "kernel", m->kernel);
	value(f, "compiler", m->compiler);
	value(f, "flags", m->flags);
	if (strstr(m->flags, "-O0") || strstr(m->flags, "-fsanitize"))
		unusual(f, "not how it is built to be measured");
	value(f, "git", m->git);
	if (strstr(m->git, "-dirty"))
		unusual(f, "from no commit");
	else if (!strcmp(m->git, "unknown"))
		unusual(f, "nobody knows which source");
	if (r)
		calibration(f, r);
	fputs("</table>\n", f);
}

void html_machines(struct page *p)
{
	fputs("<section id=executors aria-labelledby=executors-h><h2 id=executors-h>Executors</h2>"
	      "<p class=note>CPU, kernel or emulator that ran the cells. ⚠ marks what is unusual.</p>"
	      "<div class=cards>\n", p->f);
	for (unsigned i = 0; i < p->rs->nr_machines; i++)
		machine(p, i);
	fputs("</div></section>\n", p->f);
}
