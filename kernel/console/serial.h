/* SPDX-License-Identifier: MIT
 * serial.h - serial ports, 16550s, polled.
 * Not here: what is said (printk.h) or captured (net/packet/pcap.h).
 * console.c and main.c call in. Calls nothing but port I/O.
 * Source: National Semiconductor PC16550D data sheet. */
#pragma once

#include "kernel/lib/types.h"

struct serial_port {
	u16 base;
	bool present;
};

extern struct serial_port serial_com1, serial_com2;

/* serial_init - look for the port and set 115200 baud, 8 bits, no parity. Returns whether it is there. */
bool serial_init(struct serial_port *port);

/* serial_set_baud - console=ttyS0,<baud>. Returns false unless baud divides 115200. */
bool serial_set_baud(const struct serial_port *port, u32 baud);

/* serial_write_some - as much as the port's FIFO takes now.
 * Returns  bytes taken, perhaps 0; all of them when there is no port */
size_t serial_write_some(const struct serial_port *port, const void *bytes, size_t len);

/* serial_wait - until the FIFO takes something, at most about a second: then the port is taken for stuck,
 * and from now on for missing. */
void serial_wait(struct serial_port *port);

/* serial_read - what has arrived, without waiting. Returns bytes read, at most len. */
size_t serial_read(const struct serial_port *port, char *buf, size_t len);
