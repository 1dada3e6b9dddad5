/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ELF by libelf, or raw memory. Invariant: what is handed out lies inside the file. */
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int kimage_add(struct kimage *k, uint32_t addr, const char *name, size_t len)
{
	struct symbol *s = k->symbols;

	if (!(k->nsymbols & (k->nsymbols - 1))) {
		s = realloc(s, (k->nsymbols ? 2 * k->nsymbols : 1) * sizeof(*s));
		if (!s)
			return -ENOMEM;
		k->symbols = s;
	}
	s[k->nsymbols] = (struct symbol){ .addr = addr, .name = strndup(name, len) };
	return s[k->nsymbols++].name ? 0 : -ENOMEM;
}

const uint8_t *kimage_at(const struct kimage *k, uint32_t addr, uint32_t len)
{
	unsigned i;

	for (i = 0; i < k->nsegments; i++) {
		const struct segment *s = &k->segments[i];

		if (addr >= s->addr && addr - s->addr < s->size && len <= s->size - (addr - s->addr))
			return s->data + (addr - s->addr);
	}
	return NULL;
}

bool kimage_word(const struct kimage *k, uint32_t addr, uint32_t *word)
{
	const uint8_t *p = kimage_at(k, addr, 4);

	if (p)
		memcpy(word, p, 4);
	return p != NULL;
}

