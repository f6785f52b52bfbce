/* SPDX-License-Identifier: MIT
 * serial.h - the first serial port, a 16550, polled.
 * Not here: what is said (printk.c).
 * console.c calls in. Calls nothing but port I/O.
 * Source: National Semiconductor PC16550D data sheet. */
#pragma once

#include "kernel/lib/types.h"

/* serial_init - look for the port and set 115200 baud, 8 bits, no parity. */
void serial_init(void);

/* serial_set_baud - console=ttyS0,<baud>. Returns false unless baud divides 115200. */
bool serial_set_baud(u32 baud);

/* serial_write_some - as much as the port's FIFO takes now.
 * Returns  bytes taken, perhaps 0; all of them when there is no port */
size_t serial_write_some(const char *text, size_t len);

/* serial_wait - until the FIFO takes something, at most about a second: then the port is taken for stuck,
 * and from now on for missing. */
void serial_wait(void);

/* serial_read - what has arrived, without waiting. Returns bytes read, at most len. */
size_t serial_read(char *buf, size_t len);
