/* SPDX-License-Identifier: MIT
 * elf_image.h - a small ELF program in memory, to change a field of.
 * Not here: what is made of it (test_elf.c, test_exec.c).
 * Used by tests/unit and tests/fuzz.
 * Source: System V ABI, figures 4-3 and 5-1. */
#pragma once

#include "kernel/lib/types.h"

enum {
	ELF_IMAGE_LEN = 0x2000,
	ELF_TEXT = 0x400000
};
/* Where a field stands in the header, and in the first program header. */
enum {
	E_CLASS = 4,
	E_DATA = 5,
	E_VERSION = 6,
	E_TYPE = 16,
	E_MACHINE = 18,
	E_ENTRY = 24,
	E_PHOFF = 32,
	E_PHENTSIZE = 54,
	E_PHNUM = 56
};
enum {
	PH = 64,
	P_TYPE = 0,
	P_FLAGS = 4,
	P_OFFSET = 8,
	P_VADDR = 16,
	P_FILESZ = 32,
	P_MEMSZ = 40,
	P_ALIGN = 48,
	PH_LEN = 56
};

extern u8 elf_image[ELF_IMAGE_LEN];

/* elf_good - text r-x at ELF_TEXT with the headers in it, data rw- with some zeros behind. */
void elf_good(void);

/* elf_good_pie - the same, for wherever it is put: text at 0. */
void elf_good_pie(void);

/* elf_put - a number of so many bytes at an offset. */
void elf_put(u32 at, u64 value, u32 bytes);

/* elf_segment - the i-th program header: to be loaded. flags: 4 r, 2 w, 1 x. */
void elf_segment(u32 i, u32 flags, u64 offset, u64 va, u64 file_len, u64 mem_len);
