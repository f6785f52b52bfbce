/* SPDX-License-Identifier: MIT
 * exec.h - put a program into its address space and start it.
 * Not here: reading the ELF file (elf.h), choosing the program (main.c).
 * main.c calls in.
 * Source: x86-64 psABI 3.4.1 (initial stack and registers), getauxval(3). */
#pragma once

#include "kernel/lib/types.h"

#define EXEC_ARGS_MAX 64

struct exec {
	const char *name; /* for messages and argv[0] when args is empty */
	const void *image;
	size_t len;
	u32 argc;
	const char *argv[EXEC_ARGS_MAX];
};

/* exec_load - map the segments and build the stack.
 * entry, sp  where enter_user goes
 * Returns    NULL, or what is wrong, in words that follow "the program is" */
const char *exec_load(const struct exec *exec, u64 *entry, u64 *sp);

/* enter_user - leave for ring 3. Does not come back. (user.S) */
void enter_user(u64 ip, u64 sp) __noreturn;

/* exec_brk - where the heap starts: the page after the last segment. */
u64 exec_brk(void);
