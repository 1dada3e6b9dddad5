/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables by which a kernel names its own functions, as scripts/kallsyms.c has written
 * them since 4.6 (offsets from a base), found by what they have to be: nothing says where.
 *
 *	names		n times: a length, and as many bytes, each of which stands for a piece
 *	markers		where every 256th name begins; by them the names are told from anything else
 *	tokens		the 256 pieces, each ended by 0; the first character of a name is its type
 *	index		where each piece begins
 *	offsets		of each symbol, in order of the names, hence of the addresses
 *	base		what they are added to; newer 32-bit kernels have none
 *
 * Until 6.3 offsets and base stand before the names, since 6.4 behind the index.
 */
#include "image.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { TOKENS = 256, EVERY = 256, FEWEST = 1000, MOST = 2000000, LONGEST = 512 };

struct tables {
	const uint8_t *data;
	size_t size, tokens, index, names, count, offsets, base;
	unsigned n;
};

static uint32_t word(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

static unsigned half(const uint8_t *p)
{
	return p[0] | (unsigned)p[1] << 8;
}

/* 256 pieces, and behind them, aligned, where each begins: digits stand for themselves. */
static bool tokens_at(struct tables *t, size_t at)
{
	size_t p = at, i, start[TOKENS];

	for (i = 0; i < TOKENS; i++) {
		const uint8_t *end = memchr(t->data + p, 0, t->size - p < 64 ? t->size - p : 64);

		if (!end)
			return false;
		start[i] = p - at;
		p = (size_t)(end - t->data) + 1;
	}
	for (p = (p + 3) & ~(size_t)3, i = 0; i < 4; i++, p += 4) {
		size_t k;

		if (p + 2 * TOKENS > t->size)
			return false;
		for (k = 0; k < TOKENS && half(t->data + p + 2 * k) == start[k]; k++)
			;
		if (k == TOKENS) {
			t->tokens = at;
			t->index = p;
			return true;
		}
	}
	return false;
}

static bool find_tokens(struct tables *t)
{
	static const char digits[] = "0\0" "1\0" "2\0" "3\0" "4\0" "5\0" "6\0" "7\0" "8\0" "9";
	const uint8_t *p = t->data, *end = t->data + t->size;

	while ((p = memmem(p, (size_t)(end - p), digits, sizeof(digits)))) {
		size_t back = (size_t)(p - t->data), k = 0;

		/* the pieces before '0' are 48; some are longer than one byte */
		while (back > 0 && k < 49)
			k += !t->data[--back];
		if (k == 49 && tokens_at(t, back + 1))
			return true;
		if (back == 0 && k == 48 && tokens_at(t, 0))
			return true;
		p++;
	}
	return false;
}

/* The length of the name at p, and where it begins; 0: none */
static size_t name_at(const struct tables *t, size_t p, size_t *begin)
{
	size_t len;

	if (p >= t->size)
		return 0;
	len = t->data[p++];
	if (len & 0x80) {
		if (p >= t->size)
			return 0;
		len = (len & 0x7f) | (size_t)t->data[p++] << 7;
	}
	*begin = p;
	return len && len <= LONGEST && p + len <= t->size ? len : 0;
}

static size_t expand(const struct tables *t, size_t begin, size_t len, char *to)
{
	size_t n = 0, i;

	for (i = 0; i < len; i++) {
		const char *s = (const char *)t->data + t->tokens + half(t->data + t->index + 2 * t->data[begin + i]);

		while (*s && n < LONGEST)
			to[n++] = *s++;
	}
	to[n] = '\0';
	return n;
}

/* Are these n names, and their markers behind them? */
static bool names_at(struct tables *t, size_t at, unsigned n)
{
	char text[LONGEST + 1];
	size_t p = at, begin, len, i, k;
	uint32_t second = 0;

	for (i = 0; i < n; i++) {
		len = name_at(t, p, &begin);
		if (!len || begin + len > t->tokens)
			return false;
		if (i < 4 && (expand(t, begin, len, text) < 2 || !isalpha((unsigned char)text[0])))
			return false;
		p = begin + len;
		if (i + 1 == EVERY)
			second = (uint32_t)(p - at);
	}
	for (p = (p + 3) & ~(size_t)3, k = 0; k < 8; k++, p += 4)
		if (p + 8 <= t->size && !word(t->data + p) && word(t->data + p + 4) == second)
			return true;
	return false;
}

static bool find_names(struct tables *t)
{
	size_t p, gap;

	for (p = 0; p + 16 < t->tokens; p += 4) {
		unsigned n = word(t->data + p);

		if (n < FEWEST || n > MOST || 3 * (size_t)n > t->tokens - p)
			continue;
		for (gap = 4; gap <= 8; gap += 4)
			if (names_at(t, p + gap, n)) {
				t->count = p;
				t->names = p + gap;
				t->n = n;
				return true;
			}
	}
	return false;
}

/* n numbers that never fall, from 0 if there is a base */
static bool offsets_at(const struct tables *t, size_t at, bool based)
{
	size_t i;

	if (at + 4 * (size_t)t->n + 4 > t->size || based != !word(t->data + at))
		return false;
	for (i = 1; i < t->n; i++)
		if (word(t->data + at + 4 * i) < word(t->data + at + 4 * i - 4))
			return false;
	return word(t->data + at + 4 * (size_t)t->n - 4) - word(t->data + at) > 4096;
}

static bool find_offsets(struct tables *t)
{
	size_t gap, pad;
	int based;

	for (gap = 4; gap <= 64; gap += 4)
		for (pad = 0; pad <= 8; pad += 4) {
			size_t all = gap + 4 * (size_t)t->n + pad;

			t->offsets = t->count - all;
			t->base = t->offsets + 4 * (size_t)t->n + pad;
			if (all <= t->count && offsets_at(t, t->offsets, true))
				return true;
		}
	for (based = 1; based >= 0; based--)
		for (gap = 0; gap <= 64; gap += 4) {
			t->offsets = t->index + 2 * TOKENS + gap;
			t->base = based ? t->offsets + 4 * (size_t)t->n : 0;
			if (offsets_at(t, t->offsets, based))
				return true;
		}
	return false;
}

int kallsyms_read(struct kimage *k, const uint8_t *data, size_t size)
{
	struct tables t = { .data = data, .size = size };
	char text[LONGEST + 1];
	size_t p, begin, len;
	uint32_t base = 0;
	unsigned i;
	int err = 0;

	if (!find_tokens(&t) || !find_names(&t) || !find_offsets(&t))
		return 0;
	if (t.base)
		base = word(t.data + t.base);
	for (i = 0, p = t.names; i < t.n && !err; i++, p = begin + len) {
		len = name_at(&t, p, &begin);
		if (!len)
			return -ENOEXEC;
		expand(&t, begin, len, text);
		if (strchr("tTwW", text[0]) && text[1] && text[1] != '$')
			err = kimage_add(k, base + word(data + t.offsets + 4 * (size_t)i), text + 1, strlen(text + 1));
	}
	return err;
}
