/* SPDX-License-Identifier: MIT
 * test_console.c - the console behind a serial line that is slow, rests or stands still: what waits for how
 * long, what is lost, and that it is said.
 * Not here: QEMU's port and a reader that rests (tests/boot/test_serial.py).
 * cmocka calls in. The console's sources are included; the port and the screen are made here.
 * Source: PC16550D data sheet, section 8 (LSR); docs/manual.md, "How it ends". */
#include "kernel/cpu/asm.h"
#include "tests/unit/stack.h"
#include <stdio.h>
#include <stdlib.h>

static u8 port_read(u16 port);
static void port_write(u16 port, u8 v);

#define inb(port)     port_read(port)
#define outb(port, v) port_write(port, v)
#include "kernel/console/serial.c"
#include "kernel/console/console.c"
void kernel_s_printk(const char *fmt, ...) __printf(1, 2);
#define printk kernel_s_printk /* the host has one of its own */
#include "kernel/console/printk.c"
#undef printk

#define OUT_MAX (4u << 20)

void idle_add(struct idle_work *work)
{
	assert_ptr_equal(work->fn, console_poll);
}

/* ---- a port and a screen ------------------------------------------------------------------ */

static char line[OUT_MAX], shown[OUT_MAX];
static u32 line_len, shown_len;
static u32 fifo_n, asked_n; /* in the port's FIFO; how often its LSR was read */
static bool rests, absent;  /* nothing leaves the FIFO; there is no port */
static bool scratch_only;   /* what is there keeps a byte, and is no port */
static u8 scratch;

static u8 port_read(u16 port)
{
	if (absent)
		return 0xff;
	if (port == serial_com1.base + UART_SCRATCH)
		return scratch;
	assert_int_equal(port, serial_com1.base + UART_LSR);
	if (scratch_only)
		return 0xff;
	asked_n++;
	fifo_n = rests ? fifo_n : 0;
	return fifo_n ? 0 : LSR_THR_EMPTY | LSR_ALL_EMPTY;
}

static void port_write(u16 port, u8 v)
{
	if (port == serial_com1.base + UART_SCRATCH)
		scratch = v;
	if (port != serial_com1.base + UART_DATA || line_len == OUT_MAX)
		return;
	line[line_len++] = (char)v;
	fifo_n++;
	assert_true(fifo_n <= 16);
}

void vga_init(void)
{
}

static enum vga_colour colour, coloured[OUT_MAX];

void vga_set_colour(enum vga_colour new)
{
	colour = new;
}

size_t vga_write_some(const char *text, size_t len)
{
	assert_true(shown_len + len <= OUT_MAX);
	memcpy(shown + shown_len, text, len);
	for (size_t i = 0; i < len; i++)
		coloured[shown_len + i] = colour;
	shown_len += (u32)len;
	return len;
}

static void go_on_at(void *at_ns)
{
	if (clock_ns() >= *(u64 *)at_ns)
		rests = false;
}

static void set_up(void)
{
	host_set_clock(NSEC_PER_SEC);
	console_init();
	line_len = shown_len = fifo_n = 0; /* of the port's set-up */
	assert_true(serial_com1.present);
}

static void write_lines(u32 from, u32 to)
{
	char text[32];

	for (u32 i = from; i < to; i++)
		console_write(text, (size_t)sprintf(text, "line %06u\n", i));
}

#define LINE_LEN 13 /* with both ends of it */

/* What the line said: its lines in order, and how many characters its notes tell of. */
static u32 read_lines(u32 *lost_n)
{
	u32 n = 0, number = 0;

	*lost_n = 0;
	line[line_len] = '\0';
	for (char *at = line; *at; at += strcspn(at, "\n") + 1) {
		unsigned got;
		char *end = at + strcspn(at, "\r");

		if (sscanf(at, "[console] %u characters lost while", &got) == 1 && end - at > 5 &&
			memcmp(end - 5, "still", 5) == 0)
			*lost_n += got; /* a whole note */
		if (end - at != LINE_LEN - 2 || sscanf(at, "line %06u\r", &got) != 1)
			continue;
		assert_true(n == 0 || got > number);
		number = got;
		n++;
	}
	return n;
}

/* ---- the tests ---------------------------------------------------------------------------- */

static void all_of_it(void **state)
{
	u32 lost_n;

	set_up();
	write_lines(0, 10000);
	assert_int_equal(console_end(), 0);
	assert_int_equal(read_lines(&lost_n), 10000);
	assert_int_equal(lost_n, 0);
	assert_int_equal(shown_len, line_len);
	assert_memory_equal(shown, line, line_len);
}

