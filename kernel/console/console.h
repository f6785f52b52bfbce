/* SPDX-License-Identifier: MIT
 * console.h - the console's text: kept in a ring, shown on all devices when there is time.
 * Not here: levels and time stamps (printk.h), the devices (serial.h, vga.h).
 * printk and the program's output write; the tick, idling and the end of the machine flush.
 * Source: each byte to a serial port takes 87 us at 115200 baud: not something to wait for. */
#pragma once

#include "kernel/console/vga.h"

/* console_init - find the devices. */
void console_init(void);

/* console_select - which devices print. Both do by default. */
void console_select(bool serial, bool vga);

/* console_set_sync - true: write everything out at once, so that nothing is lost in a hang. */
void console_set_sync(bool sync);

/* console_write - append a text. A full ring waits for the serial line, at most until that has stood still for
 * SERIAL_STILL_NS; then the oldest text is lost, which the console says where it is missing. */
void console_write(const char *text, size_t len);

/* console_set_colour - of what is written from now on, on the screen; serial lines have plain text. */
void console_set_colour(enum vga_colour colour);

/* console_has_room - would console_write of len characters, at most 4096, return at once? */
bool console_has_room(size_t len);

/* console_at_line_start - is the cursor at the beginning of a line? */
bool console_at_line_start(void);

/* console_tick - write out one FIFO's worth, 100 times a second. */
void console_tick(void);

/* console_poll - write out what the devices take without waiting. */
void console_poll(void);

/* console_flush - write everything out. Returns false when the line stands still: see console_write. */
bool console_flush(void);

/* console_end - the machine ends: write everything out, waiting for the line anew.
 * Returns  characters lost since the start, or that the line did not take now; at most */
u64 console_end(void);

/* console_read - what was typed on serial, without waiting. Returns bytes read, perhaps 0. */
size_t console_read(char *buf, size_t len);
