/* SPDX-License-Identifier: MIT
 * console.c - the console's text: kept in a ring, shown on all devices when there is time.
 * Not here: levels and time stamps (printk.c), the devices (serial.c, vga.c).
 * printk and the program's output write; the tick, idling and the end of the machine flush.
 * Source: each byte to a serial port takes 87 us at 115200 baud: not something to wait for.
 *
 * A full ring waits for the serial line, until that has stood still for SERIAL_STILL_NS. From then on the oldest text
 * is dropped, and a note in its place says how many characters; the line shows it first when it goes on. */
#include "kernel/console/console.h"
#include "kernel/console/serial.h"
#include "kernel/cpu/idle.h"
#include "kernel/lib/format.h"

#define RING_BYTES 8192
#define LOSE_BYTES 512 /* at once, so that the port is not asked before each character */
#define NOTE_MAX   80
#define NOTE_END   2 /* the end of its line */
#define SLOT(i)    ((i) & (RING_BYTES - 1))

_Static_assert((RING_BYTES & (RING_BYTES - 1)) == 0, "a slot is a remainder");

/* write_some takes a prefix of the text, at least what it can without waiting; perhaps nothing. */
struct console {
	size_t (*write_some)(const char *text, size_t len);
	u32 shown;  /* this much of the text, counted from the beginning */
	u32 lost;   /* characters that the note tells of ... */
	u32 note_n; /* ... which lies at `shown`, so many of it not shown yet */
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
static struct console *const serial = &consoles[0], *const screen = &consoles[1];

static char ring[RING_BYTES];
static u32 written;
static u64 lost; /* characters, in all */
static bool synchronous;

static struct idle_work when_idle = { .fn = console_poll };

void console_init(void)
{
	serial_init(&serial_com1);
	vga_init();
	idle_add(&when_idle);
}

void console_select(bool use_serial, bool use_screen)
{
	serial->off = !use_serial;
	screen->off = !use_screen;
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
	c->note_n -= min(c->note_n, (u32)n);
	if (c->note_n <= NOTE_END)
		c->lost = 0; /* the note was shown; one that was cut is shown again */
	return n > 0;
}

/* Bounded: emulated ports always take more, and a program may have been interrupted. */
void console_tick(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(consoles); i++)
		if (consoles[i].shown != written)
			show_some(&consoles[i]);
}

static void show(struct console *c)
{
	while (c->shown != written && show_some(c))
		;
}

void console_poll(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(consoles); i++)
		show(&consoles[i]);
}

/* Until the ring holds at most `most` bytes that c has not shown. Returns false when its line stands still. */
static bool show_until(struct console *c, u32 most)
{
	while (written - c->shown > most)
		if (!show_some(c) && !serial_wait(&serial_com1))
			return false;
	return true;
}

bool console_flush(void)
{
	bool all = true;

	for (size_t i = 0; i < ARRAY_SIZE(consoles); i++)
		all &= show_until(&consoles[i], 0);
	return all;
}

/* Of the serial line's text. The note takes the place of the last characters that are lost; the screen, which
 * never waits, has shown them by then. */
static void lose_oldest(void)
{
	char note[NOTE_MAX];

	show(screen);
	serial->shown += serial->note_n + LOSE_BYTES;
	serial->lost += LOSE_BYTES;
	lost += LOSE_BYTES;
	serial->note_n = (u32)text_format(note, sizeof(note),
		"\r\n[console] %u characters lost while the line stood still\r\n", serial->lost);
	serial->shown -= serial->note_n;
	for (u32 i = 0; i < serial->note_n; i++)
		ring[SLOT(serial->shown + i)] = note[i];
}

static void put(char c)
{
	for (size_t i = 0; i < ARRAY_SIZE(consoles); i++)
		if (written - consoles[i].shown == RING_BYTES &&
			!show_until(&consoles[i], RING_BYTES - 1))
			lose_oldest();
	ring[SLOT(written)] = c;
	written++;
}

bool console_has_room(size_t len)
{
	u32 most = RING_BYTES - 2 * (u32)len;

	if (written - serial->shown > most)
		console_poll();
	return written - serial->shown <= most || serial_stands_still(&serial_com1);
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

/* The screen never waits: it shows what was written before, in the colour of that. */
void console_set_colour(enum vga_colour colour)
{
	show(screen);
	vga_set_colour(colour);
}

u64 console_end(void)
{
	serial_forgive(&serial_com1);
	if (!console_flush() || !serial_drain(&serial_com1))
		lost += written - serial->shown - serial->note_n + SERIAL_HOLDS;
	return lost;
}

bool console_at_line_start(void)
{
	return written == 0 || ring[SLOT(written - 1)] == '\n';
}

size_t console_read(char *buf, size_t len)
{
	return serial->off ? 0 : serial_read(&serial_com1, buf, len);
}