/* Shorter than the bound, each time: writers wait, and nothing is missing. */
static void rests_for_a_while(void **state)
{
	u32 lost_n;
	u64 at_ns;

	set_up();
	host_on_idle(go_on_at, &at_ns);
	for (u32 i = 0; i < 3; i++) {
		at_ns = clock_ns() + SERIAL_STILL_NS - NSEC_PER_SEC / 10;
		rests = true;
		write_lines(i * 1000, (i + 1) * 1000);
		assert_true(clock_ns() >= at_ns);
	}
	assert_int_equal(console_end(), 0);
	assert_int_equal(read_lines(&lost_n), 3000);
	assert_int_equal(lost_n, 0);
}

/* Longer: one wait, not one for each line. The newest text is kept, and what is said to be lost is lost. */
static void stands_still(void **state)
{
	u32 lost_n, kept;
	u64 before;

	set_up();
	rests = true;
	write_lines(0, 10000);
	assert_in_range(
		clock_ns(), NSEC_PER_SEC + SERIAL_STILL_NS, 2 * NSEC_PER_SEC + SERIAL_STILL_NS);
	console_poll();
	assert_int_equal(shown_len, 10000 * LINE_LEN); /* the screen has all of it */
	before = clock_ns();
	write_lines(10000, 11000);
	assert_int_equal(clock_ns(), before);
	rests = false;
	write_lines(11000, 12000);
	assert_int_equal(console_end(), lost);
	kept = read_lines(&lost_n);
	assert_int_equal(lost_n, lost);
	assert_in_range(lost_n, (12000 - kept - 2) * LINE_LEN, (12000 - kept) * LINE_LEN);
	assert_in_range(kept, 1000 + (RING_BYTES - LOSE_BYTES) / LINE_LEN - 1, 2000);
	assert_non_null(strstr(line, "characters lost while the line stood still\r\nline ")
				?: strstr(line, "line stood still\r\n"));
	assert_non_null(strstr(line, "line 011999\r\n"));
}

/* Nothing was to be said for a long time. Then the line rests: only from there on it counts. */
static void quiet_before(void **state)
{
	set_up();
	write_lines(0, 10);
	console_poll();
	host_advance_clock(100 * NSEC_PER_SEC);
	rests = true;
	fifo_n = 1;
	assert_true(console_has_room(256));
	write_lines(10, 10 + (RING_BYTES - 100) / LINE_LEN);
	assert_false(console_has_room(256));
	host_advance_clock(SERIAL_STILL_NS - 1);
	assert_false(console_has_room(256));
	host_advance_clock(1);
	assert_true(console_has_room(256)); /* a write would not wait any longer */
	assert_int_equal(lost, 0);
}

/* While the ring has room the port is not read. */
static void room_costs_nothing(void **state)
{
	u32 before;

	set_up();
	before = asked_n;
	for (u32 i = 0; i < 100; i++)
		assert_true(console_has_room(256));
	assert_int_equal(asked_n, before);
}

/* The end waits anew, as long; what the line does not take then is lost, too. */
static void never_goes_on(void **state)
{
	u64 before;

	set_up();
	rests = true;
	fifo_n = 1;
	write_lines(0, 10);
	console_poll();
	host_advance_clock(100 * NSEC_PER_SEC);
	before = clock_ns();
	assert_int_equal(console_end(), 10 * LINE_LEN + SERIAL_HOLDS);
	assert_in_range(clock_ns() - before, SERIAL_STILL_NS, SERIAL_STILL_NS + NSEC_PER_SEC);
	before = clock_ns();
	write_lines(10, 20);
	assert_false(console_flush()); /* the kernel's last words: no second wait */
	assert_int_equal(clock_ns(), before);
}

/* The port has taken the last characters, and they do not leave it. */
static void stands_still_with_the_last(void **state)
{
	u64 before;

	set_up();
	rests = true;
	console_write("muffin\n", 7);
	before = clock_ns();
	assert_int_equal(console_end(), SERIAL_HOLDS);
	assert_in_range(clock_ns() - before, SERIAL_STILL_NS, SERIAL_STILL_NS + NSEC_PER_SEC);
}

/* debug: each line is waited for, but not each one of those that a still line does not take. */
static void each_line_at_once(void **state)
{
	u64 before;
	u32 lost_n;

	set_up();
	console_set_sync(true);
	write_lines(0, 3);
	assert_int_equal(line_len, 3 * LINE_LEN);
	rests = true;
	write_lines(3, 6);
	before = clock_ns();
	write_lines(6, 100);
	assert_int_equal(clock_ns(), before);
	rests = false;
	write_lines(100, 101);
	assert_int_equal(read_lines(&lost_n), 101);
	assert_int_equal(lost_n, 0);
	console_set_sync(false);
}

