/* SPDX-License-Identifier: MIT
 * symbols.h - the name of a kernel address.
 * Not here: the table, which tools/ksyms.py makes from the first link.
 * Used by trap.c and panic.c. Calls nothing.
 * Source: the kernel's own ELF file. */
#pragma once

#include "kernel/lib/types.h"

/* symbol_format - "function+0x12" into buf, or the bare address when no function fits. */
void symbol_format(char *buf, size_t size, u64 va);
