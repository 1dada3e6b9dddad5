/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * inih's handler gets no line number and no call for an empty section, and
 * inih cuts long lines and names. So the lines pass through a reader of ours:
 * it counts them, announces sections and refuses what would be cut.
 *
 * Invariant: the handler is only ever called for the line last handed out.
 */
#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "inifile.h"

struct lines {
	FILE *f;
	const struct inifile_ops *ops;
	void *user;
	unsigned line;
	unsigned bad_line;	/* 0: no error so far */
	bool in_section;
	char why[ERR_LEN];
};

static void refuse(struct lines *l)
{
	if (!l->bad_line)
		l->bad_line = l->line;
}

/* Only a line that fills the buffer exactly, or the last one, lacks its newline. */
static bool line_cut(struct lines *l, const char *s, int num)
{
	size_t n = strlen(s);
	int c;

	if (n && s[n - 1] == '\n')
		return false;
	if (n < (size_t)num - 1) {
		if (feof(l->f))
			return false;
		text_error(l->why, sizeof(l->why), "a zero byte in the line");
	} else {
		c = getc(l->f);
		if (c == '\r')
			c = getc(l->f);
		if (c == EOF || c == '\n')
			return false;
		text_error(l->why, sizeof(l->why), "line longer than %d bytes", num - 1);
	}
	refuse(l);
	return true;
}

static void announce_section(struct lines *l, const char *s)
{
	const char *end = strchr(s, ']');
	char name[ERR_LEN];

	if (!end) {
		text_error(l->why, sizeof(l->why), "section without its ]: %.*s",
			   (int)strcspn(s, "\r\n"), s);
		refuse(l);
		return;
	}
	l->in_section = true;
	snprintf(name, sizeof(name), "%.*s", (int)(end - s - 1), s + 1);
	if (l->ops->section(l->user, name, l->line, l->why))
		refuse(l);
}

/* inih's fgets(). NULL ends its parse: after the last line, or an error. */
static char *next_line(char *s, int num, void *stream)
{
	struct lines *l = stream;
	const char *text;

	if (l->bad_line || !fgets(s, num, l->f))
		return NULL;
	l->line++;
	if (line_cut(l, s, num))
		return NULL;
	text = l->line == 1 && !strncmp(s, "\xef\xbb\xbf", 3) ? s + 3 : s;
	if (*text == '[') {
		announce_section(l, text);
	} else if (text[strspn(text, " \t")] == '[') {
		text_error(l->why, sizeof(l->why), "a section must begin its line");
		refuse(l);
	}
	return l->bad_line ? NULL : s;
}

static int handle(void *stream, const char *section, const char *key, const char *value)
{
	struct lines *l = stream;

	(void)section;
	if (l->bad_line || !key)
		return 1;
	if (!l->in_section)
		text_error(l->why, sizeof(l->why), "key \"%s\" before any [section]", key);
	else if (!value || !*value)
		text_error(l->why, sizeof(l->why), "key \"%s\" has no value", key);
	else if (!l->ops->key(l->user, key, value, l->line, l->why))
		return 1;
	refuse(l);
	return 0;
}

/* What inih itself refused: one line it could make nothing of. */
static int syntax_error(const char *path, unsigned line, char *err, size_t len)
{
	char text[256] = "";
	FILE *f = fopen(path, "r");
	char *s = text;

	for (unsigned i = 0; f && i < line; i++)
		if (!fgets(text, sizeof(text), f))
			break;
	if (f)
		fclose(f);
	while (isspace((unsigned char)*s))
		s++;
	s[strcspn(s, "\r\n")] = '\0';
	return text_error_at(err, len, path, line, "neither [section] nor key = value: %s", s);
}

int inifile_read(const char *path, const struct inifile_ops *ops, void *user, char *err,
		 size_t len)
{
	struct lines l = { .ops = ops, .user = user };
	struct stat st;
	int line, failed;

	l.f = fopen(path, "r");
	if (!l.f)
		return text_error_at(err, len, path, 0, "%s", strerror(errno));
	if (!fstat(fileno(l.f), &st) && S_ISDIR(st.st_mode)) {
		fclose(l.f);
		return text_error_at(err, len, path, 0, "is a directory, not a file");
	}
	line = ini_parse_stream(next_line, &l, handle, &l);
	failed = ferror(l.f) ? errno : 0;
	fclose(l.f);
	if (failed)
		return text_error_at(err, len, path, 0, "%s", strerror(failed));
	if (line > 0 && (!l.bad_line || (unsigned)line < l.bad_line))
		return syntax_error(path, (unsigned)line, err, len);
	if (l.bad_line)
		return text_error_at(err, len, path, l.bad_line, "%s", l.why);
	return line < 0 ? text_error_at(err, len, path, 0, "cannot be parsed") : 0;
}
