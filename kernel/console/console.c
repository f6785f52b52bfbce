/* SPDX-License-Identifier: MIT
 * console.c - one text, shown on every console: kept in a ring, written out when there is time.
 * Not here: levels and time stamps (printk.c), the devices (serial.c, vga.c).
 * printk and the program's output write; the tick, idling and the end of the machine flush.
 * Source: each byte to a serial port takes 87 us at 115200 baud: not something to wait for. */
#include "kernel/console/console.h"
#include "kernel/console/serial.h"
#include "kernel/console/vga.h"

#define RING_BYTES 8192
#define SLOT(i)    ((i) & (RING_BYTES - 1))

_Static_assert((RING_BYTES & (RING_BYTES - 1)) == 0, "a slot is a remainder");

/* write_some takes a prefix of the text, at least what it can without waiting; perhaps nothing. */
struct console {
	size_t (*write_some)(const char *text, size_t len);
	u32 shown; /* this much of the text, counted from the beginning */
	bool off;
};

static size_t com1_write_some(const char *text, size_t len)
{
	return serial_write_some(&serial_com1, text, len);
}

static struct console consoles[] = {
	{ .write_some = com1_write_some },
	{ .write_some = vga_write_some },
};

static char ring[RING_BYTES];
static u32 written;
static bool synchronous;

void console_init(void)
{
	serial_init(&serial_com1);
	vga_init();
}

void console_select(bool serial, bool vga)
{
	consoles[0].off = !serial;
	consoles[1].off = !vga;
}

void console_set_sync(bool sync)
{
	synchronous = sync;
}

/* The piece up to the ring's end; the rest is the next one. Returns false when nothing moved. */
static bool show_some(struct console *c)
{
	u32 at = SLOT(c->shown);
	u32 len = min(written - c->shown, RING_BYTES - at);
	size_t n = c->off ? len : c->write_some(ring + at, len);

	c->shown += (u32)n;
	return n > 0;
}

/* Emulated ports always take more; a program that was interrupted is not kept waiting for that. */
void console_tick(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(consoles); i++)
		if (consoles[i].shown != written)
			show_some(&consoles[i]);
}

void console_poll(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(consoles); i++)
		while (consoles[i].shown != written && show_some(&consoles[i]))
			;
}

void console_flush(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(consoles); i++) {
		while (consoles[i].shown != written) {
			if (!show_some(&consoles[i]))
				serial_wait(&serial_com1);
		}
	}
}

static void put(char c)
{
	for (size_t i = 0; i < ARRAY_SIZE(consoles); i++)
		if (written - consoles[i].shown == RING_BYTES)
			console_flush();
	ring[SLOT(written)] = c;
	written++;
}

void console_write(const char *text, size_t len)
{
	for (; len > 0; len--, text++) {
		if (*text == '\n')
			put('\r');
		put(*text);
	}
	if (synchronous)
		console_flush();
}

bool console_at_line_start(void)
{
	return written == 0 || ring[SLOT(written - 1)] == '\n';
}

size_t console_read(char *buf, size_t len)
{
	return consoles[0].off ? 0 : serial_read(&serial_com1, buf, len);
}
