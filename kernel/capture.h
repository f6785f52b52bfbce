/* SPDX-License-Identifier: MIT
 * capture.h - the word pcap: a capture of all frames over the second serial port.
 * Not here: what a capture consists of (net/packet/pcap.h), the port (console/serial.h).
 * main.c calls in once.
 * Source: README.md, "Telling it what to do". */
#pragma once

#include "kernel/lib/types.h"

/* capture_start - look for the port and let frames be captured until the machine ends.
 * wait     for the line when frames come faster than it takes them
 * Returns  false when that is not possible, having said why */
bool capture_start(bool wait);
