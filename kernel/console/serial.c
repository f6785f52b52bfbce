/* SPDX-License-Identifier: MIT
 * serial.c - the first serial port, a 16550, polled.
 * Not here: what is said (printk.c).
 * console.c calls in. Calls nothing but port I/O.
 * Source: National Semiconductor PC16550D data sheet, section 8. */
#include "kernel/console/serial.h"
#include "kernel/cpu/asm.h"

enum uart_port {
	UART_DATA = 0x3f8,
	UART_DIVISOR_LOW = 0x3f8, /* while LCR_DLAB */
	UART_IER = 0x3f9,
	UART_DIVISOR_HIGH = 0x3f9, /* while LCR_DLAB */
	UART_FCR = 0x3fa,
	UART_LCR = 0x3fb,
	UART_MCR = 0x3fc,
	UART_LSR = 0x3fd,
	UART_SCRATCH = 0x3ff
};

#define LCR_8N1          0x03
#define LCR_DLAB         0x80
#define FCR_ENABLE_CLEAR 0x07
#define MCR_DTR_RTS      0x03
#define LSR_DATA_READY   0x01
#define LSR_THR_EMPTY    0x20
#define UART_CLOCK_BAUD  115200
#define BAUD_DEFAULT     115200
#define SCRATCH_PROBE    0x5a
#define FIFO_BYTES       16
/* 16 bytes at 9600 baud take 17 ms, at 300 baud half a second; a poll takes about 1 us. */
#define POLLS_PER_FIFO 1000000

static bool present;

bool serial_set_baud(u32 baud)
{
	u32 divisor;

	if (baud == 0 || UART_CLOCK_BAUD % baud != 0)
		return false;
	divisor = UART_CLOCK_BAUD / baud;
	outb(UART_LCR, LCR_8N1 | LCR_DLAB);
	outb(UART_DIVISOR_LOW, (u8)divisor);
	outb(UART_DIVISOR_HIGH, (u8)(divisor >> 8));
	outb(UART_LCR, LCR_8N1);
	return true;
}

void serial_init(void)
{
	outb(UART_SCRATCH, SCRATCH_PROBE);
	present = inb(UART_SCRATCH) == SCRATCH_PROBE;
	if (!present)
		return;
	outb(UART_IER, 0);
	serial_set_baud(BAUD_DEFAULT);
	outb(UART_FCR, FCR_ENABLE_CLEAR);
	outb(UART_MCR, MCR_DTR_RTS);
}

size_t serial_write_some(const char *text, size_t len)
{
	size_t n = min(len, (size_t)FIFO_BYTES);

	if (!present)
		return len;
	if (!(inb(UART_LSR) & LSR_THR_EMPTY)) /* set: the whole FIFO is empty */
		return 0;
	for (size_t i = 0; i < n; i++)
		outb(UART_DATA, (u8)text[i]);
	return n;
}

void serial_wait(void)
{
	for (u32 i = 0; i < POLLS_PER_FIFO; i++)
		if (inb(UART_LSR) & LSR_THR_EMPTY)
			return;
	present = false;
}

size_t serial_read(char *buf, size_t len)
{
	size_t n = 0;

	while (present && n < len && (inb(UART_LSR) & LSR_DATA_READY))
		buf[n++] = (char)inb(UART_DATA);
	return n;
}
