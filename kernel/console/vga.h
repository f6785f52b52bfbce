/* SPDX-License-Identifier: MIT
 * vga.h - the PC's text screen, 80 by 25.
 * Not here: the messages (printk.c); graphic modes.
 * console.c calls in. Writes to the screen's memory and the CRT controller.
 * Source: IBM VGA Technical Reference; the CRTC's registers 0xc..0xf. */
#pragma once

#include "kernel/lib/types.h"

/* vga_init - a clear screen with the cursor at its top, if there is a text screen. */
void vga_init(void);

enum vga_colour {
	VGA_GREY = 7,
	VGA_RED = 12,
	VGA_YELLOW = 14,
	VGA_WHITE = 15
};

/* vga_set_colour - of what is written from now on, on black. */
void vga_set_colour(enum vga_colour colour);

/* vga_write_some - newline, carriage return and tab are obeyed; control characters are not shown. A line that is
 * too long is broken between words.
 * Returns  len: a screen never blocks */
size_t vga_write_some(const char *text, size_t len);
