/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel's image, unpacked: its memory as it is linked, and the names of its functions.
 *
 * Names come from .symtab where there is one (vmlinux, a -dbg package's), else from the
 * kernel's own kallsyms tables, which every image carries whose symbols can be looked up at
 * all; those of ARM have no ELF header, and only the tables say where the image is linked.
 */
#ifndef TORNWALK_KERNEL_IMAGE_IMAGE_H
#define TORNWALK_KERNEL_IMAGE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/audit/object.h"

struct segment { uint32_t addr, size; const uint8_t *data; };

/* Sorted by address; size reaches to the next one. Of several names of an address, the first. */
struct symbol { uint32_t addr, size; char *name; };

struct kimage {
	enum arch arch;
	bool kallsyms;		/* where the names are from */
	struct segment *segments;
	unsigned nsegments;
	struct symbol *symbols;
	unsigned nsymbols;
	uint8_t *file;
	size_t size;
};

/* 0, or -errno and why in plain words. */
int kimage_open(struct kimage *k, const char *path, const char **why);
void kimage_close(struct kimage *k);

/* `len` bytes at addr; NULL: not in the image */
const uint8_t *kimage_at(const struct kimage *k, uint32_t addr, uint32_t len);
bool kimage_word(const struct kimage *k, uint32_t addr, uint32_t *word);

/* The symbol that addr is in, or -1 */
int kimage_symbol(const struct kimage *k, uint32_t addr);

/* Adds every function of the tables in these bytes, unsorted; none if there are no tables. 0, or -errno. */
int kallsyms_read(struct kimage *k, const uint8_t *data, size_t size);
int kimage_add(struct kimage *k, uint32_t addr, const char *name, size_t len);

#endif
