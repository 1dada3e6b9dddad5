/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF by libelf: the functions of .symtab, their bytes, and the names behind calls.
 *
 * Invariant: what is handed out lies inside its section's data, whatever a broken file says.
 */
#include "elf.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct mapping {	/* ARM's $a, $t, $d */
	size_t section;
	uint64_t addr;
	bool data;
};

struct elf_private {
	int fd;
	Elf *elf;
	Elf_Data *symbols;
	size_t nsymbols, strings;
	struct mapping *maps;
	size_t nmaps;
};

static bool find_symbols(struct elf_private *e)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	while ((scn = elf_nextscn(e->elf, scn))) {
		if (!gelf_getshdr(scn, &sh) || sh.sh_type != SHT_SYMTAB || !sh.sh_entsize)
			continue;
		e->symbols = elf_getdata(scn, NULL);
		e->nsymbols = sh.sh_size / sh.sh_entsize;
		e->strings = sh.sh_link;
		return e->symbols != NULL;
	}
	return false;
}

static const char *symbol(const struct elf_private *e, size_t i, GElf_Sym *s)
{
	const char *name = NULL;

	if (gelf_getsym(e->symbols, (int)i, s))
		name = elf_strptr(e->elf, e->strings, s->st_name);
	return name ? name : "";
}

static int by_place(const void *a, const void *b)
{
	const struct mapping *x = a, *y = b;

	if (x->section != y->section)
		return x->section < y->section ? -1 : 1;
	return (x->addr > y->addr) - (x->addr < y->addr);
}

static int gather(struct image *img)
{
	struct elf_private *e = img->elf;
	size_t i;

	img->functions = calloc(e->nsymbols, sizeof(*img->functions));
	e->maps = calloc(e->nsymbols, sizeof(*e->maps));
	if (!img->functions || !e->maps)
		return -ENOMEM;
	for (i = 0; i < e->nsymbols; i++) {
		GElf_Sym s;
		const char *name = symbol(e, i, &s);

		if (GELF_ST_TYPE(s.st_info) == STT_FUNC && s.st_shndx != SHN_UNDEF)
			img->functions[img->nfunctions++] = (struct function){
				.name = name, .size = s.st_size, .section = s.st_shndx,
				.addr = img->isa == ISA_ARM ? s.st_value & ~1ull : s.st_value,
				.thumb = img->isa == ISA_ARM && (s.st_value & 1) };
		else if (img->isa == ISA_ARM && name[0] == '$' && name[1] && strchr("atd", name[1]))
			e->maps[e->nmaps++] = (struct mapping){ .section = s.st_shndx, .addr = s.st_value,
							      .data = name[1] == 'd' };
	}
	qsort(e->maps, e->nmaps, sizeof(*e->maps), by_place);
	return img->nfunctions ? 0 : -ENOEXEC;
}

static uint64_t uleb(const uint8_t **p, const uint8_t *end)
{
	uint64_t v = 0;
	unsigned shift;

	for (shift = 0; *p < end && shift < 63; shift += 7) {
		uint8_t b = *(*p)++;

		v |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			break;
	}
	return v;
}

/*
 * Tag_Virtualization_use of the file's build attributes: ARMv7 with the
 * virtualization extensions has LPAE. "A", length, "aeabi", 1, length, tags.
 */
static bool built_for_lpae(Elf *elf)
{
	enum { HEADER = 1 + 4 + 6 + 1 + 4, STRINGS = 3, CPU_RAW = 4, CPU_NAME = 5,
	       COMPATIBILITY = 32, CONFORMANCE = 67, VIRTUALIZATION = 68 };
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	while ((scn = elf_nextscn(elf, scn))) {
		Elf_Data *d = gelf_getshdr(scn, &sh) && sh.sh_type == SHT_ARM_ATTRIBUTES ?
				      elf_getdata(scn, NULL) : NULL;
		const uint8_t *p = d ? d->d_buf : NULL, *end = d ? p + d->d_size : NULL;

		if (!p || d->d_size < HEADER || memcmp(p + 5, "aeabi", 6))
			continue;
		for (p += HEADER; p < end;) {
			uint64_t tag = uleb(&p, end), value = 0;

			if (tag != CPU_RAW && tag != CPU_NAME && tag != CONFORMANCE)
				value = uleb(&p, end);
			if (tag == CPU_RAW || tag == CPU_NAME || tag == CONFORMANCE || tag == COMPATIBILITY)
				while (p < end && *p++)
					;
			if (tag == VIRTUALIZATION)
				return value & 2;
		}
	}
	return false;
}

static int identify(struct image *img, const char **why)
{
	GElf_Ehdr h;

	*why = "not an ELF file";
	if (elf_kind(img->elf->elf) != ELF_K_ELF || !gelf_getehdr(img->elf->elf, &h))
		return -ENOEXEC;
	img->object = h.e_type == ET_REL;
	*why = "neither x86 nor 32-bit ARM";
	switch (h.e_machine) {
	case EM_X86_64: img->isa = ISA_X86_64; break;
	case EM_386: img->isa = ISA_I386; break;
	case EM_ARM: img->isa = ISA_ARM; break;
	default: return -ENOEXEC;
	}
	img->lpae = img->isa == ISA_ARM && built_for_lpae(img->elf->elf);
	*why = "no symbols; the unstripped one is tornwalk.full";
	return find_symbols(img->elf) ? gather(img) : -ENOEXEC;
}

