/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the report page; each writes one section, or nothing where it has nothing to show. */
#ifndef TORNREPORT_HTML_H
#define TORNREPORT_HTML_H

#include "page.h"

enum { PAGE_LIMIT = 1000000 };	/* bytes, without --limit */

struct code;

/* What the command line says. */
struct html_words {
	const char *out, *errata;
	size_t limit;
	struct code *code;	/* audits of binaries; the caller frees the array */
	size_t nr_code;
};

/* Adds a file that `tornreport audit --json` wrote; -EINVAL: it is not one. */
int html_audit(struct html_words *w, struct results *rs, const char *path);

/* One page on everything in rs, with less of each cell where more than w->limit bytes would be needed. 0, -errno. */
int html_file(const struct html_words *w, const struct results *rs);

void html_summary(struct page *p);	/* the verdict in one sentence and one table; what needs a look */
void html_trees(struct page *p);		/* a kernel tree's own code, tree by tree */
void html_live(struct page *p);		/* a running kernel's own page tables, kernel by kernel */
void html_machines(struct page *p);	/* who ran it, what is unusual about it */
void html_side_by_side(struct page *p);	/* cell x executor, where there are several */
void html_matrix(struct page *p);	/* writer x reader per walker and level */
void html_plots(struct page *p);	/* forest, time to first tear, clustering, delay */
void html_forest(struct page *p);
void html_cells(struct page *p);	/* every cell, with its witness and its command */
void html_code(struct page *p);		/* what the readers and writers compiled to */

/* Both words of a witness in its layout's field names: bit by bit, or in brief what is set. */
void html_anatomy(FILE *f, const struct result *r, bool brief);

/* The accesses of a cell's reader and writer, where they were audited. */
void html_compiled(struct page *p, const struct result *r);

/* "386 torn, 12 phantom": distinct bad ones; nothing where there are none. */
void html_seen(FILE *f, const struct result *r);

#endif
