/* SPDX-License-Identifier: MIT
 * fuzz_elf.c - the input is an ELF image; what is accepted must keep what elf.h promises.
 * Not here: which refusal is given (tests/unit/test_elf.c).
 * libFuzzer calls in.
 * Source: kernel/process/elf.h: everything that exec.c relies on. */
#include "kernel/process/elf.h"
#include "net/core/machine.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define VA_MAX 0x00007fffffff0000ull
#define PAGE   4096ull
#define EXEC   4u
#define WRITE  2u

static void check_segment(const struct elf_segment *s, size_t size, u64 *low)
{
	BUG_ON(s->file_offset > size || s->file_len > size - s->file_offset);
	BUG_ON(s->file_len > s->mem_len || s->mem_len == 0);
	BUG_ON(s->va < *low || s->va > VA_MAX || s->mem_len > VA_MAX - s->va);
	BUG_ON((s->prot & WRITE) && (s->prot & EXEC));
	*low = ALIGN_UP(s->va + s->mem_len, PAGE);
}

static void check(const struct elf_program *p, size_t size)
{
	u64 low = p->position_independent ? 0 : 0x10000;
	bool entry = false;

	BUG_ON(p->segment_n == 0 || p->segment_n > ELF_SEGMENTS_MAX);
	for (u32 i = 0; i < p->segment_n; i++) {
		const struct elf_segment *s = &p->segment[i];

		check_segment(s, size, &low);
		BUG_ON(s->va < p->low || s->va + s->mem_len > p->high);
		entry |= (s->prot & EXEC) && p->entry >= s->va && p->entry - s->va < s->file_len;
	}
	BUG_ON(!entry);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct elf_program program;

	if (elf_read(data, size, VA_MAX, &program) == NULL)
		check(&program, size);
	return 0;
}