int image_open(struct image *img, const char *path, const char **why)
{
	int err;

	*img = (struct image){ .path = path, .elf = calloc(1, sizeof(*img->elf)) };
	if (!img->elf)
		return -ENOMEM;
	elf_version(EV_CURRENT);
	img->elf->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (img->elf->fd < 0) {
		err = -errno;
		*why = strerror(errno);
		goto out_close;
	}
	img->elf->elf = elf_begin(img->elf->fd, ELF_C_READ, NULL);
	err = identify(img, why);
	if (!err)
		return 0;
out_close:
	image_close(img);
	return err;
}

void image_close(struct image *img)
{
	if (!img->elf)
		return;
	elf_end(img->elf->elf);
	if (img->elf->fd >= 0)
		close(img->elf->fd);
	free(img->elf->maps);
	free(img->elf);
	free(img->functions);
	*img = (struct image){ 0 };
}

const uint8_t *image_code(const struct image *img, const struct function *f)
{
	Elf_Scn *scn = elf_getscn(img->elf->elf, f->section);
	Elf_Data *d = scn ? elf_getdata(scn, NULL) : NULL;
	GElf_Shdr sh;
	uint64_t at;

	if (!d || !d->d_buf || !gelf_getshdr(scn, &sh))
		return NULL;
	at = f->addr - (img->object ? 0 : sh.sh_addr);
	return at < d->d_size && f->size <= d->d_size - at ? (const uint8_t *)d->d_buf + at : NULL;
}

bool image_is_data(const struct image *img, const struct function *f, uint64_t addr)
{
	bool data = false;
	size_t i;

	for (i = 0; i < img->elf->nmaps; i++) {
		const struct mapping *m = &img->elf->maps[i];

		if (m->section == f->section && m->addr <= addr)
			data = m->data;
	}
	return data;
}

static const char *name_at(const struct image *img, size_t section, uint64_t addr)
{
	size_t i;

	for (i = 0; i < img->nfunctions; i++) {
		const struct function *g = &img->functions[i];

		if (g->section == section && g->addr == (img->isa == ISA_ARM ? addr & ~1ull : addr))
			return g->name;
	}
	return NULL;
}

static const char *section_name(const struct elf_private *e, size_t section)
{
	Elf_Scn *scn = elf_getscn(e->elf, section);
	const char *name = NULL;
	size_t strings;
	GElf_Shdr sh;

	if (scn && gelf_getshdr(scn, &sh) && !elf_getshdrstrndx(e->elf, &strings))
		name = elf_strptr(e->elf, strings, sh.sh_name);
	if (name && !strncmp(name, ".text.", 6))
		name += 6;
	return name ? name : "";
}

/* The symbol of relocation i of d; for a section's own, the function it is named after. */
static const char *reloc_name(const struct elf_private *e, Elf_Data *d, int i, bool rela, uint64_t *at)
{
	GElf_Rela ra;
	GElf_Rel r;
	GElf_Sym s;
	const char *name;
	size_t sym;

	if (rela ? !gelf_getrela(d, i, &ra) : !gelf_getrel(d, i, &r))
		return "";
	*at = rela ? ra.r_offset : r.r_offset;
	sym = rela ? GELF_R_SYM(ra.r_info) : GELF_R_SYM(r.r_info);
	name = symbol(e, sym, &s);
	if (GELF_ST_TYPE(s.st_info) == STT_SECTION)
		name = section_name(e, s.st_shndx);
	return *name ? name : "?";
}

static const char *relocated(const struct image *img, const struct function *f, uint64_t addr, unsigned len)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	while ((scn = elf_nextscn(img->elf->elf, scn))) {
		Elf_Data *d;
		size_t i;

		if (!gelf_getshdr(scn, &sh) || (sh.sh_type != SHT_RELA && sh.sh_type != SHT_REL) ||
		    sh.sh_info != f->section || !sh.sh_entsize)
			continue;
		d = elf_getdata(scn, NULL);
		for (i = 0; d && i < sh.sh_size / sh.sh_entsize; i++) {
			uint64_t at = 0;
			const char *name = reloc_name(img->elf, d, (int)i, sh.sh_type == SHT_RELA, &at);

			if (*name && at >= addr && at < addr + len)
				return name;
		}
	}
	return NULL;
}

const char *image_callee(const struct image *img, const struct function *f, uint64_t addr,
			 unsigned len, uint64_t target)
{
	const char *name = img->object ? relocated(img, f, addr, len) : NULL;
	size_t i;

	if (name || img->object)
		return name ? name : name_at(img, f->section, target);
	for (i = 0; i < img->nfunctions; i++)
		if (img->functions[i].addr == (img->isa == ISA_ARM ? target & ~1ull : target))
			return img->functions[i].name;
	return NULL;
}
