/* SPDX-License-Identifier: MIT
 * vga.c - the PC's text screen, 80 by 25.
 * Not here: the messages (printk.c); graphic modes.
 * console.c calls in. Writes to the screen's memory and the CRT controller.
 * Source: IBM VGA Technical Reference; the CRTC's registers 0xc..0xf.
 *
 * Scrolling moves the screen's start in the 32 KiB of text memory, not the text: 25 lines are copied once in 180 lines.
 * Each access leaves the virtual machine (or crosses a slow bus), so this keeps a boot with many messages fast. */
#include "kernel/console/vga.h"
#include "boot/boot.h"
#include "kernel/cpu/asm.h"

#define VGA_PA    0xb8000
#define COLUMNS   80
#define ROWS      25
#define TEXT_ROWS (0x8000 / 2 / COLUMNS) /* rows that fit the text memory */
#define COLOUR(c) ((c) << 8)             /* on black */
#define TAB       8

#define CRTC_INDEX       0x3d4
#define CRTC_START_HIGH  0x0c
#define CRTC_CURSOR_HIGH 0x0e
#define MISC_READ        0x3cc
#define MISC_COLOUR      BIT(0) /* CRTC at 0x3d4 */
#define GRAPHICS_INDEX   0x3ce
#define GRAPHICS_DATA    0x3cf
#define GRAPHICS_MISC    6
#define GRAPHICS_MODE    BIT(0) /* else text */
#define NO_DEVICE        0xff

static bool present;
static u32 top, row, column; /* top: row of the text memory where the screen starts */
static u16 colour = COLOUR(VGA_GREY);

static volatile u16 *cells(void)
{
	return (volatile u16 *)(DIRECT_MAP + VGA_PA);
}

static void crtc_write16(u8 index, u32 v)
{
	outw(CRTC_INDEX, (u16)(index | (v & 0xff00)));
	outw(CRTC_INDEX, (u16)((index + 1) | (v & 0xff) << 8));
}

static void clear_row(u32 r)
{
	volatile u64 *four = (volatile u64 *)(cells() + r * COLUMNS);

	for (u32 i = 0; i < COLUMNS / 4; i++)
		four[i] = COLOUR(VGA_GREY) * 0x0001000100010001ull;
}

static bool text_mode(void)
{
	u8 misc = inb(MISC_READ);

	if (misc == NO_DEVICE || !(misc & MISC_COLOUR))
		return false;
	outb(GRAPHICS_INDEX, GRAPHICS_MISC);
	return !(inb(GRAPHICS_DATA) & GRAPHICS_MODE);
}

void vga_init(void)
{
	present = text_mode();
	if (!present)
		return;
	for (u32 r = 0; r < ROWS; r++)
		clear_row(r);
	crtc_write16(CRTC_START_HIGH, 0);
	crtc_write16(CRTC_CURSOR_HIGH, 0);
}

/* Down one line; at the end of the text memory the screen goes back to its beginning. */
static void next_row(void)
{
	column = 0;
	if (++row < top + ROWS)
		return;
	if (row == TEXT_ROWS) {
		for (u32 i = 0; i < (ROWS - 1) * COLUMNS; i++)
			cells()[i] = cells()[(top + 1) * COLUMNS + i];
		top = 0;
		row = ROWS - 1;
	} else {
		top++;
	}
	clear_row(row);
}

/* The row is full: the word at its end moves to the next row. A word as long as the row is cut. */
static void break_line(void)
{
	volatile u16 *end = cells() + (row + 1) * COLUMNS;
	u16 word[COLUMNS];
	u32 n = 0;

	while (n < COLUMNS && (u8)end[-1 - (int)n] > ' ')
		n++;
	if (n == COLUMNS)
		n = 0;
	for (u32 i = 0; i < n; i++) {
		word[i] = (end - n)[i];
		(end - n)[i] = COLOUR(VGA_GREY);
	}
	next_row();
	for (u32 i = 0; i < n; i++)
		cells()[row * COLUMNS + column++] = word[i];
}

static void put(char c)
{
	if (c == '\n') {
		next_row();
	} else if (c == '\r') {
		column = 0;
	} else if (c == '\t') {
		column = min(ALIGN_UP(column + 1, (u32)TAB), (u32)COLUMNS - 1);
	} else if (c == '\b') {
		column -= column > 0;
	} else if ((u8)c >= ' ') {
		if (column == COLUMNS && c == ' ') { /* it ends the row */
			next_row();
			return;
		}
		if (column == COLUMNS)
			break_line();
		cells()[row * COLUMNS + column++] = (u16)(colour | (u8)c);
	}
}

void vga_set_colour(enum vga_colour new)
{
	colour = (u16)COLOUR(new);
}

size_t vga_write_some(const char *text, size_t len)
{
	if (!present)
		return len;
	for (size_t i = 0; i < len; i++)
		put(text[i]);
	crtc_write16(CRTC_START_HIGH, top * COLUMNS);
	crtc_write16(CRTC_CURSOR_HIGH, row * COLUMNS + min(column, (u32)COLUMNS - 1));
	return len;
}