/* It stands still, goes on for a few bytes, stands still again, at random: each character is shown or told of. */
static void at_random(void **state)
{
	u32 written_n = 0, lost_n, kept;

	set_up();
	for (u32 i = 0; i < 2000; i++) {
		u32 n = random_u32() % 100;

		rests = random_u32() % 4 > 0;
		write_lines(written_n, written_n + n);
		written_n += n;
		if (random_u32() % 2)
			console_tick();
		if (random_u32() % 100 == 0)
			host_advance_clock(SERIAL_STILL_NS);
	}
	rests = false;
	assert_int_equal(console_end(), lost);
	kept = read_lines(&lost_n);
	assert_true(lost > 100 * LOSE_BYTES && kept > 1000);
	assert_int_equal(lost_n, lost);
	assert_int_equal(shown_len, written_n * LINE_LEN);
	assert_true((written_n - kept) * LINE_LEN >= lost);
}

/* A failure before there is a clock to wait by. */
static void before_the_clock(void **state)
{
	set_up();
	host_set_clock(0);
	rests = true;
	fifo_n = 1;
	write_lines(0, 1);
	assert_false(console_flush());
	assert_int_equal(host_idles(), 0);
}

static void no_port(void **state)
{
	u64 before;

	set_up();
	absent = true;
	console_init();
	assert_false(serial_com1.present);
	before = clock_ns();
	write_lines(0, 10000);
	assert_int_equal(console_end(), 0);
	assert_int_equal(clock_ns(), before);
	assert_int_equal(shown_len, 10000 * LINE_LEN);
}

static void something_else_at_the_port(void **state)
{
	set_up();
	scratch_only = true;
	console_init();
	assert_false(serial_com1.present);
	scratch_only = false;
	console_init();
	assert_true(serial_com1.present);
}

static void assert_line(const char *text, enum vga_colour expected, u32 *at)
{
	const char *end = memchr(shown + *at, '\n', shown_len - *at);

	assert_non_null(end);
	assert_memory_equal(end - 1 - strlen(text), text, strlen(text));
	for (; shown + *at <= end; ++*at)
		assert_int_equal(coloured[*at], expected);
}

/* Each level has its colour, from its first character to its line's end, and what the program writes has none;
 * the serial line has the same text and nothing else. */
static void levels_have_colours(void **state)
{
	static const struct {
		const char *format;
		enum vga_colour colour;
	} levels[] = { { KERN_ERR "said\n", VGA_RED }, { KERN_WARNING "said\n", VGA_YELLOW },
		{ KERN_NOTICE "said\n", VGA_WHITE }, { KERN_INFO "said\n", VGA_GREY },
		{ "said\n", VGA_GREY } };
	u32 at = 0;

	set_up();
	colour = VGA_GREY;
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		console_write("mine\n", 5);
		kernel_s_printk(levels[i].format);
	}
	console_flush();
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		assert_line("mine", VGA_GREY, &at);
		assert_line("said", levels[i].colour, &at);
	}
	assert_int_equal(at, shown_len);
	assert_int_equal(line_len, shown_len);
	assert_memory_equal(line, shown, line_len);
}

/* As Linux has it: of the levels below loglevel=, which a message without one is 6 of. */
static void levels_that_are_shown(void **state)
{
	set_up();
	for (u32 level = 0; level <= 8; level++) {
		u32 before = shown_len;

		printk_set_level(level);
		kernel_s_printk(KERN_ERR "said\n");
		kernel_s_printk(KERN_WARNING "said\n");
		kernel_s_printk(KERN_NOTICE "said\n");
		kernel_s_printk("said\n");
		kernel_s_printk(KERN_DEBUG "said\n");
		console_flush();
		for (u32 n = (level > 3) + (level > 4) + (level > 5) + (level > 6) + (level > 7);
			n > 0; n--)
			before = (u32)((const char *)memchr(
					       shown + before, '\n', shown_len - before) +
				       1 - shown);
		assert_int_equal(before, shown_len);
	}
	printk_set_level(LEVEL_SHOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STACK_TEST(all_of_it),
		STACK_TEST(rests_for_a_while),
		STACK_TEST(stands_still),
		STACK_TEST(quiet_before),
		STACK_TEST(room_costs_nothing),
		STACK_TEST(never_goes_on),
		STACK_TEST(stands_still_with_the_last),
		STACK_TEST(each_line_at_once),
		STACK_TEST(at_random),
		STACK_TEST(before_the_clock),
		STACK_TEST(no_port),
		STACK_TEST(something_else_at_the_port),
		STACK_TEST(levels_have_colours),
		STACK_TEST(levels_that_are_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
