/* SPDX-License-Identifier: MIT
 * printk.h - messages of the kernel, with levels, to every console.
 * Not here: the devices (serial.c, vga.c). net/machine.h declares printk for the stack.
 * Used everywhere. Calls the consoles.
 * Source: Linux's levels and their "\001n" prefix. */
#pragma once

#include "kernel/lib/format.h"
#include "net/machine.h"

/* printk_set_level - messages with a level below this one are shown: 4 quiet, 7 usual, 8 debug. */
void printk_set_level(u32 level);

/* console_write - text without a time stamp, as the program's own output. */
void console_write(const char *text, size_t len);

/* console_select - which devices speak. Both do until somebody chooses. */
void console_select(bool serial, bool vga);

/* console_init - find the devices. Messages before it are lost. */
void console_init(void);

/* console_read - what was typed on serial, without waiting. Returns bytes read, perhaps 0. */
size_t console_read(char *buf, size_t len);
