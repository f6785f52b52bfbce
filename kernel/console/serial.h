/* SPDX-License-Identifier: MIT
 * serial.h - serial ports, 16550s, polled.
 * Not here: the messages (printk.h) or captured (net/packet/pcap.h).
 * console.c and capture.c call in. Calls port I/O and the clock.
 * Source: National Semiconductor PC16550D data sheet. */
#pragma once

#include "net/core/machine.h"

/* A line that has taken nothing for so long stands still: no output waits for it until it goes on. */
#define SERIAL_STILL_NS   (10 * NSEC_PER_SEC)
#define SERIAL_FIFO_BYTES 16
#define SERIAL_HOLDS      (SERIAL_FIFO_BYTES + 1) /* with the shift register */
/* Interval at which a wait checks the line: at 115200 baud a FIFO is empty after 1.4 ms. */
#define SERIAL_REST_NS (500 * NSEC_PER_USEC)

struct serial_port {
	u16 base;
	bool present;
	u64 refused_ns; /* since when it has taken nothing (clock_ns); 0: it took what it was given last */
};

extern struct serial_port serial_com1, serial_com2;

/* serial_init - look for the port and set 115200 baud, 8 bits, no parity. Returns whether it is there. */
bool serial_init(struct serial_port *port);

/* serial_set_baud - console=ttyS0,<baud>. Returns false unless baud divides 115200. */
bool serial_set_baud(const struct serial_port *port, u32 baud);

/* serial_write_some - as much as the port's FIFO takes now.
 * Returns  bytes taken, perhaps 0; all of them when there is no port */
size_t serial_write_some(struct serial_port *port, const void *bytes, size_t len);

/* serial_stands_still - has the line taken nothing for SERIAL_STILL_NS, while there was something to take? */
bool serial_stands_still(const struct serial_port *port);

/* serial_wait - a moment, for a line that takes nothing. Returns false at once when it stands still. */
bool serial_wait(const struct serial_port *port);

/* serial_forgive - the machine ends: a line that stands still is waited for once more, as long. */
static inline void serial_forgive(struct serial_port *port)
{
	port->refused_ns = 0;
}

/* serial_drain - wait until what the FIFO has taken has left it. Returns false if nothing left it for
 * SERIAL_STILL_NS. */
bool serial_drain(struct serial_port *port);

/* serial_read - what has arrived, without waiting. Returns bytes read, at most len. */
size_t serial_read(const struct serial_port *port, char *buf, size_t len);
