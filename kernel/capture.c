/* SPDX-License-Identifier: MIT
 * capture.c - the word pcap: a capture of all frames over the second serial port.
 * Not here: what a capture consists of (net/packet/pcap.c), the port (console/serial.c).
 * main.c calls in once.
 * Source: README.md, "Telling it what to do". */
#include "kernel/capture.h"
#include "kernel/console/printk.h"
#include "kernel/console/serial.h"
#include "kernel/cpu/clock.h"
#include "kernel/cpu/idle.h"
#include "kernel/power/power.h"
#include "net/packet/pcap.h"

#define IDLE_CAPTURE_BYTES (64u << 10)

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

static void poll(void)
{
	pcap_poll(IDLE_CAPTURE_BYTES);
}

bool capture_start(bool wait)
{
	static struct idle_work when_idle = { .fn = poll };
	struct pcap_sink sink = {
		.write_some = com2_write_some, .rest = com2_rest, .drain = com2_drain, .wait = wait
	};

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
	idle_add(&when_idle);
	return true;
}
