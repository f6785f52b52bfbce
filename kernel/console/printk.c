/* SPDX-License-Identifier: MIT
 * printk.c - messages of the kernel, with levels.
 * Not here: where they are shown (console.c).
 * Used everywhere. Calls console.c.
 * Behaves as Linux's levels and their "\001n" prefix, its "[seconds.micros]" stamp. */
#include "kernel/console/printk.h"
#include "kernel/cpu/clock.h"

#define LEVEL_MARK    '\001'
#define LEVEL_WARNING 4
#define LEVEL_NOTICE  5
#define LEVEL_DEFAULT 6
#define LEVEL_SHOWN   7
#define LINE_MAX      512

static u32 level_shown = LEVEL_SHOWN;

void printk_set_level(u32 level)
{
	level_shown = level;
}

static void show_line(u32 level, const char *line, size_t len)
{
	if (level <= LEVEL_NOTICE)
		console_set_colour(level == LEVEL_NOTICE    ? VGA_WHITE
				   : level == LEVEL_WARNING ? VGA_YELLOW
							    : VGA_RED);
	console_write(line, len);
	if (level <= LEVEL_NOTICE)
		console_set_colour(VGA_GREY);
}

void printk(const char *fmt, ...)
{
	char line[LINE_MAX];
	u32 level = LEVEL_DEFAULT;
	u64 us = clock_ns() / 1000;
	va_list args;
	size_t len;

	if (fmt[0] == LEVEL_MARK) {
		level = (u32)(fmt[1] - '0');
		fmt += 2;
	}
	if (level >= level_shown)
		return;
	if (!console_at_line_start()) /* the program left it inside one */
		console_write("\n", 1);
	len = text_format(line, sizeof(line), "[%5lu.%06lu] ", us / 1000000, us % 1000000);
	va_start(args, fmt);
	len += text_vformat(line + len, sizeof(line) - len, fmt, args);
	va_end(args);
	if (line[len - 1] != '\n') /* cut: the line still ends */
		line[len - 1] = '\n';
	show_line(level, line, len);
}
