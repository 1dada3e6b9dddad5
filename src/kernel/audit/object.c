/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An object file by libelf. What is handed out lies inside its section's data. */
#include "object.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct object_private {
	int fd;
	Elf *elf;
};

static const char *section_name(Elf *elf, GElf_Shdr *sh)
{
	const char *name = NULL;
	size_t strings;

	if (!elf_getshdrstrndx(elf, &strings))
		name = elf_strptr(elf, strings, sh->sh_name);
	return name ? name : "";
}

static Elf_Scn *section_named(Elf *elf, const char *name, GElf_Shdr *sh)
{
	Elf_Scn *scn = NULL;

	while ((scn = elf_nextscn(elf, scn)))
		if (gelf_getshdr(scn, sh) && !strcmp(section_name(elf, sh), name))
			return scn;
	return NULL;
}

static int read_lines(struct object *o)
{
	GElf_Shdr sh;
	Elf_Scn *scn = section_named(o->elf->elf, ".tornwalk", &sh);
	Elf_Data *d = scn ? elf_getdata(scn, NULL) : NULL;
	size_t n = d && d->d_buf ? d->d_size : 0;

	o->lines = malloc(n + 1);
	if (!o->lines)
		return -ENOMEM;
	if (n)
		memcpy(o->lines, d->d_buf, n);
	o->lines[n] = '\0';
	return 0;
}

static int read_spots(struct object *o)
{
	enum { MOST = 1 << 20 };
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;
	size_t i;

	while ((scn = elf_nextscn(o->elf->elf, scn))) {
		Elf_Data *d = gelf_getshdr(scn, &sh) && sh.sh_type == SHT_SYMTAB && sh.sh_entsize ?
				      elf_getdata(scn, NULL) : NULL;

		if (!d)
			continue;
		o->nspots = (unsigned)(sh.sh_size / sh.sh_entsize);
		o->starts = calloc(o->nspots + 1, sizeof(*o->starts));
		o->ends = calloc(o->nspots + 1, sizeof(*o->ends));
		o->functions = calloc(o->nspots + 1, sizeof(*o->functions));
		if (!o->starts || !o->ends || !o->functions)
			return -ENOMEM;
		for (i = 0; i < o->nspots; i++) {
			GElf_Sym s;
			const char *name = gelf_getsym(d, (int)i, &s) ? elf_strptr(o->elf->elf, sh.sh_link, s.st_name) : NULL;
			unsigned n;
			char which;

			if (name && GELF_ST_TYPE(s.st_info) == STT_FUNC)
				o->functions[o->nfunctions++] = (struct spot){ .section = s.st_shndx, .addr = s.st_value, .there = true };
			if (name && sscanf(name, "tornwalk_%c_%u", &which, &n) == 2 && n < o->nspots)
				(which == 's' ? o->starts : o->ends)[n] =
					(struct spot){ .section = s.st_shndx, .addr = s.st_value & (o->arch == ARCH_ARM ? ~1ull : ~0ull),
						       .there = true };
		}
		return 0;
	}
	return 0;
}

int object_open(struct object *o, const char *path, const char **why)
{
	GElf_Ehdr h;
	int err = -ENOEXEC;

	*o = (struct object){ .elf = calloc(1, sizeof(*o->elf)) };
	*why = "no memory";
	if (!o->elf)
		return -ENOMEM;
	elf_version(EV_CURRENT);
	o->elf->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (o->elf->fd < 0) {
		err = -errno;
		*why = strerror(errno);
		goto out_close;
	}
	o->elf->elf = elf_begin(o->elf->fd, ELF_C_READ, NULL);
	*why = "not an object file of x86 or 32-bit ARM";
	if (elf_kind(o->elf->elf) != ELF_K_ELF || !gelf_getehdr(o->elf->elf, &h) || h.e_type != ET_REL)
		goto out_close;
	switch (h.e_machine) {
	case EM_X86_64: o->arch = ARCH_X86_64; break;
	case EM_386: o->arch = ARCH_I386; break;
	case EM_ARM: o->arch = ARCH_ARM; break;
	default: goto out_close;
	}
	*why = "no memory";
	err = read_lines(o);
	if (!err)
		err = read_spots(o);
	if (err)
		goto out_close;
	if (cs_open(o->arch == ARCH_ARM ? CS_ARCH_ARM : CS_ARCH_X86, o->arch == ARCH_ARM ? CS_MODE_ARM :
		    o->arch == ARCH_I386 ? CS_MODE_32 : CS_MODE_64, &o->cs) != CS_ERR_OK) {
		*why = "no disassembler for it";
		err = -ENOEXEC;
		goto out_close;
	}
	cs_option(o->cs, CS_OPT_DETAIL, CS_OPT_ON);
	return 0;
out_close:
	object_close(o);
	return err;
}

void object_close(struct object *o)
{
	if (!o->elf)
		return;
	if (o->cs)
		cs_close(&o->cs);
	elf_end(o->elf->elf);
	if (o->elf->fd >= 0)
		close(o->elf->fd);
	free(o->elf);
	free(o->lines);
	free(o->starts);
	free(o->ends);
	free(o->functions);
	*o = (struct object){ 0 };
}

bool object_same_code(const struct object *a, const struct object *b)
{
	Elf_Scn *scn = NULL, *other;
	GElf_Shdr sh, osh;

	while ((scn = elf_nextscn(a->elf->elf, scn))) {
		Elf_Data *d, *e;

		if (!gelf_getshdr(scn, &sh) || !(sh.sh_flags & SHF_EXECINSTR) || !sh.sh_size)
			continue;
		other = section_named(b->elf->elf, section_name(a->elf->elf, &sh), &osh);
		d = elf_getdata(scn, NULL);
		e = other ? elf_getdata(other, NULL) : NULL;
		if (!d || !e || d->d_size != e->d_size || memcmp(d->d_buf, e->d_buf, d->d_size))
			return false;
	}
	return true;
}

/* The last function that begins before it. */
static const struct spot *function_of(const struct object *o, const struct spot *e)
{
	const struct spot *best = NULL;
	unsigned i;

	for (i = 0; i < o->nfunctions; i++)
		if (o->functions[i].section == e->section && o->functions[i].addr < e->addr &&
		    (!best || best->addr < o->functions[i].addr))
			best = &o->functions[i];
	return best;
}

size_t object_insns(const struct object *o, unsigned n, cs_insn **insns)
{
	const struct spot *s, *e;
	Elf_Scn *scn;
	Elf_Data *d;

	if (n >= o->nspots)
		return 0;
	s = &o->starts[n], e = &o->ends[n];
	if (!s->there && e->there)	/* a function's first instruction */
		s = function_of(o, e);
	if (!s || !s->there || !e->there || s->section != e->section || s->addr >= e->addr)
		return 0;
	scn = elf_getscn(o->elf->elf, s->section);
	d = scn ? elf_getdata(scn, NULL) : NULL;
	if (!d || !d->d_buf || e->addr > d->d_size)
		return 0;
	return cs_disasm(o->cs, (const uint8_t *)d->d_buf + s->addr, e->addr - s->addr, s->addr, 0, insns);
}
