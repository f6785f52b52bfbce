/* SPDX-License-Identifier: MIT
 * serial.h - the first serial port, a 16550, polled.
 * Not here: what is said (printk.c).
 * printk.c calls in. Calls nothing but port I/O.
 * Source: National Semiconductor PC16550D data sheet. */
#pragma once

#include "kernel/lib/types.h"

/* serial_init - look for the port and set 115200 baud, 8 bits, no parity. */
void serial_init(void);

/* serial_set_baud - console=ttyS0,<baud>. Returns false unless baud divides 115200. */
bool serial_set_baud(u32 baud);

/* serial_write - newlines get a carriage return. Waits for a slow line, with a bound a byte. */
void serial_write(const char *text, size_t len);

/* serial_read - what has arrived, without waiting. Returns bytes read, at most len. */
size_t serial_read(char *buf, size_t len);