int kimage_symbol(const struct kimage *k, uint32_t addr)
{
	unsigned lo = 0, hi = k->nsymbols;

	while (lo < hi) {
		unsigned mid = (lo + hi) / 2;

		if (k->symbols[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo && addr - k->symbols[lo - 1].addr < k->symbols[lo - 1].size ? (int)lo - 1 : -1;
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void sort(struct kimage *k)
{
	unsigned i, n = 0;

	qsort(k->symbols, k->nsymbols, sizeof(*k->symbols), by_address);
	for (i = 0; i < k->nsymbols; i++) {
		if (n && k->symbols[n - 1].addr == k->symbols[i].addr)
			free(k->symbols[i].name);
		else
			k->symbols[n++] = k->symbols[i];
	}
	k->nsymbols = n;
	for (i = 0; i < n; i++)
		k->symbols[i].size = (i + 1 < n ? k->symbols[i + 1].addr : k->symbols[i].addr + 4096) - k->symbols[i].addr;
}

static int read_symtab(struct kimage *k, Elf *elf)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr sh, text;

	while ((scn = elf_nextscn(elf, scn))) {
		Elf_Data *d = gelf_getshdr(scn, &sh) && sh.sh_type == SHT_SYMTAB && sh.sh_entsize ? elf_getdata(scn, NULL) : NULL;
		size_t i;

		for (i = 0; d && i < sh.sh_size / sh.sh_entsize; i++) {
			GElf_Sym s;
			const char *name = gelf_getsym(d, (int)i, &s) ? elf_strptr(elf, sh.sh_link, s.st_name) : NULL;
			Elf_Scn *in = name && s.st_shndx < SHN_LORESERVE ? elf_getscn(elf, s.st_shndx) : NULL;
			int type = GELF_ST_TYPE(s.st_info), err;

			/* assembler's functions may have no type */
			if (!in || !*name || *name == '$' || *name == '.' || (type != STT_FUNC && type != STT_NOTYPE) ||
			    !gelf_getshdr(in, &text) || !(text.sh_flags & SHF_EXECINSTR))
				continue;
			err = kimage_add(k, (uint32_t)s.st_value, name, strlen(name));
			if (err)
				return err;
		}
	}
	return 0;
}

static int add_segment(struct kimage *k, uint32_t addr, size_t at, size_t size)
{
	struct segment *s;

	if (at > k->size || size > k->size - at)
		return -ENOEXEC;
	s = realloc(k->segments, (k->nsegments + 1) * sizeof(*s));
	if (!s)
		return -ENOMEM;
	k->segments = s;
	s[k->nsegments++] = (struct segment){ .addr = addr, .size = (uint32_t)size, .data = k->file + at };
	return 0;
}

static int read_elf(struct kimage *k, Elf *elf, const char **why)
{
	GElf_Ehdr h;
	GElf_Phdr p;
	size_t n, i;
	int err = -ENOEXEC;

	*why = "an ELF file, but no linked kernel of i386 or 32-bit ARM";
	if (!gelf_getehdr(elf, &h) || h.e_type != ET_EXEC || elf_getphdrnum(elf, &n))
		return err;
	if (h.e_machine != EM_386 && h.e_machine != EM_ARM)
		return err;
	k->arch = h.e_machine == EM_386 ? ARCH_I386 : ARCH_ARM;
	*why = "an ELF file that is cut off";
	for (i = 0; i < n; i++)
		if (gelf_getphdr(elf, (int)i, &p) && p.p_type == PT_LOAD && p.p_filesz) {
			err = add_segment(k, (uint32_t)p.p_vaddr, p.p_offset, p.p_filesz);
			if (err)
				return err;
		}
	err = read_symtab(k, elf);
	for (i = 0; !err && !k->nsymbols && i < k->nsegments; i++) {
		k->kallsyms = true;
		err = kallsyms_read(k, k->segments[i].data, k->segments[i].size);
	}
	return err;
}

/* ---- raw memory: where is it linked? ---- */

/* How many functions would begin as gcc begins one (push, mov ip, sp), were the file's start at base */
static unsigned prologues(const struct kimage *k, uint32_t base)
{
	unsigned n = 0, i;
	uint32_t w;

	for (i = 0; i < k->nsymbols; i += 16) {
		uint32_t at = k->symbols[i].addr - base;

		if (at & 3 || at > k->size - 4)
			continue;
		memcpy(&w, k->file + at, 4);
		n += w == 0xe1a0c00d || w >> 16 == 0xe92d || w == 0xe52de004;
	}
	return n;
}

static bool place(const struct kimage *k, uint32_t *base)
{
	static const uint32_t splits[] = { 0xc0000000, 0xb0000000, 0x80000000, 0x40000000 };
	unsigned best = 0, n, s;
	uint32_t at;

	for (s = 0; s < sizeof(splits) / sizeof(splits[0]); s++)
		for (at = splits[s] + 0x8000; at < splits[s] + 0x1000000; at += 0x100000) {
			n = prologues(k, at);
			if (n > best) {
				best = n;
				*base = at;
			}
		}
	return best > k->nsymbols / 64;
}

static int read_raw(struct kimage *k, const char **why)
{
	uint32_t base = 0;
	int err;

	*why = "neither an ELF file nor the memory of a kernel that has kallsyms tables";
	k->arch = ARCH_ARM;
	k->kallsyms = true;
	err = kallsyms_read(k, k->file, k->size);
	if (err || !k->nsymbols)
		return err ? err : -ENOEXEC;
	*why = "where this memory is linked cannot be found out";
	return place(k, &base) ? add_segment(k, base, 0, k->size) : -ENOEXEC;
}

int kimage_open(struct kimage *k, const char *path, const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = -ENOEXEC;
	struct stat st;
	Elf *elf;

	*k = (struct kimage){ 0 };
	*why = strerror(errno);
	if (fd < 0)
		return -errno;
	*why = "not a file with anything in it";
	if (fstat(fd, &st) || st.st_size < 4096 || st.st_size > UINT32_MAX) {
		close(fd);
		return err;
	}
	k->size = (size_t)st.st_size;
	k->file = mmap(NULL, k->size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	close(fd);
	if (k->file == MAP_FAILED) {
		k->file = NULL;
		*why = "no memory";
		return -ENOMEM;
	}
	elf_version(EV_CURRENT);
	if (!memcmp(k->file, ELFMAG, SELFMAG)) {
		elf = elf_memory((char *)k->file, k->size);
		if (elf)
			err = read_elf(k, elf, why);
		elf_end(elf);
	} else {
		err = read_raw(k, why);
	}
	if (!err && !k->nsymbols) {
		*why = "no names: neither .symtab nor kallsyms tables";
		err = -ENOEXEC;
	}
	if (err)
		kimage_close(k);
	else
		sort(k);
	return err;
}

void kimage_close(struct kimage *k)
{
	unsigned i;

	for (i = 0; i < k->nsymbols; i++)
		free(k->symbols[i].name);
	free(k->symbols);
	free(k->segments);
	if (k->file)
		munmap(k->file, k->size);
	*k = (struct kimage){ 0 };
}
