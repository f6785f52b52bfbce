/* SPDX-License-Identifier: MIT
 * test_vga.c - the text screen as its memory shows it: lines broken between words, colours, scrolling.
 * Not here: how it looks (tests/boot/test_screen.py).
 * cmocka calls in. The source is included; memory and ports are made here.
 * Source: IBM VGA Technical Reference: a cell is a character and its attribute, foreground in the low nibble. */
#include "boot/boot.h"
#include "kernel/cpu/asm.h"
#include "tests/unit/stack.h"
#include <stdio.h>

static u16 memory[0x8000 / 2];
static u8 crtc[0x100];

static void port_write16(u16 port, u16 v)
{
	assert_int_equal(port, 0x3d4);
	crtc[v & 0xff] = (u8)(v >> 8);
}

#undef DIRECT_MAP
#define DIRECT_MAP    ((u64)memory - 0xb8000)
#define inb(port)     (port == 0x3cc ? 1 : 0)
#define outb(port, v) ((void)0)
#define outw          port_write16
#include "kernel/console/vga.c"

static u32 start(void)
{
	return (u32)crtc[0x0c] << 8 | crtc[0x0d];
}

/* Row n of the screen as it is seen, without what is empty at its end. */
static const char *row_text(u32 n)
{
	static char text[COLUMNS + 1];
	u32 len = 0;

	for (u32 i = 0; i < COLUMNS; i++) {
		text[i] = (char)memory[start() + n * COLUMNS + i] ?: ' ';
		len = text[i] != ' ' ? i + 1 : len;
	}
	text[len] = '\0';
	return text;
}

static u8 attribute(u32 r, u32 c)
{
	return (u8)(memory[start() + r * COLUMNS + c] >> 8);
}

static void set_up(void)
{
	memset(memory, 0, sizeof(memory));
	top = row = column = 0;
	vga_init();
	assert_true(present);
}

static void say(const char *text)
{
	assert_int_equal(vga_write_some(text, strlen(text)), strlen(text));
}

#define TEN   "123456789 "
#define FIFTY TEN TEN TEN TEN TEN

static void broken_between_words(void **state)
{
	set_up();
	say(FIFTY TEN TEN "hippopotami are grey\r\nnext");
	assert_string_equal(row_text(0), FIFTY "123456789 123456789");
	assert_string_equal(row_text(1), "hippopotami are grey");
	assert_string_equal(row_text(2), "next");
}

/* A word that ends in the last column stays, and the space behind it begins no row. */
static void word_that_fits(void **state)
{
	set_up();
	say(FIFTY TEN TEN "elephantss are grey");
	assert_string_equal(row_text(0), FIFTY TEN TEN "elephantss");
	assert_string_equal(row_text(1), "are grey");
	set_up();
	say(FIFTY TEN TEN "elephantss\r\nnext");
	assert_string_equal(row_text(1), "next");
}

/* Nowhere to break it: as many characters as fit, none lost. */
static void word_longer_than_a_row(void **state)
{
	char word[COLUMNS + 21] = "";

	memset(word, 'x', COLUMNS + 20);
	set_up();
	say(word);
	assert_int_equal(strlen(row_text(0)), COLUMNS);
	assert_string_equal(row_text(1), "xxxxxxxxxxxxxxxxxxxx");
}

/* What moves down keeps its colour, and leaves none behind. */
static void colours(void **state)
{
	set_up();
	say(FIFTY TEN TEN);
	vga_set_colour(VGA_RED);
	say("hippopotami are");
	vga_set_colour(VGA_GREY);
	say(" grey");
	assert_string_equal(row_text(1), "hippopotami are grey");
	assert_int_equal(attribute(0, 0), 7);
	assert_int_equal(attribute(0, 71), 7);
	assert_int_equal(attribute(1, 0), 12);
	assert_int_equal(attribute(1, 14), 12);
	assert_int_equal(attribute(1, 16), 7);
}

/* Every eighth column; the last stop is the last column, where a character still fits. */
static void tabs(void **state)
{
	set_up();
	say("\ta\tb");
	assert_string_equal(row_text(0), "        a       b");
	set_up();
	say(FIFTY TEN TEN "123\tx\r\nnext");
	assert_string_equal(row_text(0), FIFTY TEN TEN "123      x");
	assert_string_equal(row_text(1), "next");
}

/* Through the text memory's end more than once: the last 25 rows are seen, broken lines among them. */
static void scrolled(void **state)
{
	char line[120];

	set_up();
	for (u32 i = 0; i < 1000; i++) {
		snprintf(line, sizeof(line), FIFTY TEN TEN "hippopotami %u\r\n", i);
		say(line);
		assert_true(start() + ROWS * COLUMNS <= ARRAY_SIZE(memory));
		snprintf(line, sizeof(line), "hippopotami %u", i);
		assert_string_equal(row_text(min(2 * i + 1, ROWS - 2u)), line);
	}
	assert_string_equal(row_text(ROWS - 1), "");
}

int main(void)
{
	const struct CMUnitTest vga[] = {
		BARE_TEST(broken_between_words),
		BARE_TEST(word_that_fits),
		BARE_TEST(word_longer_than_a_row),
		BARE_TEST(colours),
		BARE_TEST(tabs),
		BARE_TEST(scrolled),
	};

	return cmocka_run_group_tests(vga, NULL, NULL);
}
