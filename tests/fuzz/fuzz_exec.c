/* SPDX-License-Identifier: MIT
 * fuzz_exec.c - the input is an ELF image, which is loaded as the program. Two bytes of its header that
 * nobody reads choose the random base and how many pages there are.
 * Not here: which refusal is given (tests/unit/test_exec.c), reading alone (fuzz_elf.c).
 * libFuzzer calls in.
 * Source: design: no mapping at or above TASK_SIZE, no writable code, nothing leaks. */
#include "kernel/lib/string.h"
#include "kernel/mm/mmap.h"
#include "kernel/process/elf.h"
#include "kernel/process/exec.h"
#include "kernel/process/syscall.h"
#include "tests/unit/host_machine.h"
#include "tests/unit/host_mm.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define E_SHOFF     40
#define STACK_START (USER_STACK_TOP - USER_STACK_SIZE)

static const u8 *page_at(u64 va)
{
	u64 pte = host_pte(va);

	return pte ? phys_to_virt(pte & HOST_PTE_PA) : NULL;
}

/* What the file has of a segment is in memory, and zeros behind it, as far as pages are there. */
static void check_segment(const struct elf_segment *s, const u8 *data, u64 base)
{
	const struct vm_area *a = mmap_find(base + s->va);

	BUG_ON(!a || a->prot != s->prot || a->end < base + s->va + s->mem_len);
	for (u64 i = 0; i < s->file_len; i++) {
		u64 va = base + s->va + i;

		BUG_ON(!page_at(va) || page_at(va)[va % PAGE_SIZE] != data[s->file_offset + i]);
	}
	for (u64 va = base + s->va + s->file_len; va % PAGE_SIZE; va++)
		BUG_ON(page_at(va) && page_at(va)[va % PAGE_SIZE] != 0);
}

static void check_loaded(const u8 *data, size_t size, u64 entry, u64 sp)
{
	struct elf_program program;
	u64 base;

	BUG_ON(elf_read(data, size, USER_MMAP_TOP, &program));
	base = entry - program.entry;
	BUG_ON(base != 0 && !program.position_independent);
	for (u32 i = 0; i < program.segment_n; i++)
		check_segment(&program.segment[i], data, base);
	BUG_ON(!(mmap_find(entry)->prot & PROT_EXEC));
	BUG_ON(sp % 16 || sp < STACK_START || !page_at(sp) || mmap_find(sp)->end != USER_STACK_TOP);
	BUG_ON(exec_brk() != base + program.high);
}

/* Only the stack is above USER_MMAP_TOP. */
static void check_places(void)
{
	const struct vm_area *a;

	for (u32 i = 0; (a = mmap_area(i)); i++)
		BUG_ON(a->end > USER_MMAP_TOP && a->start < STACK_START);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct exec exec = {
		.name = "x", .image = data, .len = size, .argc = 2, .argv = { "x", "y" }
	};
	u64 entry, sp;

	host_mm_init();
	host_seed(size > E_SHOFF ? data[E_SHOFF] : 0);
	if (size > E_SHOFF + 1 && data[E_SHOFF + 1])
		host_limit_pages(data[E_SHOFF + 1]);
	if (!exec_load(&exec, &entry, &sp))
		check_loaded(data, size, entry, sp);
	host_check_program();
	check_places();
	host_limit_pages(HOST_NO_LIMIT);
	host_end_program();
	return 0;
}
