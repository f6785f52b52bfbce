/* SPDX-License-Identifier: MIT
 * symbols.c - the name of a kernel address.
 * Not here: the table, which tools/ksyms.py makes from the first link.
 * Used by trap.c and panic.c. Calls nothing.
 * Source: the kernel's own ELF file. */
#include "kernel/console/symbols.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"

/* Functions by address, empty in the first link: for each two bytes, low one first, that say how far it is
 * from the one before (the first: from _text), then its name. Read from the beginning: only a panic asks. */
extern const u8 ksyms[] __attribute__((weak));
extern const u8 ksyms_end[] __attribute__((weak));

extern const char _text[], _etext[];

void symbol_format(char *buf, size_t size, u64 va)
{
	u64 start = (u64)_text, next;
	const char *name = NULL;

	for (const u8 *at = ksyms; at < ksyms_end; at = (const u8 *)name + strlen(name) + 1) {
		next = start + at[0] + (u64)at[1] * 256;
		if (next > va)
			break;
		start = next;
		name = (const char *)at + 2;
	}
	if (!name || va >= (u64)_etext)
		text_format(buf, size, "0x%lx", va);
	else
		text_format(buf, size, "%s+0x%lx", name, va - start);
}
