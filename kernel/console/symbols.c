/* SPDX-License-Identifier: MIT
 * symbols.c - the name of a kernel address.
 * Not here: the table, which tools/ksyms.py makes from the first link.
 * Used by trap.c and panic.c. Calls nothing.
 * Source: the kernel's own ELF file. */
#include "kernel/console/symbols.h"
#include "kernel/lib/format.h"

/* Sorted by address; empty in the first link. Offsets are from _text, names one after another. */
extern const u32 ksym_count __attribute__((weak));
extern const u32 ksym_offset[] __attribute__((weak));
extern const u16 ksym_name[] __attribute__((weak));
extern const char ksym_text[] __attribute__((weak));

extern const char _text[], _etext[];

void symbol_format(char *buf, size_t size, u64 va)
{
	u64 offset = va - (u64)_text;
	u32 low = 0, high = &ksym_count ? ksym_count : 0;

	while (low < high) {
		u32 middle = (low + high) / 2;

		if (ksym_offset[middle] <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (va < (u64)_text || va >= (u64)_etext || low == 0)
		text_format(buf, size, "0x%lx", va);
	else
		text_format(buf, size, "%s+0x%lx", ksym_text + ksym_name[low - 1],
			offset - ksym_offset[low - 1]);
}
