/* SPDX-License-Identifier: MIT
 * elf.h - is this image a static x86_64 program, and where do its parts go?
 * Not here: mapping them (exec.c); this builds on the host for tests and fuzzing.
 * exec.c calls in. Calls nothing.
 * Source: System V ABI, chapter 5; x86-64 psABI 4.1. */
#pragma once

#include "kernel/lib/types.h"

#define ELF_SEGMENTS_MAX 16

struct elf_segment {
	u64 va, mem_len;           /* where it goes; mem_len >= file_len, the rest is zeros */
	u64 file_offset, file_len; /* inside the image */
	u32 prot;                  /* PROT_* */
};

struct elf_program {
	u64 entry;
	u64 phdr_va, phdr_n, phdr_len; /* for the aux vector; phdr_va 0: not loaded */
	u64 low, high;                 /* all segments lie in [low, high) */
	u64 align;                     /* of the base, a power of two: at least a page */
	bool position_independent;     /* addresses count from a base that exec.c chooses */
	u32 segment_n;
	struct elf_segment segment[ELF_SEGMENTS_MAX];
};

/* elf_is - does the image begin like an ELF file? */
bool elf_is(const void *image, size_t len);

/* elf_read - check everything that exec.c relies on.
 * program   filled when the answer is NULL
 * va_max    no segment may end above this address
 * Returns   NULL, or what is wrong, in words that follow "the program is" */
const char *elf_read(const void *image, size_t len, u64 va_max, struct elf_program *program);
