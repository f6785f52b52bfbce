/* SPDX-License-Identifier: MIT
 * elf.c - is this image a static x86_64 program, and where do its parts go?
 * Not here: mapping them (exec.c); this builds on the host for tests and fuzzing.
 * exec.c calls in. Calls nothing.
 * Source: System V ABI, chapter 5; x86-64 psABI 4.1. */
#include "kernel/process/elf.h"
#include "kernel/lib/string.h"

struct elf_header {
	u8 ident[16];
	u16 type, machine;
	u32 version;
	u64 entry, phdr_offset, shdr_offset;
	u32 flags;
	u16 header_len, phdr_len, phdr_n, shdr_len, shdr_n, shdr_names;
} __packed;

struct elf_phdr {
	u32 type, flags;
	u64 offset, va, pa, file_len, mem_len, align;
} __packed;

_Static_assert(sizeof(struct elf_header) == 64, "System V ABI figure 4-3");
_Static_assert(sizeof(struct elf_phdr) == 56, "System V ABI figure 5-1");

enum {
	EI_CLASS = 4,
	EI_DATA = 5,
	EI_VERSION = 6,
	ELFCLASS64 = 2,
	ELFDATA2LSB = 1,
	EV_CURRENT = 1,
	ET_EXEC = 2,
	ET_DYN = 3,
	EM_X86_64 = 62,
	PT_LOAD = 1,
	PT_INTERP = 3,
	PF_X = 1,
	PF_W = 2,
	PF_R = 4
};

#define ELF_PAGE 4096ull
#define ELF_LOW  0x10000ull /* nothing may be linked lower: a null pointer must fault */

bool elf_is(const void *image, size_t len)
{
	return len >= 4 && memcmp(image, "\177ELF", 4) == 0;
}

static const char *check_header(const struct elf_header *h, size_t len)
{
	if (len == 0)
		return "empty";
	if (!elf_is(h, len))
		return "not an ELF file";
	if (len < sizeof(*h))
		return "truncated: its ELF header is not complete";
	if (h->ident[EI_CLASS] != ELFCLASS64 || h->ident[EI_DATA] != ELFDATA2LSB)
		return "not a 64-bit little-endian ELF file";
	if (h->machine != EM_X86_64)
		return "built for another machine than x86_64";
	if (h->ident[EI_VERSION] != EV_CURRENT)
		return "an ELF file of an unknown version";
	if (h->type != ET_EXEC && h->type != ET_DYN)
		return "not an executable (perhaps an object file or a core dump)";
	if (h->phdr_len != sizeof(struct elf_phdr) || h->phdr_n == 0)
		return "malformed: no program headers of the right size";
	if (h->phdr_offset > len || (len - h->phdr_offset) / sizeof(struct elf_phdr) < h->phdr_n)
		return "truncated: its program headers lie beyond its end";
	return NULL;
}

static u32 prot_of(u32 flags)
{
	return (flags & PF_R ? 1u : 0) | (flags & PF_W ? 2u : 0) | (flags & PF_X ? 4u : 0);
}

static const char *add_segment(
	struct elf_program *program, const struct elf_phdr *ph, size_t len, u64 va_max)
{
	if (ph->mem_len == 0)
		return NULL;
	if (ph->offset > len || ph->file_len > len - ph->offset)
		return "truncated: a segment lies beyond its end";
	if (ph->file_len > ph->mem_len)
		return "malformed: a segment is longer in the file than in memory";
	if (ph->va > va_max || ph->mem_len > va_max - ph->va)
		return "malformed: a segment does not fit the address space";
	if (!program->position_independent && ph->va < ELF_LOW)
		return "linked below 64 KiB, where nothing may be mapped";
	if ((ph->va ^ ph->offset) % ELF_PAGE != 0)
		return "malformed: a segment's address and offset differ within the page";
	if ((ph->flags & PF_W) && (ph->flags & PF_X))
		return "linked with a segment both writable and executable";
	if (program->segment_n == ELF_SEGMENTS_MAX)
		return "made of more than 16 segments";
	if (ALIGN_DOWN(ph->va, ELF_PAGE) < program->high)
		return "malformed: segments overlap or are not in order";
	if (program->segment_n == 0)
		program->low = ALIGN_DOWN(ph->va, ELF_PAGE);
	program->high = ALIGN_UP(ph->va + ph->mem_len, ELF_PAGE);
	if (is_power_of_two(ph->align))
		program->align = max(program->align, ph->align);
	program->segment[program->segment_n++] = (struct elf_segment){ ph->va, ph->mem_len,
		ph->offset, ph->file_len, prot_of(ph->flags) };
	return NULL;
}

/* The program looks for its own headers (TLS, for one) through the aux vector. */
static void find_phdrs(struct elf_program *program, const struct elf_header *h)
{
	program->phdr_n = h->phdr_n;
	program->phdr_len = h->phdr_len;
	for (u32 i = 0; i < program->segment_n; i++) {
		const struct elf_segment *s = &program->segment[i];

		if (h->phdr_offset >= s->file_offset &&
			h->phdr_offset - s->file_offset < s->file_len)
			program->phdr_va = s->va + (h->phdr_offset - s->file_offset);
	}
}

static bool entry_is_code(const struct elf_program *program)
{
	for (u32 i = 0; i < program->segment_n; i++) {
		const struct elf_segment *s = &program->segment[i];

		if (program->entry >= s->va && program->entry - s->va < s->file_len)
			return s->prot & 4;
	}
	return false;
}

const char *elf_read(const void *image, size_t len, u64 va_max, struct elf_program *program)
{
	const struct elf_header *h = image;
	const char *problem = check_header(h, len);
	const struct elf_phdr *ph;

	if (problem)
		return problem;
	*program = (struct elf_program){
		.entry = h->entry, .align = ELF_PAGE, .position_independent = h->type == ET_DYN
	};
	ph = (const struct elf_phdr *)((const u8 *)image + h->phdr_offset);
	for (u32 i = 0; i < h->phdr_n; i++) {
		if (ph[i].type == PT_INTERP)
			return "dynamically linked; link it with -static";
		if (ph[i].type == PT_LOAD)
			problem = add_segment(program, &ph[i], len, va_max);
		if (problem)
			return problem;
	}
	if (program->segment_n == 0)
		return "malformed: nothing in it is to be loaded";
	if (!entry_is_code(program))
		return "malformed: its entry point is not in its code";
	find_phdrs(program, h);
	return NULL;
}
