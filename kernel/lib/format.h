/* SPDX-License-Identifier: MIT
 * format.h - printf-style formatting into a bounded buffer.
 * Not here: where the text goes (printk), floating point.
 * Used by printk, panic and all that build a text. Calls nothing but string.h.
 * Source: C11 7.21.6.1. Behaves as Linux's %pI4 and %pM. */
#pragma once

#include <stdarg.h>
#include "kernel/lib/types.h"

/* text_vformat - format into buf, always closed with a zero.
 * buf, size  room for the text; size > 0
 * fmt        %d %u %x %X %c %s %p with flags 0 and -, width (also *), %.*s, l, ll and z; and
 *            %pI4 (const be32 *, dotted quad), %pM (const u8[6], colon separated)
 * Returns    bytes written without the zero; the text is cut when it does not fit */
size_t text_vformat(char *buf, size_t size, const char *fmt, va_list args);

/* text_format - the same with its arguments in place. */
size_t text_format(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
