/* SPDX-License-Identifier: MIT
 * symbols.c - the name of a kernel address.
 * Not here: the table, which tools/ksyms.py makes from the first link.
 * Used by trap.c and panic.c. Calls nothing.
 * Source: the kernel's own ELF file. */
#include "kernel/console/symbols.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"

/* Functions by address, empty in the first link: for each two bytes, low one first, that say how far it is
 * from the one before (the first: from _text), then its name. Read from the beginning: only a panic asks.
 * In names a byte from 0x80 up stands for the two bytes of its row in ksyms_pairs, which may be such bytes. */
extern const u8 ksyms[] __attribute__((weak));
extern const u8 ksyms_end[] __attribute__((weak));
extern const u8 ksyms_pairs[][2] __attribute__((weak));

extern const char _text[], _etext[];

#define KSYM_NAME_MAX 63 /* tools/ksyms.py refuses longer ones */
#define PAIR_FIRST    0x80

/* The characters that a byte of a name stands for. Returns where the next ones go. */
static char *expand(char *to, u8 byte)
{
	if (byte < PAIR_FIRST) {
		*to = (char)byte;
		return to + 1;
	}
	to = expand(to, ksyms_pairs[byte - PAIR_FIRST][0]);
	return expand(to, ksyms_pairs[byte - PAIR_FIRST][1]);
}

void symbol_format(char *buf, size_t size, u64 va)
{
	char name[KSYM_NAME_MAX + 1], *end = name;
	const u8 *found = NULL;
	u64 start = (u64)_text, next;

	for (const u8 *at = ksyms; at < ksyms_end; at = found + strlen((const char *)found) + 1) {
		next = start + at[0] + (u64)at[1] * 256;
		if (next > va)
			break;
		start = next;
		found = at + 2;
	}
	if (!found || va >= (u64)_etext) {
		text_format(buf, size, "0x%lx", va);
		return;
	}
	for (; *found; found++)
		end = expand(end, *found);
	*end = 0;
	text_format(buf, size, "%s+0x%lx", name, va - start);
}
