/* SPDX-License-Identifier: MIT
 * elf_image.c - a small ELF program in memory, to change a field of.
 * Not here: what is made of it (test_elf.c, test_exec.c).
 * Used by tests/unit and tests/fuzz.
 * Source: System V ABI, figures 4-3 and 5-1. */
#include "tests/unit/elf_image.h"
#include "kernel/lib/string.h"

u8 elf_image[ELF_IMAGE_LEN];

void elf_put(u32 at, u64 value, u32 bytes)
{
	for (u32 i = 0; i < bytes; i++)
		elf_image[at + i] = (u8)(value >> 8 * i);
}

void elf_segment(u32 i, u32 flags, u64 offset, u64 va, u64 file_len, u64 mem_len)
{
	u32 at = PH + i * PH_LEN;

	elf_put(at + P_TYPE, 1, 4);
	elf_put(at + P_FLAGS, flags, 4);
	elf_put(at + P_OFFSET, offset, 8);
	elf_put(at + P_VADDR, va, 8);
	elf_put(at + P_FILESZ, file_len, 8);
	elf_put(at + P_MEMSZ, mem_len, 8);
	elf_put(at + P_ALIGN, 0x1000, 8);
}

void elf_good(void)
{
	memset(elf_image, 0, sizeof(elf_image));
	memcpy(elf_image, "\177ELF\2\1\1", 7);
	elf_put(E_TYPE, 2, 2);
	elf_put(E_MACHINE, 62, 2);
	elf_put(E_ENTRY, ELF_TEXT + 0x200, 8);
	elf_put(E_PHOFF, PH, 8);
	elf_put(E_PHENTSIZE, PH_LEN, 2);
	elf_put(E_PHNUM, 2, 2);
	elf_segment(0, 5, 0, ELF_TEXT, 0x800, 0x800);
	elf_segment(1, 6, 0x1000, ELF_TEXT + 0x1000, 0x100, 0x3000);
}

void elf_good_pie(void)
{
	elf_good();
	elf_put(E_TYPE, 3, 2);
	elf_put(E_ENTRY, 0x200, 8);
	elf_put(PH + P_VADDR, 0, 8);
	elf_put(PH + PH_LEN + P_VADDR, 0x1000, 8);
}
