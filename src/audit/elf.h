/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A built binary, or an object file, as functions that can be disassembled.
 *
 * Only what the audit needs: symbols, their bytes, whether they are Thumb, where
 * data lies between the code, and the name behind a call's target.
 */
#ifndef TORNREPORT_AUDIT_ELF_H
#define TORNREPORT_AUDIT_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum isa { ISA_X86_64, ISA_I386, ISA_ARM };

struct function {
	const char *name;
	uint64_t addr, size;	/* addr without the Thumb bit; in its section for an object file */
	size_t section;
	bool thumb;
};

struct image {
	const char *path;
	enum isa isa;
	bool lpae;		/* ARM: built for the virtualization extensions, hence LPAE */
	bool object;		/* not linked: calls are relocations */
	struct function *functions;
	size_t nfunctions;
	struct elf_private *elf;
};

/* 0; else -errno, and *why in plain words: not ELF, another machine, no symbols. */
int image_open(struct image *img, const char *path, const char **why);
void image_close(struct image *img);

/* f's instructions; NULL where the file has none. */
const uint8_t *image_code(const struct image *img, const struct function *f);

/* Is this address a literal pool (ARM's $d), not code? */
bool image_is_data(const struct image *img, const struct function *f, uint64_t addr);

/* What is called at [addr, addr + len) of f, whose operand says `target`; NULL: no name. */
const char *image_callee(const struct image *img, const struct function *f, uint64_t addr,
			 unsigned len, uint64_t target);

#endif
