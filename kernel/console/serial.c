/* SPDX-License-Identifier: MIT
 * serial.c - serial ports, 16550s, polled.
 * Not here: the messages (printk.c) or captured (net/packet/pcap.c).
 * console.c and capture.c call in. Calls port I/O and the clock.
 * Source: National Semiconductor PC16550D data sheet, section 8. */
#include "kernel/console/serial.h"
#include "kernel/cpu/asm.h"

enum uart_register {
	UART_DATA = 0,
	UART_DIVISOR_LOW = 0, /* while LCR_DLAB */
	UART_IER = 1,
	UART_DIVISOR_HIGH = 1, /* while LCR_DLAB */
	UART_FCR = 2,
	UART_LCR = 3,
	UART_MCR = 4,
	UART_LSR = 5,
	UART_SCRATCH = 7
};

#define LCR_8N1          0x03
#define LCR_DLAB         0x80
#define FCR_ENABLE_CLEAR 0x07
#define MCR_DTR_RTS      0x03
#define LSR_DATA_READY   0x01
#define LSR_THR_EMPTY    0x20
#define LSR_ALL_EMPTY    0x40 /* the shift register, too */
#define LSR_MISSING      0xff
#define UART_CLOCK_BAUD  115200
#define BAUD_DEFAULT     115200
#define SCRATCH_PROBE    0x5a

struct serial_port serial_com1 = { .base = 0x3f8 };
struct serial_port serial_com2 = { .base = 0x2f8 };

static u8 get(const struct serial_port *port, enum uart_register reg)
{
	return inb((u16)(port->base + reg));
}

static void set(const struct serial_port *port, enum uart_register reg, u32 value)
{
	outb((u16)(port->base + reg), (u8)value);
}

bool serial_set_baud(const struct serial_port *port, u32 baud)
{
	u32 divisor;

	if (baud == 0 || UART_CLOCK_BAUD % baud != 0)
		return false;
	divisor = UART_CLOCK_BAUD / baud;
	set(port, UART_LCR, LCR_8N1 | LCR_DLAB);
	set(port, UART_DIVISOR_LOW, divisor);
	set(port, UART_DIVISOR_HIGH, divisor >> 8);
	set(port, UART_LCR, LCR_8N1);
	return true;
}

bool serial_init(struct serial_port *port)
{
	set(port, UART_SCRATCH, SCRATCH_PROBE);
	port->present =
		get(port, UART_SCRATCH) == SCRATCH_PROBE && get(port, UART_LSR) != LSR_MISSING;
	if (!port->present)
		return false;
	set(port, UART_IER, 0);
	serial_set_baud(port, BAUD_DEFAULT);
	set(port, UART_FCR, FCR_ENABLE_CLEAR);
	set(port, UART_MCR, MCR_DTR_RTS);
	return true;
}

static size_t refuse(struct serial_port *port)
{
	if (!port->refused_ns)
		port->refused_ns =
			clock_ns() ?: 1; /* before the clock runs: the line stands still */
	return 0;
}

size_t serial_write_some(struct serial_port *port, const void *bytes, size_t len)
{
	size_t n = min(len, (size_t)SERIAL_FIFO_BYTES);

	if (!port->present)
		return len;
	if (!(get(port, UART_LSR) & LSR_THR_EMPTY)) /* set: the whole FIFO is empty */
		return refuse(port);
	port->refused_ns = 0;
	for (size_t i = 0; i < n; i++)
		set(port, UART_DATA, ((const u8 *)bytes)[i]);
	return n;
}

bool serial_stands_still(const struct serial_port *port)
{
	return port->refused_ns && clock_ns() - port->refused_ns >= SERIAL_STILL_NS;
}

bool serial_wait(const struct serial_port *port)
{
	if (serial_stands_still(port))
		return false;
	machine_idle(clock_ns() + SERIAL_REST_NS);
	return true;
}

bool serial_drain(struct serial_port *port)
{
	while (port->present && !(get(port, UART_LSR) & LSR_ALL_EMPTY)) {
		refuse(port);
		if (!serial_wait(port))
			return false;
	}
	return true;
}

size_t serial_read(const struct serial_port *port, char *buf, size_t len)
{
	size_t n = 0;

	while (port->present && n < len && (get(port, UART_LSR) & LSR_DATA_READY))
		buf[n++] = (char)get(port, UART_DATA);
	return n;
}
