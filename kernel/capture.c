/* SPDX-License-Identifier: MIT
 * capture.c - the word pcap: a capture of all frames over the second serial port.
 * Not here: what a capture consists of (net/packet/pcap.c), the port (console/serial.c).
 * cmdline.c and main.c find it among the parts.
 * Source: docs/manual.md, "The command line". */
#include "kernel/console/printk.h"
#include "kernel/console/serial.h"
#include "kernel/cpu/clock.h"
#include "kernel/cpu/idle.h"
#include "kernel/power/power.h"
#include "net/core/part.h"
#include "net/packet/pcap.h"

#define IDLE_BYTES (64u << 10)
#define TICK_BYTES 4096 /* a program that computes is interrupted for no longer than this takes */

static bool asked_for, wait; /* frames wait for the line rather than be dropped */

static bool take_pcap(struct text value, struct parse_error *error)
{
	asked_for = true;
	return true;
}

static bool take_pcap_how(struct text value, struct parse_error *error)
{
	if (!text_eq(value, "wait"))
		return parse_fail(
			error, value, "way", "'wait': frames wait for the line; or pcap alone");
	asked_for = wait = true;
	return true;
}

static size_t com2_write_some(const void *bytes, size_t len)
{
	return serial_write_some(&serial_com2, bytes, len);
}

static bool com2_rest(void)
{
	return serial_wait(&serial_com2);
}

static bool com2_drain(void)
{
	return serial_drain(&serial_com2);
}

static bool capture_end(void)
{
	serial_forgive(&serial_com2);
	return pcap_finish();
}

static void when_idle(void)
{
	pcap_poll(IDLE_BYTES);
}

static void on_tick(void)
{
	pcap_poll(TICK_BYTES);
}

static bool start(void)
{
	static struct idle_work work = { .fn = when_idle };
	struct pcap_sink sink = {
		.write_some = com2_write_some, .rest = com2_rest, .drain = com2_drain, .wait = wait
	};

	if (!asked_for)
		return true;
	clock_realtime_start();
	sink.epoch_ns = clock_realtime_ns() - clock_ns();
	if (!serial_init(&serial_com2)) {
		pr_err("pcap: there is no second serial port at 0x%x (QEMU: -serial stdio -serial "
		       "file:muffin.pcap)\n",
			serial_com2.base);
		return false;
	}
	if (pcap_start(&sink) < 0) {
		pr_err("pcap: out of memory\n");
		return false;
	}
	power_at_end(capture_end);
	idle_add(&work);
	return true;
}

PART(pcap) = { .name = "pcap",
	.words = BOOT_WORDS({ "pcap", .take = take_pcap }, { "pcap=", .take = take_pcap_how }),
	.start = start,
	.tick = on_tick };
